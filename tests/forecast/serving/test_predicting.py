"""`neural_predict`, as every door calls it."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InvalidInput, OutOfRange, StoreError, TooLittleHistory, UnknownName
from workbench.forecast import neural_forecast, neural_predict, server_of
from workbench.forecast.models import CARD, GRAPHS, save_model
from workbench.forecast.serving.predicting import chances_of_rise

from .conftest import model_of, network_of


def kept(context, **shape):
    model = model_of("", network_of(1, **shape))
    return save_model(model, name="acme", metrics={}, context=context)


@pytest.fixture
def model_id(library, context):
    return kept(context)


def test_one_series_gives_numbers_step_by_step(model_id, history, context):
    found = neural_predict(model_id, history[0].tolist(), confidence_level=0.9, context=context)
    expected = network_of(1).predict(history[:1], (0.05, 0.5, 0.95))[0]
    assert found.lower == expected[:, 0].tolist()
    assert found.predictions == expected[:, 1].tolist()
    assert found.upper == expected[:, 2].tolist()
    assert (found.model.id, found.horizon, found.series) == (model_id, 3, ["0"])
    assert found.device == "cpu"
    assert found.milliseconds > 0
    assert "does not beat" in found.statement
    assert all(0.5 <= one <= 1 for one in found.confidence)


def test_several_series_give_what_each_gives_alone(model_id, history, context):
    rows = [row[place:].tolist() for place, row in enumerate(history)]  # of different lengths
    found = neural_predict(model_id, rows, context=context, confidence_level=0.5)
    assert np.shape(found.confidence) == (5, 3)
    for place, row in enumerate(rows):
        alone = neural_predict(model_id, row, context=context, confidence_level=0.5)
        np.testing.assert_allclose(found.predictions[place], alone.predictions, rtol=1e-6)
        np.testing.assert_allclose(found.upper[place], alone.upper, rtol=1e-6)


@pytest.mark.parametrize(
    "make", [np.asarray, lambda rows: pd.DataFrame(rows.T, columns=list("ABCDE"))]
)
def test_arrays_and_frames_are_welcome(model_id, history, context, make):
    found = neural_predict(model_id, make(history), confidence_level=0.9, context=context)
    listed = neural_predict(model_id, history.tolist(), confidence_level=0.9, context=context)
    assert found.predictions == listed.predictions
    one = neural_predict(model_id, pd.Series(history[0]), confidence_level=0.9, context=context)
    assert np.ndim(one.predictions) == 1


def test_it_is_asked_again_from_the_cache(model_id, history, context):
    first, again = (
        neural_predict(model_id, history.tolist(), confidence_level=0.9, context=context)
        for _ in range(2)
    )
    assert (first.from_cache, again.from_cache) == (False, True)
    assert first.predictions == again.predictions
    assert server_of(context).status().hits == 1


def test_the_medians_are_those_of_neural_forecast(model_id, frame, context):
    forecast = neural_forecast(frame, 3, 0.9, model_id=model_id, context=context)
    found = neural_predict(model_id, frame["ACME"].tolist(), confidence_level=0.9, context=context)
    days = forecast.forecast.predictions
    assert found.predictions == [day.predicted_price for day in days]
    assert found.confidence == pytest.approx([day.confidence for day in days])
    assert found.lower == [s.lower_bound for s in forecast.forecast.prediction_intervals]


def test_a_forecast_leaves_its_model_in_memory(model_id, frame, context):
    for _ in range(2):
        neural_forecast(frame, 3, 0.9, model_id=model_id, context=context)
    assert list(server_of(context).status().models) == [model_id]
    context.experiments._models.clear()
    assert neural_forecast(frame, 3, 0.9, model_id=model_id, context=context).model.id == model_id


def test_a_model_itself_is_welcome(library, history, context):
    found = neural_predict(
        model_of("mine", network_of(2)), history[0].tolist(), confidence_level=0.9, context=context
    )
    assert found.model.id == "mine"


def test_the_table_and_the_picture(model_id, history, context):
    one = neural_predict(model_id, history[0].tolist(), confidence_level=0.9, context=context)
    assert list(one.to_frame().columns) == ["predicted", "lower", "upper", "confidence"]
    assert list(one.to_frame().index) == [1, 2, 3]
    many = neural_predict(model_id, history.tolist(), confidence_level=0.9, context=context)
    assert many.to_frame().loc[("4", 3), "predicted"] == many.predictions[4][2]
    assert "5 series" in repr(many)
    assert json.loads(one.model_dump_json())["predictions"] == one.predictions
    drawn = many.plot(2).renderers[0].data_source.data
    np.testing.assert_array_equal(drawn["history"], history[2])
    assert list(drawn["step"][-2:]) == [-1, 0]


def spoiled(history, series, position, value):
    rows = history.copy()
    rows[series, position] = value
    return rows.tolist()


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (lambda h: h[0, :9].tolist(), TooLittleHistory, "Series 0 .* at least 16 bars .* are 9"),
        (lambda h: [h[0].tolist(), h[1, :15].tolist()], TooLittleHistory, "Series 1 .* are 15"),
        (lambda h: spoiled(h, 2, 30, math.nan), InvalidInput, "series 2 .* position 30 of 40"),
        (lambda h: spoiled(h, 0, 39, math.inf), InvalidInput, "series 0 .* position 39 of 40"),
        (lambda h: spoiled(h, 4, 24, None), InvalidInput, "series 4 .* position 24"),
        (lambda h: spoiled(h, 3, 25, -1.0), InvalidInput, "series 3 is not positive"),
        (lambda h: [*h[:2].tolist(), [5.0] * 20], InvalidInput, "series 2 are the same"),
        (lambda _: np.logspace(200, 308, 40).tolist(), InvalidInput, "beyond the numbers"),
        (lambda _: [], TooLittleHistory, "Series 0"),
        (lambda _: [[]], TooLittleHistory, "Series 0"),
        (lambda _: ["a", "b"], InvalidInput, "Series 0 is no list of numbers"),
        (lambda _: [[1.0], [[2.0]]], InvalidInput, "Series 1 is no list of numbers"),
        (lambda _: pd.DataFrame({"ACME": []}), TooLittleHistory, "Series ACME"),
        (lambda _: pd.DataFrame(), InvalidInput, "no series"),
    ],
)
def test_what_cannot_be_forecast_is_named(model_id, history, context, given, error, words):
    with pytest.raises(error, match=words):
        neural_predict(model_id, given(history), confidence_level=0.9, context=context)


def test_what_lies_before_the_window_does_not_matter(model_id, history, context):
    rows = spoiled(history, 2, 23, math.nan)
    found = neural_predict(model_id, rows, confidence_level=0.9, context=context)
    assert np.isfinite(found.predictions).all()


def test_a_model_of_levels_takes_any_sign(library, history, context):
    model_id = kept(context, transform="level")
    found = neural_predict(
        model_id, (history - 100).tolist(), confidence_level=0.9, context=context
    )
    assert np.isfinite(found.predictions).all()


def test_a_confidence_beyond_the_model_names_its_own(model_id, history, context):
    with pytest.raises(OutOfRange, match=r"from 0 to 0\.9"):
        neural_predict(model_id, history[0].tolist(), context=context)


def test_a_model_of_few_quantiles_forecasts_within_them(library, frame, history, context):
    third = kept(context, quantiles=(1 / 3, 0.5, 2 / 3))
    found = neural_predict(third, history[0].tolist(), confidence_level=1 / 3, context=context)
    assert found.probabilities == [1 / 3, 0.5, 2 / 3]
    narrow = kept(context, quantiles=(0.2, 0.5, 0.8))
    forecast = neural_forecast(frame, 3, 0.5, model_id=narrow, context=context)
    assert list(forecast.quantiles.columns) == [0.2, 0.25, 0.5, 0.75, 0.8]


def test_unknown_and_damaged_models_are_named(model_id, history, context):
    with pytest.raises(UnknownName) as caught:
        neural_predict("nhits", history[0].tolist(), context=context)
    assert model_id in caught.value.choices
    with pytest.raises(InvalidInput, match="neural_forecast"):
        neural_predict("naive", history[0].tolist(), context=context)
    context.experiments._models[model_id][1][GRAPHS[1]] = b"\x00"
    with pytest.raises(StoreError, match="train it again"):
        neural_predict(model_id, history[0].tolist(), context=context)


def test_a_model_of_another_version_is_named(model_id, history, context):
    files = context.experiments._models[model_id][1]
    files[CARD] = json.dumps({**json.loads(files[CARD]), "format": 1}).encode()
    with pytest.raises(StoreError, match="format 1, not 2"):
        neural_predict(model_id, history[0].tolist(), context=context)


def test_the_chance_of_a_rise_is_read_between_quantiles():
    """`numpy.interp` is the answer, one row after the other."""
    rng = np.random.default_rng(3)
    values = np.sort(rng.integers(0, 8, (40, 3, 5)).astype(float), axis=-1)
    last = rng.integers(-1, 9, 40).astype(float)
    found = chances_of_rise(values, (0.1, 0.3, 0.5, 0.6, 0.9), last)
    for series, row in enumerate(values):
        for step, quantiles in enumerate(row):
            below = np.interp(last[series], quantiles, (0.1, 0.3, 0.5, 0.6, 0.9))
            assert found[series, step] == pytest.approx(1 - below)
