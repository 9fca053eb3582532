"""What happens to shares that are held: splits, payments, and how a symbol ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.domain import Adjust
from workbench.errors import InvalidInput, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    import xarray as xr

__all__ = ["Life", "life_of"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """What a share brings while it is held; arrays have shape (time, symbol).

    Parameters
    ----------
    shares : ndarray
        What one share of the bar before has become at this bar; 1 but for splits.
    cash : ndarray
        What one share of the bar before was paid at this bar, in the currency of the account.
    ends : ndarray
        What a share is exchanged for when its symbol ends at this bar; NaN otherwise.
    notes : tuple of str
        What could not be valued, as sentences.
    """

    shares: Floats
    cash: Floats
    ends: Floats
    notes: tuple[str, ...] = ()

    def since(self, first: int) -> Life:
        """The same without the bars before `first`."""
        return replace(
            self, shares=self.shares[first:], cash=self.cash[first:], ends=self.ends[first:]
        )


def life_of(
    bars: xr.Dataset,
    actions: pa.Table | None,
    delisting_returns: Mapping[str, float] | None = None,
) -> Life | None:
    """Lay corporate actions on bars as they were traded.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars; with `actions` they must be as traded (``adjust="none"``).
    actions : pyarrow.Table, optional
        In ``ACTION_COLUMNS``, as `workbench.data.load_actions` reads them: splits, dividends,
        spin-offs, delistings and mergers.
    delisting_returns : mapping, optional
        Symbol → what a holder received over the last close, less 1: −1 is a total loss. It
        applies at the first bar after the symbol's last close, before what `actions` say.

    Returns
    -------
    Life or None
        None when there is nothing to lay.

    Raises
    ------
    InvalidInput
        If the prices are adjusted, which would count splits or dividends twice; or a
        return is below −1.
    UnknownName
        If a delisting return is of no symbol of the bars.
    """
    if actions is None and not delisting_returns:
        return None
    shape = bars["close"].shape
    made = Life(np.ones(shape), np.zeros(shape), np.full(shape, np.nan))
    notes = [] if actions is None else _acted(made, bars, actions)
    for symbol, earned in (delisting_returns or {}).items():
        notes += _ended(made, bars, symbol, float(earned))
    return replace(made, notes=tuple(notes))


def _acted(made: Life, bars: xr.Dataset, actions: pa.Table) -> list[str]:
    from workbench.data.actions import delisting_returns  # noqa: PLC0415  only with actions
    from workbench.data.actions.placing import PAYING, SPLIT, placed_actions  # noqa: PLC0415

    if Adjust(bars.attrs["adjust"]) is not Adjust.NONE:
        raise InvalidInput(
            "Corporate actions happen to prices as traded; these are adjusted for them already",
            seen=bars.attrs["adjust"],
            cure="Load the bars with adjust='none', or leave the actions out",
        )
    placed = placed_actions(bars, actions, (SPLIT, *PAYING))
    for one in placed.itertuples():
        made.shares[one.row, one.column] *= one.shares
        made.cash[one.row, one.column] += one.cash
    ends = delisting_returns(bars, actions)
    for one in ends[ends["reason"] == ""].itertuples():
        made.ends[one.row, one.column] = one.received
    unknown = [placed[placed["reason"] != ""], ends[ends["reason"] != ""]]
    return [
        f"{one.symbol}: its {one.kind} of {one.time.date()} is not in the account, {one.reason}."
        for table in unknown
        for one in table.itertuples()
    ]


def _ended(made: Life, bars: xr.Dataset, symbol: str, earned: float) -> list[str]:
    names = [str(name) for name in bars["symbol"].to_numpy()]
    if symbol not in names:
        raise UnknownName("symbol", symbol, names)
    if not earned >= -1:
        raise InvalidInput(
            f"The delisting return of {symbol} is a fraction, −1 or more", seen=earned,
            cure="−1 is a total loss, 0 is the last close",
        )  # fmt: skip
    column = names.index(symbol)
    closes = bars["close"].to_numpy()[:, column]
    known = np.flatnonzero(~np.isnan(closes))
    made.ends[:, column] = np.nan
    if not len(known) or known[-1] + 1 == len(closes):
        return [f"{symbol} is priced to the last bar: its delisting return is not used."]
    made.ends[known[-1] + 1, column] = closes[known[-1]] * (1.0 + earned)
    return []
