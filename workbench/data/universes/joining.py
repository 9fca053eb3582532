"""Bars of the members of a universe, with the mask that says when they belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.universes.members import Membership, mask_of
from workbench.data.universes.survivorship import without_bars
from workbench.domain import Timeframe
from workbench.errors import NoData

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

__all__ = ["universe_bars"]


def universe_bars(bars: xr.Dataset, members: Membership, *, name: str) -> xr.Dataset:
    """The bars of all that have ever been a member, and when they were.

    Prices before the entry and after the exit stay, since a look-back needs them; what may be
    held is said by the mask alone.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars of any timeframe, dims (time, symbol).
    members : Membership
        The universe.
    name : str
        What the universe is called; it becomes ``attrs["dataset"]``.

    Returns
    -------
    xarray.Dataset
        The bars of the members with a boolean coordinate ``member`` of dims (time, symbol), and
        the survivorship of the universe in ``attrs["survivorship"]``, with a word on members
        that have no bars here.

    Raises
    ------
    NoData
        If no member has bars here.
    """
    present = set(bars["symbol"].to_numpy().tolist())
    symbols = [symbol for symbol in members.symbols if symbol in present]
    missing = [symbol for symbol in members.symbols if symbol not in present]
    if not symbols:
        raise NoData(
            f"No member of the universe {name!r} has bars here",
            seen=missing[:5],
            cure="Give the bars of the dataset that the universe was made of",
        )
    chosen = bars.sel(symbol=symbols)
    mask = mask_of(members.table, _sessions(chosen), symbols)
    told = members.survivorship + without_bars(missing, str(bars.attrs.get("dataset", "the bars")))
    made = chosen.assign_coords(member=(("time", "symbol"), mask))
    return made.assign_attrs(dataset=name, survivorship=told)


def _sessions(bars: xr.Dataset) -> npt.NDArray[np.datetime64]:
    """The session date of each bar."""
    times = bars["time"].to_numpy()
    if not Timeframe.parse(str(bars.attrs["timeframe"])).is_intraday:
        return np.asarray(times)
    calendar = open_calendar(str(bars["calendar"].to_numpy()[0]), times[0])
    return calendar.session_of(times)
