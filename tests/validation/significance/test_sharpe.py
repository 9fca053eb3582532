"""Sharpe ratios: the numbers of the papers, statsmodels, and simulated series."""

import math

import numpy as np
import pytest

from workbench.errors import OutOfRange
from workbench.validation.significance import (
    SharpeMoments,
    deflated_sharpe,
    expected_best,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
    standard_error_hac,
    standard_error_iid,
)

EXAMPLE = SharpeMoments(2.5 / 250**0.5, skewness=-3, kurtosis=10, bars=1_250)
"""Bailey & López de Prado (2014), "A numerical example": a year has 250 bars."""


@pytest.mark.parametrize(("trials", "published"), [(100, 0.9004), (46, 0.9505)])
def test_the_worked_example_of_the_deflated_ratio(trials, published):
    found = deflated_sharpe(EXAMPLE, trials, variance=0.5 / 250)
    assert found == pytest.approx(published, abs=5e-5)


def test_more_trials_deflate_more_and_one_trial_is_the_probability_alone():
    found = [deflated_sharpe(EXAMPLE, trials, 0.5 / 250) for trials in (1, 10, 100, 1_000)]
    assert found == sorted(found, reverse=True)
    assert found[0] == probabilistic_sharpe(EXAMPLE)


@pytest.mark.parametrize(("bars", "years"), [(250, 2.73), (52, 2.83), (12, 3.24)])
def test_minimum_track_records_of_the_paper(bars, years):
    # Bailey & López de Prado (2012): a ratio of 2 a year above 1, normal returns, 95%
    found = minimum_track_record(SharpeMoments(2 / math.sqrt(bars)), 1 / math.sqrt(bars))
    assert found / bars == pytest.approx(years, abs=5e-3)


def test_at_the_minimum_track_record_the_probability_is_the_confidence():
    bars = minimum_track_record(SharpeMoments(0.05, -1, 8), confidence=0.9)
    assert probabilistic_sharpe(SharpeMoments(0.05, -1, 8, bars)) == pytest.approx(0.9)


def test_the_error_of_normal_returns_is_that_of_lo():
    # Lo (2002), table 1, 60 and 120 periods
    assert standard_error_iid(SharpeMoments(1.0, bars=61)) == pytest.approx(0.158, abs=5e-4)
    assert standard_error_iid(SharpeMoments(1.5, bars=121)) == pytest.approx(0.133, abs=5e-4)


def test_the_spread_of_simulated_ratios_is_the_error():
    generator = np.random.default_rng(3)
    many = 0.6 - generator.standard_gamma(4, (4_000, 250)) / 8
    found = [sharpe_moments(row).sharpe for row in many]
    # Γ(4) negated: skewness −1, kurtosis 4.5, mean 0.1, deviation 0.25
    expected = standard_error_iid(SharpeMoments(0.4, -1, 4.5, 250))
    assert np.std(found) == pytest.approx(expected, rel=0.05)


def test_autocorrelation_widens_the_robust_error_only():
    signal = pytest.importorskip("scipy.signal")
    drawn = np.random.default_rng(7).standard_normal((300, 1_100)) + 0.05
    many = signal.lfilter([1], [1, -0.4], drawn, axis=1)[:, 100:]
    true = np.std([sharpe_moments(row).sharpe for row in many])
    robust = np.mean([standard_error_hac(row) for row in many])
    simple = np.mean([standard_error_iid(sharpe_moments(row)) for row in many])
    assert robust == pytest.approx(true, rel=0.12)
    assert simple < 0.75 * true


def test_both_errors_agree_where_returns_are_independent():
    returns = np.random.default_rng(1).standard_t(8, 5_000) * 0.01 + 0.0005
    iid = standard_error_iid(sharpe_moments(returns))
    assert standard_error_hac(returns) == pytest.approx(iid, rel=0.05)


def test_the_robust_error_is_near_that_of_statsmodels():
    linear = pytest.importorskip("statsmodels.regression.linear_model")
    drawn = np.random.default_rng(11).standard_normal(4_000)
    returns = drawn[1:] + 0.3 * drawn[:-1] + 0.05
    standard = (returns - returns.mean()) / returns.std()
    ratio = returns.mean() / returns.std()
    influence = standard - ratio * (standard**2 - 1) / 2
    fitted = linear.OLS(influence, np.ones((len(influence), 1)))
    peer = fitted.fit(cov_type="HAC", cov_kwds={"maxlags": 20}).bse[0]
    assert standard_error_hac(returns) == pytest.approx(peer, rel=0.1)


def test_the_expected_best_is_that_of_simulated_maxima():
    best = np.random.default_rng(2).standard_normal((4_000, 100)).max(axis=1)
    assert expected_best(100, 1.0) == pytest.approx(best.mean(), rel=0.02)
    assert expected_best(1, 1.0) == 0


def test_holes_are_left_out():
    returns = np.random.default_rng(1).standard_normal(200)
    holes = np.insert(returns, [5, 70], np.nan)
    assert sharpe_moments(holes) == sharpe_moments(returns)
    assert standard_error_hac(holes) == standard_error_hac(returns)


def test_constant_returns_have_none_of_these():
    moments = sharpe_moments(np.full(100, 0.01))
    assert math.isnan(moments.sharpe)
    assert math.isnan(standard_error_iid(moments))
    assert math.isnan(standard_error_hac(np.full(100, 0.01)))
    assert math.isnan(probabilistic_sharpe(moments))
    assert math.isnan(minimum_track_record(moments))
    assert math.isnan(deflated_sharpe(moments, 10, 0.01))


def test_too_few_bars_have_none_of_these():
    assert math.isnan(standard_error_iid(SharpeMoments(0.1, bars=1)))
    assert math.isnan(deflated_sharpe(SharpeMoments(0.1, bars=0), 5, math.nan))
    assert math.isnan(standard_error_hac(np.arange(5.0)))


def test_a_ratio_that_is_not_above_never_gets_there():
    assert math.isinf(minimum_track_record(SharpeMoments(0.1), 0.1))


def test_impossible_numbers_are_named():
    moments = SharpeMoments(0.1, bars=100)
    with pytest.raises(OutOfRange, match="confidence"):
        minimum_track_record(moments, confidence=0.5)
    with pytest.raises(OutOfRange, match="trials"):
        deflated_sharpe(moments, 0, 0.1)
    with pytest.raises(OutOfRange, match="variance"):
        expected_best(10, -1)
