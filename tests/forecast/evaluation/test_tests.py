"""Tests of accuracy against other implementations, and their size where the null is true."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.forecast.evaluation import (
    RollingOrigins,
    clark_west,
    compare,
    diebold_mariano,
    holm,
    mean_test,
    model_confidence_set,
)
from workbench.forecast.evaluation.means import cosine_error, cosines_for, windows_in
from workbench.forecast.evaluation.student import t_cdf, t_quantile

ANSWERS = json.loads(
    (Path(__file__).parents[2] / "answers" / "forecast_evaluation.json").read_text()
)
Y, A, B = (np.array(ANSWERS["series"][name]) for name in "yab")
LOSS = {"squared": np.square, "absolute": np.abs}


@pytest.mark.parametrize("case", ANSWERS["student"], ids=str)
def test_the_t_distribution_is_scipy_s(case):
    assert t_cdf(case["value"], case["freedom"]) == pytest.approx(case["cdf"], abs=1e-12)


@pytest.mark.parametrize("case", ANSWERS["student_quantiles"], ids=str)
def test_the_quantiles_of_t_are_scipy_s(case):
    found = t_quantile(case["probability"], case["freedom"])
    assert found == pytest.approx(case["value"], rel=1e-9)


def test_with_many_degrees_of_freedom_t_is_the_normal():
    assert t_cdf(1.959963985, 10**6) == pytest.approx(0.975, abs=1e-9)
    assert np.isnan(t_cdf(float("nan"), 3))


@pytest.mark.parametrize("case", ANSWERS["diebold_mariano"], ids=str)
def test_diebold_mariano_is_that_of_statsmodels(case):
    loss = LOSS[case["loss"]]
    ours, theirs = loss(Y - A), loss(Y - B)
    found = diebold_mariano(ours, theirs, case["horizon"], "two-sided")
    assert found.method == "Harvey-Leybourne-Newbold"
    assert found.statistic == pytest.approx(case["statistic"], rel=1e-10)
    assert found.p_value == pytest.approx(case["two_sided"], rel=1e-8)
    one_sided = diebold_mariano(ours, theirs, case["horizon"])
    assert one_sided.p_value == pytest.approx(case["two_sided"] / 2, rel=1e-8)


@pytest.mark.parametrize("case", ANSWERS["clark_west"], ids=str)
def test_clark_west_is_the_regression_of_the_paper(case):
    found = clark_west(A, B, Y, case["horizon"])
    assert found.statistic == pytest.approx(case["statistic"], rel=1e-10)
    assert found.p_value == pytest.approx(case["p_value"], rel=1e-8)


def test_cosines_are_the_discrete_cosine_transform_of_scipy():
    case = ANSWERS["cosines"]
    difference = np.abs(Y - B) - np.abs(Y - A)
    assert cosines_for(len(Y), case["horizon"]) == case["cosines"]
    assert cosine_error(difference, case["cosines"])[0] == pytest.approx(case["error"], rel=1e-10)
    found = mean_test(difference, case["horizon"])
    assert found.method == "equal-weighted cosines"
    assert found.statistic == pytest.approx(case["statistic"], rel=1e-10)
    assert found.p_value == pytest.approx(case["p_value"], rel=1e-8)
    low, high = found.interval(0.9)
    assert low + high == pytest.approx(2 * found.mean)
    assert high - low == pytest.approx(2 * case["error"] * t_quantile(0.95, case["cosines"]))


def test_holm_is_that_of_statsmodels_and_leaves_out_what_has_no_p_value():
    case = ANSWERS["holm"]
    assert holm(case["p_values"]) == pytest.approx(case["adjusted"])
    with_gap = holm([case["p_values"][0], float("nan"), *case["p_values"][1:]])
    assert np.isnan(with_gap[1])
    assert with_gap[:1] + with_gap[2:] == pytest.approx(case["adjusted"])
    assert holm([]) == []


@pytest.mark.parametrize(
    ("origins", "horizon", "method"),
    [
        (500, 10, "Harvey-Leybourne-Newbold"),
        (500, 11, "equal-weighted cosines"),
        (500, 25, "equal-weighted cosines"),
        (500, 26, "not testable"),
        (19, 1, "not testable"),
    ],
)
def test_the_horizon_decides_which_test_bears_it(origins, horizon, method):
    values = np.random.default_rng(3).normal(size=origins)
    found = mean_test(values, horizon)
    assert found.method == method
    assert found.windows == -(-origins // horizon)
    assert np.isnan(found.p_value) == (method == "not testable")
    assert np.isnan(found.interval()[0]) == (method == "not testable")
    assert found.mean == pytest.approx(values.mean())


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_missing_measurement_is_not_passed_over(bad):
    with pytest.raises(InvalidInput, match="1 of 101"):
        mean_test(np.r_[bad, np.random.default_rng(3).normal(size=100)], 1)


def test_no_horizon_and_no_origins():
    with pytest.raises(OutOfRange):
        mean_test(np.zeros(50), 0)
    assert windows_in(0, 3) == 0
    assert mean_test(np.zeros(0), 1).method == "not testable"


def test_the_same_forecasts_have_no_p_value():
    found = mean_test(np.zeros(200), 1)
    assert (found.mean, found.error) == (0.0, 0.0)
    assert np.isnan(found.p_value)
    assert found.interval() == (0.0, 0.0)


def test_a_variance_that_comes_out_negative_is_measured_by_cosines():
    """Alternating signs have autocovariances of −1 and +1: with one lag the variance is below 0."""
    found = mean_test(np.tile([1.0, -1.0], 100) + 0.01, 2)
    assert found.method == "equal-weighted cosines"
    assert found.error > 0


def windows_of(rng, *, series=1, origins=500, horizon=4, names=("repeat-last", "a", "b"), lean=0.0):
    """Random walks whose forecasters add noise to the last value; ``b`` knows a part of it."""
    steps = rng.standard_normal((series, origins + horizon))
    path = np.cumsum(np.concatenate([np.zeros((series, 1)), steps], axis=1), axis=1)
    last = path[:, :origins]
    actual = np.stack([path[:, at + 1 : at + 1 + origins] for at in range(horizon)], axis=2)
    predicted = {}
    for name in names:
        noise = 0.0 if name == "repeat-last" else 0.3 * rng.standard_normal((series, origins, 1))
        known = lean * (actual - last[..., None]) if name == "b" else 0.0
        point = last[..., None] + noise * np.sqrt(np.arange(1, horizon + 1)) + known
        predicted[name] = point[..., None] + np.array([-1.0, 0.0, 1.0])
    return RollingOrigins((0.1, 0.5, 0.9), last, actual, np.ones(series), predicted)


def test_size_where_two_forecasts_are_equally_good():
    """3-8% at each horizon with a p-value; benchmarks/forecast_size.py is the long version."""
    rng = np.random.default_rng(42)
    draws = 300
    for horizon in (1, 5, 20):
        for statistic in (_equal_losses, _useless_term):
            p_values = np.array([statistic(rng, 400, horizon) for _ in range(draws)])
            assert 0.02 < np.mean(p_values < 0.05) < 0.09, (horizon, statistic.__name__)


def _outcomes(rng, origins, horizon):
    path = np.cumsum(np.r_[0.0, rng.standard_normal(origins + horizon)])
    return path[horizon : horizon + origins] - path[:origins]


def _equal_losses(rng, origins, horizon):
    came = _outcomes(rng, origins, horizon)
    noise = 0.3 * np.sqrt(horizon) * rng.standard_normal((2, origins))
    return diebold_mariano(np.abs(came - noise[0]), np.abs(came - noise[1]), horizon).p_value


def _useless_term(rng, origins, horizon):
    came = _outcomes(rng, origins, horizon)
    term = 0.3 * np.sqrt(horizon) * rng.standard_normal(origins)
    return clark_west(term, np.zeros(origins), came, horizon).p_value


def test_comparisons_are_a_family():
    windows = windows_of(np.random.default_rng(5), lean=0.3)
    rows = compare(windows, ["a", "b"], "repeat-last", nesting={"b"})
    plain = [row for row in rows if row.test == "Diebold-Mariano"]
    larger = [row for row in rows if row.test == "Clark-West"]
    assert [(row.name, row.step) for row in plain] == [
        (name, step) for name in "ab" for step in (None, 1, 2, 3, 4)
    ]
    assert [(row.name, row.step) for row in larger] == [("b", step) for step in (1, 2, 3, 4)]
    for family in (plain, larger):
        adjusted = holm([row.p_value for row in family])
        assert [row.p_holm for row in family] == pytest.approx(adjusted)
    by_name = {name: [row for row in plain if row.name == name] for name in "ab"}
    assert all(row.skill < 0 and row.p_value > 0.5 for row in by_name["a"])
    assert all(row.skill > 0 and row.p_holm < 0.01 for row in by_name["b"])
    assert by_name["b"][0].verdict == "p < 0.001"


def test_beyond_twenty_windows_nothing_is_claimed():
    windows = windows_of(np.random.default_rng(5), origins=60, lean=0.5)
    (row,) = compare(windows, ["b"], "repeat-last", steps=[4])
    assert row.verdict == "not testable: 15 independent windows"
    assert row.skill > 0
    (same,) = compare(windows, ["b"], "b", steps=[1])
    assert same.verdict == "the same forecasts"
    steady = same.model_copy(update={"difference": 0.1})
    assert steady.verdict == "always the same difference"


def test_losses_of_series_in_other_units_are_weighed_by_their_steps():
    one = windows_of(np.random.default_rng(6), series=2, lean=0.2)
    factor = np.array([1.0, 1_000.0])
    scaled = RollingOrigins(
        one.quantiles,
        one.last * factor[:, None],
        one.actual * factor[:, None, None],
        factor,
        {name: given * factor[:, None, None, None] for name, given in one.predicted.items()},
    )
    for loss in ("absolute", "squared", "quantile", "crps"):
        pairs = zip(*(compare(w, ["b"], "a", loss=loss) for w in (one, scaled)), strict=True)
        assert all(a.p_value == pytest.approx(b.p_value, rel=1e-9) for a, b in pairs)


def test_a_series_that_stood_still_before_is_tested_alone_but_not_beside_others():
    one = windows_of(np.random.default_rng(6), lean=0.2)
    still = dataclasses.replace(one, unit=np.zeros(1))
    expected, found = (compare(w, ["b"], "repeat-last", nesting={"b"}) for w in (one, still))
    assert [row.p_value for row in found] == [row.p_value for row in expected]
    two = windows_of(np.random.default_rng(6), series=2, lean=0.2)
    with pytest.raises(InvalidInput, match="Series 0 does not move"):
        compare(dataclasses.replace(two, unit=np.array([0.0, 1.0])), ["b"], "repeat-last")


def test_an_unknown_forecaster_or_loss_is_named():
    windows = windows_of(np.random.default_rng(5))
    with pytest.raises(UnknownName, match="repeat-last"):
        compare(windows, ["c"], "repeat-last")
    with pytest.raises(UnknownName, match="quantile"):
        compare(windows, ["a"], "repeat-last", loss="rmse")


def test_the_confidence_set_keeps_the_best_and_drops_the_worst():
    pytest.importorskip("arch", reason="the extra 'forecast' is not installed")
    rng = np.random.default_rng(8)
    windows = windows_of(rng, names=("repeat-last", "a", "b"), lean=0.5)
    windows.predicted["twin"] = windows.predicted["b"]
    found = model_confidence_set(windows, rng, step=1, draws=300)
    assert found.included == ["b", "twin"]
    assert found.p_values["b"] == found.p_values["twin"] == 1.0
    assert found.p_values["a"] < 0.05
    again = model_confidence_set(windows, np.random.default_rng(1), draws=300, loss="quantile")
    same = model_confidence_set(windows, np.random.default_rng(1), draws=300, loss="quantile")
    assert again == same


def test_a_confidence_set_of_one_and_of_too_few_windows():
    rng = np.random.default_rng(8)
    alone = model_confidence_set(windows_of(rng, names=("a",)), rng)
    assert (alone.included, alone.p_values) == (["a"], {"a": 1.0})
    few = model_confidence_set(windows_of(rng, origins=399), rng)
    assert (few.included, few.method) == ([], "not testable")
