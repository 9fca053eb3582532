"""Better options of a model are found, judged elsewhere, and told from luck."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.errors import (
    Cancelled,
    InvalidInput,
    MissingExtra,
    OutOfRange,
    StoreError,
    TooLittleHistory,
    UnknownName,
)
from workbench.forecast import Architecture, load_model, neural_optimize, neural_train
from workbench.forecast.training import Split
from workbench.settings import cache_folder

RATES = {"learning_rate": {"min": 1e-6, "max": 0.1}}
TINY = {
    "model_type": "NLinear",
    "epochs": 4,
    "batch_size": 64,
    "horizon": 5,
    "input_size": 24,
    "validation_split": 0.4,
}


@pytest.fixture(scope="module", autouse=True)
def library():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    pytest.importorskip("optuna", reason="the extra 'forecast' is not installed")


@pytest.fixture
def wave():
    """A cycle of 20 sessions that can be foreseen, as a frame of 900 weekdays."""
    rng = np.random.default_rng(4)
    values = 100 + 10 * np.sin(np.arange(900) * 2 * np.pi / 20) + rng.normal(0, 0.5, 900)
    return pd.DataFrame({"WAVE": values}, pd.bdate_range("2015-01-02", periods=900, name="time"))


@pytest.fixture
def slow(wave, context):
    """A model of the wave that has learned nothing: its steps were far too small."""
    return neural_train(wave, learning_rate=1e-6, **TINY, context=context).model_id


def optimize(model_id, data, context, ranges=RATES, trials=6, **options):
    return neural_optimize(model_id, ranges, trials, data_path=data, context=context, **options)


def stopping_at(done):
    """Tells to stop as soon as so many trials, and part of the next, are done."""

    def on_progress(trials, of, message):
        if trials > done:
            raise Cancelled

    return on_progress


def test_a_wrong_learning_rate_is_found_and_mended(slow, wave, context):
    found = optimize(slow, wave, context)
    results, advice = found.results, found.recommendations
    assert results.original_parameters == {"learning_rate": 1e-6}
    assert results.optimized_parameters["learning_rate"] > 1e-3
    assert results.performance_improvement > 0.5
    assert results.p_value < 0.01
    assert advice.apply_optimization
    assert advice.retrain_recommended
    assert not advice.validation_needed
    assert advice.estimated_training_time > 0
    assert "more than luck" in found.statement
    new = load_model(found.optimized_model_id, context=context)
    assert new.parameters["learning_rate"] == results.optimized_parameters["learning_rate"]
    assert new.parameters["epochs"] == TINY["epochs"]
    assert new.trained_until == load_model(slow, context=context).trained_until


def test_the_improvement_is_that_of_the_part_that_chose_nothing(slow, wave, context):
    """By hand: the mean absolute error of both models over every origin after the training."""
    found = optimize(slow, wave, context, trials=3)
    models = [load_model(one, context=context) for one in (slow, found.optimized_model_id)]
    closes = wave["WAVE"].to_numpy()
    first = int((wave.index <= pd.Timestamp(models[0].trained_until)).sum())
    origins = range(first, len(closes) - 4)
    errors = [
        np.mean(
            [
                abs(closes[at : at + 5] - one.forecaster.predict(closes[None, :at], [0.5])[0, :, 0])
                for at in origins
            ]
        )
        for one in models
    ]
    results = found.results
    assert results.original_performance == pytest.approx(errors[0])
    assert results.optimized_performance == pytest.approx(errors[1])
    assert results.performance_improvement == pytest.approx(1 - errors[1] / errors[0])
    assert found.evaluation.origins == len(origins)
    assert found.evaluation.model.mae == pytest.approx(errors[1])


def test_what_judges_changes_nothing_of_what_is_chosen(slow, wave, context):
    until = load_model(slow, context=context).trained_until
    other = wave.copy()
    other.loc[other.index > pd.Timestamp(until)] *= 1.3
    first, second = (optimize(slow, data, context) for data in (wave, other))
    assert first.results.optimized_parameters == second.results.optimized_parameters
    columns = ["learning_rate", "mae", "state"]
    pd.testing.assert_frame_equal(first.to_frame()[columns], second.to_frame()[columns])
    assert first.results.optimized_performance != second.results.optimized_performance


def test_every_trial_is_a_line_of_the_ledger(slow, wave, context):
    found = optimize(slow, wave, context, trials=8)
    assert found.optimization.trials_completed == len(found.to_frame()) == 8
    assert found.trials == 9  # the model's own training too
    states = [one.outcome["state"] for one in context.ledger.trials if "state" in one.outcome]
    assert states == list(found.to_frame()["state"])
    assert "pruned" in states
    assert found.optimization.trials_pruned == states.count("pruned")
    again = optimize(slow, wave, context, trials=8)
    assert again.trials == 9  # the same trials are counted once


def test_the_curve_is_the_best_so_far(slow, wave, context):
    found = optimize(slow, wave, context)
    curve = found.optimization.optimization_history.improvement_curve
    values = found.to_frame()["mae"].fillna(np.inf)
    assert len(curve) == len(values) + 1
    assert (np.diff(curve) <= 0).all()
    best = found.optimization.optimization_history.best_trial
    assert values.idxmin() == best
    assert curve[-1] == values[best]
    assert found.plot().title.text.startswith(slow)


@pytest.mark.parametrize("done", [0, 2])
def test_a_stopped_search_goes_on_to_the_same_best(slow, wave, context, done):
    whole = optimize(slow, wave, context, trials=5)
    with pytest.raises(Cancelled):
        optimize(slow, wave, context.replace(on_progress=stopping_at(done + 0.5)), trials=5)
    assert list(cache_folder("trainings").glob("*.pt"))  # of the trial that was under way
    told = []
    context = context.replace(on_progress=lambda at, *_: told.append(at))
    resumed = optimize(slow, wave, context, trials=5)
    assert told[0] == done
    assert resumed.results == whole.results
    timed = ["seconds"]
    pd.testing.assert_frame_equal(
        resumed.to_frame().drop(columns=timed), whole.to_frame().drop(columns=timed)
    )
    assert not list(cache_folder("trainings").iterdir())


def test_a_damaged_search_is_named_and_can_be_left(slow, wave, context):
    with pytest.raises(Cancelled):
        optimize(slow, wave, context.replace(on_progress=stopping_at(1.0)))
    (file,) = cache_folder("trainings").glob("*.json")
    for content in ("", '{"format": 0}', '{"format": 1, "tried": [1]}'):
        file.write_text(content)
        with pytest.raises(StoreError, match="resume=False"):
            optimize(slow, wave, context)
    assert optimize(slow, wave, context, resume=False).optimization.trials_completed == 6


def test_a_good_model_stays_and_nothing_is_looked_at(wave, context):
    good = neural_train(wave, learning_rate=0.02, **TINY, context=context).model_id
    found = optimize(good, wave, context, {"learning_rate": {"choices": [1e-7, 1e-6]}})
    assert found.optimized_model_id is None
    assert found.evaluation is None
    assert found.results.optimized_parameters == {"learning_rate": 0.02}
    assert found.results.performance_improvement == 0
    assert np.isnan(found.results.p_value)
    assert not found.recommendations.apply_optimization
    assert found.optimization.trials_completed == 2  # there are no more
    assert "None of 2 trials did better" in found.statement
    assert any("nothing new was left" in note for note in found.notes)
    assert len(context.experiments.models()) == 1


def test_luck_is_not_applied(frame, context):
    """A random walk has no better options: what is chosen must not be called better."""
    model = neural_train(frame, learning_rate=0.001, **TINY, context=context).model_id
    found = optimize(model, frame, context, {"learning_rate": {"min": 1e-4, "max": 3e-3}})
    assert not found.recommendations.apply_optimization
    assert not found.recommendations.retrain_recommended


@pytest.mark.parametrize("metric", ["mae", "rmse", "mape", "r2_score", "loss"])
def test_every_metric_is_made_better(slow, wave, context, metric):
    found = optimize(slow, wave, context, trials=3, optimization_metric=metric)
    results = found.results
    higher = metric == "r2_score"
    assert (results.optimized_performance > results.original_performance) == higher
    scores = found.evaluation.model
    expected = scores.pinball if metric == "loss" else getattr(scores, metric)
    assert results.optimized_performance == pytest.approx(expected)
    assert results.performance_improvement > 0


def test_without_a_gpu_there_are_fifty_trials_at_most(slow, wave, context, monkeypatch):
    monkeypatch.setattr("workbench.forecast.optimizing.optimizing.CPU_TRIALS", 2)
    found = optimize(slow, wave, context, trials=100)
    assert (found.optimization.trials_requested, found.optimization.trials_completed) == (100, 2)
    assert found.notes == ["Without a GPU it is 2 trials at most, not 100."]


def test_options_and_sizes_vary(wave, context):
    settings = {**TINY, "model_type": "NHITS", "epochs": 1, "options": {"hidden": 8}}
    model = neural_train(wave, learning_rate=1e-6, **settings, context=context).model_id
    ranges = {
        "hidden": {"min": 4, "max": 16},
        "dropout": {"min": 0, "max": 0.3},
        "pooling": {"choices": [[2, 2, 1], [4, 2, 1]]},
        "batch_size": {"choices": [64, 128]},
        "input_size": {"min": 12, "max": 24},
        "learning_rate": {"min": 1e-3, "max": 1e-2},
    }
    found = optimize(model, wave, context, ranges, trials=2)
    chosen = found.results.optimized_parameters
    assert set(chosen) == set(ranges)
    new = load_model(found.optimized_model_id, context=context)
    shape = new.forecaster.architecture
    assert shape.input_size == chosen["input_size"]
    assert shape.options["hidden"] == chosen["hidden"]
    assert list(shape.options["pooling"]) == chosen["pooling"]
    assert new.parameters["batch_size"] == chosen["batch_size"]


def test_values_that_contradict_one_another_are_no_trials(wave, context):
    settings = {**TINY, "model_type": "PatchTST", "epochs": 1, "options": {"hidden": 8}}
    model = neural_train(wave, learning_rate=1e-6, **settings, context=context).model_id
    ranges = {"hidden": {"choices": [8, 10, 12]}, "learning_rate": {"choices": [1e-3]}}
    found = optimize(model, wave, context, ranges, trials=9)
    assert sorted(found.to_frame()["hidden"]) == [8, 12]  # four heads do not divide ten
    with pytest.raises(InvalidInput, match=r"No trial could be trained.*heads"):
        optimize(model, wave, context, {"hidden": {"choices": [10]}}, trials=2)


@pytest.mark.parametrize(
    ("ranges", "error", "words"),
    [
        ({}, InvalidInput, "needs a parameter that varies"),
        ({"rate": {"min": 1, "max": 2}}, UnknownName, "learning_rate"),
        ({"hidden": {"min": 1, "max": 2}}, UnknownName, "hidden"),
        ({"learning_rate": {"min": 0.1}}, InvalidInput, "cannot be read"),
        ({"learning_rate": {"choices": []}}, InvalidInput, "cannot be read"),
        ({"learning_rate": [0.1]}, InvalidInput, "cannot be read"),
        ({"learning_rate": {"min": 0.1, "max": 0.01}}, InvalidInput, "is empty"),
        ({"learning_rate": {"min": 0.0, "max": 0.01}}, OutOfRange, "learning_rate"),
        ({"learning_rate": {"choices": ["fast"]}}, InvalidInput, "is a number"),
        ({"batch_size": {"min": 1.5, "max": 8}}, InvalidInput, "whole number"),
        ({"input_size": {"min": 1, "max": 8}}, OutOfRange, "input_size"),
        ({"input_size": {"choices": [700]}}, InvalidInput, "No trial could be trained"),
    ],
)
def test_ranges_that_cannot_be_used(slow, wave, context, ranges, error, words):
    with pytest.raises(error, match=words):
        optimize(slow, wave, context, ranges, trials=2)


def test_a_list_lies_between_no_two_others(wave, context):
    settings = {**TINY, "model_type": "NHITS", "epochs": 1, "options": {"hidden": 4}}
    model = neural_train(wave, **settings, context=context).model_id
    with pytest.raises(InvalidInput, match="lies between no two others"):
        optimize(model, wave, context, {"pooling": {"min": [2, 2, 1], "max": [4, 2, 1]}})


def test_a_model_of_a_frame_needs_its_frame(slow, wave, context):
    with pytest.raises(InvalidInput, match="data_path"):
        neural_optimize(slow, RATES, context=context)
    with pytest.raises(InvalidInput, match="other data"):
        optimize(slow, wave * 2, context)
    with pytest.raises(TooLittleHistory):
        optimize(slow, wave, context, end_date=load_model(slow, context=context).trained_until)


def test_a_model_of_a_dataset_finds_its_data(context):
    pytest.importorskip("skfolio", reason="carries the dataset sp500-20")
    settings = {**TINY, "end_date": "1993-01-01", "epochs": 2}
    model = neural_train("sp500-20:AAPL", learning_rate=1e-6, **settings, context=context).model_id
    found = neural_optimize(model, RATES, 2, end_date="1993-06-01", context=context)
    assert found.series == "sp500-20:AAPL"
    assert found.notes == []
    assert "Survivors" in found.survivorship
    revised = replace(load_model(model, context=context), closes="as they were before")
    again = neural_optimize(revised, RATES, 1, end_date="1993-06-01", context=context)
    assert any("have changed since" in note for note in again.notes)


def test_names_that_do_not_exist(slow, wave, context):
    with pytest.raises(UnknownName, match="r2_score"):
        optimize(slow, wave, context, optimization_metric="sharpe")
    with pytest.raises(UnknownName, match=slow):
        optimize("nlinear", wave, context)


def test_without_optuna_the_extra_is_named(slow, wave, context, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtra, match=r"optuna.*\[forecast\]"):
        optimize(slow, wave, context)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.25, 0.33, 0.5, 0.7])
def test_where_a_training_was_cut_is_found_again(share):
    shape = Architecture("NLinear", 24, 5)
    for bars in range(600, 660):
        split = Split.of(bars, share, shape)
        assert Split.seen(split.evaluation, share) == split
