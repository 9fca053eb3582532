"""When orders fill, and the second phase of a bar: exits at stops and targets."""

import numpy as np
import pytest

from workbench.backtest import engine, simulate
from workbench.backtest.plan import plan_orders
from workbench.backtest.trades import trade_frame
from workbench.errors import InvalidInput, UnknownName
from workbench.market import Costs

FREE = Costs.none()
EQUAL = {"rtol": 1e-9, "atol": 1e-6}


def wanting(bars, rows):
    """Targets that are NaN but for some bars."""
    targets = bars["close"].copy(data=np.full(bars["close"].shape, np.nan))
    for bar, weights in rows.items():
        targets[bar] = weights
    return targets


def hits(bars, cells):
    exits = np.full(bars["close"].shape, np.nan)
    for cell, price in cells.items():
        exits[cell] = price
    return exits


@pytest.mark.parametrize(
    ("when", "bar", "field"),
    [("next open", 4, "open"), ("next close", 4, "close"), ("same close", 3, "close")],
)
def test_when_orders_fill(make_bars, when, bar, field):
    bars = make_bars(symbols=1, bars=10)
    report = simulate(wanting(bars, {3: 1.0}), bars, costs=FREE, fills_at=when)
    [order] = report.orders.to_dict("records")
    assert order["time"] == bars.indexes["time"][bar]
    assert order["price"] == float(bars[field][bar, 0])
    assert report.fills_at == when
    said = any("nobody can trade" in note for note in report.notes)
    assert said == (when == "same close")


def test_what_cannot_be_filled_is_refused(make_bars):
    bars = make_bars(symbols=1, bars=10, opens=False)
    with pytest.raises(UnknownName, match="next close, next open, same close"):
        plan_orders(wanting(bars, {}), bars, fills_at="yesterday")
    with pytest.raises(InvalidInput, match="no"):
        plan_orders(wanting(bars, {}), bars, fills_at="next open")


def test_an_exit_comes_after_the_open_and_before_the_close(make_bars):
    bars = make_bars(symbols=1, bars=10)
    targets = wanting(bars, {2: 1.0, 5: 0.5})
    exits = hits(bars, {(6, 0): 40.0})
    at_open = engine.fill_plan(plan_orders(targets, bars, exits=exits), FREE, 1000.0)
    assert [(order[0], np.sign(order[2]), order[5]) for order in at_open.orders] == [
        (3, 1, engine.ORDER),
        (6, -1, engine.ORDER),  # half of it at the open
        (6, -1, engine.EXIT),  # the rest at 40
    ]
    assert at_open.positions[6, 0] == 0
    at_close = plan_orders(targets, bars, exits=exits, fills_at="next close")
    filled = engine.fill_plan(at_close, FREE, 1000.0)
    assert [(order[0], np.sign(order[2]), order[5]) for order in filled.orders] == [
        (3, 1, engine.ORDER),
        (6, -1, engine.EXIT),  # all of it at 40
        (6, 1, engine.ORDER),  # half of the account at the close
    ]


def test_an_exit_without_a_position_does_nothing(make_bars):
    bars = make_bars(symbols=2, bars=10)
    plan = plan_orders(wanting(bars, {2: [1.0, 0.0]}), bars, exits=hits(bars, {(5, 1): 40.0}))
    assert len(engine.fill_plan(plan, FREE, 1000.0).orders) == 1


def test_a_short_position_is_bought_back_with_the_cash_there_is(make_bars):
    bars = make_bars(symbols=1, bars=10)
    opened = float(bars["open"][3, 0])
    plan = plan_orders(wanting(bars, {2: -1.0}), bars, exits=hits(bars, {(5, 0): 3 * opened}))
    filled = engine.fill_plan(plan, FREE, 1000.0)
    # 1000 sold short makes 2000 of cash, which buys back two thirds at three times the price
    assert filled.orders[1, 2] == pytest.approx(-filled.orders[0, 2] * 2 / 3)
    assert filled.cash[-1] == 0
    assert filled.statuses[2] == 1


@pytest.mark.parametrize(
    ("when", "hit", "held"),
    [
        ("next open", 5, True),  # the exit closed what an earlier order had bought
        ("next open", 6, False),  # bought at the open of bar 6, closed inside it
        ("next close", 6, True),  # bought at the close of bar 6, after the exit
        ("next close", 7, False),
        ("same close", 5, True),
        ("same close", 6, False),
    ],
)
def test_an_account_that_begins_later_knows_what_was_closed(make_bars, when, hit, held):
    bars = make_bars(symbols=1, bars=12)
    plan = plan_orders(
        wanting(bars, {5: 1.0}),
        bars,
        start=bars.indexes["time"][9],
        fills_at=when,
        exits=hits(bars, {(hit, 0): 40.0}),
    )
    assert plan.weights[0, 0] == held
    assert np.isnan(plan.weights[1:]).all()


@pytest.mark.parametrize("when", ["next open", "next close", "same close"])
def test_exits_through_vectorbt_give_the_same_account(make_bars, when):
    vectorbt = pytest.importorskip("workbench.backtest.vectorbt")
    pytest.importorskip("vectorbt")
    bars = make_bars(8, holes=0.03)
    rng = np.random.default_rng(8)
    targets = rng.normal(0.1, 0.4, bars["close"].shape)
    targets[rng.random(targets.shape) < 0.8] = np.nan
    exits = bars["close"].to_numpy() * (1 + rng.normal(0, 0.01, targets.shape))
    exits[rng.random(exits.shape) < 0.7] = np.nan
    plan = plan_orders(bars["close"].copy(data=targets), bars, fills_at=when, exits=exits)
    costs = Costs(fee_bps=10, fixed_fee=1)
    ours, theirs = engine.fill_plan(plan, costs, 1e5), vectorbt.fill_plan(plan, costs, 1e5)
    np.testing.assert_allclose(ours.orders, theirs.orders, **EQUAL)
    np.testing.assert_allclose(ours.cash, theirs.cash, **EQUAL)
    np.testing.assert_allclose(ours.positions, theirs.positions, **EQUAL)
    assert (ours.orders[:, 5] == engine.EXIT).any()
    assert len(trade_frame(plan, ours)) == len(trade_frame(plan, theirs))
