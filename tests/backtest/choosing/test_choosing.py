"""Which strategy, and how sure: rankings that can be checked by hand, luck that is named."""

import numpy as np
import pandas as pd
import pytest

from workbench import strategy
from workbench.backtest import run_backtest
from workbench.backtest.choosing import (
    MarketConditions,
    adaptive_strategy_selection,
    conditions_of,
    first_places,
    get_strategy_comparison,
    recommend_strategy,
    score_of,
)
from workbench.backtest.choosing.scoring import factor_of
from workbench.data import bars as read_bars
from workbench.errors import InvalidInput, UnknownName

YEAR = {"periods_per_year": 252.0}


@pytest.fixture
def rising():
    """Two symbols, one of which rises."""
    rng = np.random.default_rng(1)
    moves = rng.normal([0.002, 0.0], 0.01, (400, 2))
    days = pd.bdate_range("2020-01-01", periods=400)
    return pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), days, ["UP", "FLAT"])


def held(bars, symbol):
    return (bars["close"] * 0 + 1).where(bars["symbol"] == symbol, 0.0)


def only_up(bars):
    return held(bars, "UP")


def only_flat(bars):
    return held(bars, "FLAT")


def test_scores_are_the_originals_by_hand():
    assert score_of(2.0, -0.2, "low") == pytest.approx(0.3 * 2.0 + 0.7 * 0.8)
    assert score_of(2.0, -0.2, "high") == pytest.approx(0.7 * 2.0 + 0.3 * 0.8)
    assert score_of(np.nan, np.nan, "moderate") == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "conditions", "factor"),
    [
        ("momentum", {"trend": "bullish"}, 1.3),
        ("momentum", {"trend": "bearish"}, 1.0),
        ("mean_reversion", {"volatility": "high"}, 1.2),
        ("swing", {"trend": "neutral"}, 1.1),
        ("buy_and_hold", {"trend": "bullish", "volatility": "high"}, 1.0),
    ],
)
def test_conditions_raise_the_family_that_they_suit(name, conditions, factor):
    assert factor_of(name, MarketConditions(**conditions)) == factor


def test_the_numbers_are_those_of_the_backtests(rising, context):
    compared = get_strategy_comparison([only_up, only_flat], symbol=rising, context=context)
    alone = run_backtest(only_up, rising, use_gpu=False, context=context)
    assert compared.comparison["only_up"]["sharpe_ratio"] == alone.results.sharpe_ratio
    gained, deepest = alone.results.total_return, abs(alone.results.max_drawdown)
    assert compared.comparison["only_up"]["risk_adjusted_return"] == gained / deepest
    assert compared.best_by_metric["total_return"] == "only_up"
    assert list(compared.equity) == ["only_up", "only_flat", "benchmark"]
    assert compared.trials == 2
    assert "best sharpe_ratio: only_up" in repr(compared)


def test_the_least_volatile_is_the_best_by_volatility(rising, context):
    compared = get_strategy_comparison(
        [only_up, "buy_and_hold"], ["volatility", "max_drawdown"], symbol=rising, context=context
    )
    rows = compared.to_frame()
    assert compared.best_by_metric["volatility"] == rows["volatility"].idxmin()
    assert compared.best_by_metric["max_drawdown"] == rows["max_drawdown"].idxmax()


def test_two_of_one_name_are_numbered(rising, context):
    compared = get_strategy_comparison([only_up, only_up], symbol=rising, context=context)
    assert list(compared.comparison) == ["only_up", "only_up 2"]


def test_what_cannot_trade_is_left_out_with_the_reason(rising, context):
    compared = get_strategy_comparison(
        ["momentum", only_up], symbol=rising.iloc[:100], context=context
    )
    assert list(compared.comparison) == ["only_up"]
    assert "momentum" in compared.left_out
    assert "momentum was left out" in repr(compared)
    with pytest.raises(InvalidInput, match="None of the strategies"):
        get_strategy_comparison(["momentum"], symbol=rising.iloc[:100], context=context)


def test_unknown_words_are_refused(rising, context):
    with pytest.raises(UnknownName, match="metric"):
        get_strategy_comparison([only_up], ["luck"], symbol=rising, context=context)
    with pytest.raises(UnknownName, match="risk tolerance"):
        recommend_strategy(
            risk_tolerance="reckless", symbol=rising, strategies=[only_up], context=context
        )


def test_the_better_is_recommended_and_the_confidence_is_measured(rising, context):
    found = recommend_strategy(symbol=rising, strategies=[only_flat, only_up], context=context)
    assert found.recommendation == "only_up"
    assert found.confidence > 0.9
    assert sum(row.first_places for row in found.strategy_rankings) == pytest.approx(1.0)
    scores = found.to_frame()["score"]
    assert scores.is_monotonic_decreasing


def test_between_equals_the_confidence_is_a_coin(context):
    rng = np.random.default_rng(2)
    returns = rng.normal(0.0005, 0.01, (1000, 2))
    returns -= returns.mean(axis=0) - 0.0005
    won = first_places(returns, "high", rng=rng, **YEAR)
    assert won.sum() == pytest.approx(1.0)
    assert 0.15 < won[0] < 0.85


def test_objectives_alone_set_the_weight(rising, context):
    def weight(*objectives):
        return recommend_strategy(
            objectives=list(objectives), symbol=rising, strategies=[only_up], context=context
        ).criteria["weight_of_sharpe"]

    assert [weight("profit"), weight("stability"), weight("profit", "stability")] == [0.7, 0.3, 0.5]


def test_conditions_given_are_kept_and_others_are_read(rising, context):
    given = {"volatility": "high"}
    found = recommend_strategy(given, symbol=rising, strategies=[only_up], context=context)
    assert found.market_conditions.volatility == "high"
    assert found.market_conditions.trend == conditions_of(read_bars(rising)).trend is not None
    short = conditions_of(read_bars(rising.iloc[:50]))
    assert short.trend is None


def test_the_symbol_decides_and_nothing_is_switched(rising, context):
    found = adaptive_strategy_selection(
        rising, auto_switch=True, strategies=[only_flat, only_up, "buy_and_hold"], context=context
    )
    assert found.selected_strategy == "only_up"
    assert len(found.alternative_strategies) == 2
    assert "Nothing was switched" in found.switch_result
    assert found.plot().renderers


def test_a_strategy_with_a_required_parameter_is_no_candidate(own_home):
    from workbench.backtest.choosing.measuring import candidates

    @strategy("needs_a_window")
    def needs_a_window(bars, *, window: int):
        return bars["close"] * 0 + window

    assert "needs_a_window" not in candidates()
    assert "momentum" in candidates()


def test_every_strategy_of_a_family_is_registered():
    from workbench.backtest.choosing.scoring import MOMENTUM, REVERSION, SWING
    from workbench.registry import names

    assert set(names("strategy")) >= (MOMENTUM | REVERSION | SWING)
