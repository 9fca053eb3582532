"""nautilus-trader in a process of its own: `python nautilus_peer.py quotes.npz`, a line a round.

The strategy is Python. It is called at every quote; at the first quote after each interval it
cancels its orders and quotes one share at the best bid and ask.
"""

import json
import sys
import time
from decimal import Decimal

import numpy as np
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide, TimeInForce
from nautilus_trader.model.identifiers import Venue
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("XNAS")


class Quoting(Strategy):
    """Cancel everything and quote anew, every interval."""

    def __init__(self, instrument, interval, start):
        super().__init__(StrategyConfig(strategy_id="Q-1"))
        self.instrument, self.interval, self.due = instrument, interval, start + interval
        self.fills = []
        self.one = instrument.make_qty(1)

    def on_start(self):
        """Ask for the quotes."""
        self.subscribe_quote_ticks(self.instrument.id)

    def on_quote_tick(self, tick):
        """Look at the clock; act rarely."""
        if tick.ts_event < self.due:
            return
        self.due += self.interval
        self.cancel_all_orders(self.instrument.id)
        for side, price in ((OrderSide.BUY, tick.bid_price), (OrderSide.SELL, tick.ask_price)):
            self.submit_order(
                self.order_factory.limit(
                    self.instrument.id, side, self.one, price, time_in_force=TimeInForce.GTC
                )
            )

    def on_order_filled(self, event):
        """Keep what the venue says."""
        sign = 1 if event.order_side == OrderSide.BUY else -1
        self.fills.append((event.ts_event, sign, float(event.last_px), float(event.last_qty)))


def run(given, ticks, instrument):
    """One run; seconds are of the engine's run alone, the data are loaded."""
    engine = BacktestEngine(
        BacktestEngineConfig(trader_id="T-1", logging=LoggingConfig(bypass_logging=True))
    )
    engine.add_venue(
        venue=VENUE, oms_type=OmsType.NETTING, account_type=AccountType.MARGIN, base_currency=USD,
        starting_balances=[Money(1_000_000_000, USD)], default_leverage=Decimal(100),
    )  # fmt: skip
    engine.add_instrument(instrument)
    engine.add_data(ticks, sort=False)
    strategy = Quoting(instrument, int(given["interval"]), int(given["rows"][0, 0]))
    engine.add_strategy(strategy)
    start = time.perf_counter()
    engine.run()
    spent = time.perf_counter() - start
    fills = np.array(strategy.fills, dtype=np.float64).reshape(-1, 4)
    times = np.array([row[0] for row in strategy.fills], dtype=np.int64)
    engine.dispose()
    return spent, times, fills


def main():
    """Answer rounds until stdin ends."""
    path = sys.argv[1]
    given = dict(np.load(path))
    instrument = TestInstrumentProvider.equity(symbol="X", venue="XNAS")
    ticks = [
        QuoteTick(
            instrument.id, Price(bid, 2), Price(ask, 2), Quantity(bid_size, 0),
            Quantity(ask_size, 0), stamp, stamp,
        )
        for stamp, bid, ask, bid_size, ask_size in zip(
            given["rows"][:, 0].tolist(), given["bid"].tolist(), given["ask"].tolist(),
            given["bid_size"].tolist(), given["ask_size"].tolist(), strict=True,
        )
    ]  # fmt: skip
    for _ in sys.stdin:
        spent, times, fills = run(given, ticks, instrument)
        np.savez(path.replace(".npz", ".answer.npz"), times=times, fills=fills)
        print(json.dumps({"seconds": spent}), flush=True)


if __name__ == "__main__":
    main()
