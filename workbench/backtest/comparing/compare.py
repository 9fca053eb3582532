"""What differs between runs, and whether the difference of their Sharpe ratios can be luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.comparing.results import PairTest, RunComparison
from workbench.errors import InvalidInput, NoData, TooLittleHistory
from workbench.validation import measure
from workbench.validation.resampling import sharpe_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.backtest.comparing.runs import Run

__all__ = ["compare"]

METRICS = ("total_return", "annualized_return", "volatility", "sharpe_ratio", "max_drawdown")
EQUAL = 1e-9
NAN = float("nan")
ABSENT = "–"


def compare(runs: Sequence[Run], *, rng: np.random.Generator) -> RunComparison:
    """Put runs side by side; each is tested against the first.

    Parameters
    ----------
    runs : sequence of Run
        At least two.
    rng : numpy.random.Generator
        Draws the bootstrap of the tests.

    Returns
    -------
    RunComparison
        Facts that differ, measures of each whole run, tests on shared bars.

    Raises
    ------
    InvalidInput
        If there are fewer than two.
    """
    if len(runs) < 2:
        raise InvalidInput(
            "A comparison needs two runs", seen=len(runs), cure="Give at least two reports"
        )
    named = _named(runs)
    first, *others = named.items()
    facts = _facts(named)
    tests = [_test(first[1], name, run, rng) for name, run in others]
    return RunComparison(
        runs=list(named),
        differences={fact: row for fact, row in facts.items() if _differs(row)},
        same=[fact for fact, row in facts.items() if not _differs(row)],
        metrics={name: _measured(run) for name, run in named.items()},
        tests=tests,
        sentence=_sentence(facts, tests),
        notes=_notes(facts),
        equity=_growth(named),
    )


def _named(runs: Sequence[Run]) -> dict[str, Run]:
    """Runs by name; a name that comes twice is lettered."""
    named: dict[str, Run] = {}
    for run in runs:
        name, letter = run.name, ord("b")
        while name in named:
            name, letter = f"{run.name} ({chr(letter)})", letter + 1
        named[name] = run
    return named


def _facts(named: dict[str, Run]) -> dict[str, dict[str, Any]]:
    every = dict.fromkeys(fact for run in named.values() for fact in run.facts)
    return {
        fact: {name: run.facts.get(fact, ABSENT) for name, run in named.items()} for fact in every
    }


def _differs(row: dict[str, Any]) -> bool:
    return len({str(value) for value in row.values()}) > 1


def _measured(run: Run) -> dict[str, float]:
    values = run.returns.to_numpy(dtype=np.float64)
    return {name: measure(name, values, run.periods_per_year) for name in METRICS}


def _shared(first: Run, other: Run) -> tuple[pd.Series, pd.Series]:
    """Returns on the bars that both have; numbers of bars are the same bars of the same data."""
    dated = isinstance(first.returns.index, pd.DatetimeIndex)
    if dated != isinstance(other.returns.index, pd.DatetimeIndex):
        if first.facts.get("data") != other.facts.get("data"):
            return first.returns.iloc[:0], other.returns.iloc[:0]
        return first.returns, other.returns.set_axis(first.returns.index)
    if not dated and first.facts.get("data") != other.facts.get("data"):
        return first.returns.iloc[:0], other.returns.iloc[:0]
    both = first.returns.index.intersection(other.returns.index)
    return first.returns.loc[both], other.returns.loc[both]


def _test(first: Run, name: str, other: Run, rng: np.random.Generator) -> PairTest:
    mine, theirs = _shared(first, other)
    apart = (mine - theirs).abs() > EQUAL
    since = mine.index[apart.to_numpy()][0] if apart.any() else None
    found = _tested(mine, theirs, rng) if apart.any() else None
    year = math.sqrt(first.periods_per_year)
    values = (
        {"sharpe_difference": NAN, "low": NAN, "high": NAN, "p_value": NAN}
        if found is None
        else {
            "sharpe_difference": found.difference * year,
            "low": found.low * year,
            "high": found.high * year,
            "p_value": found.p_value,
        }
    )
    varied = len(mine) > 1 and np.ptp(mine.to_numpy()) > 0 and np.ptp(theirs.to_numpy()) > 0
    return PairTest(
        run=name,
        bars=len(mine),
        differing_bars=int(apart.sum()),
        first_difference=since.to_pydatetime() if isinstance(since, pd.Timestamp) else None,
        correlation=float(mine.corr(theirs)) if varied else NAN,
        sentence=_said(len(mine), int(apart.sum()), values["p_value"]),
        **values,
    )


def _tested(mine: pd.Series, theirs: pd.Series, rng: np.random.Generator) -> Any:
    try:
        return sharpe_difference(mine, theirs, rng)
    except (TooLittleHistory, NoData):
        return None


def _said(bars: int, apart: int, p_value: float) -> str:
    if not bars:
        return "shares no bar with the first; nothing can be tested."
    if not apart:
        return f"earns the same on all {bars:,} shared bars."
    if math.isnan(p_value):
        return f"differs on {apart:,} of {bars:,} shared bars, too few or too flat to test."
    luck = "could be luck" if p_value > 0.05 else "is hardly luck"
    return f"differs on {apart:,} of {bars:,} shared bars; that {luck} (p = {p_value:.3f})."


def _sentence(facts: dict[str, dict[str, Any]], tests: list[PairTest]) -> str:
    what = [
        kind
        for kind, names in (
            ("code", ("strategy", "code")),
            ("parameters", tuple(fact for fact in facts if fact.startswith("parameter "))),
            ("data", ("dataset", "symbols", "start", "end", "bars", "data")),
            ("costs", ("costs", "fills_at", "engine", "initial_cash")),
        )
        if any(_differs(facts[name]) for name in names if name in facts)
    ]
    differ = f"The runs differ in {', '.join(what)}." if what else "The runs were asked the same."
    if not what and any(test.differing_bars for test in tests):
        return f"{differ} Yet they earn different returns: the strategy is not deterministic."
    return differ


def _notes(facts: dict[str, dict[str, Any]]) -> list[str]:
    around = ("symbols", "start", "end", "bars")
    if "data" not in facts or not _differs(facts["data"]):
        return []
    if any(_differs(facts[name]) for name in around if name in facts):
        return []
    return ["Symbols and dates are the same and the prices are not: the data were revised."]


def _growth(named: dict[str, Run]) -> pd.DataFrame | None:
    """Growth of 1 from the first bar that all have."""
    table = pd.concat({name: run.returns for name, run in named.items()}, axis=1, join="inner")
    if table.empty or not isinstance(table.index, pd.DatetimeIndex):
        return None
    grown: pd.DataFrame = (1.0 + table.fillna(0.0)).cumprod()
    return grown
