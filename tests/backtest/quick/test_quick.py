"""Short questions have the numbers of the long ones, and say what they cannot say."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import performance_report, run_backtest
from workbench.backtest.quick import (
    backtest_strategy,
    quick_backtest,
    run_benchmark,
    simulate_trade,
)
from workbench.errors import InvalidInput, NoData
from workbench.market import Costs


@pytest.fixture
def one():
    """One symbol that swings, so that mean reversion trades it."""
    rng = np.random.default_rng(4)
    path = 100 + 5 * np.sin(np.arange(300) / 6) + rng.normal(0, 1, 300)
    return pd.DataFrame({"A": path}, pd.bdate_range("2020-01-01", periods=300))


def test_a_strategy_backtested_is_the_backtest(one, context):
    short = backtest_strategy("mean_reversion", one, context=context)
    whole = run_backtest("mean_reversion", one, use_gpu=False, context=context)
    assert short.equity.equals(whole.equity)


def test_quick_numbers_are_those_of_the_report(one, context):
    quick = quick_backtest("mean_reversion", one, 200, context=context)
    report = performance_report(
        "mean_reversion", 200, include_benchmark=False, symbol=one, context=context
    )
    assert quick.total_return == report.performance_metrics.total_return
    assert quick.bars == report.period.bars
    assert quick.total_trades == report.performance_metrics.total_trades > 0
    first, last = one["A"].iloc[-quick.bars], one["A"].iloc[-1]
    assert quick.held_return == pytest.approx(last / first - 1)


def test_a_month_tells_nothing_about_skill_and_says_so(one, context):
    quick = quick_backtest("mean_reversion", one, context=context)
    assert quick.bars < 60
    assert f"{quick.bars} bars tell nothing about skill" in quick.caution
    assert f"{(252 / quick.bars) ** 0.5:.1f}" in quick.caution


def test_a_buy_fills_at_the_next_price_with_its_costs_by_hand(one, context):
    costs = Costs(fee_bps=10, slippage_bps=20, fixed_fee=1.0)
    made = simulate_trade("buy_and_hold", one, "buy", costs=costs, context=context)
    assert made.execution_price == pytest.approx(one["A"].iloc[-1] * 1.002)
    assert made.at == one.index[-1]
    assert made.total_value == pytest.approx(made.quantity * made.execution_price)
    assert made.fee == pytest.approx(made.total_value * 0.001 + 1.0)


def test_the_same_order_has_the_same_name(one, context):
    made = [simulate_trade("buy_and_hold", one, "buy", context=context) for _ in range(2)]
    assert made[0].trade_id == made[1].trade_id
    other = simulate_trade("buy_and_hold", one, "buy", account=5e4, context=context)
    assert other.trade_id != made[0].trade_id


def test_a_sale_sells_what_is_held_and_past_trades_are_its_own(one, context):
    sold = simulate_trade("buy_and_hold", one, "sell", context=context)
    assert sold.strategy_wants == 1.0
    assert "Sells what buy_and_hold holds" in sold.reason
    made = simulate_trade("mean_reversion", one, "buy", context=context)
    trades = run_backtest("mean_reversion", one, use_gpu=False, context=context).trades
    longs = trades[(trades["side"] == "long") & ~trades["open"]]
    assert made.past_trades.count == len(longs) > 0
    assert made.past_trades.average_return == pytest.approx(longs["return"].mean())


def test_holding_trades_nothing(one, context):
    made = simulate_trade("buy_and_hold", one, "hold", use_gpu=True, context=context)
    assert (made.status, made.quantity, made.past_trades) == ("nothing_to_do", 0.0, None)
    assert "one order needs none" in made.notes[-1]


def test_an_order_that_the_cash_does_not_pay_for_is_cut(one, context):
    costs = Costs(fee_bps=100, slippage_bps=100)
    made = simulate_trade("buy_and_hold", one, "buy", costs=costs, context=context)
    assert made.status == "cut"
    assert made.total_value + made.fee == pytest.approx(100_000)


def test_a_trade_is_in_one_symbol(one, context):
    with pytest.raises(InvalidInput, match="one symbol"):
        simulate_trade("buy_and_hold", one.assign(B=one["A"] * 2), "buy", context=context)


def test_beside_baselines_the_difference_is_in_the_table(one, context):
    made = run_benchmark("mean_reversion", symbol=one, use_gpu=False, context=context)
    held = made.benchmark_comparisons["buy_and_hold"]
    mine = made.strategy_performance["total_return"]
    assert held["outperformance"] == pytest.approx(mine - held["total_return"])
    assert list(made.to_frame().index)[:2] == ["mean_reversion", "buy_and_hold"]
    assert "buy_and_hold" in made.sentence
    assert made.plot().renderers


def test_the_machine_is_measured_not_remembered(one, context):
    made = run_benchmark("mean_reversion", "system", symbol=one, context=context)
    figures = made.system_performance
    assert (figures.bars, figures.symbols) == (300, 1)
    assert figures.bars_per_second == pytest.approx(300 / figures.engine_seconds)
    assert made.strategy_capability["compiled"]
    with pytest.raises(NoData, match="no picture"):
        made.plot()
