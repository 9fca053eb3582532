"""Event by event or compiled: the same orders, trades and equity on everything both support."""

import numpy as np
import pytest

from workbench.backtest import engine, simulate
from workbench.backtest.plan import plan_orders
from workbench.backtest.replay import bars as replay
from workbench.market import Costs
from workbench.registry import lookup


def both(bars, targets, costs, fills_at, exits=None):
    plan = plan_orders(targets, bars, fills_at=fills_at, exits=exits)
    return plan, engine.fill_plan(plan, costs, 1e5), replay.fill_plan(plan, costs, 1e5)


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
