"""The half-life against statsmodels, and on a process whose half-life is known."""

import numpy as np
import pytest
import xarray as xr

from workbench.features import half_life

pytestmark = pytest.mark.kernel


def test_the_regression_is_that_of_statsmodels():
    models = pytest.importorskip("statsmodels.api")
    values = np.random.default_rng(2).normal(0, 1, 60).cumsum() * 0.3 + 50
    ours = half_life(xr.DataArray(values, dims="time"), window=40)
    for row in (39, 50, 59):
        window = values[row - 39 : row + 1]
        fitted = models.OLS(window[1:], models.add_constant(window[:-1])).fit().params[1]
        assert 0 < fitted < 1
        assert float(ours[row]) == pytest.approx(np.log(0.5) / np.log(fitted), rel=1e-9)


def test_a_deviation_that_halves_each_bar_has_a_half_life_of_one():
    values = xr.DataArray(100 + 8 * 0.5 ** np.arange(10), dims="time")
    np.testing.assert_allclose(half_life(values, window=6)[5:], 1.0, rtol=1e-9)


def test_a_swing_returns_at_once_and_a_line_never():
    swing = xr.DataArray(np.tile([1.0, 2.0], 5), dims="time")
    assert float(half_life(swing, window=6)[-1]) == 0
    assert float(half_life(xr.DataArray(np.arange(10.0), dims="time"), window=6)[-1]) == np.inf
    assert np.isnan(half_life(xr.DataArray(np.full(9, 3.0), dims="time"), window=6)).all()
