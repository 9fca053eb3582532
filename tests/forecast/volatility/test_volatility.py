"""Variance forecasts against arch, closed forms, and each other."""

from __future__ import annotations

import math
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InvalidInput, MissingExtra, OutOfRange, TooLittleHistory, UnknownName
from workbench.forecast.volatility import (
    VOLATILITY_MODELS,
    daily_variance,
    forecast_variance,
    qlike,
)
from workbench.forecast.volatility.models import har_terms

WITHOUT_ARCH = [name for name in VOLATILITY_MODELS if name != "GARCH"]


def market(days, seed=0):
    """Returns of a stochastic volatility, and noisy variances of the same days."""
    rng = np.random.default_rng(seed)
    level, logs = 0.0, []
    for shock in rng.normal(0, 0.25, days).tolist():
        level = 0.95 * level + shock
        logs.append(level)
    true = 1e-4 * np.exp(np.array(logs))
    returns = np.sqrt(true) * rng.standard_normal(days)
    return returns, true * rng.gamma(3.0, 1 / 3.0, days), true


def test_a_day_by_hand():
    """Night ln(102/100); session ½ ln²(104/101) − (2 ln 2 − 1) ln²(103/102)."""
    variance = daily_variance(
        np.array([99.0, 102.0]), np.array([101.0, 104.0]), np.array([98.0, 101.0]),
        np.array([100.0, 103.0]),
    )  # fmt: skip
    night, span, body = math.log(1.02), math.log(104 / 101), math.log(103 / 102)
    expected = night**2 + 0.5 * span**2 - (2 * math.log(2) - 1) * body**2
    assert variance == pytest.approx([expected])


def test_the_variance_of_a_day_is_unbiased_and_exact():
    """A walk of 2,000 steps a day: the mean is σ², the scatter a fifth of that of squares."""
    rng = np.random.default_rng(1)
    steps = rng.normal(0, 0.01 / math.sqrt(2_000), (1_500, 2_000))
    path = np.cumsum(steps.ravel()).reshape(steps.shape)
    first = np.r_[0.0, path[:-1, -1]]
    day = np.column_stack([first, path])
    found = daily_variance(*np.exp([first, day.max(axis=1), day.min(axis=1), path[:, -1]]))
    squares = np.diff(np.r_[path[:, -1]]) ** 2
    assert found.mean() == pytest.approx(1e-4, rel=0.05)
    assert found.var() < squares.var() / 5


def test_a_day_without_a_move_has_the_least_variance():
    flat = np.full(3, 50.0)
    assert daily_variance(flat, flat, flat, flat) == pytest.approx([1e-8, 1e-8])


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_a_price_that_is_none_is_named_by_its_day(bad):
    prices = np.full((4, 5), 10.0)
    prices[2, 3] = bad
    with pytest.raises(InvalidInput, match="day 3"):
        daily_variance(*prices)


def test_qlike_is_zero_only_where_the_forecast_is_right():
    assert qlike(np.array([2.0]), np.array([2.0])) == pytest.approx([0.0])
    assert qlike(np.array([2.0]), np.array([1.0])) == pytest.approx([2 - math.log(2) - 1])
    assert (qlike(np.full(9, 1.0), np.linspace(0.5, 1.5, 9)) >= 0).all()


