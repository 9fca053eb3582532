"""The momentum family against other libraries and numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.registry import lookup
from workbench.strategies.momentum_score import factor_scores
from workbench.strategies.trailing import ewma_memory, ewma_volatility


def _bars(**variables):
    first = next(iter(variables.values()))
    time = pd.bdate_range("2020-01-01", periods=len(next(iter(first.values()))), name="time")
    return xr.Dataset(
        {
            name: (("time", "symbol"), np.array(list(columns.values()), dtype=float).T)
            for name, columns in variables.items()
        },
        {"time": time, "symbol": list(first)},
        {"timeframe": "1d"},
    )


@pytest.fixture(scope="module")
def walks():
    rng = np.random.default_rng(5)
    closes = 100 * np.exp(np.cumsum(rng.normal(0.0004, [0.01, 0.02, 0.04], (600, 3)), axis=0))
    return _bars(close=dict(zip("ABC", closes.T, strict=True)))


@pytest.mark.kernel
def test_the_exponential_volatility_is_that_of_pandas(walks):
    """Over the memory; pandas divides by the weights too when ``bias=True``."""
    ours = ewma_volatility(walks.isel(time=slice(0, 101)), 20, 252).isel(time=-1)
    returns = walks["close"].to_pandas().pct_change().iloc[1:101]
    assert ewma_memory(20) == 100
    theirs = returns.ewm(com=20).std(bias=True).iloc[-1] * np.sqrt(252)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_end_of_the_memory_costs_less_than_a_percent(walks):
    ours = ewma_volatility(walks, 60, 252).isel(time=-1)
    theirs = walks["close"].to_pandas().pct_change().ewm(com=60).std(bias=True).iloc[-1]
    np.testing.assert_allclose(ours, theirs * np.sqrt(252), rtol=1e-2)


def test_time_series_momentum_is_the_formula_of_the_paper(walks):
    held = lookup("strategy", "time_series_momentum").targets(
        walks, {"max_gross": 10.0, "volatility_centre": 20}
    )
    decided = held.to_pandas().dropna()
    closes = walks["close"].to_pandas()
    day = decided.index[-1]
    at = closes.index.get_loc(day)
    window = closes.pct_change().iloc[at - 99 : at + 1]
    sigma = window.ewm(com=20).std(bias=True).iloc[-1] * np.sqrt(252)
    rise = closes.iloc[at] / closes.iloc[at - 252] - 1
    np.testing.assert_allclose(decided.loc[day], np.sign(rise) * 0.4 / sigma / 3, rtol=1e-12)
    assert day.day <= 3


def test_time_series_momentum_keeps_to_its_gross_exposure_and_side(walks):
    strategy = lookup("strategy", "time_series_momentum")
    free = strategy.targets(walks, {"max_gross": 10.0}).to_pandas().dropna()
    capped = strategy.targets(walks, {"max_gross": 0.5}).to_pandas().dropna()
    assert (free.abs().sum(axis=1) > 0.5).all()
    np.testing.assert_allclose(capped.abs().sum(axis=1), 0.5)
    long_only = strategy.targets(walks, {"allow_short": False}).to_pandas().dropna()
    assert (long_only >= 0).all().all()
    assert ((free < 0) == (long_only == 0)).all().all()


def test_the_score_of_a_hand_worked_panel():
    """Over 4 bars A rises 25%, B 12%, C 6% and D falls; A's last bar alone rises 25%.

    Price: A min(1, 1.0 * 1.2) = 1, B 0.7 (its last bar, times 4, is 0), C 0.4, D 0.
    Volume, last over the mean of 4, halved: A 8 / 5 / 2 = 0.8; B, C and D 1 / 2 = 0.5.
    Strength: A 3 of 3 others, B 2/3, C 1/3, D 0. Weights, without fundamentals: 0.40, 0.20 and
    0.25 of 0.85.
    """
    bars = _bars(
        close={"A": [100, 100, 100, 100, 125], "B": [100, 112, 112, 112, 112],
               "C": [100, 106, 106, 106, 106], "D": [100, 100, 100, 99, 99]},
        volume={"A": [9, 4, 4, 4, 8], "B": [1] * 5, "C": [2] * 5, "D": [3] * 5},
    )  # fmt: skip
    last = factor_scores(bars, lookback=4, short=1).isel(time=-1)
    np.testing.assert_allclose(last["price"], [1.0, 0.7, 0.4, 0.0])
    np.testing.assert_allclose(last["volume"], [0.8, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(last["relative_strength"], [1, 2 / 3, 1 / 3, 0])
    expected = [
        (0.40 * 1.0 + 0.20 * 0.8 + 0.25) / 0.85,
        (0.40 * 0.7 + 0.20 * 0.5 + 0.25 * 2 / 3) / 0.85,
        (0.40 * 0.4 + 0.20 * 0.5 + 0.25 / 3) / 0.85,
        0.10 / 0.85,
    ]
    np.testing.assert_allclose(last["score"], expected)
    strategy = lookup("strategy", "momentum_score")
    held = strategy.targets(
        bars, {"lookback": 4, "short": 1, "rebalance": "bar", "minimum_score": 0.4}
    )
    assert held.isel(time=-1).to_numpy().tolist() == [0.25, 0.25, 0.25, 0.0]


def test_fundamentals_count_where_they_are_known():
    closes = {"A": [100.0] * 6, "B": [100.0] * 6}
    bars = _bars(close=closes, fundamentals={"A": [1.0] * 6, "B": [np.nan] * 6})
    last = factor_scores(bars, lookback=4, short=1)["score"].isel(time=-1)
    strength = 0.25 * 0.5
    np.testing.assert_allclose(last, [(strength + 0.15) / 0.80, strength / 0.65])
