"""Indicators against published tables, hand-worked examples, TA-Lib and pandas."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench import features

pytestmark = pytest.mark.kernel  # also with the compiler off

ANSWERS = json.loads((Path(__file__).parents[1] / "answers" / "indicators.json").read_text())


def prices_of(values) -> xr.DataArray:
    time = pd.date_range("2020-01-01", periods=len(values))
    return xr.DataArray(np.array(values, dtype=float), dims="time", coords={"time": time})


@pytest.fixture(scope="module")
def walk() -> xr.DataArray:
    steps = np.random.default_rng(7).normal(2e-4, 0.02, size=(700, 3))
    return xr.DataArray(
        100 * np.exp(steps.cumsum(axis=0)),
        dims=("time", "symbol"),
        coords={"time": pd.date_range("2020-01-01", periods=700), "symbol": ["A", "B", "C"]},
    )


@pytest.mark.parametrize("name", ["rsi", "ema"])
def test_published_table(name):
    table = ANSWERS[name]
    computed = getattr(features, name)(prices_of(table["close"]), window=table["window"])
    start = len(table["close"]) - len(table["expected"])
    assert np.isnan(computed[:start]).all()
    np.testing.assert_allclose(computed[start:], table["expected"], atol=0.0051)


@pytest.mark.parametrize("case", ANSWERS["worked"], ids=lambda case: case["feature"])
def test_worked_example(case):
    computed = getattr(features, case["feature"])(prices_of(case["close"]), **case["parameters"])
    expected = np.array(case["expected"], dtype=float)
    np.testing.assert_allclose(computed, expected, rtol=1e-12, atol=1e-12)


def each_symbol(prices: xr.DataArray, function) -> np.ndarray:
    return np.column_stack([function(column) for column in prices.to_numpy().T])


def test_equal_to_talib(walk):
    talib = pytest.importorskip("talib", reason="TA-Lib is in the extra 'bench'")
    pairs = [
        (features.sma(walk, window=20), lambda column: talib.SMA(column, 20)),
        (features.ema(walk, window=20), lambda column: talib.EMA(column, 20)),
        (features.rsi(walk, window=14), lambda column: talib.RSI(column, 14)),
        (features.bollinger(walk)["upper"], lambda column: talib.BBANDS(column, 20, 2, 2)[0]),
        (features.bollinger(walk)["lower"], lambda column: talib.BBANDS(column, 20, 2, 2)[2]),
        (features.momentum(walk, lookback=10), lambda column: talib.ROCP(column, 10)),
    ]
    for computed, theirs in pairs:
        np.testing.assert_allclose(computed, each_symbol(walk, theirs), rtol=1e-10)


def test_macd_meets_talib_once_the_start_has_faded(walk):
    talib = pytest.importorskip("talib", reason="TA-Lib is in the extra 'bench'")
    computed = features.macd(walk)
    for number, variable in enumerate(("line", "signal", "histogram")):
        theirs = each_symbol(walk, lambda column, n=number: talib.MACD(column)[n])
        np.testing.assert_allclose(computed[variable][160:], theirs[160:], atol=1e-10)


def test_equal_to_pandas(walk):
    frame = walk.to_pandas()
    rolling = frame.rolling(30)
    logs = np.log(frame).diff()
    np.testing.assert_allclose(
        features.zscore(walk, window=30), (frame - rolling.mean()) / rolling.std(), atol=1e-9
    )
    np.testing.assert_allclose(
        features.volatility(walk, window=30), logs.rolling(30).std() * 252**0.5, rtol=1e-9
    )
    np.testing.assert_allclose(features.log_returns(walk), logs, rtol=1e-12)
    np.testing.assert_allclose(features.drawdown(walk), frame / frame.cummax() - 1, rtol=1e-12)


def test_a_spike_leaves_no_trace_in_later_windows():
    values = np.r_[np.full(30, 1e-3), 1e9, np.random.default_rng(0).normal(1, 1e-3, 100)]
    prices = prices_of(values)
    exact = prices.to_pandas()[91:].rolling(20).apply(np.std, raw=True).dropna()
    bands = features.bollinger(prices, window=20)
    deviation = ((bands["upper"] - bands["lower"]) / 4)[110:]
    np.testing.assert_allclose(deviation, exact, rtol=1e-9)
