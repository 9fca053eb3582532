"""Pairs: who is paired, at which ratio, and when, against textbook implementations."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.errors import OutOfRange
from workbench.registry import lookup
from workbench.strategies.spreads import (
    closest_pairs,
    kalman_scores,
    regression_scores,
    with_hysteresis,
)


@pytest.fixture(scope="module")
def panel():
    """Y and X share a trend with slope 0.8, the other three walk alone."""
    rng = np.random.default_rng(21)
    time = pd.bdate_range("2019-01-01", periods=420, name="time")
    x = 4 + np.cumsum(rng.normal(0, 0.01, 420))
    gap = np.zeros(420)
    for now in range(1, 420):
        gap[now] = 0.85 * gap[now - 1] + rng.normal(0, 0.01)
    walks = 4 + np.cumsum(rng.normal(0, 0.01, (420, 3)), axis=0)
    closes = np.exp(np.column_stack([walks[:, 0], x, walks[:, 1], 1 + 0.8 * x + gap, walks[:, 2]]))
    return xr.Dataset(
        {"close": (("time", "symbol"), closes)},
        {"time": time, "symbol": ["A", "X", "B", "Y", "C"]},
        {"timeframe": "1d"},
    )


@pytest.mark.kernel
def test_the_kalman_filter_is_that_of_the_textbook():
    """In matrices, as Chan (2013), example 3.3, writes it: R, yhat, Q, K, beta, P."""
    rng = np.random.default_rng(4)
    x = 4 + np.cumsum(rng.normal(0, 0.01, 60))
    y = 1 + 0.8 * x + rng.normal(0, 0.02, 60)
    drift, noise = 1e-4, 1e-3
    beta, posterior = np.zeros(2), np.zeros((2, 2))
    expected = []
    for now in range(60):
        prior = posterior + (np.eye(2) * drift / (1 - drift) if now else 0)
        observed = np.array([x[now], 1.0])
        error = y[now] - observed @ beta
        variance = observed @ prior @ observed + noise
        gain = prior @ observed / variance
        beta = beta + gain * error
        posterior = prior - np.outer(gain, observed) @ prior
        expected.append((error / np.sqrt(variance), beta[0]))
    scores, slopes = np.empty(60), np.empty(60)
    kalman_scores(y, x, drift, noise, scores, slopes)
    np.testing.assert_allclose(np.column_stack([scores, slopes]), expected, rtol=1e-8)


@pytest.mark.kernel
def test_the_rolling_slope_and_score_are_those_of_numpy():
    rng = np.random.default_rng(5)
    x, y = (4 + np.cumsum(rng.normal(0, 0.01, 50)) for _ in range(2))
    updated = np.zeros(50, dtype=bool)
    updated[45] = True
    scores, slopes = np.full(50, np.nan), np.full(50, np.nan)
    regression_scores(y, x, (40, 20), updated, scores, slopes)
    assert np.isnan(slopes[:39]).all()
    for now, made in ((39, 39), (44, 39), (45, 45), (49, 45)):
        slope = np.polyfit(x[made - 39 : made + 1], y[made - 39 : made + 1], 1)[0]
        spread = (y - slope * x)[now - 19 : now + 1]
        assert slopes[now] == pytest.approx(slope, rel=1e-9)
        score = (spread[-1] - spread.mean()) / spread.std(ddof=1)
        assert scores[now] == pytest.approx(score, rel=1e-9)


@pytest.mark.kernel
def test_positions_have_hysteresis():
    scores = np.array([0, -1.9, -2.0, -1.0, np.nan, -0.6, -0.5, 2.5, 0.6, -2.5, 0.0])
    sides = np.empty(scores.size)
    with_hysteresis(scores, 2.0, 0.5, sides)
    assert sides.tolist() == [0, 0, 1, 1, 1, 1, 0, -1, -1, 1, 0]


def test_the_planted_pair_is_found(panel):
    logs = np.log(panel["close"].to_numpy())
    (first, *_) = closest_pairs(logs[:250], 0.01, 2)
    assert set(first) == {1, 3}
    assert closest_pairs(logs[:250], 1e-9, 5) == []
    holed = logs[:250].copy()
    holed[3, 1] = np.nan
    assert all(1 not in pair for pair in closest_pairs(holed, 1.0, 5))


def test_a_symbol_is_in_one_pair_only(panel):
    chosen = closest_pairs(np.log(panel["close"].to_numpy()), 1.0, 5)
    assert len({column for pair in chosen for column in pair}) == 2 * len(chosen)


@pytest.mark.parametrize("hedge", ["formation", "rolling", "kalman"])
def test_the_two_legs_are_hedged(panel, hedge):
    entry = {"entry_z": 1.0, "exit_z": 0.2} if hedge == "kalman" else {}
    small = panel.sel(symbol=["Y", "X"])
    held = lookup("strategy", "pairs").targets(small, {"hedge": hedge, "max_pairs": 1, **entry})
    rows = held.to_pandas().dropna()
    traded = rows[(rows != 0).any(axis=1)]
    assert len(traded) > 2
    np.testing.assert_allclose(traded.abs().sum(axis=1), 1.0)
    assert (np.sign(traded["Y"]) == -np.sign(traded["X"])).all()
    ratio = -(traded["X"] / traded["Y"])
    assert ratio.where(ratio < 1, 1 / ratio).between(0.5, 1.0).all()


def test_each_formation_begins_without_a_position_unless_the_score_says_so(panel):
    held = lookup("strategy", "pairs").targets(panel, {"formation": 120, "window": 40})
    decided = held.to_pandas().dropna()
    formed = pd.to_datetime(["2019-07-01", "2019-10-01", "2020-01-01", "2020-04-01", "2020-07-01"])
    assert set(formed) <= set(decided.index)
    assert decided.index[0] == formed[0]


def test_thresholds_and_windows_must_fit(panel):
    strategy = lookup("strategy", "pairs")
    with pytest.raises(OutOfRange, match="exit_z"):
        strategy.targets(panel, {"entry_z": 1.0, "exit_z": 1.0})
    with pytest.raises(OutOfRange, match="window"):
        strategy.targets(panel, {"formation": 30, "window": 31})
