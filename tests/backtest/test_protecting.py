"""Stops and targets around any strategy, worked by hand and beside accounts of signals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import engine, run_backtest, simulate, simulate_signals, vectorbt
from workbench.backtest.life import Life
from workbench.backtest.plan import FILLS_AT, plan_orders
from workbench.backtest.protecting import protected
from workbench.backtest.signals import Stops
from workbench.errors import InvalidInput, OutOfRange
from workbench.market import Costs, Margin
from workbench.registry import lookup

pytestmark = pytest.mark.kernel  # also with the compiler off

FREE = Costs.none()
DAYS = pd.date_range("2024-01-01", periods=6)
FALLING = pd.DataFrame({"A": [100.0, 100.0, 88.0, 100.0, 100.0, 120.0]}, DAYS)


def wanting(**rows):
    made = pd.DataFrame(np.nan, DAYS, ["A"])
    for bar, weight in rows.items():
        made.iloc[int(bar[1:])] = weight
    return made


def traded(weights, prices=FALLING, **options):
    report = simulate(
        weights, prices, costs=FREE, initial_cash=1000.0, fills_at="same close", **options
    )
    return [(one.time.day, one.price, one.reason) for one in report.orders.itertuples()]


def test_a_closed_position_stays_closed_until_the_next_order():
    assert traded(wanting(b0=1.0), stop_loss=0.1) == [(1, 100, "order"), (3, 88, "exit")]
    again = traded(wanting(b0=1.0, b3=1.0), stop_loss=0.1)
    assert again == [(1, 100, "order"), (3, 88, "exit"), (4, 100, "order")]


def test_a_bar_in_which_a_stop_is_hit_fills_no_order_at_its_close():
    assert traded(wanting(b0=1.0, b2=0.5), stop_loss=0.1)[1:] == [(3, 88, "exit")]


def test_adding_does_not_move_the_levels():
    prices = pd.DataFrame({"A": [100.0, 96.0, 91.0, 89.0, 89.0, 89.0]}, DAYS)
    assert traded(wanting(b0=0.5, b1=0.9), prices, stop_loss=0.1)[-1] == (4, 89, "exit")


def test_an_order_that_was_not_filled_has_no_levels():
    """Half of 1,000 buys no share of 1,000; five of 100 are stopped below 90, not below 900."""
    prices = pd.DataFrame({"A": [1000.0, 100.0, 94.0, 94.0, 85.0, 85.0]}, DAYS)
    made = traded(wanting(b0=0.5, b1=0.5), prices, stop_loss=0.1, lot=1.0)
    assert made == [(2, 100, "order"), (5, 85, "exit")]


def test_another_account_has_levels_of_its_own():
    """What 1,000 cannot buy at 1,000, 100,000 can: it is stopped at 100 on the next bar."""
    prices = pd.DataFrame({"A": [1000.0, 100.0, 94.0, 94.0, 85.0, 85.0]}, DAYS)
    terms = {"costs": FREE, "lot": 1.0, "fills_at": "same close", "stop_loss": 0.1}
    small, large = (
        simulate(wanting(b0=0.5, b1=0.5), prices, initial_cash=cash, **terms) for cash in (1e3, 1e5)
    )
    assert large.orders["price"].tolist() == [1000, 100]
    pd.testing.assert_frame_equal(small.again(initial_cash=1e5).orders, large.orders)
    pd.testing.assert_frame_equal(large.again(initial_cash=1e3).orders, small.orders)


def test_what_was_closed_out_has_no_levels():
    """560 for 1,560 is too little; A is bought again at 80 and stopped below 44, not below 55."""
    prices = pd.DataFrame(
        {"A": [100.0, 100.0, 80.0, 54.0, 50.0, 43.0], "B": [100.0, 56.0, 56.0, 56.0, 56.0, 56.0]},
        DAYS,
    )
    wanted = pd.DataFrame(np.nan, DAYS, ["A", "B"])
    wanted.iloc[0] = 1.0
    wanted.loc[DAYS[2], "A"] = 0.5
    margin = Margin(leverage=2, maintenance=0.4)
    made = traded(wanted, prices, stop_loss=0.45, margin=margin)
    assert made == [
        (1, 100, "order"), (1, 100, "order"), (2, 100, "liquidation"), (2, 56, "liquidation"),
        (3, 80, "order"), (6, 43, "exit"),
    ]  # fmt: skip


@pytest.mark.parametrize("fills_at", FILLS_AT)
def test_levels_belong_to_what_is_held(make_bars, fills_at):
    """Short of cash and in lots: every exit closes a position at a level about its own entry."""
    for seed in range(3):
        bars = make_bars(seed, bars=120, symbols=3)
        rng = np.random.default_rng(seed)
        weights = rng.choice([np.nan, 0.0, 0.9], bars["close"].shape, p=[0.8, 0.05, 0.15])
        report = simulate(
            bars["close"].copy(data=weights), bars, costs=FREE, initial_cash=1000.0, lot=1.0,
            fills_at=fills_at, stop_loss=0.02,
        )  # fmt: skip
        assert any("rejected" in note for note in report.notes)
        held, entry, exits = {}, {}, 0
        for one in report.orders.itertuples():
            before = held.get(one.symbol, 0.0)
            if before == 0:
                entry[one.symbol] = one.price
            if one.reason == "exit":
                exits += 1
                assert one.price <= entry[one.symbol] * 0.98 * (1 + 1e-12)
            held[one.symbol] = before + (one.size if one.side == "buy" else -one.size)
        assert exits > 2


def test_short_positions_and_targets():
    assert traded(wanting(b0=-0.5), take_profit=0.1)[-1] == (3, 88, "exit")
    turned = traded(wanting(b0=0.5, b1=-0.5), take_profit=0.15)
    assert [one[2] for one in turned] == ["order", "order"]  # 88 is 12% from the fill at 100
    assert traded(wanting(b2=0.5), trailing_stop=0.05) == [(3, 88, "order")]


def test_a_split_moves_the_levels():
    prices = pd.DataFrame({"A": [100.0, 100.0, 50.0, 48.0, 44.0, 44.0]}, DAYS)
    plan = plan_orders(*_laid(wanting(b0=1.0), prices), fills_at="same close")
    shares = np.ones((6, 1))
    shares[2] = 2.0
    life = Life(shares, np.zeros((6, 1)), np.full((6, 1), np.nan))
    bars = _laid(wanting(), prices)[1]

    def held(tried):
        return engine.fill_plan(tried, FREE, 1000.0).positions

    made = protected(replace(plan, life=life), bars, Stops(stop_loss=0.1), held)
    assert np.flatnonzero(~np.isnan(made.exits[:, 0])).tolist() == [4]  # below 45
    blind = protected(plan, bars, Stops(stop_loss=0.1), held)
    assert np.flatnonzero(~np.isnan(blind.exits[:, 0])).tolist() == [2]


def _laid(weights, prices):
    from workbench.data import bars as read_bars
    from workbench.strategies.weights import weights_on

    made = read_bars(prices)
    return weights_on(made, weights), made


@pytest.mark.parametrize("fills_at", FILLS_AT)
@pytest.mark.parametrize(
    "stops", [{"stop_loss": 0.03}, {"trailing_stop": 0.04, "take_profit": 0.05}]
)
def test_signals_of_one_symbol_are_an_account_of_its_own(make_bars, fills_at, stops):
    for seed in range(4):
        bars = make_bars(seed, bars=120, symbols=1)
        rng = np.random.default_rng(seed)
        tables = [bars["close"].copy(data=rng.random((120, 1)) < 0.15) for _ in range(2)]
        shared = simulate(tuple(tables), bars, costs=Costs(fixed_fee=1), fills_at=fills_at, **stops)
        alone = simulate_signals(
            bars, *tables, costs=Costs(fixed_fee=1), fills_at=fills_at, **stops
        )
        np.testing.assert_allclose(shared.equity["strategy"], alone.equity["S0"], rtol=1e-9)
        assert shared.orders["reason"].tolist() == alone.orders["reason"].tolist()
        assert (shared.orders["reason"] == "exit").any()


@pytest.mark.parametrize("fills_at", FILLS_AT)
def test_all_engines_carry_them_out(make_bars, fills_at):
    pytest.importorskip("vectorbt")
    assert vectorbt.fill_plan
    bars = make_bars(7, bars=150, symbols=3)
    reports = [
        simulate(
            lookup("strategy", "mean_reversion"), bars, engine=engine, fills_at=fills_at,
            stop_loss=0.03, trailing_stop=0.04, parameters={"window": 10},
        )
        for engine in ("kernel", "replay", "vectorbt")
    ]  # fmt: skip
    assert (reports[0].orders["reason"] == "exit").any()
    for other in reports[1:]:
        np.testing.assert_allclose(other.equity, reports[0].equity, rtol=1e-9)
        assert other.trades["exit_reason"].equals(reports[0].trades["exit_reason"])


def test_what_comes_later_changes_no_exit(make_bars):
    bars = make_bars(8, bars=100, symbols=2)
    other = bars.copy(deep=True)
    other["close"][60:] *= 1.3
    other["open"][60:] *= 1.3
    held = [
        simulate(lookup("strategy", "buy_and_hold"), one, trailing_stop=0.03).orders
        for one in (bars, other)
    ]
    cut = bars.indexes["time"][60]
    before = [orders[orders["time"] < cut] for orders in held]
    pd.testing.assert_frame_equal(*before)


def test_a_strategy_with_stops_of_its_own_takes_no_others(make_bars):
    bars = make_bars(1)
    bars["high"], bars["low"] = bars["close"] * 1.01, bars["close"] * 0.99
    with pytest.raises(InvalidInput, match="its own stops"):
        simulate(lookup("strategy", "swing"), bars, stop_loss=0.05)
    with pytest.raises(OutOfRange, match="trailing_stop"):
        simulate(lookup("strategy", "buy_and_hold"), bars, trailing_stop=2.0)


def test_a_stop_is_another_trial(prices, context):
    def ran(**options):
        return run_backtest("momentum", prices, use_gpu=False, context=context, **options)

    first, stopped, again = ran(), ran(stop_loss=0.02), ran(stop_loss=0.02)
    assert (first.trial, stopped.trial, again.trial) == (1, 2, 2)
    assert stopped.market == {"stop_loss": 0.02}
    assert (stopped.trades["exit_reason"] == "exit").any()
