"""Repeat-last and drift against what a random walk is known to do."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from workbench.errors import TooLittleHistory
from workbench.forecast import Seasonal, fit_drift, fit_repeat_last, fit_seasonal

QUANTILES = [0.025, 0.1, 0.5, 0.9, 0.975]


def test_the_quantiles_of_a_random_walk_are_the_closed_form():
    """ln p[t+h] − ln p[t] of a Gaussian walk is N(0, h σ²)."""
    sigma = 0.01
    steps = np.random.default_rng(1).normal(0.0, sigma, 200_000)
    walk = 50 * np.exp(np.cumsum(steps))
    given = fit_repeat_last(walk, 4).predict(np.array([[80.0]]), QUANTILES)[0]
    score = np.array([NormalDist().inv_cdf(q) for q in QUANTILES])
    for step in range(4):
        expected = np.sqrt(step + 1) * sigma * score
        np.testing.assert_allclose(np.log(given[step] / 80), expected, atol=0.03 * sigma * 2)


def test_the_median_is_exactly_the_last_value(walk):
    given = fit_repeat_last(walk, 12).predict(walk[None, :], QUANTILES)
    assert given.shape == (1, 12, 5)
    assert (given[0, :, 2] == walk[-1]).all()


def test_drift_goes_on_by_the_mean_step():
    """Hand-worked: from 100 to 100·1.01^99 in 99 equal steps, the next is 100·1.01^100."""
    path = 100 * 1.01 ** np.arange(100)
    given = fit_drift(path, 2).predict(path[None, :], [0.5])
    np.testing.assert_allclose(given[0, :, 0], [100 * 1.01**100, 100 * 1.01**101], rtol=1e-12)


def test_values_below_zero_are_taken_without_logarithm():
    path = np.cumsum(np.random.default_rng(2).normal(0, 1, 500)) - 20
    given = fit_repeat_last(path, 3).predict(path[None, :], [0.1, 0.5, 0.9])
    assert (np.diff(given, axis=2) > 0).all()
    assert (given[0, :, 1] == path[-1]).all()


def test_too_few_moves_are_refused(walk):
    with pytest.raises(TooLittleHistory) as caught:
        fit_repeat_last(walk[:40], 12)
    assert (caught.value.needs, caught.value.has) == (42, 40)


def test_the_seasonal_forecast_repeats_the_last_season():
    """Hand-worked: period 3 after … 7, 8, 9 gives 7, 8, 9, 7, 8."""
    path = np.concatenate([np.random.default_rng(0).uniform(1, 9, 99), [7.0, 8.0, 9.0]])
    model = Seasonal(3).fit(path, 5)
    given = model.predict(path[None, :], QUANTILES)[0]
    np.testing.assert_array_equal(given[:, 2], [7.0, 8.0, 9.0, 7.0, 8.0])
    assert (np.diff(given, axis=1) > 0).all()
    assert model.input_size == 3
    with pytest.raises(TooLittleHistory):
        model.predict(path[None, :2], QUANTILES)


def test_a_season_of_one_step_is_repeat_last(walk):
    seasonal, last = fit_seasonal(walk, 3, 1), fit_repeat_last(walk, 3)
    one, other = (each.predict(walk[None, :], QUANTILES) for each in (seasonal, last))
    np.testing.assert_array_equal(one, other)


def test_too_few_seasons_are_refused(walk):
    fit_seasonal(walk[:45], 12, 5)
    with pytest.raises(TooLittleHistory) as caught:
        fit_seasonal(walk[:44], 12, 5)
    assert (caught.value.needs, caught.value.has) == (45, 44)
