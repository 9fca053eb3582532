"""The public verbs of backtesting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from workbench.backtest.results import BacktestReport, PerformanceReport
from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session, StrategyRef
from workbench.market.costs import Costs  # light: pydantic only
from workbench.market.margin import Margin  # light: pydantic only
from workbench.registry import operation


@operation(effect="compute", command="backtest run")
def run_backtest(
    strategy: StrategyRef,
    symbol: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    use_gpu: bool = True,
    benchmark: DatasetRef | None = "sp500",
    include_costs: bool = True,
    *,
    parameters: dict[str, float | int | str | bool] | None = None,
    costs: Costs | None = None,
    engine: Literal["kernel", "replay", "vectorbt"] = "kernel",
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    fills_at: Literal["next open", "next close", "same close"] | None = None,
    stop_loss: Annotated[float, Field(gt=0, lt=1)] | None = None,
    take_profit: Annotated[float, Field(gt=0)] | None = None,
    trailing_stop: Annotated[float, Field(gt=0, lt=1)] | None = None,
    lot: Annotated[float, Field(ge=0)] = 0.0,
    margin: Margin | None = None,
    actions: DatasetRef | None = None,
    delisting_returns: dict[str, float] | None = None,
    currency: str | None = None,
    rates: DatasetRef | None = None,
    context: Context | None = None,
) -> BacktestReport:
    """Trade a strategy on historical prices, after costs and beside a benchmark.

    What is known at the close of a bar is traded at the next open, or the next close where
    the data have no opens. Bars before the start date warm the strategy up, and what it
    would hold by then is bought on the first bar. The trial ledger counts every different try
    on the same data.

    Parameters
    ----------
    strategy : str, Strategy, callable, table or pair of tables
        A name from `list_strategies`; in Python also a strategy, a function of bars that
        returns weights, a table of weights, or ``(entries, exits)``.
    symbol : str or frame
        A dataset, some of its symbols or one symbol: ``sp500-20``, ``sp500-20:AAPL,MSFT``,
        ``AAPL``; in Python also a table of prices.
    start_date, end_date : date, optional
        The first and the last session traded; all there are by default.
    use_gpu : bool
        Whether a GPU may be used; the engines run on the CPU and the report says so.
    benchmark : str or frame, optional
        Prices of one symbol; None is an equal part of each symbol, bought and held. With
        a table of your own prices the default is that too.
    include_costs : bool
        Whether orders cost anything.
    parameters : dict, optional
        Parameter → value of the strategy; its defaults for the others.
    costs : Costs, optional
        What an order costs: 1 bp fee and 2 bps slippage by default.
    engine : {"kernel", "replay", "vectorbt"}
        Ours, compiled or event by event, or vectorbt; they place the same orders.
    initial_cash : float
        Cash before the first bar.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill; by default at the next open, or the next close without opens. The
        same close is the price that the signal was computed from: nobody can trade at it.
    stop_loss, take_profit : float, optional
        How far against and for a position, from the price at which it was opened, it is closed
        inside a bar; 0.05 is five per cent. It stays closed until the strategy's next order. For
        strategies without stops of their own.
    trailing_stop : float, optional
        How far from the best price since then. With a stop-loss the nearer counts.
    lot : float
        Orders come in multiples of so many units, rounded down; 0 for any size.
    margin : Margin, optional
        Leverage and maintenance; None is a cash account, whose short sales bring cash.
    actions : str or table, optional
        The dataset whose corporate actions in the lake happen to what is held: splits, dividends,
        spin-offs, mergers and delistings. Prices are then those that were traded, which the
        strategy sees too. In Python also the table itself.
    delisting_returns : dict, optional
        Symbol → what a holder received over its last close, less 1, where its prices end before
        the others do: −1 is a total loss.
    currency : str, optional
        Of the account, as ``USD``, where prices are in several or in another.
    rates : str or frame, optional
        A dataset of pairs, as ``EUR/USD``, by which prices, and so profits, dividends and values,
        are converted at each bar; by default any pairs that the lake has.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    BacktestReport
        Numbers, notes and, in memory, equity, weights, orders and trades.

    Raises
    ------
    UnknownName
        If the strategy, the dataset, a symbol or a parameter does not exist.
    OutOfRange
        If a parameter or a date is outside what is allowed.
    InvalidInput
        If the end date is before the start date, or a table cannot be read; if the engine cannot
        do what is asked for; if prices are in several currencies without a currency of the
        account, or adjusted where corporate actions are asked for.
    TooLittleHistory
        If the data are shorter than the strategy's warm-up.
    """
    from workbench.backtest.request import backtest_of  # heavy: xarray

    report = backtest_of(
        strategy,
        symbol,
        Period.of(start_date, end_date),
        benchmark=benchmark,
        parameters=parameters,
        options={
            "costs": (costs or Costs()) if include_costs else None,
            "engine": engine,
            "initial_cash": initial_cash,
            "fills_at": fills_at,
            "stop_loss": stop_loss,
            "take_profit": take_profit,
            "trailing_stop": trailing_stop,
            "lot": lot,
            "margin": margin,
            "actions": actions,
            "delisting_returns": delisting_returns,
            "currency": currency,
            "rates": rates,
        },
        context=context or current(),
    )
    return report.noting("use_gpu was allowed; the engines run on the CPU." if use_gpu else "")


@operation(effect="compute", command="backtest report")
def performance_report(
    strategy: StrategyRef,
    period_days: Annotated[int, Field(ge=2, le=36_500)] = 30,
    include_benchmark: bool = True,
    use_gpu: bool = False,
    *,
    symbol: DatasetRef = "sp500-20",
    parameters: dict[str, float | int | str | bool] | None = None,
    context: Context | None = None,
) -> PerformanceReport:
    """Tell how a strategy did over the last calendar days of the data, after costs.

    The days are counted back from the last bar of the data, not from today.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    period_days : int
        Calendar days, the last bar's included.
    include_benchmark : bool
        Whether it is compared with the S&P 500, or with an equal part of each symbol of
        a table of your own.
    use_gpu : bool
        Whether a GPU may be used; the engine runs on the CPU and the report says so.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    parameters : dict, optional
        Parameter → value of the strategy.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    PerformanceReport
        Numbers and notes; the whole backtest stays in memory.

    Raises
    ------
    UnknownName
        If the strategy, the dataset or a parameter does not exist.
    OutOfRange
        If a parameter is outside its range.
    TooLittleHistory
        If the data are shorter than the strategy's warm-up, or the days hold less than
        two bars.
    """
    from workbench.backtest.request import performance_of  # heavy: xarray

    report = performance_of(
        strategy,
        symbol,
        period_days,
        benchmark="sp500" if include_benchmark else None,
        parameters=parameters,
        context=context or current(),
    )
    changes: dict[str, Any] = {} if include_benchmark else {"benchmark_comparison": None}
    if use_gpu:
        changes["notes"] = [*report.notes, "use_gpu was allowed; the engine ran on the CPU."]
    return report.model_copy(update=changes)
