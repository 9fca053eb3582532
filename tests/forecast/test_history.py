"""A value that is missing is named before it makes a forecast of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.forecast import (
    fit_autoregression,
    fit_default,
    fit_drift,
    fit_nlinear,
    fit_repeat_last,
    fit_seasonal,
)

FITS = {
    "repeat-last": lambda values: fit_repeat_last(values, 3),
    "drift": lambda values: fit_drift(values, 3),
    "seasonal": lambda values: fit_seasonal(values, 3, 5),
    "NLinear": lambda values: fit_nlinear(values, 10, 3),
    "autoregression": lambda values: fit_autoregression(values, 3),
    "default": lambda values: fit_default(values, 3),
}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_nothing_is_fitted_to_what_is_missing(walk, fit, bad):
    broken = walk.copy()
    broken[50] = bad
    with pytest.raises(InvalidInput, match="finite, the first at position 50"):
        fit(broken)


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_nothing_is_forecast_from_what_is_missing(walk, fit):
    model = fit(walk)
    broken = np.stack([walk, walk])
    broken[1, -1] = np.nan
    with pytest.raises(InvalidInput, match="in series 1"):
        model.predict(broken, [0.5])
    with pytest.raises(TooLittleHistory):
        model.predict(walk[None, :0], [0.5])


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_only_the_last_values_are_looked_at(walk, fit):
    model = fit(walk)
    gone = walk.copy()
    gone[: -model.input_size] = np.nan
    before, after = (model.predict(path[None, :], [0.1, 0.5, 0.9]) for path in (walk, gone))
    np.testing.assert_array_equal(before, after)
