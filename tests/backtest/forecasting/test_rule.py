"""The rule: what it holds, when it decides, and that it sees nothing but the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.backtest import check_leaks
from workbench.backtest.forecasting import forecast_strategy, median_returns
from workbench.backtest.forecasting.rule import round_trip_bps
from workbench.data import load_bars
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.forecast import fit_drift, fit_repeat_last
from workbench.market import Costs

FREQUENCIES = ("daily", "weekly", "monthly")


def weights_of(strategy, frame):
    return strategy.targets(load_bars(frame)).to_pandas()


def test_it_holds_what_is_promised_more_than_the_threshold(follower):
    index = pd.bdate_range("2024-01-01", periods=6, name="time")
    frame = pd.DataFrame({"ACME": [100.0, 101, 103, 101, 101, 102]}, index)
    long = weights_of(forecast_strategy(follower, "f"), frame)["ACME"].to_list()
    np.testing.assert_array_equal(long, [np.nan, 1, 1, 0, 0, 1])
    short = weights_of(forecast_strategy(follower, "f", allow_short=True), frame)["ACME"].to_list()
    np.testing.assert_array_equal(short, [np.nan, 1, 1, -1, 0, 1])
    never = forecast_strategy(follower, "f", threshold_bps=101.0, allow_short=True)
    np.testing.assert_array_equal(weights_of(never, frame)["ACME"], [np.nan, 0, 0, 0, 0, 0])


def test_the_account_is_divided_among_the_symbols_that_can_be_forecast(follower):
    index = pd.bdate_range("2024-01-01", periods=4, name="time")
    frame = pd.DataFrame(
        {"UP": [1.0, 2, 3, 4], "DOWN": [4.0, 3, 2, 1], "HOLE": [1.0, 2, np.nan, 4],
         "STILL": [5.0, 5, 5, 5]},
        index,
    )  # fmt: skip
    weights = weights_of(forecast_strategy(follower, "f"), frame)
    assert weights.iloc[0].isna().all()
    np.testing.assert_allclose(weights["UP"].iloc[1:], [1 / 3, 1 / 2, 1 / 2])
    np.testing.assert_allclose(weights["HOLE"].iloc[1:], [1 / 3, 0, 0])
    assert (weights[["DOWN", "STILL"]].iloc[1:] == 0).all(axis=None)


def test_repeat_last_never_trades_and_drift_always_does(walk):
    closes = walk["ACME"].to_numpy() * np.exp(0.002 * np.arange(len(walk)))
    flat = forecast_strategy(fit_repeat_last(closes, 5), "r", threshold_bps=0.0, allow_short=True)
    assert (weights_of(flat, walk) == 0).all(axis=None)
    up = forecast_strategy(fit_drift(closes, 5), "d", threshold_bps=0.0)
    assert (weights_of(up, walk) == 1).all(axis=None)


def test_it_decides_on_the_first_bar_of_a_week_or_month(follower, walk):
    for frequency, unit in (("weekly", "W-SUN"), ("monthly", "M")):
        made = forecast_strategy(follower, "f", rebalance_frequency=frequency)
        decided = weights_of(made, walk)["ACME"].notna()
        periods = walk.index.to_period(unit)
        first = pd.Series(periods, walk.index).ne(pd.Series(periods, walk.index).shift())
        first.iloc[0] = False  # nobody knows whether the first bar is the first of its week
        pd.testing.assert_series_equal(decided, first, check_names=False, check_freq=False)


def test_daily_is_once_a_day_of_hourly_bars(follower):
    index = pd.date_range("2024-01-01", periods=72, freq="h", name="time", tz="UTC")
    bars = load_bars(pd.DataFrame({"BTC": random_prices(72)}, index))
    assert bars.attrs["timeframe"] == "1h"
    decided = forecast_strategy(follower, "f").targets(bars).to_pandas()["BTC"].dropna()
    assert decided.index.to_list() == [pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-03")]


def random_prices(length, seed=3):
    return 50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, length)))


@given(
    cut=st.integers(40, 110),
    factor=st.floats(0.2, 5.0),
    frequency=st.sampled_from(FREQUENCIES),
)
@settings(max_examples=25, deadline=None)
def test_changing_the_future_changes_no_weight_of_the_past(wave_network, cut, factor, frequency):
    index = pd.bdate_range("2020-01-01", periods=120, name="time")
    before = pd.DataFrame({"ACME": random_prices(120)}, index)
    after = before.copy()
    after.iloc[cut:] *= factor
    made = forecast_strategy(
        wave_network, "f", threshold_bps=0.0, allow_short=True, rebalance_frequency=frequency
    )
    one, other = weights_of(made, before), weights_of(made, after)
    pd.testing.assert_frame_equal(one.iloc[:cut], other.iloc[:cut])


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_live_run_that_sees_a_window_decides_the_same(wave_network, wave, frequency):
    made = forecast_strategy(
        wave_network, "f", threshold_bps=0.0, allow_short=True, rebalance_frequency=frequency
    )
    bars = load_bars(wave.iloc[:90])
    whole = made.targets(bars).to_numpy()
    for bar in range(made.warm_up(), 90):
        window = bars.isel(time=slice(bar - made.warm_up() + 1, bar + 1))
        np.testing.assert_array_equal(made.advance(window)[0], whole[bar])


def test_the_leak_checks_find_nothing_in_it(follower, walk, context):
    for frequency in FREQUENCIES:
        made = forecast_strategy(follower, "f", rebalance_frequency=frequency)
        found = check_leaks(made, walk, context=context)
        assert found.findings == []
        assert {one.name: one.verdict for one in found.checks}["function"] == "clean"


def test_many_windows_are_forecast_as_they_are_one_by_one(wave_network, wave):
    network, bars = wave_network, load_bars(wave.iloc[:60])
    found = median_returns(network, bars, 3).to_numpy()[:, 0]
    closes = wave["WAVE"].to_numpy()[:60]
    assert np.isnan(found[: network.input_size - 1]).all()
    for bar in range(network.input_size - 1, 60):
        median = network.predict(closes[None, : bar + 1], [0.5])[0, 2, 0]
        assert found[bar] == pytest.approx(median / closes[bar] - 1, rel=1e-4, abs=1e-7)


def test_memory_does_not_grow_with_the_history(follower, walk, monkeypatch):
    monkeypatch.setattr("workbench.backtest.forecasting.rule.AT_ONCE", 7)
    asked = []
    seen = type(follower).predict
    monkeypatch.setattr(
        type(follower),
        "predict",
        lambda self, history, quantiles: (
            asked.append(len(history)) or seen(self, history, quantiles)
        ),
    )
    in_parts = median_returns(follower, load_bars(walk), 1)
    assert max(asked) == 7
    assert sum(asked) == len(walk) - 1
    monkeypatch.undo()
    np.testing.assert_array_equal(in_parts, median_returns(follower, load_bars(walk), 1))


def test_a_history_shorter_than_a_window_has_no_forecast(wave_network, wave):
    found = median_returns(wave_network, load_bars(wave.iloc[:10]), 1)
    assert np.isnan(found).all()


def test_the_hash_tells_models_apart_and_asking_changes_nothing(wave_network, wave):
    made = forecast_strategy(wave_network, "a")
    before = made.source_hash
    weights_of(made, wave)
    assert made.source_hash == before == forecast_strategy(wave_network, "b").source_hash
    plain = {forecast_strategy(Other(size), "a").source_hash for size in (2, 3)}
    assert len({*plain, before}) == 3


@dataclass(frozen=True)
class Other:
    """Another forecaster, which forecasts the last close."""

    input_size: int
    horizon: int = 5

    def predict(self, history, quantiles):  # noqa: ARG002  the port's
        return np.repeat(history[:, -1:, None], 5, axis=1)


def test_a_forecast_that_is_no_number_is_an_error(walk):
    class Broken(Other):
        def predict(self, history, quantiles):  # noqa: ARG002  the port's
            return np.full((len(history), 5, 1), np.nan)

    with pytest.raises(InvalidInput, match="no number"):
        median_returns(Broken(3), load_bars(walk), 1)


def test_a_round_trip_is_two_orders_with_half_the_spread_each():
    assert round_trip_bps(Costs()) == 6.0
    assert round_trip_bps(Costs(fee_bps=1.5, slippage_bps=0.5, spread_bps=3.0)) == 7.0
    assert round_trip_bps(Costs.none()) == 0.0


def test_wrong_choices_say_what_there_is(follower, walk):
    with pytest.raises(OutOfRange, match="from 1 to 1"):
        forecast_strategy(follower, "f", horizon=2)
    with pytest.raises(OutOfRange):
        forecast_strategy(follower, "f", horizon=0)
    with pytest.raises(OutOfRange):
        forecast_strategy(follower, "f", threshold_bps=-1.0)
    with pytest.raises(UnknownName, match="daily"):
        forecast_strategy(follower, "f", rebalance_frequency="hourly")
    with pytest.raises(OutOfRange, match="horizon"):
        forecast_strategy(follower, "f").targets(load_bars(walk), {"horizon": 3})