def test_the_terms_of_har_are_those_of_arch():
    arch = pytest.importorskip("arch.univariate", reason="the extra 'forecast' is not installed")
    _, variances, _ = market(600)
    fitted = arch.HARX(1e4 * variances, lags=[1, 5, 22]).fit(disp="off")
    expected = fitted.params.to_numpy()[:4]
    past, outcome = har_terms(1e4 * variances)[21:-1], 1e4 * variances[22:]
    found = np.linalg.lstsq(past, outcome, rcond=None)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_garch_is_that_of_arch():
    arch = pytest.importorskip("arch", reason="the extra 'forecast' is not installed")
    returns, variances, _ = market(500, seed=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = arch.arch_model(100 * returns[:400], vol="GARCH", rescale=False)
        expected = model.fit(disp="off").forecast(horizon=5).variance.to_numpy()[0] / 1e4
    found = forecast_variance(returns, variances, 400, model="GARCH", refit_every=200)
    assert found[400] == pytest.approx(expected[0], rel=1e-6)
    five = forecast_variance(returns, variances, 400, model="GARCH", horizon=5, refit_every=200)
    assert five[400] == pytest.approx(expected.mean(), rel=1e-6)


@pytest.mark.parametrize("horizon", [1, 5])
def test_the_default_is_better_than_har_where_volatility_is_a_process_of_logarithms(horizon):
    losses: dict[str, list[float]] = {name: [] for name in WITHOUT_ARCH}
    for seed in range(6):
        returns, variances, true = market(1_500, seed)
        came = np.convolve(true, np.ones(horizon) / horizon, "valid")
        for name, kept in losses.items():
            said = forecast_variance(returns, variances, 600, model=name, horizon=horizon)
            kept.append(float(qlike(came[600:], said[600 : len(came)]).mean()))
    assert np.mean(losses["log-HAR"]) < np.mean(losses["HAR"])


def test_it_is_unbiased_for_qlike():
    """The mean of outcome over forecast is 1 where QLIKE cannot be made smaller by a factor."""
    returns, variances, _ = market(3_000, seed=7)
    said = forecast_variance(returns, variances, 1_000)[1_000:]
    assert np.mean(variances[1_000:] / said) == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("model", VOLATILITY_MODELS)
@pytest.mark.parametrize("horizon", [1, 5])
def test_a_day_changes_no_forecast_made_before_its_close(model, horizon):
    if model == "GARCH":
        pytest.importorskip("arch", reason="the extra 'forecast' is not installed")
    returns, variances, _ = market(500)
    changed, moved = variances.copy(), returns.copy()
    changed[400:] *= 9
    moved[400:] *= 3
    before, after = (
        forecast_variance(r, v, 300, model=model, horizon=horizon)
        for r, v in ((returns, variances), (moved, changed))
    )
    assert np.isnan(before[:300]).all()
    np.testing.assert_array_equal(before[300:401], after[300:401])
    assert (before[401:] != after[401:]).all()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"horizon": 0}, OutOfRange, "horizon"),
        ({"refit_every": 0}, OutOfRange, "refit_every"),
        ({"first": 300}, TooLittleHistory, "first day"),
        ({"returns": np.zeros(301)}, InvalidInput, "same days"),
        ({"returns": np.r_[np.zeros(7), np.nan, np.zeros(292)]}, InvalidInput, "day 7"),
        ({"variances": np.r_[np.ones(9), np.inf, np.ones(290)]}, InvalidInput, "day 9"),
        ({"variances": np.r_[np.ones(9), 0.0, np.ones(290)]}, InvalidInput, "day 9"),
    ],
)
@pytest.mark.parametrize("model", VOLATILITY_MODELS)
def test_days_that_are_none_are_refused_by_every_model(model, changes, error, words):
    asked = {"returns": np.zeros(300), "variances": np.ones(300), "first": 260} | changes
    with pytest.raises(error, match=words):
        forecast_variance(**asked, model=model)


def test_what_cannot_be_forecast_is_refused(monkeypatch):
    returns, variances, _ = market(300)
    with pytest.raises(UnknownName, match="log-HAR"):
        forecast_variance(returns, variances, 260, model="EGARCH")
    with pytest.raises(TooLittleHistory):
        forecast_variance(returns, variances, 250)
    monkeypatch.setitem(sys.modules, "arch", None)
    with pytest.raises(MissingExtra, match="arch"):
        forecast_variance(returns, variances, 260, model="GARCH")


@pytest.mark.shared
def test_on_stocks_the_default_is_at_least_as_good_as_har(shared):
    """Three of the 36; benchmarks/forecast_volatility.py does all, GARCH too."""
    for name in ("AAPL", "JPM", "XOM"):
        bars = pd.read_csv(shared / "data" / "prices" / "us_daily_adjusted" / f"{name}.csv.gz")
        factor = bars["adjusted_close"] / bars["close"]
        prices = [(bars[c] * factor).to_numpy() for c in ("open", "high", "low", "close")]
        variances, returns = daily_variance(*prices), np.diff(np.log(prices[3]))
        loss = {
            model: qlike(variances, forecast_variance(returns, variances, 1_000, model=model))
            for model in WITHOUT_ARCH
        }
        assert np.nanmean(loss["log-HAR"]) < np.nanmean(loss["HAR"])
