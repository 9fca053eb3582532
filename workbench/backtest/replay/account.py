"""From the fills of a replay to its account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from workbench.backtest.replay.view import DIGITS
from workbench.domain import Number, Result
from workbench.market.venue import layout as at

if TYPE_CHECKING:
    from workbench.backtest.replay.events import Events
    from workbench.market.costs import Costs
    from workbench.market.venue.layout import World

__all__ = ["Replay", "account_of"]


class Replay(Result):
    """What a replayed strategy did and earned.

    Parameters
    ----------
    symbols : list of str
        What was traded.
    events, orders_sent, orders_filled, fills : int
        How many; an order counts as filled once nothing is left of it.
    maker_share : float
        Share of the fills in which the order rested and was met; NaN without fills.
    fees : float
        Paid.
    final_value, profit : float
        At the last middle of bid and ask, or the last trade.
    orders, filled, equity : DataFrame, DataFrame, Series
        In memory: every order with its end and reason; every fill; the account's value at each
        fill and at the end, by the time of the venue.
    """

    symbols: list[str]
    events: int
    orders_sent: int
    orders_filled: int
    fills: int
    maker_share: Number
    fees: float
    final_value: Number
    profit: Number
    orders: Any = Field(exclude=True, repr=False)
    filled: Any = Field(exclude=True, repr=False)
    equity: Any = Field(exclude=True, repr=False)

    headline: ClassVar[tuple[str, ...]] = (
        "symbols", "events", "orders_sent", "orders_filled", "fills", "maker_share", "fees",
        "final_value", "profit",
    )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The fills.

        Returns
        -------
        pandas.DataFrame
            ``time, seen, order, symbol, side, price, size, maker, fee, cash, position``.
        """
        return self.filled


def account_of(world: World, events: Events, costs: Costs, initial_cash: float) -> Replay:
    """Value the fills of a run that is over.

    Parameters
    ----------
    world : World
        At its end.
    events : Events
        For the names and steps of the symbols.
    costs : Costs
        The fee in basis points of each fill, and the fixed fee of each order that fills.
    initial_cash : float
        Before the first event.

    Returns
    -------
    Replay
        The account marks each symbol at its own fills, and at the end at the last prices.
    """
    filled = _fills(world, events, costs, initial_cash)
    orders = _orders(world, events)
    held = world.positions[at.VENUE] * np.array(events.lots)
    cash = float(filled["cash"].iloc[-1]) if len(filled) else initial_cash
    marks = _marks(world, events)
    final = cash + float(np.where(held == 0, 0.0, held * marks).sum())
    done = pd.Series({pd.Timestamp(int(events.rows[-1, at.TIME])): final})
    return Replay(
        symbols=list(events.symbols),
        events=len(events),
        orders_sent=len(orders),
        orders_filled=int((orders["state"] == "filled").sum()),
        fills=len(filled),
        maker_share=float(filled["maker"].mean()) if len(filled) else float("nan"),
        fees=float(filled["fee"].sum()),
        final_value=final,
        profit=final - initial_cash,
        orders=orders,
        filled=filled,
        equity=pd.concat([_equity(filled, events), done]) if len(filled) else done,
    )


def _fills(world: World, events: Events, costs: Costs, initial_cash: float) -> pd.DataFrame:
    rows = world.fills[: world.registers[at.FILLS]]
    symbol = rows[:, at.FILL_SYMBOL]
    price = np.round(rows[:, at.FILL_PRICE] * np.array(events.ticks)[symbol], DIGITS)
    size = rows[:, at.FILL_SIZE] * np.array(events.lots)[symbol]
    rate, _, fixed = costs.rates
    _, first = np.unique(rows[:, at.FILL_ORDER], return_index=True)
    fee = rate * np.abs(price) * size
    fee[first] += fixed
    side = rows[:, at.FILL_SIDE]
    made = pd.DataFrame(
        {
            "time": pd.to_datetime(rows[:, at.FILL_TIME]),
            "seen": _times(rows[:, at.FILL_SEEN]),
            "order": rows[:, at.FILL_ORDER],
            "symbol": np.array(events.symbols, dtype=object)[symbol],
            "side": np.where(side > 0, "buy", "sell"),
            "price": price,
            "size": size,
            "maker": rows[:, at.MAKER] == 1,
            "fee": fee,
        }
    )
    made["cash"] = initial_cash + np.cumsum(-side * price * size - fee)
    made["position"] = pd.Series(side * size).groupby(symbol).cumsum().to_numpy()
    return made


def _orders(world: World, events: Events) -> pd.DataFrame:
    rows = world.orders[: world.registers[at.ORDERS]]
    symbol = rows[:, at.SYMBOL]
    tick, lot = np.array(events.ticks)[symbol], np.array(events.lots)[symbol]
    return pd.DataFrame(
        {
            "sent": pd.to_datetime(rows[:, at.SENT]),
            "symbol": np.array(events.symbols, dtype=object)[symbol],
            "side": np.where(rows[:, at.SIDE] > 0, "buy", "sell"),
            "type": _words(at.TYPES, rows[:, at.TYPE]),
            "force": _words(at.FORCES, rows[:, at.FORCE]),
            "price": np.round(rows[:, at.PRICE] * tick, DIGITS),
            "stop": np.round(rows[:, at.STOP] * tick, DIGITS),
            "size": rows[:, at.SIZE] * lot,
            "filled": (rows[:, at.SIZE] - rows[:, at.LEFT]) * lot,
            "state": _words(at.STATES, rows[:, at.STATE]),
            "seen": _words(at.STATES, rows[:, at.SEEN]),
            "reason": _words(at.REASONS, rows[:, at.REASON]),
            "ended": _times(np.where(rows[:, at.ENDED] == 0, at.NEVER, rows[:, at.ENDED])),
        }
    )


def _words(words: tuple[str, ...], numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    made: npt.NDArray[Any] = np.array(words, dtype=object)[numbers]
    return made


def _times(values: npt.NDArray[Any]) -> pd.DatetimeIndex:
    """Times, missing where they never came."""
    missing = np.iinfo(np.int64).min  # pandas reads it as NaT
    return pd.DatetimeIndex(np.where(values == at.NEVER, missing, values).view("M8[ns]"))


def _marks(world: World, events: Events) -> npt.NDArray[Any]:
    top = world.top[at.VENUE]
    both = (top[:, at.BID] != at.NO_BID) & (top[:, at.ASK] != at.NEVER)
    middle = (top[:, at.BID].astype(np.float64) + top[:, at.ASK]) / 2
    last = np.where(top[:, at.LAST] == at.NEVER, np.nan, top[:, at.LAST].astype(np.float64))
    marked: npt.NDArray[Any] = np.where(both, middle, last) * np.array(events.ticks)
    return marked


def _equity(filled: pd.DataFrame, events: Events) -> pd.Series:
    """Cash and positions at each fill, every symbol at the price of its last fill."""
    worth = pd.DataFrame(0.0, index=range(len(filled)), columns=list(events.symbols))
    for symbol in events.symbols:
        own = filled.index[filled["symbol"] == symbol]
        worth[symbol] = (filled["position"] * filled["price"]).loc[own].reindex(worth.index).ffill()
    values = filled["cash"].to_numpy() + worth.fillna(0.0).sum(axis=1).to_numpy()
    return pd.Series(values, index=pd.DatetimeIndex(filled["time"]), name="equity")
