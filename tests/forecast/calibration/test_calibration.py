"""Intervals keep their promise, know nothing of the future, and refuse what they cannot know."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory
from workbench.forecast.calibration import (
    adaptive_quantiles,
    calibrated_fan,
    check_calibration,
    fewest_scores,
    move_scales,
    split_interval,
    supported_level,
    tracked_quantiles,
    watch,
)

TAILS = (0.05, 0.95)


def volatile_walk(length, seed=0, *, price=100.0):
    """A walk whose volatility clusters: GARCH(1, 1) with fat tails."""
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(5, length) / math.sqrt(5 / 3)
    steps, variance = np.empty(length), 1e-4
    for at in range(length):
        steps[at] = math.sqrt(variance) * shocks[at]
        variance = 2e-6 + 0.08 * steps[at] ** 2 + 0.90 * variance
    return price * np.exp(np.cumsum(steps))


@pytest.mark.parametrize(
    ("level", "needs"), [(0.99, 1_000), (0.98, 500), (0.95, 200), (0.9, 100), (0.5, 20)]
)
def test_a_level_needs_ten_errors_beyond_it(level, needs):
    assert fewest_scores(level) == needs
    scores = np.random.default_rng(0).normal(size=needs)
    low, high = split_interval(scores, level)
    assert low < high
    with pytest.raises(TooLittleHistory, match=f"interval of {level}"):
        split_interval(scores[1:], level)


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_a_level_is_a_probability(level):
    with pytest.raises(OutOfRange):
        fewest_scores(level)


def test_split_ranks_by_hand():
    """Of 1 to 199, (199 + 1) · 0.95 = 190: the ends are the 190th from either side."""
    scores = np.random.default_rng(1).permutation(np.arange(1.0, 200.0))
    assert split_interval(scores, 0.9) == (10.0, 190.0)


def test_split_covers_exchangeable_errors_as_promised():
    """Exactly ⌈0.95 (n + 1)⌉ / (n + 1) in each tail: 90% for n = 199."""
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(3_000):
        scores = rng.standard_t(3, 200)
        low, high = split_interval(scores[:-1], 0.9)
        inside.append(low <= scores[-1] <= high)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


@pytest.mark.kernel
def test_without_correction_it_is_the_rank_of_the_last_known_errors():
    scores = np.random.default_rng(3).normal(size=70)
    found = tracked_quantiles(scores, 4, (0.1, 0.9), warm_up=20, window=30, speed=0.0)
    assert np.isnan(found[:23]).all()
    for origin in range(23, 70):
        known = np.sort(scores[: origin - 4 + 1][-30:])
        rank = math.ceil((len(known) + 1) * 0.9)
        np.testing.assert_array_equal(found[origin], [known[-rank], known[rank - 1]])


@pytest.mark.kernel
def test_the_share_beyond_is_as_promised_whatever_comes():
    """Errors that grow tenfold halfway: the correction brings the share back."""
    scores = np.random.default_rng(4).normal(size=600)
    scores[300:] *= 10
    shares = {}
    for speed in (0.0, 0.1):
        found = tracked_quantiles(scores, 1, TAILS, warm_up=50, window=250, speed=speed)[50:]
        beyond = (scores[50:] < found[:, 0]) | (scores[50:] > found[:, 1])
        shares[speed] = beyond.mean()
    assert shares[0.0] > 0.15
    assert shares[0.1] == pytest.approx(0.1, abs=0.035)


@pytest.mark.kernel
def test_an_error_counts_only_once_it_is_known():
    scores = np.random.default_rng(5).normal(size=120)
    changed = scores.copy()
    changed[80:] = 1e6
    before, after = (
        tracked_quantiles(s, 10, TAILS, warm_up=40, window=60) for s in (scores, changed)
    )
    np.testing.assert_array_equal(before[:90], after[:90])
    assert not np.array_equal(before[90:], after[90:])


@given(st.integers(0, 10_000), st.sampled_from([1, 3, 8]))
def test_quantiles_never_cross(seed, horizon):
    scores = np.random.default_rng(seed).standard_t(2, 150)
    levels = (0.01, 0.05, 0.25, 0.75, 0.95, 0.99)
    found = tracked_quantiles(scores, horizon, levels, warm_up=30, speed=0.5)
    assert (np.diff(found[40:], axis=1) >= 0).all()


def test_the_scale_follows_the_volatility_and_not_the_future():
    path = np.log(volatile_walk(1_500, seed=1))
    moves = np.diff(path)
    moves[1_000:] *= 4
    louder = np.r_[path[0], path[0] + np.cumsum(moves)]
    before, after = move_scales(path, 5), move_scales(louder, 5)
    np.testing.assert_array_equal(before[:1_001], after[:1_001])
    assert after[1_050:].mean() > 2.5 * before[1_050:].mean()


def test_the_scale_has_the_units_of_the_series():
    path = np.log(volatile_walk(900, seed=2))
    np.testing.assert_allclose(move_scales(100 * path, 3), 100 * move_scales(path, 3), rtol=1e-6)


@pytest.mark.parametrize("step", [1, 5, 24])
def test_coverage_of_clustered_volatility(step):
    """90% within two points and within six both when calm and when wild, on each of six series.

    In the mean their score is better than that of rolling quantiles, which are as often right
    and do not know when. benchmarks/forecast_calibration.py is the long version.
    """
    reports = (check_calibration(volatile_walk(4_000, seed=seed), [step]) for seed in range(6))
    rows = [report.steps[0] for report in reports]
    for row in rows:
        assert row.coverage == pytest.approx(0.9, abs=0.02)
        assert 0.84 <= row.calm <= 0.95
        assert 0.84 <= row.wild <= 0.95
        assert row.low < row.coverage < row.high
    ratio = np.mean([row.interval_score / row.rolling_score for row in rows])
    assert ratio < 1.0


@pytest.mark.parametrize("horizon", [1, 7])
def test_what_comes_later_changes_no_quantile(horizon):
    values = volatile_walk(900, seed=10)
    changed = values.copy()
    changed[700:] = values[699] * np.linspace(1, 5, 200)
    before, after = (adaptive_quantiles(path, horizon, TAILS) for path in (values, changed))
    assert np.isfinite(before[600:]).all()
    np.testing.assert_array_equal(before[:700], after[:700])
    assert (before[700:] != after[700:]).all()


def test_below_twenty_windows_the_coverage_has_no_band():
    report = check_calibration(volatile_walk(900, seed=4), [24])
    row = report.steps[0]
    assert row.windows == 12
    assert 0 < row.coverage <= 1
    assert np.isnan([row.low, row.high]).all()
    assert report.plot().title.text == "Coverage of 90% intervals"


def test_beyond_fifty_windows_nothing_is_claimed():
    report = check_calibration(volatile_walk(1_500, seed=4), [1, 24])
    assert report.steps[0].claim == "as promised"
    assert report.steps[1].claim == "nothing is claimed: 37 independent windows"
    assert "nothing is claimed" in repr(report)
    assert report.plot().title.text == "Coverage of 90% intervals"


def test_medians_of_a_model_are_the_centre():
    """Forecasts that are too low by 1%: the intervals move up to where outcomes are."""
    values = volatile_walk(1_500, seed=5)
    medians = np.where(np.arange(1_500) < 100, np.nan, 0.99 * values)
    found = adaptive_quantiles(values, 1, (0.05, 0.5, 0.95), medians=medians)
    assert np.isnan(found[:350]).all()
    np.testing.assert_allclose(found[400:, 1], medians[400:], rtol=1e-12)
    hit = (values[601:] >= found[600:-1, 0]) & (values[601:] <= found[600:-1, 2])
    assert hit.mean() == pytest.approx(0.9, abs=0.02)
    report = check_calibration(values, [1], medians=medians[:, None])
    assert report.steps[0].origins == 1_500 - 1 - 700


def test_the_fan_opens_and_its_median_is_exactly_the_last_value():
    values = volatile_walk(2_000, seed=6)
    levels = (0.005, 0.05, 0.5, 0.95, 0.995)
    fan = calibrated_fan(values, 30, levels)
    assert (fan[:, 2] == values[-1]).all()
    assert (np.diff(fan, axis=1) > 0).all()
    assert (fan[-1, 4] - fan[-1, 0]) > 3 * (fan[0, 4] - fan[0, 0])
    again = adaptive_quantiles(values, 6, levels)[-1]
    np.testing.assert_allclose(fan[5], again, rtol=1e-9)


def test_the_fan_is_around_the_medians_of_a_model():
    values = volatile_walk(800, seed=7)
    medians = values[:, None] * np.array([1.001, 1.002, 1.003])
    fan = calibrated_fan(values, 3, (0.1, 0.5, 0.9), medians=medians)
    np.testing.assert_array_equal(fan[:, 1], medians[-1])


def test_series_below_zero_are_calibrated_as_they_are():
    values = np.log(volatile_walk(3_000, seed=8)) - 5
    found = check_calibration(values, [1]).steps[0]
    assert found.coverage == pytest.approx(0.9, abs=0.02)


def test_a_99_percent_interval_needs_a_thousand_errors():
    values = volatile_walk(1_001, seed=9)
    assert np.isfinite(adaptive_quantiles(values, 1, (0.005, 0.995))[-1]).all()
    with pytest.raises(TooLittleHistory) as caught:
        adaptive_quantiles(values[1:], 1, (0.005, 0.995))
    assert (caught.value.needs, caught.value.has) == (1_001, 1_000)
    assert supported_level(1_001, 1) == 0.99
    assert supported_level(1_000, 1) == 0.98
    assert supported_level(260, 5) == 0.95
    assert supported_level(250, 5) is None


def test_what_cannot_be_calibrated_is_refused():
    with pytest.raises(InvalidInput, match="does not move"):
        adaptive_quantiles(np.full(500, 3.0), 1, TAILS)
    with pytest.raises(TooLittleHistory):
        move_scales(np.arange(60.0), 1)
    values = volatile_walk(500)
    holes = values.copy()
    holes[300] = np.nan
    with pytest.raises(InvalidInput, match="missing"):
        adaptive_quantiles(holes, 1, TAILS)
    with pytest.raises(InvalidInput, match="missing"):
        adaptive_quantiles(values, 1, TAILS, medians=holes)
    with pytest.raises(TooLittleHistory, match="24 steps"):
        check_calibration(values, [24])


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"horizon": 0}, OutOfRange, "horizon"),
        ({"window": 100}, OutOfRange, "warm_up"),
        ({"warm_up": 0}, OutOfRange, "warm_up"),
        ({"probabilities": (0.0, 0.9)}, OutOfRange, "probability"),
        ({"scores": np.r_[np.zeros(299), np.inf, np.zeros(100)]}, InvalidInput, "origin 299"),
    ],
)
def test_what_cannot_be_tracked_is_refused(changes, error, words):
    asked = {"scores": np.zeros(400), "horizon": 1, "probabilities": TAILS} | changes
    with pytest.raises(error, match=words):
        tracked_quantiles(**asked)


@pytest.mark.parametrize("horizon", [0, 4])
def test_steps_beyond_the_medians_are_refused(horizon):
    values = volatile_walk(800)
    medians = np.column_stack([values] * 3)
    with pytest.raises(OutOfRange, match="horizon"):
        calibrated_fan(values, horizon, TAILS, medians=medians)
    with pytest.raises(OutOfRange, match="step"):
        check_calibration(values, [horizon], medians=medians)


@pytest.mark.parametrize("probabilities", [(0.95, 0.05), (0.05, 0.5, 0.5, 0.95)])
def test_quantiles_are_not_given_under_another_s_name(probabilities):
    values = volatile_walk(500)
    for ask in (adaptive_quantiles, calibrated_fan):
        with pytest.raises(InvalidInput, match="do not increase"):
            ask(values, 1, probabilities)


def test_no_horizon_and_no_share_are_refused():
    for horizon, expected in ((0, 0.1), (1, 0.0), (1, 1.0)):
        with pytest.raises(OutOfRange):
            watch(np.zeros(50, dtype=bool), horizon, expected)
    with pytest.raises(OutOfRange, match="horizon"):
        move_scales(np.log(volatile_walk(200)), 0)


@pytest.mark.kernel
def test_a_kept_promise_raises_no_alarm_and_a_broken_one_does():
    rng = np.random.default_rng(0)
    kept = rng.random(600) < 0.1
    calm = watch(kept, 1, 0.1)
    assert not calm.alarms
    assert not calm.is_demoted
    assert calm.statement.startswith("It has kept its band")
    broken = np.r_[kept, rng.random(200) < 0.4]
    found = watch(broken, 1, 0.1)
    assert 600 < found.alarms[0] < 660
    assert found.is_demoted
    assert "demoted" in found.statement
    back = watch(np.r_[broken, rng.random(300) < 0.1], 1, 0.1)
    assert not back.is_demoted
    assert "is back" in back.statement


def test_intervals_that_are_too_wide_raise_an_alarm_too():
    assert watch(np.zeros(1_000, dtype=bool), 1, 0.1).alarms


def test_false_alarms_are_as_rare_as_promised():
    """At most n / 10,000 = 8% within 800 bars, also where windows overlap."""
    rng = np.random.default_rng(1)
    for horizon in (1, 5):
        alarmed = 0
        for _ in range(150):
            steps = rng.standard_normal(800 + horizon)
            sums = np.convolve(steps, np.ones(horizon), "valid")[:800] / math.sqrt(horizon)
            alarmed += bool(watch(np.abs(sums) > 1.6448536, horizon, 0.1).alarms)
        assert alarmed / 150 <= 0.08 + 0.04


def test_a_demotion_begins_when_the_outcome_is_known():
    missed = np.r_[np.zeros(50, bool), np.ones(100, bool)]
    found = watch(missed, 5, 0.1)
    first = found.alarms[0]
    assert not found.demoted[: first + 5].any()
    assert found.demoted[first + 5]
