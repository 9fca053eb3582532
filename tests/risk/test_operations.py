"""The verbs of risk, on real prices and from the wire."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pandas as pd
import pytest

import workbench.data
from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName, WorkbenchError
from workbench.registry import call
from workbench.risk import Holding, correlation_analysis, risk_analysis

PORTFOLIO = [
    {"symbol": "AAPL", "value": 50_000},
    {"symbol": "JPM", "quantity": 100, "price": 200.0, "sector": "banks"},
    {"symbol": "XOM", "value": 20_000},
    {"symbol": "XOM", "value": 10_000},
]


@pytest.fixture(scope="module")
def report():
    return risk_analysis(PORTFOLIO, simulations=20_000)


def test_the_original_fields_are_there(report):
    wire = json.loads(report.model_dump_json())
    assert wire["portfolio"]["total_value"] == 100_000
    assert wire["portfolio"]["positions_count"] == 3
    assert wire["portfolio"]["concentration_risk"] == pytest.approx(0.38)
    assert wire["risk_metrics"]["value_at_risk"]["confidence_level"] == 0.95
    assert set(wire["monte_carlo"]["confidence_intervals"]) == {"95%", "99%"}
    matrix = correlation_analysis(["AAPL", "JPM", "XOM"], 730).to_frame()
    first, second = wire["correlations"]["highest_pair"]
    assert wire["correlations"]["highest_correlation"] == matrix.loc[first, second]
    assert matrix.loc[first, second] == matrix.where(matrix < 0.999).max().max()
    assert "losses" not in wire


def test_the_figures_are_plausible_for_three_large_stocks(report):
    metrics = report.risk_metrics
    assert 0.01 < metrics.value_at_risk.var_percentage < 0.04
    assert metrics.expected_shortfall > metrics.value_at_risk.var_amount
    assert 0.7 < metrics.portfolio_beta < 1.5
    assert report.benchmark == "SP500"
    assert report.last_session == dt.date(2022, 12, 28)
    assert any("Survivors" in note for note in report.notes)
    assert any("CPU" in note for note in report.notes)


def test_the_wire_and_python_agree(report):
    wire = call("risk_analysis", {"portfolio": PORTFOLIO, "simulations": 20_000})
    assert wire.model_dump_json() == report.model_dump_json()
    objects = [Holding(**position) for position in PORTFOLIO]
    assert risk_analysis(objects, simulations=20_000).risk_metrics == report.risk_metrics


def test_history_alone_needs_no_simulation():
    plain = risk_analysis(PORTFOLIO, 0.01, use_monte_carlo=False, use_gpu=False)
    assert plain.method == "historical"
    assert plain.monte_carlo is None
    assert not any("CPU" in note for note in plain.notes)


def test_an_end_date_hides_what_came_later():
    then = risk_analysis(PORTFOLIO, use_monte_carlo=False, end_date=dt.date(2019, 6, 28))
    assert then.last_session == dt.date(2019, 6, 28)
    assert then.first_session > dt.date(2017, 6, 27)


@pytest.mark.parametrize(
    ("portfolio", "error", "message"),
    [
        ([], InvalidInput, "empty"),
        ([{"symbol": "AAPLE", "value": 1}], UnknownName, "Did you mean 'AAPL'"),
        ([{"symbol": "AAPL", "value": 0}], OutOfRange, "The value of AAPL"),
        ([{"symbol": "AAPL", "value": -5}], OutOfRange, "short"),
        ([{"symbol": "AAPL", "value": math.nan}], OutOfRange, "positive amount"),
        ([{"symbol": "AAPL"}], InvalidInput, "no value"),
        ([{"value": 5}], InvalidInput, "symbol"),
        (["AAPL"], InvalidInput, "quantity and price"),
    ],
)
def test_positions_that_cannot_be_used(portfolio, error, message):
    with pytest.raises(error, match=message):
        risk_analysis(portfolio)
    with pytest.raises(WorkbenchError):
        call("risk_analysis", {"portfolio": portfolio})


@pytest.mark.parametrize("confidence", [0, 0.5, 0.95, -1, math.nan])
def test_a_tail_outside_its_range(confidence):
    with pytest.raises(OutOfRange, match=r"0\.05 for 95%"):
        risk_analysis(PORTFOLIO, confidence)


def test_what_is_out_of_range_on_the_wire():
    with pytest.raises(OutOfRange, match="time_horizon"):
        call("risk_analysis", {"portfolio": PORTFOLIO, "time_horizon": 0})
    with pytest.raises(UnknownName, match="benchmark"):
        call("risk_analysis", {"portfolio": PORTFOLIO, "benchmrk": "sp500"})
    with pytest.raises(InvalidInput, match="one symbol"):
        risk_analysis(PORTFOLIO, use_monte_carlo=False, benchmark="sp500-20")
    with pytest.raises(TooLittleHistory):
        risk_analysis(PORTFOLIO, 0.01, use_monte_carlo=False, lookback_days=60)


def test_correlations_of_real_symbols():
    found = correlation_analysis(["AAPL", "MSFT", "KO"], 365)
    matrix = found.to_frame()
    assert matrix.loc["AAPL", "MSFT"] > matrix.loc["AAPL", "KO"]
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1)
    pairs = [matrix.iloc[0, 1], matrix.iloc[0, 2], matrix.iloc[1, 2]]
    statistics, metrics = found.summary_statistics, found.diversification_metrics
    assert statistics.average == pytest.approx(np.mean(pairs))
    assert metrics.effective_assets == pytest.approx(3 / (1 + np.mean(pairs)))
    assert metrics.diversification_ratio == pytest.approx(1 - np.mean(pairs))
    assert metrics.effective_independent_assets == pytest.approx(3 / (1 + 2 * np.mean(pairs)))
    assert metrics.choueifaty_ratio > 1
    assert found.plot() is not None


def test_the_period_is_in_calendar_days_back_from_the_last_session():
    found = correlation_analysis(["AAPL", "KO"], 7, end_date=dt.date(2022, 6, 30))
    assert found.last_session == dt.date(2022, 6, 30)
    assert found.first_session == dt.date(2022, 6, 24)
    assert found.observations == 5


def own_frame(symbols, periods=80):
    days = pd.bdate_range("2031-01-01", periods=periods, name="time")
    steps = np.random.default_rng(3).normal(0, 0.01, (periods, len(symbols)))
    return pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), index=days, columns=symbols)


def test_a_frame_of_ones_own_beyond_the_benchmark():
    own = own_frame(["X", "Y"])
    held = [{"symbol": "X", "value": 1.0}, {"symbol": "y", "value": 1.0}]
    found = risk_analysis(held, dataset=own, simulations=1_000, end_date=dt.date(2031, 4, 1))
    assert found.last_session == dt.date(2031, 4, 1)
    assert math.isnan(found.risk_metrics.portfolio_beta)
    assert json.loads(found.model_dump_json())["risk_metrics"]["portfolio_beta"] is None
    with pytest.raises(UnknownName, match="Choose one of: X, Y"):
        risk_analysis([{"symbol": "Z", "value": 1.0}], dataset=own)


def test_currencies_that_differ_are_named():
    bars = workbench.data.bars(own_frame(["X", "Y"]))
    mixed = bars.assign_coords(currency=("symbol", ["USD", "EUR"]))
    notes = correlation_analysis(["X", "Y"], dataset=mixed).notes
    assert any("EUR, USD" in note for note in notes)


def test_what_never_moves_has_no_correlation():
    still = own_frame(["X", "Y"]).assign(Y=7.0)
    found = correlation_analysis(["X", "Y"], dataset=still)
    assert found.diversification_metrics.concentration_risk == "undefined"
    assert json.loads(found.model_dump_json())["summary_statistics"]["average"] is None
    with pytest.raises(TooLittleHistory, match="at least 3"):
        correlation_analysis(["X", "Y"], dataset=still[:3])


def test_correlation_over_the_wire():
    found = call("correlation_analysis", {"symbols": ["aapl", "SP500"], "period_days": 30})
    wire = json.loads(found.model_dump_json())
    assert set(wire["correlation_matrix"]) == {"aapl", "SP500"}
    assert wire["diversification_metrics"]["concentration_risk"] in {"low", "moderate", "high"}


@pytest.mark.parametrize(
    ("symbols", "error", "message"),
    [
        (["AAPL"], OutOfRange, "from 2 to 100"),
        ([], OutOfRange, "from 2 to 100"),
        ([f"S{number}" for number in range(101)], OutOfRange, "from 2 to 100"),
        (["AAPL", "aapl"], InvalidInput, "twice"),
        (["AAPL", "NOPE"], UnknownName, "NOPE"),
    ],
)
def test_symbols_that_cannot_be_used(symbols, error, message):
    with pytest.raises(error, match=message):
        correlation_analysis(symbols)
