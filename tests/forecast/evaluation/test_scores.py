"""Scores against closed forms, other libraries and examples worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.forecast import NLinearLearner, RepeatLast, fit_nlinear, fit_repeat_last, score
from workbench.forecast.evaluation import (
    crps,
    direction_of,
    interval_score,
    pinball_loss,
    rolling_origins,
    scores_by_step,
    scores_of,
    shares_below,
    trade_the_sign,
)
from workbench.forecast.evaluation.direction import share_interval

ANSWERS = json.loads(
    (Path(__file__).parents[2] / "answers" / "forecast_evaluation.json").read_text()
)
QUANTILES = [0.1, 0.5, 0.9]


@pytest.mark.parametrize("case", ANSWERS["crps"]["cases"], ids=str)
def test_crps_is_the_integral(case):
    given_values = np.array(ANSWERS["crps"]["values"])
    found = crps(given_values, np.array(case["actual"]), ANSWERS["crps"]["quantiles"])
    assert float(found) == pytest.approx(case["crps"], abs=1e-9)


@pytest.mark.parametrize("case", ANSWERS["crps_normal"], ids=str)
def test_crps_of_many_quantiles_of_a_normal_is_the_closed_form(case):
    from statistics import NormalDist

    levels = [at / 2_000 for at in range(1, 2_000)]
    values = np.array([NormalDist().inv_cdf(q) for q in levels])
    found = crps(values, np.array(case["actual"]), levels)
    assert float(found) == pytest.approx(case["crps"], abs=2e-4)


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_crps_of_one_quantile_is_the_absolute_error(said, came):
    assert float(crps(np.array([said]), np.array(came), [0.5])) == pytest.approx(abs(said - came))


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=3), st.floats(-100, 100))
def test_crps_moves_with_the_units(values, came):
    ordered = np.sort(np.array(values))
    one = crps(ordered, np.array(came), QUANTILES)
    shifted = crps(10 * ordered + 7, np.array(10 * came + 7), QUANTILES)
    assert float(shifted) == pytest.approx(10 * float(one), rel=1e-6, abs=1e-6)
    assert float(one) >= 0


def test_interval_score_by_hand():
    """From 2 to 5 at 80%: 4 costs 3, 1 costs 3 + 10 · 1, 5.5 costs 3 + 10 · 0.5."""
    low, high = np.full(3, 2.0), np.full(3, 5.0)
    found = interval_score(low, high, np.array([4.0, 1.0, 5.5]), 0.2)
    np.testing.assert_allclose(found, [3.0, 13.0, 8.0])


def test_the_interval_score_is_made_of_two_pinball_losses():
    """Gneiting and Raftery: IS = (2/α)(QL(α/2) + QL(1 − α/2))."""
    rng = np.random.default_rng(2)
    ends = np.sort(rng.normal(size=(50, 2)), axis=1)
    came = rng.normal(size=50)
    both = pinball_loss(ends, came, [0.1, 0.9]) * 2
    np.testing.assert_allclose(interval_score(*ends.T, came, 0.2), 2 / 0.2 * both)


def test_the_sign_is_traded_in_tranches_by_hand():
    """Horizon 2, signs + + −: positions ½, 1, 0; returns 10%, −10%, 10%.

    Gross ½·10% − 10% + 0 = −5%; traded ½ + ½ + 1 = 2, at 100 bps 2%. Holding: 10%.
    """
    last = np.array([[100.0, 110.0, 99.0]])
    actual = np.array([[[110.0, 99.0], [99.0, 108.9], [108.9, 100.0]]])
    point = last[..., None] + np.array([[[0, 1], [0, 1], [0, -1]]])
    found = trade_the_sign(point, last, actual, 100.0)
    assert found.gross_return == pytest.approx(-0.05)
    assert found.turnover == pytest.approx(2.0)
    assert found.cost == pytest.approx(0.02)
    assert found.net_return == pytest.approx(-0.07)
    assert found.held_return == pytest.approx(0.1)
    assert np.isnan(trade_the_sign(point - 200, last - 200, actual - 200, 1.0).net_return)


@pytest.mark.parametrize("case", ANSWERS["wilson"], ids=str)
def test_the_interval_of_independent_throws_is_that_of_wilson(case):
    """With h = 1 the throws are as many as the origins, to 1/n."""
    right, of = case["right"], case["of"]
    hits = np.random.default_rng(0).permutation(np.r_[np.ones(right), np.zeros(of - right)])
    low, high = share_interval(hits, right / of, 1)
    assert low == pytest.approx(case["low"], abs=2.5e-3 if of == 100 else 1e-4)
    assert high == pytest.approx(case["high"], abs=2.5e-3 if of == 100 else 1e-4)


def test_overlapping_windows_are_fewer_throws():
    rng = np.random.default_rng(4)
    path = np.cumsum(rng.standard_normal(2_001))
    hits = (path[10:] > path[:-10]).astype(float)  # who always says up
    low, high = share_interval(hits, hits.mean(), 10)
    naive_low, naive_high = share_interval(rng.permutation(hits), hits.mean(), 1)
    assert high - low > 2 * (naive_high - naive_low)
    assert np.isnan(share_interval(hits[:150], 0.5, 10)).all()


def test_always_right_is_not_certain():
    low, high = share_interval(np.ones(100), 1.0, 1)
    assert 0.95 < low < 0.99
    assert high == 1.0


def test_moves_of_zero_do_not_count_as_a_direction():
    point = np.array([[[101.0], [100.0], [99.0], [101.0]]])
    actual = np.array([[[102.0], [105.0], [100.0], [98.0]]])
    found = direction_of(point, np.full((1, 4), 100.0), actual)
    assert found.accuracy == pytest.approx(0.5)
    assert found.base_rate == pytest.approx(0.5)


def test_the_tables_of_steps_and_of_quantiles(walk):
    naive = fit_repeat_last(walk[:500], 3)
    windows = rolling_origins({"repeat-last": naive}, walk, 500, horizon=3, quantiles=QUANTILES)
    assert windows.origins == 198
    table = scores_by_step(windows)
    assert list(table.index) == [("repeat-last", step) for step in (1, 2, 3)]
    pooled = scores_of(windows, "repeat-last")
    assert pooled.mae == pytest.approx(table["mae"].mean())
    assert pooled.rmse == pytest.approx(np.sqrt((table["rmse"] ** 2).mean()))
    assert pooled.crps == pytest.approx(table["crps"].mean())
    assert pooled.coverage["80%"] == pytest.approx(table["coverage_80%"].mean())
    assert pooled.interval_score["80%"] == pytest.approx(table["interval_score_80%"].mean())
    first = np.abs(walk[500:698] - walk[499:697])
    assert table["mae"].iloc[0] == pytest.approx(first.mean())
    assert pooled.mase == pytest.approx(pooled.mae / np.abs(np.diff(walk[:500])).mean())
    below = shares_below(windows)["repeat-last"]
    assert below.is_monotonic_increasing
    assert list(below.index) == QUANTILES


def test_learners_are_fitted_on_what_is_before_their_block_only(walk):
    seen = []

    class Spy(RepeatLast):
        def fit(self, history, horizon):
            seen.append(history.copy())
            return super().fit(history, horizon)

    told = []
    windows = rolling_origins(
        {"repeat-last": RepeatLast(), "spy": Spy()},
        walk,
        600,
        horizon=5,
        quantiles=QUANTILES,
        refit_every=40,
        on_progress=lambda *news: told.append(news),
    )
    assert [len(history) for history in seen] == [600, 640, 680]
    assert all((history == walk[: len(history)]).all() for history in seen)
    np.testing.assert_array_equal(windows.of("spy"), windows.of("repeat-last"))
    assert len(told) == 6
    assert told[0][:2] == (0, 96)


def test_what_comes_later_changes_no_forecast(walk):
    changed = walk.copy()
    changed[660:] *= 2
    before, after = (
        rolling_origins(
            {"NLinear": NLinearLearner(12)},
            path,
            600,
            horizon=4,
            quantiles=QUANTILES,
            refit_every=20,
        ).of("NLinear")
        for path in (walk, changed)
    )
    np.testing.assert_array_equal(before[:, :61], after[:, :61])
    assert not np.array_equal(before[:, 61:], after[:, 61:])


def test_nlinear_is_the_least_squares_of_scikit_learn(walk):
    linear = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is not installed")
    model = fit_nlinear(walk, 10, 3)
    path = np.log(walk)
    windows = np.lib.stride_tricks.sliding_window_view(path, 13)
    inputs = windows[:, :9] - windows[:, 9:10]
    expected = linear.LinearRegression().fit(inputs, windows[:, 10:] - windows[:, 9:10])
    said = model.predict(walk[None, :], QUANTILES)[0]
    last = path[-1] + expected.predict((path[-10:-1] - path[-1])[None, :])[0]
    np.testing.assert_allclose(said[:, 1], np.exp(last), rtol=1e-9)
    assert (np.diff(said, axis=1) > 0).all()


def test_nlinear_knows_a_sine_exactly():
    wave = 5 + np.sin(np.arange(400) * 2 * np.pi / 25)
    model = fit_nlinear(wave - 20, 8, 6)
    found = model.predict((wave[:300] - 20)[None, :], [0.5])[0, :, 0]
    np.testing.assert_allclose(found, wave[300:306] - 20, atol=1e-9)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"horizon": 6}, OutOfRange, "horizon of repeat-last"),
        ({"horizon": 0}, OutOfRange, "horizon"),
        ({"refit_every": 0}, OutOfRange, "refit_every"),
        ({"first": -5}, TooLittleHistory, "before the tail"),
        ({"first": 5, "season": 5}, TooLittleHistory, "before the tail"),
        ({"quantiles": QUANTILES[::-1]}, InvalidInput, "increasing"),
        ({"quantiles": [0.1, 0.5, 0.5, 0.5, 0.9]}, InvalidInput, "increasing"),
        ({"quantiles": []}, InvalidInput, "increasing"),
    ],
)
def test_a_question_without_an_answer_is_refused(walk, changes, error, words):
    naive = {"repeat-last": fit_repeat_last(walk[:600], 5)}
    asked = {"first": 600, "horizon": 5, "quantiles": QUANTILES} | changes
    with pytest.raises(error, match=words):
        rolling_origins(naive, walk, **asked)


def test_a_forecaster_that_says_nothing_is_named(walk):
    class Silent:
        input_size, horizon = 1, 2

        def predict(self, history, quantiles):
            return np.full((len(history), 2, len(quantiles)), np.nan)

    with pytest.raises(InvalidInput, match="forecasts of silent are missing"):
        rolling_origins({"silent": Silent()}, walk, 600, horizon=2, quantiles=QUANTILES)


def test_forecasts_of_too_few_steps_are_not_stretched():
    """One step said for three that came: numpy would repeat it."""
    with pytest.raises(InvalidInput, match="another shape"):
        score("short", np.ones((4, 1, 3)), np.ones(4), np.ones((4, 3)), QUANTILES)


def test_what_cannot_be_evaluated_is_refused(walk):
    naive = {"repeat-last": fit_repeat_last(walk, 5)}
    broken = walk.copy()
    broken[650] = np.nan
    with pytest.raises(InvalidInput, match="series 0 at position 650"):
        rolling_origins(naive, broken, 600, horizon=5, quantiles=QUANTILES)
    with pytest.raises(TooLittleHistory, match="tail"):
        rolling_origins(naive, walk, 697, horizon=5, quantiles=QUANTILES)
    with pytest.raises(TooLittleHistory, match="NLinear"):
        rolling_origins(
            {"NLinear": fit_nlinear(walk, 40, 5)}, walk, 30, horizon=5, quantiles=QUANTILES
        )
    with pytest.raises(TooLittleHistory):
        fit_nlinear(walk[:60], 20, 5)
    with pytest.raises(UnknownName, match="repeat-last"):
        rolling_origins(naive, walk, 600, horizon=5, quantiles=QUANTILES).of("drift")
