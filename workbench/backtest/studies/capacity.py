"""How much money a strategy can carry: the Sharpe ratio by the size of the account."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.studies.carrying import CapacityCurve
from workbench.backtest.studies.study import Study
from workbench.errors import InvalidInput, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import xarray as xr

    from workbench.backtest.results import BacktestReport

__all__ = ["SIZES", "capacity_curve"]

SIZES = tuple(float(size) for size in np.geomspace(1e4, 1e10, 13))
"""Accounts, in the currency of the prices: from ten thousand to ten billion, two a decade."""
SQUARE_ROOT = 1.0
"""The coefficient of the square-root law; Tóth et al. (Phys. Rev. X 1, 2011) find it near 1."""
HALF = 0.5
HALVINGS = 7
"""Two sizes of a half decade are narrowed to less than 1%."""
LARGE_ORDERS = 0.95
MEASURED = 0.1
"""The law was measured on orders of up to a tenth or so of what is traded."""

_CURE = "Give sizes=[1e5, 1e6, 1e7]"
_COLUMNS = ("sharpe_ratio", "annualized_return", "volume_share")


def capacity_curve(
    strategy: Any,
    bars: Any = None,
    *,
    sizes: Sequence[float] = SIZES,
    impact: float | None = None,
    **trading: Any,
) -> CapacityCurve:
    """Trade the same decisions with accounts of many sizes, each moving the prices it trades at.

    An order of Q units in a market of volatility σ and volume V moves its price by Y σ √(Q/V)
    (`Costs.impact`): what an account can earn does not grow with it.

    Parameters
    ----------
    strategy : Strategy, callable, table, Study or BacktestReport
        What is traded; a study brings its bars and trading, a report its decisions.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them, with ``volume`` in units of the symbol.
    sizes : sequence of float
        Accounts, in the currency of the prices, above 0.
    impact : float, optional
        Y, above 0; by default that of the costs, or 1 where they have none.
    **trading
        ``parameters``, ``costs``, ``fills_at`` as `simulate` takes them.

    Returns
    -------
    CapacityCurve
        A row a size. ``capacity`` keeps half of the best Sharpe ratio, ``break_even`` nothing
        of it, both found by bisection between two sizes: NaN where no size earns, infinite
        where the largest still has that much.

    Raises
    ------
    InvalidInput
        If the bars have no volume, or the sizes are no numbers or none at all.
    OutOfRange
        If a size or the impact is not above 0.
    NoData
        If a report does not hold its decisions.
    """
    study = Study.of(strategy, bars, trading)
    wanted = _refused(study, sizes, impact)
    felt = impact if impact is not None else study.costs.impact or SQUARE_ROOT
    costs = study.costs.model_copy(update={"impact": felt})

    def row(size: float) -> tuple[float, float, float]:
        report = study.stressed(costs=costs, initial_cash=size)
        found = report.results
        return found.sharpe_ratio, found.annualized_return, _share(report, study.bars)

    rows = {}
    for done, size in enumerate(wanted):
        study.progress(done, len(wanted), f"an account of {size:,.0f}")
        rows[size] = row(size)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(_COLUMNS))
    half, even = (_crossing(table["sharpe_ratio"], part, lambda size: row(size)[0])
                  for part in (HALF, 0.0))  # fmt: skip
    return CapacityCurve(
        strategy=study.name,
        costs=costs,
        impact=felt,
        initial_cash=float(study.options.get("initial_cash", 100_000.0)),
        capacity=half,
        break_even=even,
        sizes=wanted,
        sharpe_ratios=table["sharpe_ratio"].tolist(),
        annualized_returns=table["annualized_return"].tolist(),
        volume_shares=table["volume_share"].tolist(),
        notes=_notes(table, half),
        table=table.rename_axis("size"),
    )


def _refused(study: Study, given: Sequence[float], impact: float | None) -> list[float]:
    """The different sizes, sorted, if there are any, they are amounts, and there are volumes."""
    if "volume" not in study.bars:
        raise InvalidInput(
            "Capacity needs volumes, and these bars have none",
            seen=sorted(map(str, study.bars.data_vars)),
            cure="Give bars with a field volume",
        )
    try:
        sizes = sorted({float(size) for size in given})
    except (TypeError, ValueError):
        raise InvalidInput("The sizes are no amounts", seen=given, cure=_CURE) from None
    if not sizes:
        raise InvalidInput("There is no size of the account", cure=_CURE)
    for size in sizes:
        if not 0 < size < math.inf:
            raise OutOfRange("sizes", size, cure="Give amounts above 0")
    if impact is not None and not 0 < impact < math.inf:
        raise OutOfRange("impact", impact, cure="Give a coefficient above 0; it is often near 1")
    return sizes


def _share(report: BacktestReport, bars: xr.Dataset) -> float:
    """What the larger orders are of the volume of their bar: one in twenty is larger."""
    orders = report.orders
    rows = bars.indexes["time"].get_indexer(orders["time"])
    columns = bars.indexes["symbol"].get_indexer(orders["symbol"])
    units = bars["volume"].transpose("time", "symbol").to_numpy()[rows, columns]
    known = units > 0
    if not known.any():
        return math.nan
    return float(np.quantile(orders["size"].to_numpy()[known] / units[known], LARGE_ORDERS))


def _crossing(sharpes: pd.Series, part: float, ask: Callable[[float], float]) -> float:
    """The size beyond the best one at which only a part of its Sharpe ratio is left."""
    best = sharpes.max()
    if not best > 0:
        return math.nan
    after = sharpes.loc[sharpes.idxmax() :]
    enough = (after >= part * best).to_numpy() if part else (after > 0).to_numpy()
    if enough.all():
        return math.inf
    first = int(np.argmin(enough))
    low, high = np.log(after.index[first - 1]), np.log(after.index[first])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if ask(math.exp(middle)) > part * best else (low, middle)
    return math.exp((low + high) / 2)


def _notes(table: pd.DataFrame, capacity: float) -> list[str]:
    """Where the law is stretched; NaN, with no capacity, needs no word."""
    beyond = table.index[table["volume_share"] > MEASURED]
    if len(beyond) and beyond[0] <= capacity:
        return [
            (
                f"From an account of {beyond[0]:,.0f} on, one order in twenty is more than"
                f" {MEASURED:.0%} of the volume of its bar; the law was measured on smaller ones,"
                " so the truth is worse."
            )
        ]
    return []
