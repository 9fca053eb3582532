"""One order at the last bar: sized by the strategy, filled by the engine, beside its history."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.operations import run_backtest
from workbench.backtest.quick.results import Execution, PastTrades, SimulatedTrade
from workbench.backtest.simulate import simulate
from workbench.data import load_bars
from workbench.errors import InvalidInput
from workbench.registry import lookup
from workbench.strategies.declaration import as_strategy

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.context import Context
    from workbench.market.costs import Costs

__all__ = ["trade_of"]

SIGN = {"buy": 1.0, "sell": -1.0, "hold": 0.0}


@dataclass(frozen=True)
class _Wanted:
    """What the strategy holds before the last bar, and how much it holds when it holds."""

    weight: float
    size: float


def trade_of(
    strategy: Any,
    data: Any,
    action: str,
    *,
    account: float,
    costs: Costs,
    parameters: Mapping[str, Any] | None,
    context: Context,
) -> SimulatedTrade:
    """Fill one order on the last bar, known at the bar before, as every backtest does.

    Parameters
    ----------
    strategy, data
        Names or things; the data of one symbol.
    action : {"buy", "sell", "hold"}
        What is done.
    account : float
        Cash before the order, above 0.
    costs : Costs
        What it costs.
    parameters : mapping, optional
        Of the strategy.
    context : Context
        Whose ledger: the history that is shown is a trial.

    Returns
    -------
    SimulatedTrade
        With the strategy's own trades in this direction.

    Raises
    ------
    InvalidInput
        If the data have several symbols.
    """
    started = time.perf_counter()
    made = as_strategy(lookup("strategy", strategy) if isinstance(strategy, str) else strategy)
    bars = load_bars(data, context=context)
    if bars.sizes["symbol"] != 1:
        raise InvalidInput(
            "A trade is in one symbol",
            seen=f"{bars.sizes['symbol']} symbols",
            cure="Name one, for example sp500-20:AAPL",
        )
    history = run_backtest(
        made, bars, parameters=dict(parameters or {}), costs=costs, use_gpu=False,
        benchmark=None, context=context,
    )  # fmt: skip
    wanted = _wanted(made.targets(bars, parameters)[:-1, 0].to_numpy())
    symbol = str(bars["symbol"].to_numpy()[0])
    quantity = _quantity(action, wanted, account, _price(bars))
    filled = _filled(bars, SIGN[action] * quantity, account, costs) if quantity else None
    return SimulatedTrade(
        trade_id=_identity(made.name, symbol, action, quantity, bars),
        strategy=made.name,
        symbol=symbol,
        action=action,
        at=pd.Timestamp(bars["time"].to_numpy()[-1]).to_pydatetime(),
        **_numbers(filled, quantity),
        execution=Execution(
            method=f"fills at the {history.fills_at} of a backtest",
            time_ms=(time.perf_counter() - started) * 1e3,
        ),
        strategy_wants=wanted.weight,
        agrees=bool(np.sign(_change(made, bars, parameters)) == SIGN[action]),
        reason=_reason(action, wanted, made.name),
        past_trades=_past(history.trades, action, wanted),
        notes=history.notes[:1],
    )


def _wanted(weights: np.ndarray[Any, np.dtype[np.float64]]) -> _Wanted:
    known = weights[~np.isnan(weights)]
    held = np.abs(known[known != 0])
    return _Wanted(
        float(known[-1]) if known.size else 0.0, float(np.median(held)) if held.size else 1.0
    )


def _change(strategy: Any, bars: xr.Dataset, parameters: Mapping[str, Any] | None) -> float:
    """What the strategy itself would trade on the last bar."""
    weights = pd.Series(strategy.targets(bars, parameters)[:-1, 0].to_numpy()).ffill().fillna(0.0)
    return float(weights.iloc[-1] - (weights.iloc[-2] if len(weights) > 1 else 0.0))


def _price(bars: xr.Dataset) -> float:
    known = bars["close"][:-1, 0].to_series().dropna()
    return float(known.iloc[-1]) if len(known) else np.nan


def _quantity(action: str, wanted: _Wanted, account: float, price: float) -> float:
    """Whole units; a sale of what the strategy holds is a sale of all of it."""
    if action == "hold" or not price > 0:
        return 0.0
    size = abs(wanted.weight) if action == "sell" and wanted.weight > 0 else wanted.size
    units = size * account / price
    return float(np.floor(units)) if units >= 1 else units


def _filled(bars: xr.Dataset, units: float, account: float, costs: Costs) -> Any:
    """The order through the engine: known at the bar before the last, filled on the last."""
    last = bars.isel(time=slice(-2, None))
    mark = float(last["open" if "open" in last else "close"][1, 0])
    mark = mark if np.isfinite(mark) else _price(bars)
    weights = last["close"] * np.nan
    weights[0, 0] = units * mark / account
    return simulate(weights, last, costs=costs, initial_cash=account)


def _numbers(report: Any, quantity: float) -> dict[str, Any]:
    """Quantity, price, value, fee and status of what was filled."""
    nothing = {"execution_price": np.nan, "total_value": 0.0, "fee": 0.0}
    if report is None:
        return {"quantity": 0.0, **nothing, "status": "nothing_to_do"}
    if report.orders.empty:
        return {"quantity": 0.0, **nothing, "status": "rejected"}
    order = report.orders.iloc[0]
    size = float(order["size"])
    return {
        "quantity": round(size) if abs(size - round(size)) < 1e-6 else size,
        "execution_price": float(order["price"]),
        "total_value": size * float(order["price"]),
        "fee": float(order["fee"]),
        "status": "cut" if size < quantity * (1 - 1e-9) else "executed",
    }


def _reason(action: str, wanted: _Wanted, name: str) -> str:
    if action == "hold":
        return f"Nothing is traded; {name} holds {wanted.weight:.0%} of the account."
    if action == "sell" and wanted.weight > 0:
        return f"Sells what {name} holds, {wanted.weight:.0%} of the account."
    return f"As much as {name} holds when it is in the market, {wanted.size:.0%} of the account."


def _past(trades: pd.DataFrame, action: str, wanted: _Wanted) -> PastTrades | None:
    """Short trades for a sale that goes short; long ones for buys, and for sales that end them."""
    if action == "hold":
        return None
    shorts = action == "sell" and wanted.weight <= 0
    side = trades[trades["side"] == ("short" if shorts else "long")]
    closed = side[~side["open"]]
    returns = closed["return"]
    length = (closed["exit_time"] - closed["entry_time"]).dt.days
    return PastTrades(
        count=len(closed),
        win_rate=float((returns > 0).mean()) if len(closed) else np.nan,
        average_return=returns.mean(),
        worst_return=returns.min(),
        best_return=returns.max(),
        average_days=length.mean(),
    )


def _identity(name: str, symbol: str, action: str, quantity: float, bars: xr.Dataset) -> str:
    text = f"{name}|{symbol}|{action}|{quantity!r}|{bars['time'].to_numpy()[-1]}"
    return "sim-" + hashlib.sha256(text.encode()).hexdigest()[:12]
