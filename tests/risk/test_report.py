"""The report on weights and a frame of returns, without a lake."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.risk import normal_tail, portfolio_risk


@pytest.fixture(scope="module")
def returns() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    common = rng.normal(0.0004, 0.008, (1_000, 1))
    values = common + rng.normal(0, [0.006, 0.010, 0.014], (1_000, 3))
    days = pd.bdate_range("2015-01-01", periods=1_000, name="time")
    return pd.DataFrame(values, index=days, columns=["A", "B", "C"])


WEIGHTS = {"A": 0.5, "B": 0.3, "C": 0.2}


def test_three_methods_agree_on_normal_returns(returns):
    report = portfolio_risk(returns, WEIGHTS, 1e6, model="normal", simulations=200_000)
    history = returns[list(WEIGHTS)] @ np.array(list(WEIGHTS.values()))
    exact = normal_tail(-history.mean(), history.std(), 0.05)
    at_risk = report.risk_metrics.value_at_risk
    simulated = report.monte_carlo
    assert abs(at_risk.var_amount - 1e6 * exact.var) < 4 * simulated.var_standard_error
    assert abs(report.risk_metrics.expected_shortfall - 1e6 * exact.es) < (
        4 * simulated.es_standard_error
    )
    table = report.to_frame()["value_at_risk"]
    assert table["normal, closed form", 0.95] == pytest.approx(1e6 * exact.var)
    historical = report.to_frame().loc[("historical", 0.95)]
    assert abs(historical["value_at_risk"] - 1e6 * exact.var) < (
        4 * historical["var_standard_error"]
    )


def test_the_headline_is_of_the_method_that_was_asked(returns):
    plain = portfolio_risk(returns, WEIGHTS, model=None)
    assert plain.method == "historical"
    assert plain.monte_carlo is None
    losses = np.sort(-(returns[list(WEIGHTS)] @ np.array(list(WEIGHTS.values()))))[::-1]
    assert plain.risk_metrics.value_at_risk.var_amount == pytest.approx(losses[50])
    assert plain.risk_metrics.expected_shortfall == pytest.approx(losses[:50].mean())


def test_a_horizon_is_simulated_and_the_square_root_is_named(returns):
    report = portfolio_risk(returns, WEIGHTS, horizon=10, simulations=20_000)
    methods = report.to_frame().index.unique(0).tolist()
    assert methods == [
        "Monte Carlo, multivariate Student t",
        "historical, days drawn with replacement",
        "normal, closed form, square root of time",
    ]
    per_method = report.to_frame().xs(0.95, level=1)["value_at_risk"]
    assert per_method.max() < 1.15 * per_method.min()


def test_risk_scales_with_value_and_is_seeded(returns):
    small, large = (portfolio_risk(returns, WEIGHTS, value).risk_metrics for value in (1.0, 250.0))
    assert large.expected_shortfall == pytest.approx(250 * small.expected_shortfall)
    assert large.value_at_risk.var_percentage == pytest.approx(small.value_at_risk.var_amount)


def test_shorts_hedge_and_cash_is_what_is_left(returns):
    hedged = portfolio_risk(returns, {"A": 0.5, "B": -0.5}, model=None)
    assert sum(one.risk_share for one in hedged.contributions) == pytest.approx(1)
    whole, half = (portfolio_risk(returns, {"A": w}, model=None) for w in (1.0, 0.5))
    assert half.risk_metrics.volatility == pytest.approx(whole.risk_metrics.volatility / 2)
    assert half.correlations.correlation_risk == "undefined"


def test_beta_against_its_own_largest_position(returns):
    report = portfolio_risk(returns, {"A": 1.0}, model=None, benchmark=returns["A"] / 2)
    assert report.benchmark == "A"
    assert report.risk_metrics.portfolio_beta == pytest.approx(2)
    assert report.risk_decomposition.systematic == pytest.approx(1)


def test_a_benchmark_of_other_dates_leaves_beta_undefined_and_says_so(returns):
    moved = returns["A"].set_axis(returns.index + pd.Timedelta(days=9_000))
    report = portfolio_risk(returns, WEIGHTS, model=None, benchmark=moved)
    assert np.isnan(report.risk_metrics.portfolio_beta)
    assert "Beta is undefined" in report.notes[0]


def test_a_short_history_leaves_out_the_tail_it_cannot_show(returns):
    report = portfolio_risk(returns[-60:], WEIGHTS, model=None)
    assert ("historical", 0.99) not in report.to_frame().index
    assert ("historical", 0.95) in report.to_frame().index


def test_the_last_row_of_a_backtest_will_do(returns):
    weights = pd.DataFrame([[0.0, 0.6, 0.4]], columns=["A", "B", "C"])
    assert portfolio_risk(returns, weights.iloc[-1], model=None).portfolio.positions_count == 2


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"tail": 0.95}, OutOfRange, "tail"),
        ({"horizon": 0}, OutOfRange, "time_horizon"),
        ({"simulations": 10}, OutOfRange, "simulations"),
        ({"model": "lognormal"}, UnknownName, "student_t"),
        ({"value": 0}, OutOfRange, "above zero"),
        ({"value": np.nan}, OutOfRange, "above zero"),
        ({"weights": {}}, InvalidInput, "empty"),
        ({"weights": {"A": 0.0}}, InvalidInput, "empty"),
        ({"weights": {"A": np.nan}}, InvalidInput, "not finite"),
        ({"weights": {"Z": 1.0}}, UnknownName, "A, B, C"),
        ({"tail": 0.0005}, TooLittleHistory, "2000"),
    ],
)
def test_bad_input_says_what_to_do(returns, changes, error, message):
    with pytest.raises(error, match=message):
        portfolio_risk(returns, **{"weights": WEIGHTS, **changes})


def test_too_short_a_history(returns):
    with pytest.raises(TooLittleHistory, match="at least 30"):
        portfolio_risk(returns[-20:], WEIGHTS)


def test_it_is_good_to_look_at(returns):
    report = portfolio_risk(returns, WEIGHTS, 1e5, simulations=2_000)
    assert "value at risk" in repr(report)
    assert "no benchmark" in repr(report)
    assert report.plot() is not None
    assert portfolio_risk(returns, WEIGHTS, model=None).plot() is not None
