"""Falls that fit in the head, rolling numbers beside their whole-sample twins, captures by hand."""

import numpy as np
import pandas as pd
import pytest

from workbench.validation import (
    RELATIVE_MEASURES,
    RelativeMeasure,
    measure,
    rolling_beta,
    rolling_sharpe,
    worst_drawdowns,
)

DAYS = pd.bdate_range("2024-01-01", periods=8)


def test_a_fall_runs_from_its_peak_over_its_trough_to_its_recovery():
    values = np.array([110, 99, 88, 110, 121, 60.5, 121 * 0.9, 121 * 0.8])
    returns = pd.Series(values / np.r_[100, values[:-1]] - 1, DAYS)
    falls = worst_drawdowns(returns)
    assert falls["depth"].tolist() == pytest.approx([-0.5, -0.2])
    assert falls["peak"].tolist() == [DAYS[4], DAYS[0]]
    assert falls["trough"].tolist() == [DAYS[5], DAYS[2]]
    assert falls["recovery"].isna().tolist() == [True, False]
    assert falls["recovery"][1] == DAYS[3]
    assert falls["bars_down"].tolist() == [1, 2]
    assert falls["bars_up"].tolist() == [2, 1]


def test_a_fall_from_the_start_has_no_peak_and_no_fall_no_row():
    lost = worst_drawdowns(pd.Series([-0.1, 0.0, 0.2], DAYS[:3]))
    assert lost["peak"].isna().all()
    assert lost["bars_down"].tolist() == [1]
    assert lost["bars_up"].tolist() == [2]
    assert worst_drawdowns(pd.Series([0.1, 0.0, 0.2], DAYS[:3])).empty


def test_the_deepest_come_first_and_the_deepest_is_the_maximum_drawdown():
    returns = pd.Series(np.random.default_rng(3).normal(0, 0.01, 500))
    falls = worst_drawdowns(returns, 3)
    assert len(falls) == 3
    assert falls["depth"].is_monotonic_increasing
    assert falls["depth"][0] == pytest.approx(measure("max_drawdown", returns.to_numpy(), 252))


def test_rolling_numbers_are_those_of_each_window_alone():
    rng = np.random.default_rng(5)
    market = pd.Series(rng.normal(0, 0.01, 60))
    returns = 0.5 * market + rng.normal(0, 0.01, 60)
    sharpe, beta = rolling_sharpe(returns, 20, 252), rolling_beta(returns, market, 20)
    assert sharpe[:19].isna().all()
    assert beta[:19].isna().all()
    for last in (19, 40, 59):
        part = slice(last - 19, last + 1)
        own, other = returns.to_numpy()[part], market.to_numpy()[part]
        assert sharpe[last] == pytest.approx(measure("sharpe_ratio", own, 252))
        expected = RELATIVE_MEASURES[RelativeMeasure.BETA](own, other, 252)
        assert beta[last] == pytest.approx(expected)


def test_nothing_varied_is_not_defined():
    still, moving = pd.Series(np.zeros(10)), pd.Series(np.arange(10.0))
    assert rolling_sharpe(still, 5, 252).isna().all()
    assert rolling_beta(moving, still, 5).isna().all()


def test_captures_by_hand():
    benchmark = np.array([0.10, -0.10, 0.20, -0.20, 0.0])
    returns = np.array([0.05, -0.05, 0.10, -0.20, 0.3])
    up = RELATIVE_MEASURES[RelativeMeasure.UP_CAPTURE](returns, benchmark, 252)
    down = RELATIVE_MEASURES[RelativeMeasure.DOWN_CAPTURE](returns, benchmark, 252)
    assert up == pytest.approx((np.sqrt(1.05 * 1.10) - 1) / (np.sqrt(1.1 * 1.2) - 1))
    assert down == pytest.approx((np.sqrt(0.95 * 0.8) - 1) / (np.sqrt(0.9 * 0.8) - 1))
    lost = RELATIVE_MEASURES[RelativeMeasure.DOWN_CAPTURE](-np.ones(5), benchmark, 252)
    assert np.isnan(lost)
    assert np.isnan(RELATIVE_MEASURES[RelativeMeasure.UP_CAPTURE](returns, -np.abs(benchmark), 252))
