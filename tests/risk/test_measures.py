"""Measures of a series and composition of a portfolio, on numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.risk import (
    MEASURES,
    RiskMeasure,
    beta,
    concentration,
    contributions,
    diversification_ratio,
    measure,
    r_squared,
)

RETURNS = [0.10, -0.20, 0.25, -0.10, 0.05]


def test_every_measure_has_its_function():
    assert set(MEASURES) == set(RiskMeasure)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("worst_loss", 0.20),
        ("max_drawdown", 0.20),  # from 1.10 to 0.88
        ("value_at_risk", 0.10),  # 5 * 0.2 = 1: the second worst
        ("expected_shortfall", 0.20),
        ("volatility", (0.123 / 4) ** 0.5),  # squared deviations from 0.02 sum to 0.123
        ("downside_deviation", 0.1),  # sqrt((0.04 + 0.01) / 5)
    ],
)
def test_worked_by_hand(kind, expected):
    assert measure(kind, RETURNS, tail=0.2) == pytest.approx(expected)


def test_what_cannot_be_measured():
    with pytest.raises(UnknownName, match="expected_shortfall"):
        measure("cvar", RETURNS)
    with pytest.raises(InvalidInput, match="not finite"):
        measure("volatility", [0.1, np.nan])
    with pytest.raises(TooLittleHistory):
        measure("volatility", [0.1])
    with pytest.raises(OutOfRange):
        measure("volatility", RETURNS, tail=0.95)


def test_two_assets_by_hand():
    covariance = np.array([[0.04, 0.0], [0.0, 0.01]])
    weights = np.array([0.5, 0.5])
    np.testing.assert_allclose(contributions(covariance, weights), [0.8, 0.2])
    assert diversification_ratio(covariance, weights) == pytest.approx(0.15 / 0.0125**0.5)
    assert concentration(np.array([0.75, -0.25])) == pytest.approx(0.625)


def test_beta_of_a_leveraged_index_is_its_leverage():
    index = np.array([0.01, -0.02, 0.03, 0.00])
    assert beta(1.5 * index + 0.001, index) == pytest.approx(1.5)
    assert r_squared(1.5 * index + 0.001, index) == pytest.approx(1)
    assert np.isnan(beta(index, np.zeros(4)))


@given(
    values=arrays(np.float64, (40, 3), elements=st.floats(-0.2, 0.2)),
    weights=arrays(np.float64, 3, elements=st.floats(0.05, 1)),
)
def test_contributions_sum_to_one_and_diversification_never_adds_risk(values, weights):
    covariance = np.cov(values.T)
    if weights @ covariance @ weights < 1e-8:
        return
    assert contributions(covariance, weights).sum() == pytest.approx(1)
    assert diversification_ratio(covariance, weights) >= 1 - 1e-9


def test_what_does_not_move_has_no_composition():
    still = np.zeros((2, 2))
    assert np.isnan(contributions(still, np.ones(2))).all()
    assert np.isnan(diversification_ratio(still, np.ones(2)))
    assert np.isnan(concentration(np.zeros(2)))
