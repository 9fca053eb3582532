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
    from collections.abc import Sequence

    import numpy.typing as npt
    import xarray as xr

__all__ = ["universe_bars"]


def universe_bars(
    bars: xr.Dataset, members: Membership, *, name: str, symbols: Sequence[str] | None = None
) -> xr.Dataset:
    """The bars of those that are a member at some time of these bars, and when they are.

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
    symbols : sequence of str, optional
        Some of its members; all by default.

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
    asked = members.symbols if symbols is None else list(symbols)
    mask = mask_of(members.table, _sessions(bars), asked)
    held = {symbol: mask[:, at] for at, symbol in enumerate(asked) if mask[:, at].any()}
    present = set(bars["symbol"].to_numpy().tolist())
    chosen = [symbol for symbol in held if symbol in present]
    missing = [symbol for symbol in held if symbol not in present]
    if not chosen:
        raise NoData(
            f"No member of the universe {name!r} has bars in this period",
            seen=missing[:5],
            cure="Give the bars of the dataset that the universe was made of, or a longer period",
        )
    told = members.survivorship + without_bars(missing, str(bars.attrs.get("dataset", "the bars")))
    belongs = np.column_stack([held[symbol] for symbol in chosen])
    made = bars.sel(symbol=chosen).assign_coords(member=(("time", "symbol"), belongs))
    return made.assign_attrs(dataset=name, survivorship=told)


def _sessions(bars: xr.Dataset) -> npt.NDArray[np.datetime64]:
    """The session date of each bar."""
    times = bars["time"].to_numpy()
    if not Timeframe.parse(str(bars.attrs["timeframe"])).is_intraday:
        return np.asarray(times)
    calendar = open_calendar(str(bars["calendar"].to_numpy()[0]), times[0])
    return calendar.session_of(times)
