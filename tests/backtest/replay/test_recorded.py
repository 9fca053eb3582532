"""Minutes of a real market: quotes, trades and depth of a perpetual future, as they arrived."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.backtest.replay import Events, Latency, Venue, replay
from workbench.market import Costs

MILLISECOND = 1_000_000
TICK, LOT = "0.1", "0.001"
QUOTE = ("b", "B", "a", "A")
"""Bid, its size, ask, its size."""
FIRST = 40_000
"""Messages read."""


@pytest.fixture(scope="module")
def messages(shared):
    path = Path(shared) / "data" / "crypto_ticks" / "binance_usdm_btcusdt_20240808.gz"
    if not path.is_file():
        pytest.skip("there are no recorded ticks")
    found = []
    with gzip.open(path, "rt") as lines:
        for line, _ in zip(lines, range(FIRST), strict=False):
            received, _, body = line.partition(" ")
            message = json.loads(body)
            if "data" in message:
                found.append((int(received), message["data"]))
    return found


@pytest.fixture(scope="module")
def quotes(messages):
    return pd.DataFrame(
        [
            ("BTCUSDT", d["T"] * MILLISECOND, at, *(float(d[key]) for key in QUOTE))
            for at, d in messages
            if d["e"] == "bookTicker"
        ],
        columns=["symbol", "time", "received", "bid", "bid_size", "ask", "ask_size"],
    )


@pytest.fixture(scope="module")
def trades(messages):
    return pd.DataFrame(
        [
            (
                "BTCUSDT", d["T"] * MILLISECOND, at, "sell" if d["m"] else "buy",
                float(d["p"]), float(d["q"]),
            )
            for at, d in messages
            if d["e"] == "trade" and d["X"] == "MARKET"
        ],
        columns=["symbol", "time", "received", "side", "price", "size"],
    )  # fmt: skip


def on_our_clock(*tables):
    """The recorder's clock was 1.2 s behind the venue's: shift it until nothing is early."""
    late = max(int((table["time"] - table["received"]).max()) for table in tables)
    return [table.assign(received=table["received"] + late) for table in tables]


class Quoting:
    """A lot at both best prices, anew every second."""

    def __init__(self):
        self.due = 0

    def __call__(self, view, orders):
        if view.time >= self.due and view.bid and view.ask:
            self.due = view.time + 1_000 * MILLISECOND
            orders.cancel_all()
            bid, ask = view.bid, view.ask
            orders.buy(0.002, bid)
            orders.sell(0.002, ask)


def test_orders_in_a_real_market_fill_only_where_somebody_traded_or_quoted(quotes, trades):
    events = Events.of(
        **dict(zip(("quotes", "trades"), on_our_clock(quotes, trades), strict=True)),
        tick=TICK,
        lot=LOT,
    )
    venue = Venue(Latency.random(5 * MILLISECOND, np.random.default_rng(1)), queue="power")
    first, again = (replay(Quoting(), events, venue=venue, costs=Costs.none()) for _ in range(2))
    assert first.filled.equals(again.filled)
    assert first.orders.equals(again.orders)
    assert first.fills > 50

    makers = first.filled[first.filled["maker"]]
    assert len(makers) > 20
    by_time = {name: dict(iter(table.groupby("time"))) for name, table in
               (("trades", trades), ("quotes", quotes))}  # fmt: skip
    for fill in makers.itertuples():
        now = fill.time.value
        sign = 1 if fill.side == "buy" else -1
        met = by_time["trades"].get(now)
        other = by_time["quotes"].get(now)
        touched = (
            met is not None
            and ((met["side"] != fill.side) & ((fill.price - met["price"]) * sign >= -1e-9)).any()
        )
        column = "ask" if sign > 0 else "bid"
        crossed = other is not None and ((fill.price - other[column]) * sign >= -1e-9).any()
        assert touched or crossed


def test_the_book_is_that_of_a_plain_dictionary(messages):
    depth, expected = [], []
    book = {"bid": {}, "ask": {}}
    updates = [d for _, d in messages if d["e"] == "depthUpdate"][:300]
    for number, update in enumerate(updates):
        for side, key in (("bid", "b"), ("ask", "a")):
            for price, size in update[key]:
                depth.append(("BTCUSDT", number, side, float(price), float(size)))
                book[side].pop(float(price), None)
                if float(size):
                    book[side][float(price)] = float(size)
        expected.append((max(book["bid"], default=None), min(book["ask"], default=None)))
    table = pd.DataFrame(depth, columns=["symbol", "time", "side", "price", "size"])
    seen = {}

    def look(view, _):
        seen[view.time] = (view.bid, view.ask)

    replay(look, Events.of(depth=table, tick=TICK, lot=LOT))
    assert [seen[number] for number in range(len(updates))] == expected
