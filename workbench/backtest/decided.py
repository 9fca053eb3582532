"""Orders that are decided, to be traded at any costs with an account of any size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.plan import pressure_on
from workbench.backtest.report import assemble
from workbench.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    import xarray as xr

    from workbench.backtest.filled import Filled
    from workbench.backtest.plan import Plan
    from workbench.backtest.results import BacktestReport
    from workbench.market.costs import Costs

__all__ = ["Decided"]


@dataclass(frozen=True)
class Decided:
    """What a strategy wants on some bars: neither costs nor the size of the account decide it.

    Parameters
    ----------
    plan : Plan
        The orders, without pressure.
    fill : callable
        An engine: takes the plan, the costs and the cash.
    bars : xarray.Dataset
        Where the plan came from.
    benchmark : pandas.Series, shape (time,)
        Growth of 1.
    labels : mapping
        ``strategy``, ``engine`` and ``parameters`` of the report.
    guard : callable, optional
        Stops and targets: takes the plan, the costs and the cash, and gives the plan with exits.
    """

    plan: Plan
    fill: Callable[[Plan, Costs, float], Filled]
    bars: xr.Dataset
    benchmark: pd.Series
    labels: Mapping[str, Any]
    guard: Callable[[Plan, Costs, float], Plan] | None = None

    def report(self, costs: Costs, initial_cash: float) -> BacktestReport:
        """Trade it.

        Parameters
        ----------
        costs : Costs
            What an order costs.
        initial_cash : float
            Cash before the first bar, above 0.

        Returns
        -------
        BacktestReport
            Which remembers what was decided.

        Raises
        ------
        OutOfRange
            If the cash is not above 0.
        InvalidInput
            If impact is charged and the bars have no volume.
        """
        if not (np.isfinite(initial_cash) and initial_cash > 0):
            raise OutOfRange("initial_cash", initial_cash, cure="Give an amount above 0")
        felt = pressure_on(self.bars, costs.impact, len(self.plan.time))
        plan = replace(self.plan, pressure=felt)
        if self.guard is not None:
            plan = self.guard(plan, costs, initial_cash)
        made = assemble(
            plan,
            self.fill(plan, costs, initial_cash),
            self.bars,
            costs=costs,
            initial_cash=initial_cash,
            benchmark=self.benchmark,
            labels=self.labels,
        )
        return made.remembering(self)
