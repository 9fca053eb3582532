"""A trend is more than a random walk shows, a level is where a market turned twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vendors import alpaca, polygon, served

from workbench.context import Context, Resources
from workbench.domain import Timeframe
from workbench.errors import InvalidInput, NoData, TooLittleHistory, UnknownName
from workbench.features.technicals import (
    get_market_analysis,
    price_levels,
    slope_of,
    swing_points,
)
from workbench.features.technicals.levels import true_range
from workbench.ports import BarSource
from workbench.registry import call
from workbench.store import MemoryLake

paths = st.lists(st.integers(1, 9), min_size=0, max_size=40).map(lambda path: np.array(path, float))


def walks(count, bars, seed=3):
    returns = np.random.default_rng(seed).normal(0, 0.01, (count, bars - 1))
    return np.exp(np.c_[np.zeros(count), returns.cumsum(axis=1)])


def own_bars(closes, **others):
    days = pd.bdate_range("2020-01-01", periods=len(closes), name="time")
    return pd.DataFrame({"symbol": "MINE", "close": closes, **others}, index=days).reset_index()


def test_the_slope_and_its_fit_are_those_of_least_squares():
    path = walks(1, 60)[0]
    x, y = np.arange(60), np.log(path)
    slope = slope_of(path)
    assert slope.per_bar == pytest.approx(np.polyfit(x, y, 1)[0])
    assert slope.r_squared == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)


def test_the_standard_error_is_that_of_durlauf_and_phillips():
    path = walks(1, 5_000)[0]
    error = slope_of(path).per_bar / slope_of(path).t_statistic
    spread = np.diff(np.log(path)).std(ddof=1)
    assert error == pytest.approx(spread * np.sqrt(6 / (5 * 5_000)), rel=1e-3)


def test_random_walks_are_trends_as_often_as_said():
    found = [slope_of(path) for path in walks(2_000, 126)]
    assert np.mean([abs(one.t_statistic) > 1.96 for one in found]) == pytest.approx(0.05, abs=0.015)
    usual = [np.sqrt(one.r_squared / (1 - one.r_squared) * 124) for one in found]
    assert np.mean(np.array(usual) > 1.96) > 0.7, "what the usual standard error would say"


def test_a_flat_path_has_no_trend():
    slope = slope_of(np.full(20, 5.0))
    assert slope.per_bar == pytest.approx(0, abs=1e-15)
    assert np.isnan(slope.t_statistic)
    assert np.isnan(slope.r_squared)
    with pytest.raises(TooLittleHistory):
        slope_of(np.ones(9))


def test_turns_are_above_both_sides_and_the_first_of_equals_counts():
    path = np.array([1, 2, 3, 2, 1, 3, 3, 1, 0, 2, 5], float)
    assert swing_points(path, 1).tolist() == [2, 5]
    assert swing_points(path, 2).tolist() == [2, 5]
    assert swing_points(path, 1, low=True).tolist() == [4, 8]
    assert swing_points(path, 3).tolist() == [], "the first of the equal ones is too near"
    assert swing_points(path[:4], 2).tolist() == []


@given(paths, st.integers(1, 3), st.integers(0, 40), st.booleans())
def test_the_future_neither_adds_nor_takes_a_turn_of_the_past(path, wing, known, low):
    whole, then = swing_points(path, wing, low=low), swing_points(path[:known], wing, low=low)
    assert then.tolist() == [place for place in whole if place + wing < min(known, len(path))]


def test_turns_close_together_are_a_level():
    prices, places = np.array([10.4, 20.0, 10.0, 10.6, 30.0, 10.5]), np.array([4, 5, 9, 12, 20, 21])
    (level,) = price_levels(prices, places, 0.5)
    assert level.price == pytest.approx((10.0 + 10.4 + 10.5) / 3)
    assert (level.touches, level.first, level.last) == (3, 4, 21)
    assert [one.touches for one in price_levels(prices, places, 0.5, touches=1)] == [3, 1, 1, 1]
    assert price_levels(prices[:0], places[:0], 0.5) == []


def test_the_true_range_has_the_gap_before_a_bar():
    high, low, close = np.array([[10, 12, 9], [9, 11.5, 7], [9.5, 11.5, 8.5]], float)
    assert true_range(high, low, close) == pytest.approx(((12 - 9.5) + (11.5 - 7)) / 2)


@pytest.mark.parametrize(
    ("closes", "trend"),
    [
        (np.exp(0.002 * np.arange(200) + 0.001 * np.sin(np.arange(200))), "bullish"),
        (np.exp(-0.002 * np.arange(200) + 0.001 * np.sin(np.arange(200))), "bearish"),
        (100 + np.sin(np.arange(200)), "unclear"),
        (np.full(200, 7.0), "unclear"),
    ],
)
def test_the_label_is_the_sign_of_a_slope_that_stands_out(closes, trend):
    assert get_market_analysis(own_bars(closes)).trend == trend


def test_a_market_that_swings_between_two_prices_turns_there():
    half = np.arange(20.0)
    closes = np.tile(np.r_[100 + half, 120 - half], 4)[:150]  # ends at 111
    bars = own_bars(closes, high=closes + 0.5, low=closes - 0.5, volume=np.arange(150.0))
    seen = get_market_analysis(bars, lookback=150)
    assert (seen.price, seen.volume, seen.average_volume) == (111, 149, 74.5)
    assert (seen.support_levels, seen.resistance_levels) == ([99.5], [120.5])
    assert {one.kind: one.touches for one in seen.levels} == {"support": 3, "resistance": 4}
    assert seen.level_width == pytest.approx(1.5)  # a step of 1 and half a bar
    support = next(one for one in seen.levels if one.kind == "support")
    days = pd.DatetimeIndex(bars["time"])
    assert (support.first, support.last) == (days[40], days[120])
    assert support.distance == pytest.approx(99.5 / 111 - 1)
    assert seen.to_frame().index.tolist() == [120.5, 99.5]
    assert "resistance" in repr(seen)
    assert seen.plot()


def test_the_end_may_be_earlier_and_the_rest_is_not_seen():
    path = walks(1, 300)[0] * 50
    bars = own_bars(path)
    end = bars["time"].iloc[249].date()
    then = get_market_analysis(bars, end_date=end)
    shorter = get_market_analysis(own_bars(path[:250]))
    assert then.model_dump(exclude={"source"}) == shorter.model_dump(exclude={"source"})
    assert then.at == bars["time"].iloc[249]


def test_what_cannot_be_analysed_is_refused():
    bars = own_bars(walks(1, 50)[0])
    with pytest.raises(TooLittleHistory, match="126 bars and there are 50"):
        get_market_analysis(bars)
    with pytest.raises(InvalidInput, match="one symbol"):
        get_market_analysis("sp500-20:AAPL,MSFT")
    with pytest.raises(InvalidInput, match="one symbol"):
        get_market_analysis(bars, source="polygon")
    with pytest.raises(UnknownName):
        get_market_analysis("AAPL", source="nobody")


def test_the_answer_travels():
    seen = call("get_market_analysis", {"symbol": "sp500-20:AAPL"})
    facts = json.loads(seen.model_dump_json())
    assert {"price", "volume", "trend", "support_levels", "resistance_levels"} <= set(facts)
    assert facts["volume"] is None, "this dataset has closes only"
    assert all(level < facts["price"] for level in facts["support_levels"])
    assert all(level > facts["price"] for level in facts["resistance_levels"])


@pytest.mark.parametrize("vendor", [polygon, alpaca], ids=lambda one: one.NAME)
def test_a_vendor_is_asked_for_its_bars_and_its_last_trade(vendor, monkeypatch):
    now = datetime(2024, 3, 12, 3, tzinfo=UTC)
    lake = MemoryLake()
    context = Context(clock=lambda: now, resources=Resources(lake=lake))
    with served(vendor, BarSource, monkeypatch):
        seen = get_market_analysis("AAPL", lookback=30, source=vendor.NAME, context=context)
        then = get_market_analysis(
            "AAPL", lookback=30, source=vendor.NAME, end_date="2024-03-01", context=context
        )
        with pytest.raises((UnknownName, NoData)):
            get_market_analysis("NOSUCH", lookback=30, source=vendor.NAME, context=context)
    (snapshot,) = vendor.true_snapshots(["AAPL"]).to_pylist()
    assert (seen.price, seen.volume) == (snapshot["last"], snapshot["volume"])
    start = now.replace(tzinfo=None) - timedelta(days=90)
    truth = vendor.truth("AAPL", Timeframe.parse("1d"), start, now.replace(tzinfo=None))
    closes = truth["close"].to_numpy()
    assert seen.history["close"].to_numpy() == pytest.approx(closes[-30:])
    assert then.at == datetime.fromisoformat("2024-03-01")
    assert then.price == then.history["close"].iloc[-1]
    assert lake.tables() == []
