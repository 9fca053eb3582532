"""From a strategy and bars to a report: the plain function under `run_backtest`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from workbench.backtest import engine as own_engine
from workbench.backtest import vectorbt as vectorbt_engine
from workbench.backtest.benchmark import benchmark_values
from workbench.backtest.currency import in_one_currency
from workbench.backtest.decided import Decided
from workbench.backtest.life import life_of
from workbench.backtest.plan import (
    FillsAt,
    Plan,
    convention,
    plan_orders,
    pressure_on,
    weights_from_signals,
)
from workbench.backtest.protecting import protected
from workbench.backtest.replay import bars as replay_engine
from workbench.backtest.scope import refuse_amounts
from workbench.backtest.signals.tables import Stops
from workbench.backtest.terms import told
from workbench.data import bars as read_bars
from workbench.errors import InvalidInput, TooLittleHistory, UnknownName
from workbench.market.costs import Costs
from workbench.strategies.declaration import Strategy, as_strategy
from workbench.strategies.membership import only_members
from workbench.strategies.weights import weights_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from workbench.backtest.filled import Filled
    from workbench.backtest.results import BacktestReport
    from workbench.market.margin import Margin

__all__ = ["Engine", "decisions", "refuse_request", "simulate"]

Engine = Literal["kernel", "replay", "vectorbt"]

_ENGINES: Mapping[str, Callable[[Plan, Costs, float], Filled]] = {
    "kernel": own_engine.fill_plan,
    "replay": replay_engine.fill_plan,
    "vectorbt": vectorbt_engine.fill_plan,
}


def simulate(  # noqa: PLR0913  it has the options of the operation
    strategy: Any,
    bars: Any,
    *,
    costs: Costs | None = None,
    benchmark: Any = None,
    initial_cash: float = 100_000.0,
    engine: Engine = "kernel",
    parameters: Mapping[str, Any] | None = None,
    start: Any = None,
    fills_at: FillsAt | None = None,
    stop_loss: float | None = None,
    take_profit: float | None = None,
    trailing_stop: float | None = None,
    lot: float = 0.0,
    margin: Margin | None = None,
    actions: pa.Table | None = None,
    delisting_returns: Mapping[str, float] | None = None,
    currency: str | None = None,
    rates: Any = None,
) -> BacktestReport:
    """Trade a strategy on bars and report what it earned.

    What is known at the close of bar t is traded at bar t + 1: at its open where the bars
    have opens, else at its close. The weights of the last bar are not traded then.

    Parameters
    ----------
    strategy : Strategy, callable, table or pair of tables
        A strategy; ``function(bars)`` that returns weights; weights, time × symbol (NaN
        leaves a holding as it is); or ``(entries, exits)``, two tables of bool.
    bars : xarray.Dataset or DataFrame
        Bars, as `workbench.data.bars` reads them.
    costs : Costs, optional
        What an order costs; the defaults of `Costs`.
    benchmark : xarray.Dataset, DataFrame or Series, optional
        Prices of one symbol; by default an equal part of each symbol of `bars`, bought
        at the first bar and held. It trades for free.
    initial_cash : float
        Cash before the first bar, above 0.
    engine : {"kernel", "replay", "vectorbt"}
        Ours, compiled or event by event, or vectorbt (an extra); they give the same orders.
    parameters : mapping, optional
        Parameter → value of the strategy.
    start : date or str, optional
        The first bar traded, on which the holdings wanted by then are bought; earlier bars
        are only history for the strategy.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill that are decided at the close of a bar; by default at the next
        open, or the next close without opens. ``same close`` fills them at the close they were
        decided on, as vectorbt does; nobody can, and the report says so.
    stop_loss, take_profit : float, optional
        How far against and for a position, from the price at which it was opened, it is closed
        inside a bar; 0.05 is five per cent. It stays closed until the next order, or the next
        entry (`workbench.backtest.protecting`). For a strategy without stops of its own.
    trailing_stop : float, optional
        How far from the best price since then. With a stop-loss the nearer counts.
    lot : float
        Orders come in multiples of so many units, rounded down; 0 for any size.
    margin : Margin, optional
        Leverage and maintenance; None is a cash account, whose short sales bring cash.
    actions : pyarrow.Table, optional
        Splits, payments and ends of symbols, in ``ACTION_COLUMNS``; the bars are then as traded.
    delisting_returns : mapping, optional
        Symbol → what a holder received over its last close, less 1, where its prices end
        before the others do. A position in a symbol without one is valued at its last close
        to the end, and the report says so.
    currency : str, optional
        Of the account, where the bars are in several or in another.
    rates : Dataset or DataFrame, optional
        Bars of pairs, as ``EUR/USD``: prices, and so profits, dividends and values, are
        converted at the rate known at each bar.

    Returns
    -------
    BacktestReport
        Without a trial number: `run_backtest` writes the ledger.

    Raises
    ------
    TooLittleHistory
        If there are no more bars than the strategy's warm-up.
    UnknownName, OutOfRange, InvalidInput
        If an engine, a parameter or an option cannot be used; if prices are in several
        currencies without rates; if impact is charged and the bars have no volume.
    UnusableFrame
        If bars or weights cannot be read.
    MissingExtra
        If `engine` is vectorbt and that is not installed.

    Notes
    -----
    A hole in the prices drops orders of its bar and leaves the value at the last close. Weights
    of symbols that are not in the universe at a bar (coordinate ``member``) count as 0. Constant
    prices are traded like others; their Sharpe ratio is NaN.
    """
    fill = _engine(engine)
    refuse_amounts(initial_cash, lot)
    charged = costs or Costs()
    stops = Stops(stop_loss, take_profit, trailing_stop)
    read = in_one_currency(read_bars(bars), currency, rates)
    life = life_of(read, actions, delisting_returns)
    wanted, exits, labels = decisions(strategy, read, parameters, fills_at)
    if stops and isinstance(strategy, tuple):  # after a stop an entry is one again
        wanted = _told(strategy, read, every=True)
    first = None if start is None else np.datetime64(start, "ns")
    plan = plan_orders(wanted, read, start=first, fills_at=fills_at, exits=exits)
    plan = replace(
        plan,
        lot=lot,
        margin=margin,
        life=None if life is None else life.since(read.sizes["time"] - len(plan.time)),
    )
    beside = benchmark_values(benchmark, plan)
    market = told(lot, margin, actions, delisting_returns, read if currency else None)
    labels |= {"engine": engine, "market": market | stops.told}
    adds = not isinstance(strategy, tuple)
    guard = partial(_guarded, read, stops, adds=adds) if stops else None
    decided = Decided(plan, fill, read, beside, labels, guard)
    return decided.report(charged, initial_cash)


def _guarded(
    bars: xr.Dataset, stops: Stops, plan: Plan, costs: Costs, cash: float, *, adds: bool
) -> Plan:
    """A plan with the stops of an account: levels lie about what it could buy."""

    def held(tried: Plan) -> npt.NDArray[np.float64]:
        return own_engine.fill_plan(tried, costs, cash).positions

    return protected(plan, bars, stops, held, adds=adds)


def _engine(name: str) -> Callable[[Plan, Costs, float], Filled]:
    if name not in _ENGINES:
        raise UnknownName("engine", name, _ENGINES)
    return _ENGINES[name]


def decisions(
    given: Any, bars: xr.Dataset, parameters: Mapping[str, Any] | None, fills_at: FillsAt | None
) -> tuple[xr.DataArray, npt.NDArray[np.float64] | None, dict[str, Any]]:
    """What is wanted on bars, whatever says so.

    Parameters
    ----------
    given : Strategy, callable, table or pair of tables
        As `simulate` takes it.
    bars : xarray.Dataset
        The bars.
    parameters : mapping, optional
        Of the strategy.
    fills_at : str, optional
        When orders fill.

    Returns
    -------
    weights : xarray.DataArray, dims (time, symbol)
        Known at the close of each bar.
    exits : ndarray, shape (time, symbol), or None
        As `Plan.exits`.
    labels : dict
        ``strategy``, its name, and ``parameters``.

    Raises
    ------
    InvalidInput
        If tables come with parameters, or it is none of these.
    TooLittleHistory
        If there are no more bars than the strategy's warm-up.
    """
    if _is_table(given) or isinstance(given, tuple):
        if parameters:
            raise InvalidInput(
                "Weights and signals have no parameters",
                seen=sorted(parameters),
                cure="Give a strategy, or leave the parameters out",
            )
        name = "weights" if _is_table(given) else "entries and exits"
        return _tabled(given, bars), None, {"strategy": name, "parameters": {}}
    made, values = _asked(given, bars, parameters)
    wanted, exits = made.orders(bars, values, fills_at=convention(bars, fills_at))
    return wanted, exits, {"strategy": made.name, "parameters": values.model_dump(mode="json")}


def refuse_request(
    given: Any,
    bars: xr.Dataset,
    parameters: Mapping[str, Any] | None,
    *,
    costs: Costs,
    initial_cash: float,
) -> None:
    """Refuse what `simulate` would refuse before it asks a strategy.

    Parameters
    ----------
    given, bars, parameters, costs, initial_cash
        As `simulate` takes them.

    Raises
    ------
    TooLittleHistory
        If there are no more bars than the strategy's warm-up.
    UnknownName, OutOfRange, InvalidInput
        If the strategy, a parameter or the cash cannot be used; if tables come with parameters;
        if impact is charged and the bars have no volume.
    UnusableFrame
        If a table is not on the times and symbols of the bars.
    """
    refuse_amounts(initial_cash, 0.0)
    pressure_on(bars, costs.impact, bars.sizes["time"])
    if _is_table(given) or isinstance(given, tuple):
        decisions(given, bars, parameters, None)
    else:
        _asked(given, bars, parameters)


def _tabled(given: Any, bars: xr.Dataset) -> xr.DataArray:
    if not isinstance(given, tuple):
        return only_members(weights_on(bars, given), bars)
    return _told(given, bars)


def _told(given: tuple[Any, ...], bars: xr.Dataset, *, every: bool = False) -> xr.DataArray:
    """What signals want; `every` also where nothing changes."""
    if len(given) != 2:
        raise InvalidInput(
            "Signals are a pair of tables, entries and exits",
            seen=f"{len(given)} tables",
            cure="Give (entries, exits); simulate_signals takes those of short positions too",
        )
    return only_members(weights_from_signals(bars, *given, every=every), bars)


def _is_table(given: Any) -> bool:
    return isinstance(given, pd.DataFrame | pd.Series | xr.DataArray)


def _asked(
    given: Any, bars: xr.Dataset, parameters: Mapping[str, Any] | None
) -> tuple[Strategy, Any]:
    """A strategy and its parameters, with bars enough for its warm-up."""
    made = as_strategy(given)
    values = made.checked(parameters)
    needs = made.warm_up(values) + 1
    if bars.sizes["time"] < needs:
        raise TooLittleHistory(needs, bars.sizes["time"], f"strategy {made.name!r}")
    return made, values
