"""How the studies of a strategy are read: a number, what it is held against, and a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from workbench.backtest.studies.checklist import Check

if TYPE_CHECKING:
    from workbench.backtest.results import BacktestReport
    from workbench.backtest.studies.carrying import CapacityCurve
    from workbench.backtest.studies.results import (
        CostSensitivity,
        CrossValidation,
        RegimeBreakdown,
        WalkForward,
    )
    from workbench.validation.leaks import LeakReport
    from workbench.validation.resampling import (
        Intervals,
        PermutationTest,
        SharpeDifference,
        WealthPaths,
    )

__all__ = [
    "LEVEL", "of_benchmark", "of_capacity", "of_chance", "of_costs", "of_crossing", "of_data",
    "of_interval", "of_leaks", "of_luck", "of_neighbours", "of_regimes", "of_ruin", "of_walking",
    "unknown",
]  # fmt: skip

LEVEL = 0.05
"""The error that is accepted of each test."""
EFFICIENT = 0.5
"""Pardo (2008): at least half of the yearly return must be left out of sample."""
STRESS = 2.0
"""A strategy has to earn at twice the costs that are assumed."""
RUINED = -0.5
"""One path in twenty may not fall deeper."""
NEAR = 0.5
"""The share of its Sharpe ratio that the median neighbour has to keep."""
FEWEST = 60
"""Bars below which a regime says nothing."""

NO_BIAS = ("none", "free", "point-in-time")
"""How a dataset begins to speak of survivorship that has the dead among the living."""


def unknown(name: str, why: str, threshold: float = math.nan) -> Check:
    """A check that could not be made, and why."""
    return Check(
        name=name, outcome="cannot tell", number=math.nan, threshold=threshold, sentence=why
    )


def of_luck(p_value: float, claim: str) -> Check:
    """Family-wise: how often the best of all trials is as good by luck."""
    return _decided(
        "luck", p_value, LEVEL, f"{claim[:1].upper()}{claim[1:]}.", good=p_value <= LEVEL
    )


def of_interval(found: Intervals) -> Check:
    """Whether the bootstrap interval of the Sharpe ratio lies above 0."""
    own = found.measures["sharpe_ratio"]
    return _decided(
        "sharpe interval",
        own.low,
        0.0,
        f"The Sharpe ratio is {own.estimate:.2f}; {found.level:.0%} of the histories that its own"
        f" blocks make lie between {own.low:.2f} and {own.high:.2f}.",
        good=own.low > 0,
    )


def of_walking(found: WalkForward) -> Check:
    """Whether parameters that were chosen before go on to earn."""
    name = "walk-forward"
    if found.points == 1:
        return unknown(name, "One set of parameters: nothing was chosen.", EFFICIENT)
    after = (
        f"Chosen on the bars before, it earns {found.annualized_return:.1%} a year"
        f" (Sharpe {found.sharpe_ratio:.2f}) on {len(found.folds)} folds,"
        f" {found.profitable_folds} of them with a profit"
    )
    if math.isnan(found.efficiency):
        return _decided(
            name,
            found.sharpe_ratio,
            0.0,
            f"{after}; the choice lost where it was made.",
            good=False,
        )
    good = found.efficiency >= EFFICIENT and found.annualized_return > 0
    sentence = f"{after}: {found.efficiency:.0%} of what the choice earned where it was made."
    return _decided(name, found.efficiency, EFFICIENT, sentence, good=good)


def of_crossing(found: CrossValidation) -> Check:
    """Whether the choice earns on nearly all paths, and in the groups of bars by more than chance.

    Where every split chooses the same, all paths are one history, and the groups decide.
    """
    name = "cross-validation"
    if found.points == 1:
        return unknown(name, "One set of parameters: all paths are the same.", 0.0)
    groups = np.array(found.fold_sharpes)
    error = groups.std(ddof=1) / math.sqrt(groups.size)
    lower = min(found.low_sharpe, float(groups.mean() - 2.0 * error))
    return _decided(
        name,
        lower,
        0.0,
        f"On {found.paths} paths that did not choose, the Sharpe ratio is {found.median_sharpe:.2f}"
        f" in the middle and {found.low_sharpe:.2f} on the lowest in twenty; in {groups.size}"
        f" groups of bars it is {groups.mean():.2f} ± {error:.2f}.",
        good=lower > 0,
    )


def of_neighbours(own: float, sharpes: list[float]) -> Check:
    """Whether parameters nearby do nearly as well."""
    name = "neighbours"
    known = [value for value in sharpes if not math.isnan(value)]
    if not known or math.isnan(own):
        return unknown(name, "There are no other parameters to compare with.", NEAR)
    middle = float(np.median(known))
    kept = middle / own if own > 0 else math.nan
    return _decided(
        name,
        kept,
        NEAR,
        f"{len(known)} other sets of parameters have a Sharpe ratio of {middle:.2f} in the middle"
        f" and {min(known):.2f} at worst; these have {own:.2f}.",
        good=kept >= NEAR,
    )


def of_chance(found: PermutationTest) -> Check:
    """Whether the strategy needs the patterns of the market, or only its drift."""
    return _decided(
        "permutation",
        found.p_value,
        LEVEL,
        f"On {found.p_value:.1%} of {found.draws} markets with the same moves in another order it"
        f" does as well; the middle of them has a Sharpe ratio of {found.median:.2f}.",
        good=found.p_value <= LEVEL,
    )


def of_costs(found: CostSensitivity) -> Check:
    """Whether it still earns when trading costs twice as much."""
    name, even = "costs", found.break_even
    if math.isnan(even):
        return _decided(name, 0.0, STRESS, "It loses even when trading is free.", good=False)
    if math.isinf(even):
        sentence = "It earns at any multiple of its costs that was tried, 64 among them."
        return _decided(name, 64.0, STRESS, sentence, good=True)
    sentence = f"It earns until trading costs {even:.1f} times as much ({found.costs} = 1)."
    return _decided(name, even, STRESS, sentence, good=even >= STRESS)


def of_capacity(found: CapacityCurve) -> Check:
    """Whether half of the Sharpe ratio is left at ten times the account."""
    name, enough = "capacity", 10 * found.initial_cash
    if math.isnan(found.capacity):
        return _decided(name, 0.0, enough, found.sentence, good=False)
    number = min(found.capacity, found.sizes[-1])
    if number < enough and math.isinf(found.capacity):
        return unknown(name, found.sentence, enough)
    return _decided(name, number, enough, found.sentence, good=number >= enough)


def of_regimes(found: RegimeBreakdown) -> Check:
    """Whether it earns in most kinds of market."""
    kinds = [one for one in found.regimes if one.kind in ("volatility", "trend")]
    told = [one for one in kinds if one.bars >= FEWEST and not math.isnan(one.sharpe_ratio)]
    if len(told) < 4:
        return unknown("regimes", "Too few kinds of market have 60 bars.", 0.8)
    good = [one for one in told if one.sharpe_ratio > 0]
    worst = min(told, key=lambda one: one.sharpe_ratio)
    return _decided(
        "regimes",
        len(good) / len(told),
        0.8,
        f"It earns in {len(good)} of {len(told)} kinds of market, least with {worst.kind}"
        f" {worst.name}: a Sharpe ratio of {worst.sharpe_ratio:.2f}.",
        good=len(good) / len(told) >= 0.8,
    )


def of_benchmark(found: SharpeDifference, named: str, a_year: float) -> Check:
    """Whether its Sharpe ratio is larger than that of the benchmark, by more than chance."""
    good = found.difference > 0 and found.p_value <= LEVEL
    own, other = (value * math.sqrt(a_year) for value in (found.first, found.second))
    return _decided(
        "benchmark",
        found.p_value,
        LEVEL,
        f"Its Sharpe ratio is {own:.2f} and that of {named} {other:.2f}; a difference that large"
        f" has p = {found.p_value:.3f}.",
        good=good,
    )


def of_ruin(found: WealthPaths) -> Check:
    """Whether bad luck with the same returns halves the account."""
    return _decided(
        "drawdown",
        found.drawdown_95,
        RUINED,
        f"With its bars in another order one path in twenty falls by {-found.drawdown_95:.0%} or"
        f" more and waits {found.under_water_95:,.0f} bars for a new high.",
        good=found.drawdown_95 > RUINED,
    )


def of_leaks(found: LeakReport) -> Check:
    """What `check_leaks` says of the function; what the data leave out has a check of its own."""
    leaks = found.function_findings
    said = str(found.function)
    sentence = {
        "clean": "Nothing that it decides moved when the future was changed after"
        f" {found.cuts} bars.",
        "cannot tell": "Whether the function knows the future cannot be told.",
    }
    return Check(
        name="leaks",
        outcome="passed" if said == "clean" else "failed" if leaks else "cannot tell",
        number=float(len(leaks)),
        threshold=0.0,
        sentence=leaks[0].sentence() if leaks else sentence.get(said, sentence["cannot tell"]),
    )


def of_data(report: BacktestReport) -> Check:
    """Whether the data hold what was there at the time, or only what is left of it."""
    said = report.survivorship.strip()
    if said.lower().startswith(NO_BIAS):
        return _decided("survivorship", 0.0, 0.0, f"The data say of themselves: {said}.", good=True)
    if not said or "unknown" in said.lower():
        return unknown("survivorship", "The data do not say whether they hold the dead as well.")
    if said.lower().startswith("survivors only"):
        return _decided("survivorship", 1.0, 0.0, said, good=False)
    return unknown("survivorship", said)


def _decided(name: str, number: float, threshold: float, sentence: str, *, good: bool) -> Check:
    if math.isnan(number):
        return unknown(name, sentence, threshold)
    outcome = "passed" if good else "failed"
    return Check(name=name, outcome=outcome, number=number, threshold=threshold, sentence=sentence)
