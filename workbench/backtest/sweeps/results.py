"""What sweeps and optimisations return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from workbench.backtest.results import Period  # light: pydantic only
from workbench.domain import Number, Result
from workbench.validation.significance.results import Verdict  # light: pydantic only
from workbench.validation.trials.results import RelatedTrials  # light: pydantic only

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = [
    "Optimization",
    "OptimizationResults",
    "Optimum",
    "Stability",
    "StrategyOptimization",
    "SweepResult",
]

Value = float | int | str | bool | None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Optimum(_Part):
    """One combination.

    Parameters
    ----------
    parameters : dict
        All of the strategy's.
    symbol : str or None
        Whose account, where each symbol has its own.
    measures : dict
        As `workbench.backtest.sweeps.measures.MEASURES` names them; fractions, and ratios of a
        year unless they say otherwise.
    statistic : float
        Its mean return over the standard error, a negative skewness held against it.
    p_value : float
        Family-wise: how often luck alone has a best trial at least this good among all
        trials that were counted. NaN for a series too short, or without a trade.
    position : int
        Where it stands in the order of the combinations.
    """

    parameters: dict[str, Value]
    symbol: str | None = None
    measures: dict[str, Number]
    statistic: Number = float("nan")
    p_value: Number = float("nan")
    position: int = 0


class Stability(_Part):
    """How the metric falls off around the best combination of a grid.

    Parameters
    ----------
    metric : str
        What was ranked by.
    best : float
        Of the best combination.
    neighbours : float
        The mean over the combinations that are at most one step away on every axis.
    worst_neighbour : float
        The worst of them.
    retained : float
        `neighbours` over `best`, where the best is above 0: near 1 on a plateau, near 0 or
        below on a needle.
    count : int
        How many neighbours were tried.
    """

    metric: str
    best: Number
    neighbours: Number
    worst_neighbour: Number
    retained: Number
    count: int


class SweepResult(Result):
    """Every combination of a grid, or of a search, measured as a backtest of its own.

    Attributes
    ----------
    kept : object
        What was kept of the combinations: all up to a million accounts, else the 1,000 best
        with a histogram and maps of all. `to_frame`, `best`, `heatmap` and `plot` read it.
    """

    headline: ClassVar[tuple[str, ...]] = ("strategy", "dataset", "combinations", "skipped", "path")

    strategy: str
    dataset: str
    symbols: list[str]
    by: Literal["account", "symbol"]
    period: Period
    parameters: dict[str, list[Value]] = Field(
        description="What varied: the values of each axis, at most 20 of them shown."
    )
    fixed: dict[str, Value]
    search: str = "grid"
    combinations: int = Field(description="How many were tried.")
    skipped: int = Field(description="How many make no sense, and were not tried.")
    accounts: int = Field(description="Accounts measured: combinations × symbols by symbol.")
    complete: bool = True
    metric: str
    optimum: Optimum | None
    top: list[Optimum]
    stability_of_best: Stability | None = None
    path: str = Field(description="compiled, interpreted or grouped.")
    path_note: str = ""
    fills_at: str
    costs: str
    question: str = ""
    trial: int | None = Field(default=None, description="Different trials of the question by now.")
    claim: str = ""
    p_value: Number = Field(
        default=float("nan"), description="Family-wise p-value of the best, all trials counted."
    )
    verdict: Verdict | None = Field(default=None, description="Of the best, all trials counted.")
    effective_trials: Number = float("nan")
    all_trials: RelatedTrials | None = None
    notes: list[str] = Field(default_factory=list)

    kept: Any = Field(default=None, exclude=True, repr=False)

    def noting(self, *notes: str) -> Self:
        """The same result with more notes; empty ones are left out."""
        return self.model_copy(update={"notes": [*self.notes, *filter(None, notes)]})

    def to_frame(self) -> pd.DataFrame:
        """Every account that was kept.

        Returns
        -------
        pandas.DataFrame
            A row an account: the parameters that varied, ``symbol`` where each has its own, and
            the measures; in the order of the grid.
        """
        from workbench.backtest.sweeps.kept import frame_of  # noqa: PLC0415  heavy: pandas

        return frame_of(self.kept)

    def best(self, metric: str | None = None, *, count: int = 1) -> pd.DataFrame:
        """The best accounts.

        Parameters
        ----------
        metric : str, optional
            A measure; the sweep's own without it.
        count : int
            How many.

        Returns
        -------
        pandas.DataFrame
            Rows of `to_frame`, the best first; undefined values come last.

        Raises
        ------
        UnknownName
            If there is no such measure.
        """
        from workbench.backtest.sweeps.kept import best_of  # noqa: PLC0415  heavy: pandas

        return best_of(self.kept, metric or self.metric, count)

    def stability(self, metric: str | None = None) -> pd.DataFrame:
        """The parameter-stability map: each combination beside its neighbours.

        Parameters
        ----------
        metric : str, optional
            A measure; the sweep's own without it.

        Returns
        -------
        pandas.DataFrame
            A row a combination: parameters, the metric, ``neighbours`` (the mean over the
            combinations at most one step away on every axis, itself left out), ``worst`` (of
            them) and ``count``.

        Raises
        ------
        UnusableFrame
            If the sweep was no grid, or not every combination was kept.
        UnknownName
            If there is no such measure.
        """
        from workbench.backtest.sweeps.kept import stability_of  # noqa: PLC0415  heavy: pandas

        return stability_of(self.kept, metric or self.metric)

    def heatmap(self, x: str, y: str, metric: str | None = None) -> LayoutDOM:
        """A map of the metric over two parameters.

        Parameters
        ----------
        x, y : str
            Parameters that varied.
        metric : str, optional
            A measure; the sweep's own without it. Over other parameters and symbols it is
            the mean.

        Returns
        -------
        bokeh.plotting.figure
            A cell a pair of values.

        Raises
        ------
        UnknownName
            If a parameter did not vary or there is no such measure.
        """
        from workbench.backtest.sweeps.pictures import heatmap  # noqa: PLC0415  heavy: bokeh

        return heatmap(self.kept, x, y, metric or self.metric)

    def parallel_coordinates(self, metric: str | None = None) -> LayoutDOM:
        """Combinations as lines across their parameters, coloured by the metric.

        Parameters
        ----------
        metric : str, optional
            A measure; the sweep's own without it.

        Returns
        -------
        bokeh.plotting.figure
            At most 2,000 lines, the best drawn last.
        """
        from workbench.backtest.sweeps.pictures import parallel  # noqa: PLC0415  heavy: bokeh

        return parallel(self.kept, metric or self.metric)

    def plot(self) -> LayoutDOM:
        """How the metric is spread, its map or curve over the parameters, and parallel axes.

        Returns
        -------
        bokeh.models.Column
            Figures one below the other.
        """
        from workbench.backtest.sweeps.pictures import figures  # noqa: PLC0415  heavy: bokeh

        return figures(self)

    def _scalars(self) -> list[tuple[str, Any]]:
        pairs: list[tuple[str, Any]] = [
            ("strategy", self.strategy),
            ("dataset", f"{self.dataset}, {len(self.symbols)} symbols"),
            ("period", f"{self.period.start:%Y-%m-%d} to {self.period.end:%Y-%m-%d}"),
            ("combinations", f"{self.combinations:,} tried, {self.skipped:,} make no sense"),
            ("path", f"{self.path}: {self.path_note}" if self.path_note else self.path),
            ("costs", f"{self.costs}; fills at the {self.fills_at}"),
        ]
        if self.optimum is not None:
            found = self.optimum
            varied = {name: found.parameters[name] for name in self.parameters}
            words = ", ".join(f"{name}={value}" for name, value in varied.items())
            whose = f" in {found.symbol}" if found.symbol else ""
            pairs += [
                (f"best {self.metric}", f"{found.measures[self.metric]:.4g} with {words}{whose}"),
                ("p_value", f"{self.p_value:.3g}, all trials counted"),
            ]
        if self.stability_of_best is not None:
            near = self.stability_of_best
            pairs.append(("neighbours", f"{near.neighbours:.4g} on average ({near.count})"))
        if self.claim:
            pairs.append(("claim", self.claim))
        return pairs

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__


class Optimization(_Part):
    """What was tried."""

    metric: str
    iterations_completed: int
    iterations_requested: int
    parameter_ranges: dict[str, Any]
    original_parameters: dict[str, Value]
    optimized_parameters: dict[str, Value]


class OptimizationResults(_Part):
    """How much was gained by it, in the sample that it was chosen on.

    `improvement_percentage` says nothing without `p_value`: the best of many is better than
    any one of them by luck alone. `confidence_interval` is of the optimised metric, 95%, by a
    block bootstrap of that one series; it does not know that the series was chosen.
    """

    original_performance: Number
    optimized_performance: Number
    improvement_percentage: Number
    p_value: Number
    verdict: str
    confidence_interval: list[Number]


class StrategyOptimization(Result):
    """The best parameters that a search found, and what may be claimed of them."""

    strategy: str
    symbol: str
    optimization: Optimization
    results: OptimizationResults
    trial: int | None = None
    notes: list[str] = Field(default_factory=list)

    sweep: Any = Field(default=None, exclude=True, repr=False)

    def noting(self, *notes: str) -> Self:
        """The same result with more notes; empty ones are left out."""
        return self.model_copy(update={"notes": [*self.notes, *filter(None, notes)]})

    def to_frame(self) -> pd.DataFrame:
        """Every combination that was tried, as `SweepResult.to_frame`."""
        frame: pd.DataFrame = self.sweep.to_frame()
        return frame

    def plot(self) -> LayoutDOM:
        """As `SweepResult.plot`."""
        layout: LayoutDOM = self.sweep.plot()
        return layout

    def _scalars(self) -> list[tuple[str, Any]]:
        asked, found = self.optimization, self.results
        low, high = found.confidence_interval
        before, after = asked.original_parameters, asked.optimized_parameters
        changed = [f"{name}: {before[name]} → {after[name]}" for name in asked.parameter_ranges]
        return [
            ("strategy", f"{self.strategy} on {self.symbol}"),
            ("tried", f"{asked.iterations_completed:,} of {asked.iterations_requested:,}"),
            ("parameters", "; ".join(changed)),
            (asked.metric, f"{found.original_performance:.4g} → {found.optimized_performance:.4g}"),
            ("interval", f"{low:.4g} to {high:.4g}, 95%, of the chosen series alone"),
            ("verdict", found.verdict),
        ]

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__
