"""One call that asks a strategy everything: studies, their checks, and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from workbench.backtest.leaks import check_leaks
from workbench.backtest.recording import recorded
from workbench.backtest.studies import checks
from workbench.backtest.studies.capacity import capacity_curve
from workbench.backtest.studies.chance import monte_carlo, permutation_test
from workbench.backtest.studies.checklist import Check, StrategyValidation
from workbench.backtest.studies.costs import cost_sensitivity
from workbench.backtest.studies.crossing import cross_validate
from workbench.backtest.studies.points import grid_points, neighbours, usable
from workbench.backtest.studies.regimes import regime_breakdown
from workbench.backtest.studies.study import Study, unwatched
from workbench.backtest.studies.walking import walk_forward
from workbench.errors import InvalidInput, NoData
from workbench.validation import measure
from workbench.validation.resampling import bootstrap_intervals, sharpe_difference
from workbench.validation.significance import Maxima, studentised_mean
from workbench.validation.trials import Recorded, p_on_question, trial_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import xarray as xr

    from workbench.backtest.plan import FillsAt
    from workbench.backtest.results import BacktestReport
    from workbench.context import Context

__all__ = ["Plan", "validated"]

VERB = "validate"
SEED = 41
"""Names the randomness of these studies among all of a context's."""
A_STRESS = "other costs or another size of a trial that counts"


@dataclass(frozen=True)
class Plan:
    """How much is asked.

    Parameters
    ----------
    grid : dict or None
        Parameter → values; None takes the neighbours of the parameters.
    folds : int
        Of the walk-forward.
    groups : int
        Of the cross-validation.
    permutations : int
        Markets that are permuted.
    draws : int
        Histories of the bootstraps.
    benchmark : Dataset or None
        Prices of one symbol; None is an equal part of each.
    """

    grid: dict[str, list[Any]] | None
    folds: int
    groups: int
    permutations: int
    draws: int
    benchmark: Any = None


def validated(
    strategy: Any, bars: xr.Dataset, plan: Plan, trading: dict[str, Any], *, context: Context
) -> StrategyValidation:
    """Ask a strategy everything, and write every trial of it into the ledger.

    Parameters
    ----------
    strategy : Strategy, callable or table
        What is asked.
    bars : xarray.Dataset
        What it trades.
    plan : Plan
        How much is asked.
    trading : dict
        ``parameters``, ``costs``, ``initial_cash``, ``fills_at``, ``start`` as `simulate`
        takes them.
    context : Context
        Whose ledger, randomness and progress.

    Returns
    -------
    StrategyValidation
        A study that the data are too short for is a check that cannot tell.
    """
    steps = _Steps(context)
    study = Study.of(
        strategy,
        bars,
        {
            **trading,
            "progress": steps.within,
            "on_trial": lambda one: recorded(one, strategy, bars, context=context, verb=VERB),
            "on_stress": lambda one: recorded(
                one, strategy, bars, context=context, verb=VERB, reason=A_STRESS
            ),
        },
    )
    points = _points(study, plan)
    base = study.tried()
    made = _Studies(study, plan, points, base, context, steps).all()
    return _assembled(base, made, context)


