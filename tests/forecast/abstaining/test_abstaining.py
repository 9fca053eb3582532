"""The default departs where there is skill, and hardly ever where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import TooLittleHistory
from workbench.forecast import AutoregressionLearner, fit_autoregression, fit_default
from workbench.forecast.abstaining import decide
from workbench.forecast.abstaining.default import units_of
from workbench.forecast.evaluation import RollingOrigins
from workbench.ports import Learner, adapter


def walk(seed, length=900):
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, length)))


def momentum(seed, length, lag=0.3):
    """Returns that depend on the last by `lag`: the attainable R² of one step is `lag`²."""
    steps = np.random.default_rng(seed).normal(0, 0.01, length)
    for at in range(1, length):
        steps[at] += lag * steps[at - 1]
    return 100 * np.exp(np.cumsum(steps))


def test_it_hardly_ever_departs_on_a_random_walk():
    """At most 7.5%; benchmarks/forecast_default.py does 400 of them at each horizon."""
    departed = [fit_default(walk(seed), 1 + 4 * (seed % 2)).decision.departs for seed in range(60)]
    assert np.mean(departed) <= 0.075


@pytest.mark.parametrize("horizon", [1, 3])
def test_it_attains_the_skill_that_there_is(horizon):
    """At least 80% of what the true model attains on the next 2,000 steps."""
    path = momentum(7, 5_000)
    default = fit_default(path[:3_000], horizon)
    assert default.decision.departs
    assert default.decision.candidate == "autoregression"
    origins = np.arange(3_000, 5_000 - horizon)
    windows = np.lib.stride_tricks.sliding_window_view(path, 12)[origins - 12]
    said = default.predict(windows, [0.5])[:, horizon - 1, 0]
    last, came = path[origins - 1], path[origins + horizon - 1]
    known = sum(0.3**power for power in range(1, horizon + 1))
    truth = last * np.exp(known * np.log(last / path[origins - 2]))
    attained, attainable = (1 - np.mean((came - p) ** 2) / np.mean((came - last) ** 2)
                            for p in (said, truth))  # fmt: skip
    assert attained >= 0.8 * attainable > 0


def test_where_it_abstains_the_median_is_exactly_the_last_value():
    path = walk(3)
    default = fit_default(path, 4)
    assert not default.decision.departs
    said = default.predict(path[None, :], [0.1, 0.5, 0.9])
    assert (said[0, :, 1] == path[-1]).all()
    assert default.decision.statement.startswith("It is repeat-last")
    assert (default.horizon, default.input_size) == (4, 1)


def test_twenty_windows_are_needed():
    path = momentum(1, 400, lag=0.6)
    assert fit_default(path, 5).decision.departs
    few = fit_default(path, 15).decision
    assert not few.departs
    assert few.windows == 17  # 400 − 15 − 135 + 1 = 251 origins, and one more window begins at 241
    assert "20 are needed" in few.statement


def test_more_candidates_make_a_departure_dearer():
    path = momentum(11, 700, lag=0.2)
    learner = AutoregressionLearner()
    alone = fit_default(path, 1, {"one": learner}).decision
    both = fit_default(path, 1, {"one": learner, "two": learner}).decision
    assert both.p_value == pytest.approx(min(1.0, 2 * alone.p_value))
    assert (alone.tried, both.tried) == (1, 2)


def test_a_decision_by_hand():
    """Nearer by 1 at each of 40 origins but the first, where it is farther by 1."""
    gains = np.r_[-1.0, np.ones(39)]
    actual = np.zeros((1, 40, 1))
    naive = np.full((1, 40, 1, 1), 5.0)
    ours = naive - gains[None, :, None, None]
    said = {"repeat-last": naive, "it": ours}
    windows = RollingOrigins((0.5,), np.zeros((1, 40)), actual, np.ones(1), said)
    found = decide(windows, "it", np.ones((1, 40)))
    assert found.skill == pytest.approx(1 - (5 - gains.mean()) / 5)
    assert found.departs
    assert found.windows == 40
    same = decide(windows, "repeat-last", np.ones((1, 40)))
    assert not same.departs
    assert same.statement == "It is repeat-last: repeat-last says the same."


def test_a_candidate_is_fitted_eight_times_on_what_was_before_and_forecasts_what_comes():
    path, seen = walk(5, 1_000), []

    class Spy(AutoregressionLearner):
        def fit(self, history, horizon):
            seen.append(history.copy())
            return super().fit(history, horizon)

    assert not fit_default(path, 2, {"spy": Spy()}).decision.departs
    assert [len(history) for history in seen] == list(range(333, 1_000, 84))
    assert all((history == path[: len(history)]).all() for history in seen)


def test_the_future_changes_no_unit_of_the_past():
    path = momentum(5, 1_500)
    changed = path.copy()
    changed[1_000:] *= 3
    before, after = units_of(path), units_of(changed)
    np.testing.assert_array_equal(before[:1_000], after[:1_000])
    assert (before[1_000:] != after[1_000:]).all()


def test_a_loss_that_is_always_the_same_is_no_luck():
    """Farther by 1 at every origin: nothing varies, and p is 1."""
    actual = np.zeros((1, 40, 1))
    said = {"repeat-last": np.full((1, 40, 1, 1), 5.0), "it": np.full((1, 40, 1, 1), 6.0)}
    windows = RollingOrigins((0.5,), np.zeros((1, 40)), actual, np.ones(1), said)
    found = decide(windows, "it", np.ones((1, 40)))
    assert (found.p_value, found.departs) == (1.0, False)


def test_the_autoregression_is_that_of_statsmodels():
    ar_model = pytest.importorskip("statsmodels.tsa.ar_model", reason="statsmodels is absent")
    steps = np.random.default_rng(2).normal(0.002, 0.01, 2_000)
    for at in range(2, 2_000):
        steps[at] += 0.35 * steps[at - 1] - 0.25 * steps[at - 2]
    path = 100 * np.exp(np.cumsum(steps))
    model = fit_autoregression(path, 4)
    assert len(model.lags) == 2
    assert model.pull == 0.0
    differences = np.diff(np.log(path))
    expected = ar_model.AutoReg(differences, 2, hold_back=10, trend="c").fit()
    np.testing.assert_allclose([model.constant, *model.lags], expected.params, rtol=1e-6)
    moves = expected.predict(len(differences), len(differences) + 3)
    said = model.predict(path[None, :], [0.5])[0, :, 0]
    np.testing.assert_allclose(said, path[-1] * np.exp(np.cumsum(moves)), rtol=1e-9)


def test_the_autoregression_finds_a_pull_to_the_mean_and_nothing_in_a_walk():
    level, values = 0.0, []
    for shock in np.random.default_rng(3).normal(0, 1, 3_000).tolist():
        level = 0.9 * level + shock
        values.append(level)
    model = fit_autoregression(np.array(values) - 50.0, 3)
    assert model.transform == "level"
    assert model.pull == pytest.approx(-0.1, abs=0.03)
    assert not len(model.lags)
    nothing = fit_autoregression(walk(8), 3)
    assert nothing.is_repeat_last
    assert (nothing.predict(walk(8)[None, :], [0.5]) == walk(8)[-1]).all()


def test_a_series_that_stands_still_asks_for_nothing():
    assert fit_autoregression(np.full(200, 7.0), 2).is_repeat_last


def test_too_little_history_is_refused():
    with pytest.raises(TooLittleHistory):
        fit_autoregression(walk(1)[:62], 3)
    with pytest.raises(TooLittleHistory, match="last steps"):
        fit_autoregression(momentum(1, 800), 3).predict(np.ones((1, 1)), [0.5])


@pytest.mark.parametrize("name", ["autoregression", "default"])
def test_it_is_a_learner_by_name(name):
    learner = adapter(Learner, name)
    path = momentum(2, 1_000)
    model = learner.fit(path, 3)
    assert model.predict(path[None, :], [0.1, 0.5, 0.9]).shape == (1, 3, 3)
