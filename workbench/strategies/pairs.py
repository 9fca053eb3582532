"""Pairs: buy what lags its partner, sell what runs ahead, until they meet again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from workbench.errors import OutOfRange
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member
from workbench.strategies.rebalancing import LONGEST, Rebalance, is_rebalanced
from workbench.strategies.spreads import (
    closest_pairs,
    kalman_scores,
    regression_scores,
    with_hysteresis,
)

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["pairs"]


@strategy("pairs", warm_up=lambda p: p.formation + LONGEST[p.reform])
@facts(
    family="reversion",
    risk="low",
    sources=(
        "Engle and Granger, Econometrica 55 (1987)",
        "Gatev, Goetzmann and Rouwenhorst, Review of Financial Studies 19 (2006)",
        "Vidyamurthy, Pairs Trading (2004)",
        "Chan, Algorithmic Trading (2013), chapter 3",
    ),
    presets={
        "original": {"formation": 60, "window": 60, "hedge_update": "week", "reform": "month"},
        "kalman": {"hedge": "kalman", "entry_z": 1.0, "exit_z": 0.0},
    },
)
def pairs(
    bars: xr.Dataset,
    *,
    formation: Annotated[int, Field(ge=30, le=1_260)] = 252,
    reform: Literal["week", "month", "quarter", "year"] = "quarter",
    max_pairs: Annotated[int, Field(ge=1, le=100)] = 5,
    level: Annotated[float, Field(gt=0, le=1)] = 0.05,
    hedge: Literal["formation", "rolling", "kalman"] = "rolling",
    hedge_update: Rebalance = "week",
    window: Annotated[int, Field(ge=10, le=504)] = 60,
    entry_z: Annotated[float, Field(ge=0.5, le=6)] = 2.0,
    exit_z: Annotated[float, Field(ge=0, le=3)] = 0.5,
    gross: Annotated[float, Field(gt=0, le=10)] = 1.0,
    drift: Annotated[float, Field(gt=0, lt=0.1)] = 1e-7,
    noise: Annotated[float, Field(gt=0, le=1)] = 4e-4,
) -> xr.DataArray:
    """Trade the spread of symbols that share a trend, market-neutral.

    On the first bar of each quarter all pairs are tested for cointegration over the last
    `formation` bars (Engle and Granger, Econometrica 55, 1987; both directions), and the best
    `max_pairs` with a p-value up to `level` are traded until the next formation, each symbol in
    one pair. The spread is ``log y − slope · log x``; it is bought `entry_z` deviations below its
    mean, sold as far above it, and left within `exit_z` of it. Every formation begins without
    a position (Gatev, Goetzmann and Rouwenhorst, Review of Financial Studies 19, 2006, close theirs
    as well).

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol), at least two symbols, of a day or longer.
    formation : int
        Bars of the test and of the regressions; the original's ``cointegration_lookback``.
    reform : {"week", "month", "quarter", "year"}
        When pairs are chosen anew.
    max_pairs : int
        How many pairs are traded at most; each has ``gross / max_pairs`` of the account.
    level : float
        The largest p-value of a pair. Among many pairs some pass by chance.
    hedge : {"formation", "rolling", "kalman"}
        The slope: of the formation; of a regression over the last `formation` bars; or of a
        Kalman filter (Chan, Algorithmic Trading, 2013, chapter 3), whose score is the error of
        its forecast.
    hedge_update : {"bar", "week", "month", "quarter", "year"}
        When a slope that is not of the formation is brought up to date in the holdings; the
        original's ``hedge_ratio_update`` is 5 bars, a week.
    window : int
        Bars of the mean and deviation of the spread, at most `formation`; the Kalman filter
        has its own.
    entry_z, exit_z : float
        Scores, in standard deviations; `exit_z` is below `entry_z`.
    gross : float
        What the sizes of all weights add up to when every pair is held.
    drift, noise : float
        Of the Kalman filter (`workbench.strategies.spreads.kalman_scores`): it forgets within
        some ``sqrt(noise / drift) / log x`` bars. The book's 0.0001 and 0.001 are for prices, not
        for their logarithms, and follow them from bar to bar.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        In a pair ``1 / (1 + slope)`` of its part in y against ``slope / (1 + slope)`` in x; NaN
        where nothing changes. A symbol with a hole in the formation is not chosen; later holes
        change no position; a slope of 0 or below, or a symbol that is no member, closes its pair.

    Raises
    ------
    OutOfRange
        If `window` exceeds `formation`, or `exit_z` is not below `entry_z`.
    """
    if window > formation:
        raise OutOfRange("window", window, 10, formation)
    if exit_z >= entry_z:
        raise OutOfRange("exit_z", exit_z, 0, cure=f"Choose it below entry_z, {entry_z}")
    close = bars["close"].transpose("time", "symbol")
    rule = _Rule(formation, window, hedge, (entry_z, exit_z), (drift, noise), gross / max_pairs)
    members = is_member(bars).transpose("time", "symbol").to_numpy()
    updated = is_rebalanced(bars, hedge_update).to_numpy() & (hedge != "formation")
    begins = np.flatnonzero(is_rebalanced(bars, reform).to_numpy())
    weights = np.full(close.shape, np.nan)
    for begin, end in pairwise([*begins, len(weights)]):
        period = slice(begin - formation + 1, end)
        if period.start >= 0:
            closes = close.to_numpy()[period].astype(np.float64)
            chosen = _chosen(closes[:formation], members[begin], level, max_pairs)
            weights[begin:end] = rule.weights(closes, chosen, members[period], updated[period])
    return close.copy(data=weights)


def _chosen(closes: Floats, members: Flags, level: float, most: int) -> list[tuple[int, int]]:
    """The pairs of a formation."""
    usable = np.isfinite(closes).all(axis=0) & (closes > 0).all(axis=0) & members
    logs = np.log(np.where(usable, closes, np.nan))
    return closest_pairs(logs, level, most)


@dataclass(frozen=True)
class _Rule:
    """How the pairs of one formation are traded until the next."""

    formation: int
    window: int
    hedge: str
    thresholds: tuple[float, float]
    filter: tuple[float, float]
    share: float

    def weights(
        self, closes: Floats, chosen: list[tuple[int, int]], members: Flags, updated: Flags
    ) -> Floats:
        """The rows from the formation on; NaN where nothing changes."""
        known = np.isfinite(closes)
        logs = np.log(pd.DataFrame(closes).ffill().to_numpy())
        held = np.zeros((len(closes) - self.formation + 1, closes.shape[1]))
        changes = np.zeros(len(held), dtype=bool)
        changes[0] = True
        for y, x in chosen:
            scores, slopes = self._scores(logs[:, y].copy(), logs[:, x].copy(), updated)
            scores[~(known[:, y] & known[:, x])] = np.nan
            sides = self._sides(scores[self.formation - 1 :])
            slope, both = (values[self.formation - 1 :] for values in (slopes, members[:, [y, x]]))
            sides = np.where((slope > 0) & both.all(axis=1), sides, 0.0)
            hedged = np.where(sides != 0, slope, 0.0)
            part = self.share * sides / (1.0 + hedged)
            held[:, y], held[:, x] = part, -part * hedged
            changes[1:] |= sides[1:] != sides[:-1]
            changes |= updated[self.formation - 1 :] & (sides != 0)
        return np.where(changes[:, None], held, np.nan)

    def _scores(self, y: Floats, x: Floats, updated: Flags) -> tuple[Floats, Floats]:
        scores, slopes = np.full(y.size, np.nan), np.full(y.size, np.nan)
        if self.hedge == "kalman":
            kalman_scores(y, x, *self.filter, scores, slopes)
        else:
            regression_scores(y, x, (self.formation, self.window), updated, scores, slopes)
        return scores, slopes

    def _sides(self, scores: Floats) -> Floats:
        sides = np.zeros(scores.size)
        with_hysteresis(scores, *self.thresholds, sides)
        return sides
