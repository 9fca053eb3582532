"""The numbers of an evaluation, from outside the code."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain import Timeframe
from workbench.errors import InvalidInput, TooLittleHistory
from workbench.forecast import evaluate, fit_drift, fit_repeat_last, score
from workbench.forecast.evaluation import holm, season_of

QUANTILES = [0.1, 0.5, 0.9]


class Fixed:
    """Forecasts that the next value is the last plus a number."""

    def __init__(self, shift, horizon=1):
        self.shift, self.horizon, self.input_size = shift, horizon, 1

    def predict(self, history, quantiles):
        point = history[:, -1, None, None] + self.shift
        return np.tile(point, (1, self.horizon, len(quantiles)))


def test_two_forecasts_worked_by_hand():
    """Last 10 and 20; came 12 and 19; said 11 (9 to 13) and 21 (20 to 22).

    Errors 1 and −2: MAE 1.5, RMSE √2.5, MAPE (1/12 + 2/19)/2. The mean outcome is 15.5, so the
    total square is 24.5 and R² = 1 − 5/24.5. Against no change the squares are 4 + 1, so the R²
    of the change is 0. The quantile losses are, for 0.1, 0.3 and 0.9; for 0.5, 0.5 and 1.0; for
    0.9, 0.1 and 0.3: the mean is 3.1/6. One move of two was foreseen; 19 is outside 20 to 22.
    """
    predicted = np.array([[[9.0, 11.0, 13.0]], [[20.0, 21.0, 22.0]]])
    scores = score("x", predicted, np.array([10.0, 20.0]), np.array([[12.0], [19.0]]), QUANTILES)
    assert scores.mae == pytest.approx(1.5)
    assert scores.rmse == pytest.approx(np.sqrt(2.5))
    assert scores.mape == pytest.approx((1 / 12 + 2 / 19) / 2)
    assert scores.r2_score == pytest.approx(1 - 5 / 24.5)
    assert scores.r2_change == pytest.approx(0.0)
    assert scores.pinball == pytest.approx(3.1 / 6)
    assert scores.directional_accuracy == pytest.approx(0.5)
    assert scores.coverage == {"80%": pytest.approx(0.5)}


def test_scores_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    rng = np.random.default_rng(3)
    actual = rng.uniform(50, 150, (40, 5))
    predicted = np.sort(actual[:, :, None] + rng.normal(0, 5, (40, 5, 3)), axis=2)
    scores = score("x", predicted, actual[:, 0], actual, QUANTILES)
    flat, point = actual.ravel(), predicted[:, :, 1].ravel()
    assert scores.mae == pytest.approx(metrics.mean_absolute_error(flat, point))
    assert scores.rmse == pytest.approx(metrics.root_mean_squared_error(flat, point))
    assert scores.mape == pytest.approx(metrics.mean_absolute_percentage_error(flat, point))
    assert scores.r2_score == pytest.approx(metrics.r2_score(flat, point))
    pinball = [
        metrics.mean_pinball_loss(flat, predicted[:, :, at].ravel(), alpha=q)
        for at, q in enumerate(QUANTILES)
    ]
    assert scores.pinball == pytest.approx(np.mean(pinball))


def test_a_model_that_knows_the_slope_beats_repeat_last():
    values = np.arange(100.0, 200.0)
    found = evaluate(Fixed(0.75), Fixed(0.0), values, 80, quantiles=QUANTILES, name="slope")
    assert found.origins == 20
    assert found.skill == pytest.approx(0.75)
    assert found.skills["repeat-last"] == found.skill
    assert found.statement.startswith("slope is nearer than repeat-last")
    assert "cannot be tested: always the same difference" in found.statement
    assert "p_value" in repr(found)


def test_a_gain_that_luck_explains_is_called_so(walk):
    """Errors of a model that is better by a hair, and worse as often."""
    flips = np.random.default_rng(3).permutation(np.repeat([1.0, -1.0], 350))

    class Guess(Fixed):
        def predict(self, history, quantiles):
            return super().predict(history, quantiles) - 0.01 * flips[: len(history), None, None]

    found = evaluate(Guess(0.0), Fixed(0.0), walk, 400, quantiles=QUANTILES, name="guess")
    assert found.skill > 0
    assert "does not beat repeat-last beyond luck" in found.statement
    assert found.p_value > 0.05


def test_a_gain_beyond_luck_is_called_so_and_tested_at_each_step():
    path = np.cumsum(np.random.default_rng(1).normal(0.5, 1.0, 1_200)) + 1_000
    naive, model = fit_repeat_last(path[:600], 6), fit_drift(path[:600], 6)
    found = evaluate(model, naive, path, 600, quantiles=QUANTILES, name="trend", season=5)
    assert "more than luck explains (one-sided p " in found.statement
    assert [step.step for step in found.steps] == [1, 2, 3, 5, 6]
    assert found.steps[-1].skill > found.steps[0].skill > 0
    tests = found.tests()
    assert set(tests["rival"]) == {"repeat-last", "drift", "seasonal naive", "NLinear"}
    assert set(tests.loc[tests["test"] == "Clark-West", "rival"]) == set()
    for_all = tests[(tests["rival"] == "repeat-last") & (tests["test"] == "Diebold-Mariano")]
    assert list(for_all["loss"]) == ["absolute"] * 6 + ["quantile"] * 6
    for family in (for_all, tests[tests["rival"] != "repeat-last"]):
        np.testing.assert_allclose(family["p_holm"], holm(family["p_value"].tolist()))
    assert next(iter(found.to_frame().index)) == "repeat-last"
    assert found.model_validate(found.model_dump()).statement == found.statement
    assert {figure.title.text for figure in found.plot().children} == {
        "Mean absolute error by step",
        "Outcomes below each quantile",
    }


def test_too_few_windows_are_no_evidence():
    path = np.cumsum(np.random.default_rng(1).normal(0.5, 1.0, 700)) + 1_000
    drift, naive = fit_drift(path[:600], 12), fit_repeat_last(path[:600], 12)
    found = evaluate(drift, naive, path, 600, quantiles=QUANTILES, name="drifting")
    assert np.isnan(found.p_value)
    assert found.skill > 0
    assert "not testable: 8 independent windows" in found.statement
    row = found.comparisons[0]
    assert row.verdict == "not testable: 8 independent windows"


def test_the_season_of_a_timeframe():
    seasons = {"1d": 5, "1h": 24, "4h": 6, "1m": 60, "1M": 12, "1w": 52, "7h": 1, "2d": 1, "1s": 1}
    assert {name: season_of(Timeframe.parse(name)) for name in seasons} == seasons


def test_a_model_that_does_not_beat_repeat_last_is_told_so(walk):
    found = evaluate(Fixed(3.0), Fixed(0.0), walk, 600, quantiles=QUANTILES, name="shift")
    assert found.skill < 0
    assert "does not beat repeat-last" in found.statement
    assert list(found.to_frame().index) == ["repeat-last", "drift", "NLinear", "shift"]


def test_repeat_last_predicts_no_direction(walk):
    naive = fit_repeat_last(walk[:600], 5)
    found = evaluate(naive, naive, walk, 600, quantiles=QUANTILES, name="itself")
    assert np.isnan(found.naive.directional_accuracy)
    assert found.skill == 0.0
    assert found.naive.r2_change == 0.0


def test_intervals_of_repeat_last_cover_a_walk_as_they_say(walk):
    long = np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, 20_000)))
    naive = fit_repeat_last(long[:10_000], 3)
    found = evaluate(naive, naive, long, 10_000, quantiles=QUANTILES, name="itself")
    assert found.naive.coverage["80%"] == pytest.approx(0.8, abs=0.02)


def test_a_tail_shorter_than_the_horizon_is_refused(walk):
    naive = fit_repeat_last(walk, 12)
    with pytest.raises(TooLittleHistory):
        evaluate(naive, naive, walk, 695, quantiles=QUANTILES, name="x")


def test_quantiles_without_a_mirror_are_refused(walk):
    naive = fit_repeat_last(walk, 2)
    with pytest.raises(InvalidInput, match="symmetric"):
        evaluate(naive, naive, walk, 600, quantiles=[0.1, 0.5, 0.8], name="x")
