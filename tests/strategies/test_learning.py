"""Strategies that learn: what they may learn from, and what they make of it."""

import builtins

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.errors import MissingExtra, OutOfRange, UnknownName
from workbench.ports import Learner, adapter, adapter_names
from workbench.registry import lookup
from workbench.strategies import enhanced_momentum as module
from workbench.strategies.enhanced_momentum import taught_by
from workbench.strategies.forecasts import chance_of_rise, forecast_quantiles
from workbench.strategies.neural_arbitrage import _neutral

TEACHING = {"lookback": 8, "horizon": 5, "train": 60, "sample_every": 2, "top": 2}


def _bars(closes, **variables):
    time = pd.bdate_range("2020-01-01", periods=len(closes), name="time")
    names = [f"S{number}" for number in range(closes.shape[1])]
    return xr.Dataset(
        {
            "close": (("time", "symbol"), closes),
            **{name: (("time", "symbol"), values) for name, values in variables.items()},
        },
        {"time": time, "symbol": names},
        {"timeframe": "1d"},
    )


@pytest.fixture(scope="module")
def walks():
    rng = np.random.default_rng(7)
    return 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (260, 6)), axis=0))


def test_the_last_answer_is_known_before_the_decision():
    """At bar 20 with answers over 5 bars and an embargo of 2, the last row is bar 13."""
    rows = taught_by(20, train=9, every=3, gap=5 + 2)
    assert rows.tolist() == [13, 10, 7]
    assert (rows + 5 + 2 <= 20).all()


def test_the_rows_taught_are_the_answers_that_had_happened(walks, monkeypatch):
    """Answers that are known later are not seen: what teaches at a bar is recomputed here."""
    seen = []

    def spying(kind, seed, known, answers, asked):
        seen.append(answers)
        return np.full(len(asked), 0.5)

    monkeypatch.setattr(module, "chances", spying)
    strategy = lookup("strategy", "enhanced_momentum")
    decided = strategy.targets(_bars(walks), TEACHING).to_pandas().dropna().index
    table = pd.DataFrame(walks, strategy.targets(_bars(walks), TEACHING).indexes["time"])
    assert len(decided) > 5
    for day, answers in zip(decided, seen, strict=False):
        until = table.loc[:day]  # nothing after the decision
        ahead = until.shift(-5) / until - 1
        beat = ahead.gt(ahead.median(axis=1), axis=0).where(ahead.notna())
        rows = beat.iloc[::-1].iloc[5:65:2]
        np.testing.assert_array_equal(answers, rows.to_numpy().astype(float).ravel())


@pytest.mark.parametrize("classifier", ["logistic", "gradient_boosting"])
def test_a_planted_signal_is_learned(walks, classifier):
    """The sentiment of a bar says which symbols rise on the next."""
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(9)
    sentiment = rng.normal(0, 1, (260, 6))
    steps = rng.normal(0, 0.002, (260, 6))
    steps[1:] += 0.01 * sentiment[:-1]
    closes = 100 * np.exp(np.cumsum(steps, axis=0))
    parameters = {**TEACHING, "horizon": 1, "classifier": classifier, "rebalance": "week"}
    strategy = lookup("strategy", "enhanced_momentum")
    held = strategy.targets(_bars(closes, sentiment=sentiment), parameters).to_pandas().dropna()
    blind = strategy.targets(_bars(closes), parameters).to_pandas().dropna()
    time = pd.bdate_range("2020-01-01", periods=260)
    told = pd.DataFrame(sentiment, time, held.columns).loc[held.index]
    gain = (held * told).sum(axis=1).mean()
    assert gain > 0.3
    assert gain > 3 * (blind * told).sum(axis=1).mean()
    again = strategy.targets(_bars(closes, sentiment=sentiment), parameters).to_pandas().dropna()
    pd.testing.assert_frame_equal(held, again)


def test_the_logistic_classifier_is_scikit_learn_s():
    linear = pytest.importorskip("sklearn.linear_model")
    from workbench.strategies.sklearn import chances

    rng = np.random.default_rng(1)
    known, asked = rng.normal(3, 2, (80, 2)), rng.normal(3, 2, (5, 2))
    answers = (known[:, 0] + rng.normal(0, 1, 80) > 3).astype(float)
    centre, spread = known.mean(axis=0), known.std(axis=0)
    fitted = linear.LogisticRegression(C=1.0, tol=1e-8).fit((known - centre) / spread, answers)
    score = ((asked - centre) / spread) @ fitted.coef_[0] + fitted.intercept_[0]
    np.testing.assert_allclose(
        chances("logistic", 0, known, answers, asked), 1 / (1 + np.exp(-score)), rtol=1e-6
    )


