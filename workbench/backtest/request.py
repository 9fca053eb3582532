"""From the names in a request to things, a backtest of them, and a line in the ledger."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.recording import record_failure, recorded
from workbench.backtest.results import PerformanceReport
from workbench.backtest.simulate import simulate
from workbench.data import load_actions, load_bars
from workbench.data.catalogue import resolve
from workbench.domain import Period
from workbench.errors import NoData, OutOfRange, StoreError
from workbench.market.costs import Costs
from workbench.registry import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    import xarray as xr

    from workbench.backtest.results import BacktestReport
    from workbench.context import Context

__all__ = ["backtest_of", "performance_of", "within"]

DAY = dt.timedelta(days=1)
GRACE = 7 * DAY
"""A period may reach this far beyond the data: weekends and holidays lie there."""
SP500 = "sp500"


def backtest_of(
    strategy: Any,
    data: Any,
    period: Period,
    *,
    benchmark: Any,
    parameters: Mapping[str, Any] | None,
    options: dict[str, Any],
    context: Context,
    reason: str = "",
) -> BacktestReport:
    """Resolve the names, load the data, simulate, and record the trial.

    Parameters
    ----------
    strategy, data
        Names or things.
    period : Period
        First and last session traded.
    benchmark : str, frame or None
        As `run_backtest` takes it.
    parameters : mapping, optional
        Of the strategy.
    options : dict
        Those of `simulate`; ``costs`` None trades for free, ``actions`` and ``rates`` may be the
        names of datasets.
    context : Context
        Whose lake, ledger and progress.
    reason : str
        Why the trial does not count, where the data are no reason.

    Returns
    -------
    BacktestReport
        With its trial number and what may be claimed.
    """
    found = lookup("strategy", strategy) if isinstance(strategy, str) else strategy
    context.progress(0, 3, "loading bars")
    options = _found(options, context)
    bars = _bars(data, period, options, context)
    within(period, bars)
    measure = _benchmark(benchmark, data, bars, context)
    context.progress(1, 3, "trading")
    free = options["costs"] is None
    try:
        report = simulate(
            found,
            bars,
            benchmark=measure,
            parameters=parameters,
            start=period.first,
            **{**options, "costs": Costs.none() if free else options["costs"]},
        )
    except Exception as error:
        traded = bars.sel(time=slice(period.first, None))
        with suppress(StoreError):  # what failed first is what the caller has to know
            record_failure(error, found, traded, parameters, context=context)
        raise
    context.progress(2, 3, "recording the trial")
    report = recorded(report, found, bars, context=context, reason=reason)
    context.progress(3, 3, "done")
    return report.model_copy(update={"costs": None}) if free else report


def performance_of(
    strategy: Any,
    data: Any,
    days: int,
    *,
    benchmark: Any,
    parameters: Mapping[str, Any] | None,
    context: Context,
) -> PerformanceReport:
    """A backtest of the last calendar days of the data.

    Parameters
    ----------
    strategy, data
        Names or things.
    days : int
        Calendar days back from the last bar, which is included.
    benchmark, parameters, context
        As `backtest_of`.

    Returns
    -------
    PerformanceReport
        Of the last bars.
    """
    bars = load_bars(data, context=context)
    last = pd.Timestamp(bars["time"].to_numpy()[-1]).date()
    report = backtest_of(
        strategy,
        data if isinstance(data, str) else bars,
        Period(last - (days - 1) * DAY),
        benchmark=benchmark,
        parameters=parameters,
        options={
            "costs": Costs(),
            "engine": "kernel",
            "initial_cash": 100_000.0,
            "fills_at": None,
        },
        context=context,
    )
    return PerformanceReport(
        strategy=report.strategy,
        dataset=report.dataset,
        period_days=days,
        period=report.period,
        performance_metrics=report.results,
        risk_metrics=report.risk_metrics,
        trade_statistics=report.trade_statistics,
        benchmark_comparison=report.benchmark_comparison,
        trial=report.trial,
        claim=report.claim,
        verdict=report.verdict,
        all_trials=report.all_trials,
        notes=[f"The {days} days end with the data, on {last}.", *report.notes],
        backtest=report,
    )


def _found(options: dict[str, Any], context: Context) -> dict[str, Any]:
    """The options with things for names: the actions of a dataset, the bars of pairs."""
    found = dict(options)
    if isinstance(found.get("actions"), str):
        found["actions"] = _actions(found["actions"], context)
    if isinstance(found.get("rates"), str):
        found["rates"] = load_bars(found["rates"], context=context)
    return found


def _actions(name: str, context: Context) -> pa.Table:
    dataset = resolve(name)[0].name
    actions = load_actions(context.lake, dataset)
    if not actions.num_rows:
        raise NoData(
            f"The lake has no corporate actions of {dataset}",
            seen=name,
            cure="Bring them in with add_corporate_actions, or leave actions out",
        )
    return actions


def _bars(data: Any, period: Period, options: Mapping[str, Any], context: Context) -> xr.Dataset:
    """Prices as traded where actions happen to them, and in the currency of the account."""
    raw = None if options.get("actions") is None else "none"
    bars = load_bars(data, end=period.end, adjust=raw, context=context)
    into, rates = options.get("currency"), options.get("rates")
    foreign = set(np.atleast_1d(bars["currency"].to_numpy()).tolist()) - {into, ""}
    if into is None or rates is not None or not foreign:
        return bars
    return load_bars(data, end=period.end, adjust=raw, currency=into, context=context)


def _benchmark(given: Any, data: Any, bars: xr.Dataset, context: Context) -> xr.Dataset | None:
    """Prices to compare with; a table of one's own is compared with itself by default."""
    own_table = not isinstance(data, str)
    if given is None or (own_table and isinstance(given, str) and given == SP500):
        return None
    if not isinstance(given, str):
        return load_bars(given, context=context)
    last = pd.Timestamp(bars["time"].to_numpy()[-1]).date()
    return load_bars(given, end=last + DAY, context=context)


def within(period: Period, bars: xr.Dataset) -> None:
    """Refuse dates beyond the data, except for the holidays around them.

    Parameters
    ----------
    period : Period
        First and last session asked for.
    bars : xarray.Dataset
        All bars there are.

    Raises
    ------
    OutOfRange
        Naming the date, and what the data have.
    """
    first, last = (pd.Timestamp(bars["time"].to_numpy()[at]).date() for at in (0, -1))
    cure = f"The data run from {first} to {last}"
    for parameter, day in (("start_date", period.first), ("end_date", period.last)):
        if day is not None and not first - GRACE <= day <= last + GRACE:
            raise OutOfRange(parameter, str(day), first, last, cure)
