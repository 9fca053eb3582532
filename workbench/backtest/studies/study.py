"""What a study is about: a strategy on bars, and what all of its backtests have in common."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.results import BacktestReport
from workbench.backtest.simulate import simulate
from workbench.data import bars as read_bars
from workbench.market.costs import Costs
from workbench.validation import bars_per_year

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import xarray as xr

__all__ = ["Study", "nobody", "unwatched"]

Floats = npt.NDArray[np.float64]


def unwatched(_done: float, _total: float | None = None, _message: str = "") -> None:
    """Tell nobody how far it is."""


def nobody(_report: BacktestReport) -> None:
    """Tell nobody of a trial."""


@dataclass(frozen=True)
class Study:
    """A strategy on bars, and how it is traded in every backtest of a study.

    Parameters
    ----------
    strategy : Strategy, callable, table, pair of tables or BacktestReport
        As `simulate` takes it, or what came of it.
    bars : xarray.Dataset
        As `workbench.data.bars` makes them.
    parameters : mapping
        Of the strategy; a study that tries others changes these.
    costs : Costs
        What an order costs.
    options : mapping
        ``initial_cash``, ``engine``, ``fills_at``, ``start`` of `simulate`.
    progress : callable
        Takes ``(done, total, message)``; may raise `Cancelled`.
    on_trial : callable
        Takes the report of each different backtest on these bars, for a ledger.
    on_stress : callable
        Takes the report of each backtest of the same parameters at other costs or sizes.
    """

    strategy: Any
    bars: xr.Dataset
    parameters: Mapping[str, Any] = field(default_factory=dict)
    costs: Costs = field(default_factory=Costs)
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[..., None] = unwatched
    on_trial: Callable[[BacktestReport], None] = nobody
    on_stress: Callable[[BacktestReport], None] = nobody
    _known: dict[str, pd.Series] = field(default_factory=dict, repr=False, compare=False)
    _own: list[BacktestReport] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, strategy: Any, bars: Any, trading: Mapping[str, Any]) -> Study:
        """A study of what a caller gave; a study is taken as it is.

        Parameters
        ----------
        strategy : Study, BacktestReport, Strategy, callable or table
            What is studied; a report can only be `stressed`.
        bars : xarray.Dataset or DataFrame
            As `workbench.data.bars` reads them; not used with a study or a report.
        trading : mapping
            ``parameters``, ``costs``, ``progress``, the callbacks and the options of `simulate`.

        Returns
        -------
        Study
            With bars that have been read.

        Raises
        ------
        NoData
            If a report does not hold its decisions.
        """
        if isinstance(strategy, Study):
            return strategy
        if isinstance(strategy, BacktestReport):
            costs = strategy.costs.assumed if strategy.costs else Costs.none()
            cash = {"initial_cash": strategy.initial_cash}
            return cls(strategy, strategy.decided.bars, {}, costs, cash, _own=[strategy])
        own = {"parameters", "costs", "progress", "on_trial", "on_stress"}
        given = {name: value for name, value in trading.items() if name in own and value}
        rest = {name: value for name, value in trading.items() if name not in own}
        return cls(strategy, read_bars(bars), options=rest, **given)

    @property
    def a_year(self) -> float:
        """Bars in a year."""
        return bars_per_year(self.bars)

    @property
    def name(self) -> str:
        """What the strategy is called."""
        given = self.strategy
        if isinstance(given, BacktestReport):
            return given.strategy
        return str(getattr(given, "name", None) or getattr(given, "__name__", "weights"))

    @property
    def first(self) -> int:
        """The position of the first bar that is traded."""
        start = self.options.get("start")
        if start is None:
            return 0
        return int(self.bars.indexes["time"].searchsorted(np.datetime64(start, "ns")))

    def report(self, parameters: Mapping[str, Any] | None = None, **changes: Any) -> BacktestReport:
        """One backtest that is no trial: of other costs, sizes or bars.

        Parameters
        ----------
        parameters : mapping, optional
            In place of the study's.
        **changes
            Of the arguments of `simulate`.

        Returns
        -------
        BacktestReport
            As `simulate` makes it.
        """
        values = dict(self.parameters if parameters is None else parameters)
        options = {"costs": self.costs, "parameters": values, **self.options, **changes}
        return simulate(self.strategy, options.pop("bars", self.bars), **options)

    def stressed(
        self, *, costs: Costs | None = None, initial_cash: float | None = None
    ) -> BacktestReport:
        """The same decisions at other costs or with another account, told to `on_stress`.

        Parameters
        ----------
        costs : Costs, optional
            In place of the study's.
        initial_cash : float, optional
            In place of the study's.

        Returns
        -------
        BacktestReport
            The strategy is asked once, however often it is stressed.
        """
        if not self._own:
            self._own.append(self.report())
        report = self._own[0].again(costs=costs, initial_cash=initial_cash)
        self.on_stress(report)
        return report

    def tried(self, parameters: Mapping[str, Any] | None = None) -> BacktestReport:
        """A backtest on all bars: a trial, told to `on_trial` when it is the first of its kind.

        Parameters
        ----------
        parameters : mapping, optional
            In place of the study's.

        Returns
        -------
        BacktestReport
            As `simulate` makes it.
        """
        report = self.report(parameters)
        key = json.dumps(report.parameters, sort_keys=True, default=str)
        if key not in self._known:
            self._known[key] = report.returns
            self.on_trial(report)
        return report

    def returns(self, points: list[dict[str, Any]]) -> pd.DataFrame:
        """The returns of each point of a grid on all bars.

        Parameters
        ----------
        points : list of dict
            Parameters in place of the study's, point by point.

        Returns
        -------
        pandas.DataFrame, shape (time, points)
            Simple returns after costs.
        """
        columns = []
        for done, point in enumerate(points):
            self.progress(done, len(points), "trying parameters")
            columns.append(self._returns_of({**self.parameters, **point}))
        return pd.concat(columns, axis=1, keys=range(len(points)))

    def but(self, **changes: Any) -> Study:
        """The same study with some fields changed, and nothing known yet."""
        return replace(self, _known={}, _own=[], **changes)

    def _returns_of(self, parameters: dict[str, Any]) -> pd.Series:
        key = json.dumps(parameters, sort_keys=True, default=str)
        if key not in self._known:
            report = self.tried(parameters)
            self._known[key] = report.returns
        return self._known[key]
