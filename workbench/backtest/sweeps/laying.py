"""How a sweep is laid out before it runs: the market once, the inputs once, the loop compiled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import numpy.typing as npt

from workbench.backtest.engine import rules_of, tables_of
from workbench.backtest.plan import convention, plan_orders, pressure_on
from workbench.backtest.sweeps.account import Market
from workbench.backtest.sweeps.combinations import combinations
from workbench.backtest.sweeps.ground import Ground, ground_of
from workbench.backtest.sweeps.inputs import InputTables
from workbench.backtest.sweeps.job import Job, Terms, edges_of
from workbench.errors import InvalidInput
from workbench.strategies.binding import Unbindable, bound, uses_brackets
from workbench.strategies.stepping import interpreted

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

    from workbench.backtest.plan import Plan
    from workbench.backtest.sweeps.space import Space
    from workbench.market.costs import Costs
    from workbench.strategies.declaration import Strategy

__all__ = ["job_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_COST = 1e-8
"""Costs in between nothing and this are within the tolerance of the fills: no short cut."""


def job_of(strategy: Strategy, bars: xr.Dataset, space: Space, terms: Terms) -> Job:
    """Lay out a sweep.

    Parameters
    ----------
    strategy, bars, space, terms
        As of `Job`.

    Returns
    -------
    Job
        Ready to run.

    Raises
    ------
    TooLittleHistory
        If fewer than two bars are left to trade.
    UnknownName, InvalidInput
        If `fills_at` cannot be used, or a parameter is called as the column of symbols.
    """
    if terms.by == "symbol" and "symbol" in strategy.parameters.model_fields:
        raise InvalidInput(
            "By symbol, the symbol is a parameter of every trial, and the strategy has its own",
            seen=f"strategy {strategy.name!r} with a parameter 'symbol'",
            cure="Give its parameter another name, or sweep by='account'",
        )
    if terms.start is not None:
        terms = replace(terms, start=np.datetime64(terms.start, "ns"))
    fills_at = convention(bars, terms.fills_at)
    nothing = bars["close"].copy(data=np.full(bars["close"].shape, np.nan))
    plan = plan_orders(nothing, bars, start=terms.start, fills_at=fills_at)
    size = len(plan.time)
    edges = edges_of(size)
    path, why, loop = _loop_of(strategy, space, terms)
    grouped = loop is None
    tables = None if grouped else InputTables(strategy, bars, space)
    first = 0 if grouped else bars.sizes["time"] - size
    parts = 1 if grouped or terms.by == "symbol" else len(plan.symbols)
    market, closes, ground = _market(plan, bars, terms, edges, (first, parts))
    blocks = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    accounts = (market, closes, ground, blocks, _is_proportional(terms.costs))
    job = Job(strategy, bars, space, terms, plan, accounts, edges, path, why, loop, tables)
    try:
        job.measure(np.empty(0, np.int64))  # compiles it
    except numba.core.errors.NumbaError as error:
        told = str(error).strip().partition("\n")[0]
        return replace(job, path="interpreted", why=told, loop=_interpreted(strategy))
    return job


def _market(
    plan: Plan, bars: xr.Dataset, terms: Terms, edges: Ints, orders: tuple[int, int]
) -> tuple[Market, Floats, Ground]:
    """What orders meet, the closes as (symbol, bar), and the tables of round trips."""
    felt = pressure_on(bars, terms.costs.impact, len(plan.time))
    wide = [plan.prices, plan.marks, plan.closes]
    if terms.by == "symbol":
        laid = [np.ascontiguousarray(table.T)[:, :, None] for table in wide]
        pressed = np.empty((len(plan.symbols), 0, 0)) if felt is None else felt.T[:, :, None]
    else:
        laid = [np.ascontiguousarray(table)[None] for table in wide]
        pressed = np.empty((1, 0, 0)) if felt is None else felt[None]
    market = Market(
        laid[0],
        laid[1],
        laid[2],
        np.ascontiguousarray(pressed),
        tables_of(plan).years,
        rules_of(plan, terms.costs),
        float(terms.initial_cash),
        orders[0],
        orders[1],
    )
    closes, prices = (np.ascontiguousarray(table.T) for table in (plan.closes, plan.prices))
    single = market.prices.shape[2] == 1 and _is_proportional(terms.costs)
    used = slice(None) if single else slice(0, 0)
    adverse = terms.costs.schedule[:3]
    return market, closes, ground_of(closes[used], prices[used], adverse, edges)


def _is_proportional(costs: Costs) -> bool:
    """Whether an account grows by factors, with whatever cash it begins."""
    fee, slippage, *amounts = costs.schedule
    taken = (1 + fee) * (1 + slippage) - 1
    plain = not any(amounts) and not any(costs.carry) and costs.impact == 0
    return plain and slippage < 1 and (taken == 0 or taken > LEAST_COST)


def _loop_of(
    strategy: Strategy, space: Space, terms: Terms
) -> tuple[str, str, Callable[..., None] | None]:
    """How combinations are run, why they are not compiled, and the loop over them."""
    if strategy.form == "targets":
        return "grouped", "it gives weights for whole tables", None
    if terms.start is not None and uses_brackets(strategy.function):
        return "grouped", "its stops are older than its first bar", None
    varying = {name for name, values in space.axes.items() if values.dtype == object}
    if varying:
        return "grouped", f"{min(varying)!r} is no number", None
    try:
        return "compiled", "", bound(strategy, combinations, space.unnumbered)
    except (Unbindable, numba.core.errors.NumbaError, OSError) as error:
        return "interpreted", str(error).strip().partition("\n")[0], _interpreted(strategy)


def _interpreted(strategy: Strategy) -> Callable[..., None]:
    """The loop over combinations, with a step that is not compiled."""

    def loop(*arguments: Any) -> None:
        decide = interpreted(strategy)
        combinations(decide, _series_of, _values_of, *arguments)

    return loop


def _series_of(tables: tuple[Floats, ...], rows: Ints, symbol: int) -> tuple[Floats, ...]:
    return tuple(table[row, symbol] for table, row in zip(tables, rows, strict=True))


def _values_of(columns: tuple[Any, ...], point: int) -> tuple[Any, ...]:
    return tuple(
        column[point if column.size > 1 else 0].item() if isinstance(column, np.ndarray) else column
        for column in columns
    )
