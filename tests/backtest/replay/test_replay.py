"""Streams of a few events whose fills are worked out by hand, and the laws of a replay."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest.replay import Events, Latency, Venue, replay, replay_compiled
from workbench.errors import InvalidInput, NoData, OutOfRange, UnknownName, UnusableFrame
from workbench.market import Costs
from workbench.market.venue import layout as at
from workbench.market.venue.desk import (
    ask,
    bid,
    buy,
    cancel,
    has_ask,
    has_bid,
    my_order,
    my_orders,
    sell,
)

pytestmark = pytest.mark.kernel  # also with the compiler off

FREE = Costs.none()


def quotes(*rows):
    """(time, bid, bid size, ask, ask size) of one symbol."""
    table = pd.DataFrame(rows, columns=["time", "bid", "bid_size", "ask", "ask_size"])
    return table.assign(symbol="X")


def trades(*rows):
    """(time, side, price, size) of one symbol."""
    return pd.DataFrame(rows, columns=["time", "side", "price", "size"]).assign(symbol="X")


def stream(q, t=None, **more):
    return Events.of(quotes=q, trades=t, tick="0.5", lot=1, **more)


class Once:
    """Acts at its first call and keeps what it sees later."""

    def __init__(self, act):
        self.act, self.orders, self.positions = act, None, []

    def __call__(self, view, orders):
        if self.orders is None:
            self.orders = orders
            self.act(view, orders)
        self.positions.append((view.time, view.position))


def fills(result):
    return list(
        result.filled[["time", "side", "price", "size", "maker"]]
        .assign(time=result.filled["time"].astype("int64"))
        .itertuples(index=False, name=None)
    )


def run(act, q, t=None, **venue):
    once = Once(act)
    wake = ("trade", "quote", "response")
    return replay(once, stream(q, t), venue=Venue(**venue), costs=FREE, wake=wake), once


BOOK = quotes((10, 100.0, 5, 101.0, 7), (90, 100.0, 6, 101.0, 7))


def test_a_limit_order_waits_for_its_queue():
    # 5 lots stand before it; 3 and 2 trade away; the next trade is ours
    sales = trades((20, "sell", 100.0, 3), (30, "sell", 100.0, 2), (40, "sell", 100.0, 1))
    result, once = run(lambda view, orders: orders.buy(1, view.bid), BOOK, sales)
    assert fills(result) == [(40, "buy", 100.0, 1.0, True)]
    assert (40, 1.0) in once.positions
    assert result.orders["state"].tolist() == ["filled"]


def test_buyers_do_not_fill_a_buy():
    bought = trades((20, "buy", 100.0, 50))
    result, _ = run(lambda _, orders: orders.buy(1, 100.0), BOOK, bought)
    assert fills(result) == []
    assert result.orders["state"].tolist() == ["new"]


def test_a_trade_of_an_unknown_side_may_have_met_us():
    unknown = trades((20, None, 100.0, 6))
    result, _ = run(lambda _, orders: orders.buy(1, 100.0), BOOK, unknown)
    assert fills(result) == [(20, "buy", 100.0, 1.0, True)]


def test_a_trade_through_the_price_fills_whole_whatever_the_queue():
    through = trades((20, "sell", 99.5, 1))
    result, _ = run(lambda _, orders: orders.buy(4, 100.0), BOOK, through)
    assert fills(result) == [(20, "buy", 100.0, 4.0, True)]


def test_an_ask_that_comes_down_fills_at_the_price_of_the_buy():
    fallen = quotes((10, 100.0, 5, 101.0, 7), (20, 99.0, 5, 99.5, 7))
    result, _ = run(lambda _, orders: orders.buy(4, 100.0), fallen)
    assert fills(result) == [(20, "buy", 100.0, 4.0, True)]


def test_a_taking_order_pays_the_ask():
    result, _ = run(lambda _, orders: (orders.buy(2), orders.sell(1, 99.0)), BOOK)
    assert fills(result) == [(10, "buy", 101.0, 2.0, False), (10, "sell", 100.0, 1.0, False)]


def test_parts_are_what_the_trade_leaves_behind_the_queue():
    sales = trades((20, "sell", 100.0, 7), (30, "sell", 100.0, 4))
    result, _ = run(lambda _, orders: orders.buy(4, 100.0), BOOK, sales, partial=True)
    # 5 stand before it: 2 of 7 are left, then 2 of 4
    assert fills(result) == [(20, "buy", 100.0, 2.0, True), (30, "buy", 100.0, 2.0, True)]


def depth(*rows):
    return pd.DataFrame(rows, columns=["time", "side", "price", "size"]).assign(symbol="X")


LADDER = depth(
    (10, "bid", 100.0, 5), (10, "bid", 99.5, 8), (10, "ask", 101.0, 2), (10, "ask", 101.5, 3),
    (10, "ask", 103.0, 9), (90, "bid", 100.0, 4),
)  # fmt: skip


def ladder(act, more=None, **venue):
    table = LADDER if more is None else pd.concat([LADDER, more])
    events = Events.of(depth=table, tick="0.5")
    once = Once(act)

    def when_complete(view, orders):
        if view.ask == 101.0:
            once(view, orders)

    return replay(when_complete, events, venue=Venue(**venue), every=1, wake=(), costs=FREE)


@pytest.mark.parametrize(
    ("force", "price", "expected", "state"),
    [
        ("ioc", 101.5, [(101.0, 2.0), (101.5, 3.0)], "expired"),
        ("fok", 101.5, [], "expired"),
        ("fok", 103.0, [(101.0, 2.0), (101.5, 3.0), (103.0, 1.0)], "filled"),
        ("gtc", 101.5, [(101.0, 2.0), (101.5, 3.0)], "partially_filled"),
        ("post_only", 101.5, [], "rejected"),
        ("ioc", 100.5, [], "expired"),
    ],
)
def test_taking_level_by_level(force, price, expected, state):
    result = ladder(lambda _, orders: orders.buy(6, price, force=force), partial=True)
    assert [(p, s) for _, _, p, s, _ in fills(result)] == expected
    assert result.orders["state"].tolist() == [state]


def test_a_level_that_is_removed_uncovers_the_next():
    seen = []
    table = depth(
        (10, "bid", 100.0, 5), (10, "bid", 99.5, 8), (20, "bid", 100.0, 0), (30, "bid", None, None)
    )
    replay(
        lambda view, _: seen.append(view.bid),
        Events.of(depth=table, tick="0.5"),
        wake=("depth", "clear"),
    )
    assert seen == [100.0, 100.0, 99.5, None]


def test_orders_and_answers_take_their_time():
    sales = trades((40, "sell", 99.5, 1), (50, "sell", 99.5, 1))
    latency = Latency.fixed(entry=35, response=7)  # sent at 10, there at 45: after the first sale
    result, once = run(lambda _, orders: orders.buy(1, 100.0), BOOK, sales, latency=latency)
    assert fills(result) == [(50, "buy", 100.0, 1.0, True)]
    heard = [time for time, held in once.positions if held]
    assert min(heard) == 57


def test_a_feed_that_is_late_shows_the_past():
    latency = Latency.fixed(feed=15)
    result, once = run(lambda _, orders: orders.buy(1), BOOK, latency=latency)
    assert once.positions[0][0] == 25  # what happened at 10
    assert fills(result) == [(25, "buy", 101.0, 1.0, False)]


def test_a_cancel_that_comes_too_late_loses():
    sales = trades((20, "sell", 99.5, 1))
    sent = []

    def act(view, orders):
        if not sent:
            sent.append(orders.buy(1, 100.0))
        elif view.time == 20:
            assert orders.cancel(sent[0])
            assert not orders.cancel(sent[0])  # asked before

    result = replay(act, stream(BOOK, sales), costs=FREE)
    assert result.orders["state"].tolist() == ["filled"]


def test_stops_go_off_by_trades():
    falling = trades((20, "sell", 99.5, 1), (30, "sell", 98.5, 1))
    at_stop = quotes((10, 100.0, 5, 101.0, 7), (25, 98.5, 6, 99.0, 7))
    result, _ = run(lambda _, orders: orders.sell(2, stop=99.0), at_stop, falling)
    assert fills(result) == [(30, "sell", 98.5, 2.0, False)]


def test_a_stop_limit_rests_at_its_limit():
    falling = trades((20, "sell", 98.5, 1), (40, "buy", 99.5, 1))
    result, _ = run(
        lambda _, orders: orders.sell(2, 99.5, stop=99.0),
        quotes((10, 100.0, 5, 101.0, 7), (15, 98.5, 5, 99.0, 7), (90, 98.5, 6, 99.0, 7)),
        falling,
    )
    assert fills(result) == [(40, "sell", 99.5, 2.0, True)]


def test_a_trailing_stop_follows_the_best_trade():
    # from the bid of 100 it stands at 98; 103 lifts it to 101, which 101 sets off
    path = trades((20, "buy", 103.0, 1), (30, "sell", 101.5, 1), (40, "sell", 101.0, 1))
    result, _ = run(lambda _, orders: orders.sell(1, trail=2.0), BOOK, path)
    assert fills(result) == [(40, "sell", 100.0, 1.0, False)]


def test_a_bracket_wakes_its_exits_and_one_cancels_the_other():
    def act(_, orders):
        entry = orders.buy(2)
        orders.sell(2, 102.0, parent=entry, group=1)
        orders.sell(2, stop=99.0, parent=entry, group=1)

    path = trades((30, "buy", 103.0, 5), (40, "sell", 98.0, 5))
    result, _ = run(act, BOOK, path)
    assert fills(result) == [(10, "buy", 101.0, 2.0, False), (30, "sell", 102.0, 2.0, True)]
    assert result.orders["state"].tolist() == ["filled", "filled", "cancelled"]
    assert result.orders["reason"].tolist()[2] == "another of its group was filled"


def test_children_of_what_never_filled_are_cancelled():
    def act(_, orders):
        entry = orders.buy(2, 90.0, expires_ns=50)
        orders.sell(2, 102.0, parent=entry)

    result, _ = run(act, BOOK)
    assert result.orders["state"].tolist() == ["expired", "cancelled"]
    assert result.orders["ended"].astype("int64").tolist() == [50, 50]


def test_no_market_no_trade():
    empty = quotes((10, 100.0, 5, None, None), (90, 100.0, 6, None, None))
    result, _ = run(lambda view, orders: (orders.buy(1), view.ask), empty)
    assert result.orders["reason"].tolist() == ["no price to trade at"]
    assert result.fills == 0


def test_the_account_pays_fees_and_is_marked_at_the_middle():
    def act(_, orders):
        orders.buy(2)

    result = replay(
        Once(act), stream(BOOK), costs=Costs(fee_bps=100, fixed_fee=1.0), initial_cash=1000
    )
    # 2 at 101 and a fee of 2.02 + 1; worth 2 x 100.5 at the end
    assert result.filled["cash"].tolist() == pytest.approx([1000 - 202 - 3.02])
    assert result.final_value == pytest.approx(1000 - 202 - 3.02 + 201)
    assert result.equity.iloc[-1] == result.final_value
    assert "final_value" in repr(result)
    assert result.to_frame() is result.filled


# -- compiled ----------------------------------------------------------------------------------


def quoting(world, memory, size):
    """Quote both sides anew, at the best prices."""
    for place in range(my_orders(world) - 1, -1, -1):
        cancel(world, my_order(world, place))
    if has_bid(world, 0) and has_ask(world, 0):
        buy(world, 0, bid(world, 0), size)
        sell(world, 0, ask(world, 0), size)
    memory[0] += 1


def quoting_in_python(view, orders):
    orders.cancel_all()
    if view.bid is not None and view.ask is not None:
        orders.buy(2, view.bid)
        orders.sell(2, view.ask)


def market(seed, events=400):
    """Quotes that never cross, and trades at them."""
    rng = np.random.default_rng(seed)
    middle = 100 + np.cumsum(rng.integers(-1, 2, events)) * 0.5
    time = np.cumsum(rng.integers(1, 20, events))
    book = pd.DataFrame(
        {
            "symbol": "X", "time": time, "bid": middle, "bid_size": rng.integers(1, 9, events),
            "ask": middle + 0.5, "ask_size": rng.integers(1, 9, events),
        }
    )  # fmt: skip
    side = np.where(rng.random(events) < 0.5, "buy", "sell")
    prints = pd.DataFrame(
        {
            "symbol": "X", "time": time, "side": side,
            "price": np.where(side == "buy", middle + 0.5, middle),
            "size": rng.integers(1, 9, events),
        }
    )  # fmt: skip
    return Events.of(quotes=book, trades=prints, tick="0.5")


VENUES = [
    Venue(),
    Venue(Latency.fixed(3, 4, 2), partial=True),
    Venue(Latency.fixed(30, 10), queue="power"),
    Venue(Latency.fixed(1, 1), queue="log", partial=True),
]


@pytest.mark.parametrize("venue", VENUES, ids=["plain", "partial", "power", "log"])
def test_python_and_compiled_code_do_the_same(venue):
    events = market(3)
    made = replay_compiled(quoting, events, (2,), venue=venue, every=50, costs=FREE)
    peer = replay(quoting_in_python, events, venue=venue, wake=(), every=50, costs=FREE)
    assert made.fills > 10
    assert made.filled.equals(peer.filled)
    assert made.orders.equals(peer.orders)


def test_the_same_seed_gives_the_same_bytes():
    def once(seed):
        latency = Latency.random(20, np.random.default_rng(seed))
        made = replay_compiled(
            quoting, market(1), (1,), venue=Venue(latency, queue="log"), every=40, costs=FREE
        )
        return made.filled.to_csv() + made.orders.to_csv() + made.equity.to_csv()

    assert once(5) == once(5)
    assert once(5) != once(6)


def test_the_future_changes_nothing_before_it():
    whole = market(2)
    cut = 500
    time = int(whole.rows[cut, at.TIME])
    part = Events(whole.rows[:cut], whole.symbols, whole.ticks, whole.lots)
    made = [
        replay_compiled(quoting, events, (1,), every=50, costs=FREE).filled
        for events in (whole, part)
    ]
    before = [table[table["time"] < pd.Timestamp(time)] for table in made]
    assert len(before[0]) > 5
    columns = ["time", "order", "side", "price", "size", "maker"]
    assert before[0][columns].equals(before[1][columns])


def test_positions_are_the_sum_of_the_fills_and_nobody_fills_beyond_the_order():
    made = replay_compiled(
        quoting, market(4), (3,), venue=Venue(partial=True), every=30, costs=FREE
    )
    signed = np.where(made.filled["side"] == "buy", 1, -1) * made.filled["size"]
    assert made.filled["position"].iloc[-1] == signed.sum()
    by_order = made.filled.groupby("order")["size"].sum()
    assert (by_order <= made.orders["size"].loc[by_order.index]).all()
    assert (by_order == made.orders["filled"].loc[by_order.index]).all()
    seen = made.filled["seen"].dropna()
    assert (seen >= made.filled["time"].loc[seen.index]).all()


# -- what cannot be used -----------------------------------------------------------------------


def test_streams_that_cannot_be_used():
    with pytest.raises(NoData, match="no events"):
        Events.of(tick=1)
    with pytest.raises(UnusableFrame, match=r"lack columns.*bid_size"):
        Events.of(quotes=pd.DataFrame({"symbol": ["X"], "time": [1], "bid": [1.0]}), tick=1)
    with pytest.raises(InvalidInput, match=r"price is no multiple of 0\.5"):
        stream(quotes((1, 100.3, 1, 101.0, 1)))
    with pytest.raises(UnusableFrame, match="both quotes and depth"):
        Events.of(quotes=BOOK, depth=LADDER, tick="0.5")
    with pytest.raises(InvalidInput, match=r"no tick or lot.*X"):
        Events.of(quotes=BOOK, tick={"Y": 1})
    good = stream(BOOK)
    with pytest.raises(UnusableFrame, match="not in time order"):
        Events(good.rows[::-1].copy(), good.symbols, good.ticks, good.lots)
    early = good.rows.copy()
    early[:, at.RECEIVED] = early[0, at.TIME] - 1
    with pytest.raises(UnusableFrame, match="before it happens"):
        Events(early, good.symbols, good.ticks, good.lots)
    with pytest.raises(UnusableFrame, match="five whole numbers"):
        Events(good.rows.astype(float), good.symbols, good.ticks, good.lots)


def test_options_that_cannot_be_used():
    with pytest.raises(UnknownName, match="queue model"):
        Venue(queue="fifo")
    with pytest.raises(OutOfRange, match="exponent"):
        Venue(exponent=0)
    with pytest.raises(OutOfRange, match="entry"):
        Latency.fixed(-1)
    with pytest.raises(OutOfRange, match="median"):
        Latency.random(0, np.random.default_rng(0))
    with pytest.raises(OutOfRange, match="sigma"):
        Latency.random(1, np.random.default_rng(0), sigma=-1)
    with pytest.raises(UnknownName, match="kind of event"):
        replay(lambda *_: None, stream(BOOK), wake=("bar",))
    with pytest.raises(OutOfRange, match="every"):
        replay(lambda *_: None, stream(BOOK), every=0)


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"quantity": 0.5}, "less than a lot"),
        ({"force": "day"}, "time in force"),
        ({"symbol": "Y"}, "no symbol"),
        ({"stop": 99.0, "trail": 1.0}, "stands or trails"),
    ],
)
def test_orders_that_cannot_be_sent(terms, problem):
    with pytest.raises(InvalidInput, match=problem):
        run(lambda _, orders: orders.buy(**{"quantity": 1, **terms}), BOOK)


def test_a_price_goes_to_the_tick_that_is_not_worse():
    result, _ = run(lambda _, orders: (orders.buy(1, 99.9), orders.sell(1, 101.1)), BOOK)
    assert result.orders["price"].tolist() == [99.5, 101.5]


def test_a_stream_reads_as_a_table():
    events = stream(BOOK, trades((20, "sell", 100.0, 3)))
    frame = events.to_frame()
    assert frame["kind"].tolist() == ["quote", "quote", "trade", "quote"]  # the ask stayed
    assert frame["price"].tolist() == [100.0, 101.0, 100.0, 100.0]
    assert repr(events).startswith("<4 events of X, 1970-01-01")