class _Steps:
    """Progress over all studies, each with a progress of its own."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._done = 0
        self._title = ""
        self._share = 0.0

    def begin(self, number: int, title: str) -> None:
        self._done, self._title, self._share = number, title, 0.0
        self._context.progress(number, STEPS, title)

    def within(self, done: float, total: float | None, message: str = "") -> None:
        self._share = max(self._share, min(done / total, 1.0) if total else 0.0)
        self._context.progress(self._done + self._share, STEPS, f"{self._title}: {message}")


class _Studies:
    """The studies of a strategy, and a check of each."""

    def __init__(
        self,
        study: Study,
        plan: Plan,
        points: list[dict[str, Any]],
        base: BacktestReport,
        context: Context,
        steps: _Steps,
    ) -> None:
        self.study, self.plan, self.points, self.base = study, plan, points, base
        self.context, self.steps = context, steps
        self.checks: list[Check] = []
        self.found: dict[str, Any] = {}

    def all(self) -> _Studies:
        """Every study in turn."""
        for number, (name, title, ask) in enumerate(_QUESTIONS):
            self.steps.begin(number, title)
            try:
                self.found[name], check = ask(self)
            except (NoData, InvalidInput) as error:
                self.found[name], check = None, checks.unknown(title, str(error))
            self.checks.append(check)
        return self

    def rng(self, number: int) -> np.random.Generator:
        """Randomness of its own for each study."""
        return self.context.rng(SEED, number)

    @property
    def a_year(self) -> float:
        return self.study.a_year


def _interval(of: _Studies) -> tuple[Any, Check]:
    values = of.base.returns.to_numpy()
    found = bootstrap_intervals(values, of.a_year, of.rng(1), draws=of.plan.draws)
    return found, checks.of_interval(found)


def _walking(of: _Studies) -> tuple[Any, Check]:
    found = walk_forward(of.study, grid=of.points, folds=of.plan.folds)
    return found, checks.of_walking(found)


def _crossing(of: _Studies) -> tuple[Any, Check]:
    found = cross_validate(of.study, grid=of.points, folds=of.plan.groups)
    return found, checks.of_crossing(found)


def _near(of: _Studies) -> tuple[Any, Check]:
    table = of.study.returns(of.points)
    sharpes = [measure("sharpe_ratio", table[at].to_numpy(), of.a_year) for at in table]
    others = [
        value
        for point, value in zip(of.points, sharpes, strict=True)
        if any(of.base.parameters.get(name) != chosen for name, chosen in point.items())
    ]
    return None, checks.of_neighbours(of.base.results.sharpe_ratio, others)


def _chance(of: _Studies) -> tuple[Any, Check]:
    found = permutation_test(of.study, rng=of.rng(2), draws=of.plan.permutations)
    return found, checks.of_chance(found)


def _costs(of: _Studies) -> tuple[Any, Check]:
    found = cost_sensitivity(of.study)
    return found, checks.of_costs(found)


def _capacity(of: _Studies) -> tuple[Any, Check]:
    found = capacity_curve(of.study)
    return found, checks.of_capacity(found)


def _regimes(of: _Studies) -> tuple[Any, Check]:
    found = regime_breakdown(of.study, benchmark=of.plan.benchmark)
    return found, checks.of_regimes(found)


def _benchmark(of: _Studies) -> tuple[Any, Check]:
    report = of.study.report(benchmark=of.plan.benchmark)
    market = report.equity["benchmark"].pct_change(fill_method=None).fillna(0.0)
    found = sharpe_difference(report.returns, market, of.rng(3), draws=of.plan.draws)
    named = report.benchmark_comparison.benchmark if report.benchmark_comparison else "it"
    return found, checks.of_benchmark(found, named, of.a_year)


def _paths(of: _Studies) -> tuple[Any, Check]:
    found = monte_carlo(of.study, rng=of.rng(4), draws=of.plan.draws)
    return found, checks.of_ruin(found)


def _leaks(of: _Studies) -> tuple[Any, Check]:
    found = check_leaks(
        of.study.strategy,
        of.study.bars,
        parameters=dict(of.study.parameters),
        fills_at=cast("FillsAt", of.base.fills_at),
        context=of.context.replace(on_progress=unwatched),
    )
    return found, checks.of_leaks(found)


def _data(of: _Studies) -> tuple[Any, Check]:
    return None, checks.of_data(of.base)


_QUESTIONS: tuple[tuple[str, str, Callable[[_Studies], tuple[Any, Check]]], ...] = (
    ("intervals", "sharpe interval", _interval),
    ("walk_forward", "walk-forward", _walking),
    ("cross_validation", "cross-validation", _crossing),
    ("neighbours", "neighbours", _near),
    ("permutation", "permutation", _chance),
    ("costs", "costs", _costs),
    ("capacity", "capacity", _capacity),
    ("regimes", "regimes", _regimes),
    ("benchmark", "benchmark", _benchmark),
    ("paths", "drawdown", _paths),
    ("leaks", "leaks", _leaks),
    ("data", "survivorship", _data),
)
STEPS = len(_QUESTIONS)


def _points(study: Study, plan: Plan) -> list[dict[str, Any]]:
    """The points that are compared; what is wrong with the first of them is wrong for all."""
    if not callable(study.strategy):
        if plan.grid:
            raise InvalidInput(
                "A table of weights has no parameters to try",
                seen=sorted(plan.grid),
                cure="Give a strategy, or leave the grid out",
            )
        return [{}]
    if plan.grid is None:
        return usable(study, neighbours(study.strategy, study.parameters))[0]
    return usable(study, grid_points(plan.grid))[0]


def _assembled(base: BacktestReport, made: _Studies, context: Context) -> StrategyValidation:
    luck, trials = _luck(base, context)
    answers = [luck, *made.checks]
    counts = {name: sum(one.outcome == name for one in answers) for name in _COUNTED}
    kept = {name: value for name, value in made.found.items() if name in _KEPT}
    context.progress(STEPS, STEPS, "done")
    return StrategyValidation(
        strategy=base.strategy,
        dataset=base.dataset,
        start=base.period.start,
        end=base.period.end,
        bars=base.period.bars,
        parameters=base.parameters,
        verdict=luck.outcome,
        sentence=f"{_SAID[luck.outcome]} {counts['passed']} checks passed, {counts['failed']}"
        f" failed, {counts['cannot tell']} cannot tell.",
        passed=counts["passed"],
        failed=counts["failed"],
        unknown=counts["cannot tell"],
        checks=answers,
        trials=trials,
        notes=[note for note in base.notes if note != base.survivorship],
        backtest=base,
        **kept,
    )


_COUNTED = ("passed", "failed", "cannot tell")
_KEPT = frozenset(StrategyValidation.model_fields)
_SAID = {
    "passed": "All trials counted, it is more than luck.",
    "failed": "All trials counted, it may be luck: nothing is claimed.",
    "cannot tell": "Whether it is luck cannot be told: nothing is claimed.",
}


def _luck(base: BacktestReport, context: Context) -> tuple[Check, int | None]:
    """The family-wise verdict, after every trial of this call has been counted."""
    record = context.ledger.question(base.question)
    maxima = Maxima.from_bytes(record.maxima) if record.maxima else None
    among = Recorded(
        record.count, record, maxima, statistic=studentised_mean(base.returns.to_numpy())
    )
    if maxima is None:
        return checks.unknown("luck", "The ledger counts no trial of these data."), None
    p_value = p_on_question(among)
    return checks.of_luck(p_value, trial_line(among, p_value)), record.count
