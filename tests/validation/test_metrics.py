"""Against scipy, pandas, vectorbt and arithmetic that fits in a line."""

import math

import numpy as np
import pandas as pd
import pytest

from workbench.validation import (
    MEASURES,
    RELATIVE_MEASURES,
    Measure,
    RelativeMeasure,
    drawdowns,
    measure,
    periods_per_year,
    profit_factor,
    win_rate,
)

NAN = pytest.approx(math.nan, nan_ok=True)


@pytest.fixture
def returns():
    return np.random.default_rng(7).standard_t(4, 500) * 0.01 + 0.0005


@pytest.fixture
def market():
    return np.random.default_rng(8).normal(0.0003, 0.01, 500)


@pytest.mark.parametrize(
    ("members", "table"), [(Measure, MEASURES), (RelativeMeasure, RELATIVE_MEASURES)]
)
def test_every_measure_has_its_function(members, table):
    assert set(table) == set(members)
    for which, function in table.items():
        assert (function.__doc__ or "").strip(), which


def test_moments_are_those_of_scipy(returns):
    stats = pytest.importorskip("scipy.stats")
    assert measure("skewness", returns, 252) == pytest.approx(stats.skew(returns))
    assert measure("kurtosis", returns, 252) == pytest.approx(stats.kurtosis(returns, fisher=False))


def test_ratios_are_those_of_vectorbt(returns):
    vbt = pytest.importorskip("vectorbt")
    series = pd.Series(returns, pd.date_range("2020-01-01", periods=500))
    peer = series.vbt.returns(freq="1D", year_freq="252 days")
    assert measure("total_return", returns, 252) == pytest.approx(peer.total())
    assert measure("annualized_return", returns, 252) == pytest.approx(peer.annualized())
    assert measure("sharpe_ratio", returns, 252) == pytest.approx(peer.sharpe_ratio())
    assert measure("sortino_ratio", returns, 252) == pytest.approx(peer.sortino_ratio())
    assert measure("calmar_ratio", returns, 252) == pytest.approx(peer.calmar_ratio())
    assert measure("volatility", returns, 252) == pytest.approx(peer.annualized_volatility())
    assert vbt.__version__


def test_beta_and_correlation_are_those_of_a_regression(returns, market):
    stats = pytest.importorskip("scipy.stats")
    line = stats.linregress(market, returns)
    found = {which: find(returns, market, 252.0) for which, find in RELATIVE_MEASURES.items()}
    assert found[RelativeMeasure.BETA] == pytest.approx(line.slope)
    assert found[RelativeMeasure.ALPHA] == pytest.approx(line.intercept * 252)
    assert found[RelativeMeasure.CORRELATION] == pytest.approx(line.rvalue)
    gap = pd.Series(returns - market)
    assert found[RelativeMeasure.TRACKING_ERROR] == pytest.approx(gap.std() * math.sqrt(252))
    assert found[RelativeMeasure.INFORMATION_RATIO] == pytest.approx(
        gap.mean() / gap.std() * math.sqrt(252)
    )


def test_a_loss_of_half_and_its_recovery():
    returns = np.array([-0.5, 1.0])
    assert list(drawdowns(returns)) == [-0.5, 0.0]  # the starting value is a peak
    assert measure("max_drawdown", returns, 252) == -0.5
    assert measure("total_return", returns, 252) == 0.0


def test_a_year_of_days_compounds_to_the_total():
    returns = np.full(252, 0.001)
    assert measure("annualized_return", returns, 252) == pytest.approx(1.001**252 - 1)
    assert measure("annualized_return", np.array([-1.0, 0.5]), 252) == -1.0


def test_var_is_the_loss_on_the_worst_twentieth():
    returns = np.arange(-10, 11) / 100  # 21 values: the 5% quantile is the second lowest
    assert measure("var_95", returns, 252) == pytest.approx(0.09)


@pytest.mark.parametrize("which", list(Measure))
def test_nothing_measured_is_nan(which):
    assert measure(which, np.array([]), 252) == NAN
    assert measure(which, np.array([np.nan]), 252) == NAN


def test_nan_returns_are_left_out(returns):
    holes = np.insert(returns, [3, 77], np.nan)
    for which in Measure:
        assert measure(which, holes, 252) == measure(which, returns, 252)


@pytest.mark.parametrize("which", ["sharpe_ratio", "sharpe_per_bar", "sortino_ratio", "skewness"])
def test_a_constant_has_no_ratio(which):
    assert measure(which, np.full(10, 0.001), 252) == NAN


def test_no_loss_has_no_calmar():
    assert measure("calmar_ratio", np.array([0.01, 0.02]), 252) == NAN


def test_a_constant_benchmark_explains_nothing(returns):
    for which in ("beta", "alpha", "correlation"):
        assert RELATIVE_MEASURES[RelativeMeasure(which)](returns, np.zeros(500), 252) == NAN


def test_trades_won_and_lost():
    profits = np.array([3.0, -1.0, 0.0, -1.0])
    assert win_rate(profits) == 0.25
    assert profit_factor(profits) == 1.5
    assert win_rate(np.array([])) == NAN
    assert profit_factor(np.array([1.0])) == NAN


@pytest.mark.parametrize(
    ("timeframe", "calendar", "bars"),
    [
        ("1d", "XNYS", 252),
        ("1d", "24/7", 365),
        ("1w", "XNYS", 52),
        ("1M", "XNYS", 12),
        ("1h", "24/7", 8_760),
        ("30m", "XNYS", 13 * 252),
    ],
)
def test_bars_in_a_year(timeframe, calendar, bars):
    assert periods_per_year(timeframe, calendar) == bars
