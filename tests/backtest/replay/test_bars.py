"""Event by event or compiled: the same orders, trades and equity on everything both support."""

import numpy as np
import pytest

from workbench.backtest import engine, simulate
from workbench.backtest.plan import FILLS_AT, plan_orders, weights_from_signals
from workbench.backtest.replay import bars as replay
from workbench.backtest.trades import trade_frame
from workbench.market import Costs
from workbench.registry import lookup


def weights(bars, rng):
    """Long and short, often more than the account, with holes and rows without orders."""
    made = rng.normal(0.1, 0.4, bars["close"].shape)
    made[rng.random(made.shape) < 0.3] = np.nan
    made[rng.random(len(made)) < 0.5] = np.nan
    return bars["close"].copy(data=made)


def signals(bars, rng):
    tables = [bars["close"].copy(data=rng.random(bars["close"].shape) < 0.1) for _ in range(2)]
    return weights_from_signals(bars, *tables)


def brackets(bars, rng):
    """Exits near the price, also where nothing is held and on bars with orders."""
    exits = bars["close"].to_numpy() * rng.uniform(0.9, 1.1, bars["close"].shape)
    exits[rng.random(exits.shape) < 0.8] = np.nan
    return weights(bars, rng), exits


def both(bars, targets, costs, fills_at, exits=None):
    plan = plan_orders(targets, bars, fills_at=fills_at, exits=exits)
    return plan, engine.fill_plan(plan, costs, 1e5), replay.fill_plan(plan, costs, 1e5)


@pytest.mark.parametrize("fills_at", FILLS_AT)
@pytest.mark.parametrize("wanted", [weights, signals, brackets])
@pytest.mark.parametrize("seed", range(8))
def test_random_configurations_agree(make_bars, wanted, fills_at, seed):
    rng = np.random.default_rng([seed, 7])
    bars = make_bars(seed, bars=120, symbols=1 + seed % 5, holes=0.04 * (seed % 3))
    fee, slippage, fixed = rng.integers(0, [40, 40, 4])
    costs = Costs(fee_bps=fee, slippage_bps=slippage, fixed_fee=fixed)
    targets, exits = wanted(bars, rng) if wanted is brackets else (wanted(bars, rng), None)
    plan, compiled, replayed = both(bars, targets, costs, fills_at, exits)

    assert len(compiled.orders) > 5
    np.testing.assert_array_equal(replayed.orders, compiled.orders)  # not one bit differs
    np.testing.assert_array_equal(replayed.cash, compiled.cash)
    np.testing.assert_array_equal(replayed.positions, compiled.positions)
    np.testing.assert_array_equal(replayed.statuses, compiled.statuses)
    assert trade_frame(plan, replayed).equals(trade_frame(plan, compiled))
    if wanted is brackets:
        assert (compiled.orders[:, 5] == engine.EXIT).any()


@pytest.mark.parametrize("name", ["momentum", "mean_reversion", "buy_and_hold"])
def test_strategies_give_the_same_report(make_bars, name):
    reports = [
        simulate(lookup("strategy", name), make_bars(2, bars=400), engine=which)
        for which in ("kernel", "replay")
    ]
    assert reports[0].equity.equals(reports[1].equity)
    assert reports[0].trades.equals(reports[1].trades)
    assert reports[1].engine == "replay"


def test_a_symbol_without_a_price_is_worked_off_last_and_drops_its_order(make_bars):
    bars = make_bars(symbols=2, bars=6, opens=False)
    bars["close"][:, 0] = np.nan
    bars["close"][0, 0] = 10.0
    targets = bars["close"].copy(data=np.full(bars["close"].shape, 0.5))
    _, compiled, replayed = both(bars, targets, Costs(), "next close")
    assert replayed.statuses.tolist() == compiled.statuses.tolist()
    assert replayed.statuses[4] == 5
    assert set(replayed.orders[:, 1]) == {1.0}
