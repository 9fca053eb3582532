"""The short questions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.backtest.quick.results import QuickBacktest, SimulatedTrade, StrategyBenchmark
from workbench.backtest.results import BacktestReport
from workbench.context import Context, current
from workbench.domain import DatasetRef, Session, StrategyRef
from workbench.market.costs import Costs  # light: pydantic only
from workbench.registry import operation


@operation(effect="compute", command="backtest strategy")
def backtest_strategy(
    strategy: StrategyRef,
    symbol: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    parameters: dict[str, float | int | str | bool] | None = None,
    context: Context | None = None,
) -> BacktestReport:
    """Backtest a strategy with the usual costs: `run_backtest` with fewer choices.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    start_date, end_date : date, optional
        The first and the last session traded; all there are by default.
    parameters : dict, optional
        Parameter → value of the strategy.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    BacktestReport
        As `run_backtest`.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput, TooLittleHistory
        As `run_backtest`.
    """
    from workbench.backtest.operations import run_backtest  # heavy: numba

    return run_backtest(
        strategy,
        symbol,
        start_date,
        end_date,
        use_gpu=False,
        parameters=parameters,
        context=context,
    )


@operation(effect="compute", command="backtest quick")
def quick_backtest(
    strategy: StrategyRef,
    symbol: DatasetRef,
    days: Annotated[int, Field(ge=2, le=36_500)] = 30,
    *,
    parameters: dict[str, float | int | str | bool] | None = None,
    context: Context | None = None,
) -> QuickBacktest:
    """Tell in six numbers how a strategy did over the last calendar days of the data.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    days : int
        Calendar days, counted back from the last bar of the data, which is included.
    parameters : dict, optional
        Parameter → value of the strategy.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    QuickBacktest
        Return, Sharpe ratio, drawdown and trades, beside holding.

    Raises
    ------
    UnknownName
        If the strategy, the dataset or a parameter does not exist.
    TooLittleHistory
        If the data are shorter than the strategy's warm-up, or the days hold less than
        two bars.
    """
    from workbench.backtest.quick.days import last_days  # heavy: xarray

    return last_days(strategy, symbol, days, parameters=parameters, context=context or current())


@operation(effect="compute", command="backtest trade")
def simulate_trade(
    strategy: StrategyRef,
    symbol: DatasetRef,
    action: Literal["buy", "sell", "hold"],
    use_gpu: bool = False,
    *,
    account: Annotated[float, Field(gt=0)] = 100_000.0,
    parameters: dict[str, float | int | str | bool] | None = None,
    costs: Costs | None = None,
    context: Context | None = None,
) -> SimulatedTrade:
    """Fill one order at the last bar as a backtest would, beside the strategy's own trades.

    Nothing is sent anywhere. The size is what the strategy holds when it holds, in whole units;
    the price is the next one after the decision, with slippage and fee; the strategy's
    past trades in this direction tell what became of them.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    symbol : str or frame
        One symbol, for example ``AAPL`` or ``sp500-20:AAPL``.
    action : {"buy", "sell", "hold"}
        What is done; a sale sells what the strategy holds, and goes short if it holds none.
    use_gpu : bool
        Whether a GPU may be used; one order needs none.
    account : float
        Cash before the order.
    parameters : dict, optional
        Parameter → value of the strategy.
    costs : Costs, optional
        What the order costs; the defaults of `Costs`.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    SimulatedTrade
        Quantity, price, fee, and how such trades of the strategy ended.

    Raises
    ------
    UnknownName
        If the strategy, the dataset or a parameter does not exist.
    InvalidInput
        If the data have several symbols.
    TooLittleHistory
        If the data are shorter than the strategy's warm-up.
    """
    from workbench.backtest.quick.trade import trade_of  # heavy: xarray

    made = trade_of(
        strategy,
        symbol,
        action,
        account=account,
        costs=costs or Costs(),
        parameters=parameters,
        context=context or current(),
    )
    note = ["use_gpu was allowed; one order needs none."] if use_gpu else []
    return made.model_copy(update={"notes": [*made.notes, *note]})


@operation(effect="compute", command="backtest benchmark")
def run_benchmark(
    strategy: StrategyRef,
    benchmark_type: Literal["performance", "system"] = "performance",
    use_gpu: bool = True,
    *,
    symbol: DatasetRef = "sp500-20",
    context: Context | None = None,
) -> StrategyBenchmark:
    """Put a strategy beside what needs no idea, or measure how fast this machine trades it.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    benchmark_type : {"performance", "system"}
        ``performance``: after costs beside holding, equal weights and random entries;
        ``system``: seconds, bars a second and memory, measured now.
    use_gpu : bool
        Whether a GPU may be used; the engines run on the CPU and the answer says so.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    StrategyBenchmark
        A sentence, and the table behind it.

    Raises
    ------
    UnknownName
        If the strategy or the dataset does not exist.
    InvalidInput
        If the strategy cannot trade these data.
    """
    from workbench.backtest.quick.beside import performance_beside, speed_of  # heavy: xarray

    measured = performance_beside if benchmark_type == "performance" else speed_of
    made = measured(strategy, symbol, context=context or current())
    note = ["use_gpu was allowed; the engines run on the CPU."] if use_gpu else []
    return made.model_copy(update={"notes": [*made.notes, *note]})
