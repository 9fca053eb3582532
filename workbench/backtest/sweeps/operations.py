"""The public verbs of sweeps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.backtest.sweeps.results import StrategyOptimization, SweepResult
from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session, StrategyRef
from workbench.market.costs import Costs  # light: pydantic only
from workbench.registry import operation

__all__ = ["optimize_parameters", "optimize_strategy", "sweep"]

Value = float | int | str | bool
Ranges = dict[str, list[Value] | dict[str, float | int]]


@operation(effect="compute", command="backtest sweep")
def sweep(
    strategy: StrategyRef,
    symbol: DatasetRef,
    grid: Ranges,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    by: Literal["account", "symbol"] = "account",
    search: Literal["grid", "random", "bayesian"] = "grid",
    trials: Annotated[int, Field(ge=1, le=1_000_000)] = 200,
    metric: str = "sharpe_ratio",
    stop_at: float | None = None,
    parameters: dict[str, Value] | None = None,
    costs: Costs | None = None,
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    fills_at: Literal["next open", "next close", "same close"] | None = None,
    workers: Annotated[int, Field(ge=1, le=1_024)] | None = None,
    resumable: bool = True,
    distributed: bool = False,
    context: Context | None = None,
) -> SweepResult:
    """Measure many combinations of parameters, each as a backtest of its own, and count them all.

    Every number is that of `run_backtest` with these parameters, to nine digits; a sweep only
    gets there faster. All combinations become trials in the ledger, and the p-value of the best
    is that of the best of all trials on these data. A grid that takes more than some seconds
    keeps its progress: the same sweep, asked for again, goes on where it was stopped.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`; in Python also a strategy, or a function of bars that
        returns weights.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    grid : dict
        Parameter → values, or ``{"min": 5, "max": 50}`` with a ``step`` or a ``count``.
    start_date, end_date : date, optional
        The first and the last session traded; all there are by default.
    by : {"account", "symbol"}
        One account for all symbols with shared cash, or one for each symbol, which makes
        combinations × symbols trials.
    search : {"grid", "random", "bayesian"}
        Every combination, `trials` of them drawn at random, or as many near those that did
        well (an extra: optuna).
    trials : int
        How many combinations a search tries.
    metric : str
        The measure by which combinations are ranked, as a report names it: the highest is the
        best, of ``volatility``, ``total_trades``, ``exposure`` and ``longest_holding`` the lowest.
    stop_at : float, optional
        A value of the metric that is good enough: the sweep ends there.
    parameters : dict, optional
        Parameters that do not vary; the strategy's defaults for the others.
    costs : Costs, optional
        What an order costs: 1 bp fee and 2 bps slippage by default.
    initial_cash : float
        Cash of each account before the first bar.
    fills_at : {"next open", "next close", "same close"}, optional
        As `run_backtest` takes it.
    workers : int, optional
        Threads; one for each processor by default.
    resumable : bool
        Whether a long grid keeps its progress.
    distributed : bool
        Whether the Dask cluster of the settings does the work, if one is set.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    SweepResult
        The best with what may be claimed, and in memory every combination.

    Raises
    ------
    UnknownName
        If the strategy, the dataset, a parameter or the metric does not exist.
    OutOfRange
        If a value, a date or the number of combinations is outside what is allowed.
    InvalidInput
        If no combination makes sense.
    TooLittleHistory
        If fewer than two bars are left to trade.
    Cancelled
        If the caller stopped it; what was done is kept.
    """
    from workbench.backtest.sweeps.job import Terms  # heavy: numba
    from workbench.backtest.sweeps.request import Asked, swept_of

    period = Period.of(start_date, end_date)
    asked = Asked(
        grid, parameters, metric, search, trials, stop_at, workers, resumable, distributed
    )
    terms = Terms(costs or Costs(), fills_at, period.first, initial_cash, by)
    return swept_of(strategy, symbol, period, asked, terms, context=context or current())


@operation(effect="compute", command="backtest optimize")
def optimize_strategy(
    strategy: StrategyRef,
    symbol: DatasetRef,
    parameter_ranges: Ranges,
    max_iterations: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000,
    use_gpu: bool = True,
    optimization_metric: str = "sharpe_ratio",
    *,
    start_date: Session | None = None,
    end_date: Session | None = None,
    search: Literal["auto", "grid", "random", "bayesian"] = "auto",
    parameters: dict[str, Value] | None = None,
    costs: Costs | None = None,
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    context: Context | None = None,
) -> StrategyOptimization:
    """Look for better parameters, and say what the improvement is worth.

    The best of many tries is better than the first by luck alone: the answer has the p-value of
    the best among all trials that were ever made on these data, and says in words what may be
    claimed.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    parameter_ranges : dict
        Parameter → ``{"min": 5, "max": 50}``, with a ``step`` if wanted, or a list of values.
    max_iterations : int
        How many combinations are tried at most.
    use_gpu : bool
        Whether a GPU may be used; the engines run on the CPU and the report says so.
    optimization_metric : str
        The measure to improve, as a report names it.
    start_date, end_date : date, optional
        The first and the last session traded; all there are by default.
    search : {"auto", "grid", "random", "bayesian"}
        ``auto`` tries every combination where there are no more than `max_iterations`, else
        draws them at random.
    parameters : dict, optional
        Where it begins; the strategy's defaults for the others.
    costs : Costs, optional
        What an order costs: 1 bp fee and 2 bps slippage by default.
    initial_cash : float
        Cash before the first bar.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    StrategyOptimization
        Parameters before and after, performance before and after, and the verdict. Where no
        combination did better, the parameters stay as they were.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput, TooLittleHistory, Cancelled
        As `sweep`.
    """
    from workbench.backtest.sweeps.job import Terms  # heavy: numba
    from workbench.backtest.sweeps.optimizing import optimized
    from workbench.backtest.sweeps.request import Asked

    period = Period.of(start_date, end_date)
    asked = Asked(parameter_ranges, parameters, optimization_metric, search, trials=max_iterations)
    terms = Terms(costs or Costs(), start=period.first, initial_cash=initial_cash)
    made = optimized(strategy, symbol, period, asked, terms, context=context or current())
    return made.noting("use_gpu was allowed; the engines run on the CPU." if use_gpu else "")


@operation(effect="compute", command="backtest parameters")
def optimize_parameters(
    strategy: StrategyRef,
    symbol: DatasetRef,
    parameter_ranges: Ranges,
    *,
    context: Context | None = None,
) -> StrategyOptimization:
    """Look for parameters with a better Sharpe ratio: `optimize_strategy` with fewer choices.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    parameter_ranges : dict
        Parameter → ``{"min": 5, "max": 50}`` or a list of values.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    StrategyOptimization
        As `optimize_strategy`.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput, TooLittleHistory, Cancelled
        As `sweep`.
    """
    return optimize_strategy(strategy, symbol, parameter_ranges, use_gpu=False, context=context)
