"""Laws that hold for every built-in feature."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench import features
from workbench.features.kernels import exponential_mean, rolling_moments

SMALL = {
    "bollinger": {"window": 4},
    "bollinger_position": {"window": 4},
    "drawdown": {},
    "ema": {"window": 4},
    "half_life": {"window": 5},
    "log_returns": {},
    "macd": {"fast": 2, "slow": 4, "signal": 3},
    "momentum": {"lookback": 5, "skip": 1},
    "rsi": {"window": 4},
    "simple_returns": {},
    "sma": {"window": 4},
    "volatility": {"window": 4},
    "zscore": {"window": 4},
}
FINITE_MEMORY = sorted(set(SMALL) - {"drawdown", "ema", "macd", "rsi"})

prices = arrays(
    np.float64, (24, 2), elements=st.one_of(st.floats(0.5, 500), st.just(np.nan), st.just(7.0))
)


def panel(values) -> xr.DataArray:
    time = pd.date_range("2020-01-01", periods=len(values))
    return xr.DataArray(
        values, dims=("time", "symbol"), coords={"time": time, "symbol": list("AB")}
    )


def computed(name, values) -> xr.Dataset:
    found = getattr(features, name)(values, **SMALL[name])
    return found if isinstance(found, xr.Dataset) else found.to_dataset(name="value")


@pytest.mark.parametrize("name", sorted(SMALL))
@given(values=prices, cut=st.integers(1, 23), change=st.floats(0.1, 9))
@settings(max_examples=25, deadline=None)
def test_changing_the_future_leaves_the_past_unchanged(name, values, cut, change):
    changed = values.copy()
    changed[cut:] *= change
    before, after = computed(name, panel(values)), computed(name, panel(changed))
    xr.testing.assert_identical(before.isel(time=slice(cut)), after.isel(time=slice(cut)))


@pytest.mark.parametrize("name", sorted(SMALL))
@given(values=prices)
@settings(max_examples=15, deadline=None)
def test_symbols_are_independent(name, values):
    both = computed(name, panel(values)).sel(symbol="A")
    alone = computed(name, panel(values)[:, :1]).sel(symbol="A")
    xr.testing.assert_identical(both, alone)


@pytest.mark.parametrize("name", FINITE_MEMORY)
@given(values=prices, row=st.integers(8, 23))
@settings(max_examples=15, deadline=None)
def test_a_row_needs_its_own_window_only(name, values, row):
    whole = computed(name, panel(values)).isel(time=row)
    window = computed(name, panel(values)[row - 7 : row + 1]).isel(time=-1)
    xr.testing.assert_allclose(whole, window, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["sma", "zscore", "bollinger", "volatility", "ema", "rsi"])
def test_a_window_that_holds_a_nan_is_nan(name):
    values = np.random.default_rng(3).uniform(50, 60, (24, 2))
    values[10, 0] = np.nan
    found = computed(name, panel(values))
    for variable in found.values():
        assert np.isnan(variable.sel(symbol="A")[10:14]).all()
        assert np.isfinite(variable.sel(symbol="A")[16:]).all()
        assert np.isfinite(variable.sel(symbol="B")[5:]).all()


@pytest.mark.parametrize("window", [1, 3, 7])
def test_compiled_and_plain_kernels_agree(window):
    values = np.random.default_rng(5).normal(10, 1, 60)
    values[[11, 40]] = np.nan
    values[20:30] = 10.0
    for kernel, arguments, outputs in (
        (rolling_moments, (window,), 2),
        (exponential_mean, (window, 0.25), 1),
    ):
        compiled, plain = np.empty((2, outputs, values.size))
        kernel(values, *arguments, *compiled)
        getattr(kernel, "py_func", kernel)(values, *arguments, *plain)
        np.testing.assert_allclose(compiled, plain, rtol=1e-9, atol=1e-12)