@pytest.mark.parametrize("classifier", ["logistic", "gradient_boosting"])
def test_without_scikit_learn_the_extra_is_named(walks, classifier, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"scikit-learn.*forecast"):
        lookup("strategy", "enhanced_momentum").targets(
            _bars(walks), {**TEACHING, "classifier": classifier}
        )


def test_the_stand_ins_are_learners():
    assert {"drift", "repeat-last"} <= set(adapter_names(Learner))
    history = np.exp(np.linspace(0, 1, 80))
    model = adapter(Learner, "drift").fit(history, 4)
    assert model.horizon == 4
    expected = history[-1] * np.exp(np.arange(1, 5) / 79)
    np.testing.assert_allclose(model.predict(history[None, :], [0.5])[0, :, 0], expected)


def test_the_chance_of_a_rise_is_read_between_quantiles():
    chances = chance_of_rise(
        np.array([[90.0, 100.0, 120.0], [101.0, 102.0, 103.0]]),
        (0.1, 0.5, 0.9),
        np.array([110.0, 100.0]),
    )
    np.testing.assert_allclose(chances, [1 - 0.7, 0.9])


def test_the_trend_holds_what_drifts_up_and_nothing_by_repeating_the_last():
    rng = np.random.default_rng(3)
    drifts = np.array([0.004, 0.0, -0.004])
    closes = 100 * np.exp(np.cumsum(drifts + rng.normal(0, 0.006, (200, 3)), axis=0))
    strategy = lookup("strategy", "neural_trend")
    parameters = {"window": 150, "confidence": 0.8, "allow_short": True}
    held = strategy.targets(_bars(closes), parameters).to_pandas().dropna()
    assert len(held) >= 2
    assert held.iloc[-1].tolist() == [1 / 3, 0.0, -1 / 3]
    still = strategy.targets(
        _bars(closes), {**parameters, "model": "repeat-last", "confidence": 0.51}
    )
    assert (still.to_pandas().dropna() == 0).all().all()


def test_the_sides_of_the_arbitrage_are_worth_the_same():
    moves = np.array(
        [[-0.9, 0.1, 1.1], [-0.5, 0.5, 1.5], [-1.2, -0.2, 0.8], [-2.0, -1.0, 0.0], [-1, 0.3, 1]]
    )
    np.testing.assert_allclose(_neutral(moves, 0.05, 2), [0, 0.25, -0.25, -0.25, 0.25])
    assert _neutral(moves[:2], 0.05, 2).tolist() == [0, 0]
    assert _neutral(np.zeros((2, 3)), 0.0, 1).tolist() == [0, 0]


def test_a_move_of_the_market_changes_no_side(walks):
    strategy = lookup("strategy", "neural_arbitrage")
    parameters = {"window": 60, "edge": 0.0, "top": 2}
    held = strategy.targets(_bars(walks), parameters).to_pandas().dropna()
    market = np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.03, (260, 1)), axis=0))
    moved = strategy.targets(_bars(walks * market), parameters).to_pandas().dropna()
    pd.testing.assert_frame_equal(held, moved)
    assert (held.abs().sum(axis=1) > 0.99).any()
    np.testing.assert_allclose(held.sum(axis=1), 0.0, atol=1e-12)


@pytest.mark.parametrize("name", ["neural_trend", "neural_arbitrage"])
def test_a_window_too_short_and_a_model_unknown_are_refused(walks, name):
    strategy = lookup("strategy", name)
    with pytest.raises(OutOfRange, match="window"):
        strategy.targets(_bars(walks), {"window": 60, "horizon": 31})
    with pytest.raises(UnknownName, match="adapter for Learner"):
        strategy.targets(_bars(walks), {"model": "oracle"})


def test_each_series_is_fitted_alone(walks):
    together = forecast_quantiles(adapter(Learner, "drift"), walks[:60], 3, (0.5,))
    alone = forecast_quantiles(adapter(Learner, "drift"), walks[:60, 2:3], 3, (0.5,))
    np.testing.assert_array_equal(together[2], alone[0])
