"""Members by rule: at each rebalance the best ranked of what is known before the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.universes.departures import departures_of, spells_of
from workbench.data.universes.members import Membership
from workbench.data.universes.rules import Measure, Statistic, UniverseRule
from workbench.data.universes.schedule import rebalance_rows
from workbench.data.universes.survivorship import survivorship_of_rule
from workbench.domain import Timeframe
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa
    import xarray as xr

    Numbers = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

__all__ = ["membership"]

RECENT = 5
"""A symbol without a bar in the last five known sessions is not chosen."""

VARIABLES = {
    Measure.DOLLAR_VOLUME: ("close", "volume"),
    Measure.VOLUME: ("close", "volume"),
    Measure.MARKET_VALUE: ("close", "market_value"),
    Measure.PRICE: ("close",),
}
"""What the bars must hold for each measure."""


def membership(
    bars: xr.Dataset, rule: UniverseRule | str, *, delistings: pa.Table | None = None
) -> Membership:
    """The members of a universe through time, chosen by a rule from what was known.

    A choice that takes effect on a session uses the bars whose ``known_at`` is not after 00:00
    UTC of its date. Of equal ranks the symbol that comes first in the alphabet is taken. In the
    window of a measure a session without a bar counts as one without trading: a volume of zero;
    for the price and the market value it is left out.

    Parameters
    ----------
    bars : xarray.Dataset
        Daily bars, dims (time, symbol), with all symbols that could be chosen, as traded: prices
        adjusted for later splits and dividends know the future. A coordinate ``instrument``
        along symbol names what survives a change of symbol; else the symbol does.
    rule : UniverseRule or str
        The rule, or its sentence.
    delistings : pyarrow.Table, optional
        Corporate actions in `ACTION_COLUMNS`; those of the kinds delisting and merger end a
        membership on their ex-date, for good, with the return of a holder from the last close.
        Without them a symbol that has no more bars leaves at the next rebalance, by the rule.

    Returns
    -------
    Membership
        Mask, spells and the sentence on survivorship.

    Raises
    ------
    UnusableFrame
        If the bars are intraday or lack a variable that the rule needs.
    InvalidInput
        If the rule's sentence cannot be understood.
    """
    rule = UniverseRule.parse(rule)
    _refuse_unfit(bars, rule)
    times = bars["time"].to_numpy()
    departures = departures_of(delistings, bars)
    mask = np.zeros((bars.sizes["time"], bars.sizes["symbol"]), dtype=bool)
    ranking = _Ranking(bars, rule)
    rows = rebalance_rows(times, rule, _calendar(bars))
    members: list[int] = []
    for row, stop in zip(rows, [*rows[1:], len(times)], strict=True):
        members = _elected(ranking.at(row, ~departures.before[row]), members, rule)
        mask[row:stop, members] = True
    mask &= ~departures.before
    made = bars["close"].copy(data=mask).rename("member")
    sentence = survivorship_of_rule(bars, rule, departures)
    return Membership(made, spells_of(made, bars, departures), sentence)


class _Ranking:
    """The order of the symbols at any row, from the bars that are known before it."""

    def __init__(self, bars: xr.Dataset, rule: UniverseRule) -> None:
        self.rule = rule
        self.closes = bars["close"].to_numpy()
        self.bars = bars
        self.seen = np.cumsum(~np.isnan(self.closes), axis=0, dtype=np.int32)
        self.names = np.argsort(np.argsort(bars["symbol"].to_numpy()))
        at = np.searchsorted(bars["known_at"].to_numpy(), bars["time"].to_numpy(), side="right")
        self.known = np.minimum(at, np.arange(len(at)))

    def at(self, row: int, allowed: npt.NDArray[np.bool_]) -> Places:
        """The columns that can be members from this row on, the best first."""
        known = int(self.known[row])
        if known == 0:
            return np.empty(0, dtype=np.intp)
        price = pd.DataFrame(self.closes[max(0, known - RECENT) : known]).ffill().iloc[-1]
        value = self._measured(known)
        fits = allowed & (self.seen[known - 1] >= self.rule.history)
        fits &= (price > self.rule.min_price).to_numpy() & (value > 0)
        order = np.lexsort((self.names, -np.nan_to_num(value)))
        return np.asarray(order[fits[order]])

    def _measured(self, known: int) -> Numbers:
        window = slice(max(0, known - self.rule.window), known)
        values = pd.DataFrame(self._values(window))
        over = values.median() if self.rule.statistic is Statistic.MEDIAN else values.mean()
        return np.asarray(over.to_numpy())

    def _values(self, window: slice) -> Numbers:
        measure = self.rule.measure
        if measure is Measure.PRICE:
            return self.closes[window]
        if measure is Measure.MARKET_VALUE:
            return np.asarray(self.bars["market_value"].to_numpy()[window])
        traded = self.bars["volume"].to_numpy()[window]
        if measure is Measure.DOLLAR_VOLUME:
            traded = traded * self.closes[window]
        return np.where(np.isnan(traded) & (self.seen[window] > 0), 0.0, traded)


def _elected(order: Places, members: list[int], rule: UniverseRule) -> list[int]:
    """Members whose rank lets them stay, then the best of the others, as many as there may be."""
    sitting = set(members)
    stay = [int(at) for at in order[: rule.keep or rule.top] if int(at) in sitting][: rule.top]
    others = [int(at) for at in order[: 2 * rule.top] if int(at) not in set(stay)]
    return stay + others[: rule.top - len(stay)]


def _refuse_unfit(bars: xr.Dataset, rule: UniverseRule) -> None:
    timeframe = Timeframe.parse(str(bars.attrs["timeframe"]))
    if timeframe.is_intraday:
        raise UnusableFrame(
            "A universe is chosen from daily bars, and these are intraday",
            seen=str(timeframe),
            cure="Give the daily bars of the same symbols; its mask fits bars of every length",
        )
    missing = [name for name in VARIABLES[rule.measure] if name not in bars]
    if missing:
        raise UnusableFrame(
            f"To rank by {rule.measure} the bars need {' and '.join(VARIABLES[rule.measure])}",
            seen=[str(name) for name in bars.data_vars],
            cure="Rank by another measure, or give bars with these: bars.assign(volume=…)",
        )


def _calendar(bars: xr.Dataset) -> str:
    """The calendar of all symbols; every day when they have different ones."""
    names: list[Any] = np.unique(bars["calendar"].to_numpy()).tolist()
    return str(names[0]) if len(names) == 1 else "24/7"
