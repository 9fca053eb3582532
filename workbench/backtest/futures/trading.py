"""Signals from a continuous series, orders in contracts at their own prices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.backtest.filled import FLOWS, ORDER_COLUMNS, Filled
from workbench.backtest.futures.loop import ORDERS_A_BAR, Book, Rules, Tables, run_contracts
from workbench.backtest.futures.reporting import reported
from workbench.backtest.plan import FillsAt, Plan, convention, plan_orders
from workbench.backtest.scope import refuse_amounts
from workbench.backtest.simulate import decisions
from workbench.data.futures import ContinuousSeries, continuous
from workbench.errors import InvalidInput, OutOfRange
from workbench.market.costs import Costs
from workbench.market.fills import FILLED
from workbench.market.margin import Margin

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.futures.results import FuturesBacktest
    from workbench.data.futures.rolls import RollRule
    from workbench.data.futures.splicing import Splice

__all__ = ["simulate_futures"]

Floats = npt.NDArray[np.float64]

USUAL = Margin(leverage=10.0, maintenance=0.05)
"""Exchanges ask for some 3 to 12% of a contract's value."""


def simulate_futures(  # noqa: PLR0913  a future has many terms
    strategy: Any,
    chain: xr.Dataset,
    expiries: Any,
    *,
    multiplier: float,
    roll: RollRule = "volume",
    sessions_before: int | None = None,
    adjust: Splice = "ratio",
    costs: Costs | None = None,
    margin: Margin = USUAL,
    lot: float = 1.0,
    initial_cash: float = 1_000_000.0,
    fills_at: FillsAt | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> FuturesBacktest:
    """Trade a future contract by contract: the strategy sees one series, the account contracts.

    The strategy decides on the continuous series (`workbench.data.futures.continuous`), spliced
    so that what is past never changes. Its weight is the exposure, contracts × multiplier × price
    over the account, of the contract that is held then; contracts are whole, rounded towards none.
    They fill at their own prices. At the close of a roll the old contracts are sold and as many
    of the new ones bought: two orders, each with its costs. Profit and loss are settled daily.

    Parameters
    ----------
    strategy : Strategy, callable, table or pair of tables
        As `workbench.backtest.simulate` takes it, on the one symbol of the series. The prices at
        which its stops and targets are hit are turned into those of the contract.
    chain : xarray.Dataset
        Bars of the contracts as traded, dims (time, symbol), of one exchange and currency;
        ``volume`` or ``open_interest`` where the rule asks for them.
    expiries : frame, table, mapping or iterable of Instrument
        Last days and first notices, as `workbench.data.futures.contract_chain` takes them.
    multiplier : float
        Value of one point of price for one contract, above 0: 50 for the E-mini S&P 500.
    roll : {"volume", "open_interest", "calendar"}
        What decides on a roll: where trading has moved to, or the days before the end.
    sessions_before : int, optional
        Sessions before the last day on which a contract can be held by which it has rolled: 5
        by the calendar, at the latest 1 by the others.
    adjust : {"ratio", "difference", "none"}
        How the series for the strategy joins the contracts.
    costs : Costs, optional
        What an order costs; ``fee_per_share`` is per contract, ``fee_bps`` of the contracts'
        value. Costs of holding and impact are none of a future's.
    margin : Margin
        The most exposure over the account when an order fills, and the share of it that the
        account must be worth at every close, or all is closed there. Ten times and 5% by default.
    lot : float
        Contracts come in multiples of it; 0 for any number.
    initial_cash : float
        Before the first bar, above 0.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill that are decided at the close of a bar; by default at the next open, or
        the next close without opens. Rolls are carried out at closes. At the close of a roll an
        order is part of it: so many of the new contracts are bought as it asks for.
    parameters : mapping, optional
        Parameter → value of the strategy.

    Returns
    -------
    FuturesBacktest
        The backtest, the rolls with their costs, and what each contract earned.

    Raises
    ------
    OutOfRange
        If multiplier, cash or lot cannot be used.
    InvalidInput
        If costs of holding or impact are charged, or the rule asks for what the bars lack.
    UnknownName
        If the last day of a contract is not given.
    NoData
        If there is nothing to trade, or the chain breaks off in the middle.
    TooLittleHistory
        If there are no more bars than the strategy's warm-up.

    Notes
    -----
    A hole in the prices of the contract drops the order of its bar and values it at its last
    close. What is held when the series ends is valued at the last close. Without costs, with any
    number of contracts and an exposure of 1 at every close, the account grows as the series
    spliced by ratio does.
    """
    charged = costs or Costs()
    _refuse(multiplier, charged)
    refuse_amounts(initial_cash, lot)
    series = continuous(
        chain, expiries, roll=roll, adjust=adjust, anchor="first", sessions_before=sessions_before
    )
    when = convention(series.bars, fills_at)
    wanted, exits, labels = decisions(strategy, series.bars, parameters, when)
    plan = plan_orders(wanted, series.bars, fills_at=when, exits=exits)
    traded = _contracts(chain, series)
    tables = _tables(plan, traded, series, multiplier)
    filled = _run(tables, _rules(charged, margin, lot, when), initial_cash)
    return reported(
        replace(
            plan,
            symbols=tuple(str(symbol) for symbol in traded["symbol"].to_numpy()),
            closes=tables.marks,
            margin=margin,
            exits=None,
            highs=None,
            lows=None,
        ),
        filled,
        traded,
        series,
        terms={"costs": charged, "initial_cash": initial_cash, "multiplier": multiplier},
        labels={
            **labels,
            "engine": "kernel",
            "market": {
                "multiplier": multiplier,
                "roll": roll
                if sessions_before is None
                else f"{roll}, {sessions_before} sessions before",
                "adjust": adjust,
                "margin": margin.model_dump(mode="json"),
                "lot": lot,
            },
        },
    )


def _refuse(multiplier: float, costs: Costs) -> None:
    if not (np.isfinite(multiplier) and multiplier > 0):
        raise OutOfRange("multiplier", multiplier, cure="Give the value of one point, such as 50")
    if any(costs.carry) or costs.impact:
        raise InvalidInput(
            "A future costs nothing to hold, and its impact is not modelled",
            seen=str(costs),
            cure="Give costs without borrow, funding, interest and impact",
        )


def _contracts(chain: xr.Dataset, series: ContinuousSeries) -> xr.Dataset:
    """The contracts that are held at all, in order, on the bars of the series."""
    names = pd.unique(np.r_[series.bars["contract"].to_numpy(), series.rolls["to"].to_numpy()])
    return chain.sel(symbol=[str(name) for name in names], time=series.bars["time"])


def _tables(plan: Plan, traded: xr.Dataset, series: ContinuousSeries, multiplier: float) -> Tables:
    names = pd.Index([str(symbol) for symbol in traded["symbol"].to_numpy()])
    held = names.get_indexer(series.bars["contract"].to_numpy().astype(str)).astype(np.int64)
    into = np.full(len(held), -1, dtype=np.int64)
    into[plan.time.get_indexer(series.rolls["date"])] = names.get_indexer(series.rolls["to"])
    close = traded["close"].to_numpy().astype(np.float64) * multiplier
    opened = close
    if "open" in traded:
        opened = traded["open"].to_numpy().astype(np.float64) * multiplier
    own = close[np.arange(len(held)), held]
    return Tables(
        np.ascontiguousarray(plan.weights[:, 0]),
        held,
        into,
        np.ascontiguousarray(opened),
        np.ascontiguousarray(close),
        pd.DataFrame(close).ffill().to_numpy(),
        _own_exits(plan, series, own, multiplier),
    )


def _own_exits(plan: Plan, series: ContinuousSeries, own: Floats, multiplier: float) -> Floats:
    """Where stops and targets of the series lie in the contract that is held."""
    if plan.exits is None:
        return np.full(len(own), np.nan)
    spliced = series.bars["close"].to_numpy()[:, 0] * multiplier
    exits = plan.exits[:, 0] * multiplier
    moved: Floats = exits * (own / spliced)
    if series.bars.attrs["splice"] == "difference":
        moved = exits + (own - spliced)
    return moved


def _rules(costs: Costs, margin: Margin, lot: float, when: FillsAt) -> Rules:
    return Rules(
        costs.schedule,
        float(lot),
        float(margin.leverage),
        float(margin.maintenance),
        when == "next open",
    )


def _run(tables: Tables, rules: Rules, initial_cash: float) -> Filled:
    bars, contracts = tables.closes.shape
    book = Book(
        np.empty((ORDERS_A_BAR * bars, len(ORDER_COLUMNS))),
        np.empty(bars),
        np.zeros((bars, contracts)),
        np.zeros(5, dtype=np.int64),
    )
    run_contracts(tables, rules, book, float(initial_cash))
    orders = book.orders[: book.statuses[FILLED]]
    return Filled(orders, book.cash, book.positions, book.statuses, np.zeros((bars, len(FLOWS))))
