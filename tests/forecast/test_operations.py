"""Train, forecast and ask for the status, as every door does."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from workbench.errors import (
    InvalidInput,
    NoData,
    OutOfRange,
    StoreError,
    TooLittleHistory,
    UnknownName,
    UnusableFrame,
)
from workbench.forecast import neural_forecast, neural_model_status, neural_train
from workbench.forecast.models import CARD, GRAPHS

QUICK = {"epochs": 1, "batch_size": 256, "horizon": 5, "input_size": 24}


@pytest.fixture
def library():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")


@pytest.fixture
def report(library, frame, context):
    return neural_train(frame, **QUICK, context=context)


def test_a_training_reports_what_it_is_worth(report, context):
    assert report.status == "training_completed"
    assert report.model_id.startswith("nhits_20240603")
    assert report.device == "cpu"
    assert report.performance.mae == report.evaluation.model.mae
    assert report.evaluation.naive.name == "repeat-last"
    assert "repeat-last" in report.statement
    rows = ["repeat-last", "drift", "seasonal naive", "NLinear", "N-HiTS"]
    assert list(report.to_frame().index) == rows
    assert report.training.trained_until < report.training.evaluated_until
    assert report.model_info.parameters > 1_000
    assert len(report.losses) == report.training.training_history.epochs_completed == 1
    (trial,) = context.ledger.trials
    assert (trial.verb, report.trials) == ("train", 1)
    assert trial.parameters["horizon"] == 5


def test_a_kept_model_shows_how_it_learned_and_how_it_did(report, context):
    found = neural_model_status(report.model_id, context=context)
    pd.testing.assert_frame_equal(found.losses, report.losses)
    assert found.performance.model_dump_json() == report.evaluation.model_dump_json()
    kept, whole = found.performance.errors(), report.evaluation.errors()
    assert list(kept.columns) == ["repeat-last", "N-HiTS"]
    pd.testing.assert_frame_equal(kept, whole.loc[kept.index, kept.columns], check_names=False)
    held = found.performance.coverages()
    assert held.index.tolist() == [0.5, 0.8, 0.9, 0.95, 0.99]
    assert held.loc[0.9, "N-HiTS"] == report.evaluation.model.coverage["90%"]
    assert len(found.plot().children) == 2
    with pytest.raises(NoData, match="one trained model"):
        neural_model_status(context=context).plot()


def test_without_a_model_it_is_repeat_last_and_says_so(frame, context):
    found = neural_forecast(frame, 3, context=context)
    assert found.model.id == "naive"
    assert found.statement.startswith("It is repeat-last: autoregression")
    assert "calibrated by its own past errors" in found.statement
    assert not found.decision.departs
    assert found.skill == 0.0
    assert found.forecast == found.repeat_last
    assert [day.predicted_price for day in found.forecast.predictions] == [frame.iloc[-1, 0]] * 3
    assert found.forecast.overall_trend == "neutral"
    assert {day.confidence for day in found.forecast.predictions} == {0.5}


@pytest.fixture
def wave():
    """A cycle of 20 sessions that can be foreseen, as a frame of 1,200 weekdays."""
    rng = np.random.default_rng(4)
    values = 100 + 10 * np.sin(np.arange(1_200) * 2 * np.pi / 20) + rng.normal(0, 0.5, 1_200)
    index = pd.bdate_range("2015-01-02", periods=1_200, name="time")
    return pd.DataFrame({"WAVE": values}, index=index)


def test_the_newest_model_with_skill_is_used(library, wave, context):
    settings = {**QUICK, "epochs": 8, "batch_size": 64, "validation_split": 0.3}
    neural_train(wave, **settings, context=context)
    newer = neural_train(wave, **settings, name="newer", context=context)
    assert newer.evaluation.decision.departs
    found = neural_forecast(wave, 5, 0.9, context=context)
    assert found.model.id == newer.model_id
    assert found.skill == newer.evaluation.skill > 0
    assert found.decision == newer.evaluation.decision
    assert found.statement == newer.statement
    assert found.repeat_last.predictions[0].predicted_price == wave.iloc[-1, 0]
    assert list(found.to_frame().columns[:1]) == ["repeat_last"]
    for span, day in zip(
        found.forecast.prediction_intervals, found.forecast.predictions, strict=True
    ):
        assert span.lower_bound <= day.predicted_price <= span.upper_bound
        assert span.confidence_level == 0.9


def test_a_model_without_skill_abstains_and_forecasts_when_named(report, frame, context):
    assert not report.evaluation.decision.departs
    found = neural_forecast(frame, 5, context=context)
    assert found.model.id == "naive"
    assert f"The model {report.model_id} abstains" in found.statement
    assert {day.predicted_price for day in found.forecast.predictions} == {frame.iloc[-1, 0]}
    named = neural_forecast(frame, 5, model_id=report.model_id, context=context)
    assert named.model.id == report.model_id
    assert named.decision is None


def test_an_autoregression_with_skill_departs_from_repeat_last(wave, context):
    found = neural_forecast(wave, 3, context=context)
    assert found.model.id == "autoregression"
    assert found.decision.departs
    assert found.skill == found.decision.skill > 0.2
    assert "beats repeat-last by more than luck" in found.statement
    assert found.forecast != found.repeat_last
    medians = found.quantiles[0.5].to_numpy()
    truth = 100 + 10 * np.sin(np.arange(1_200, 1_203) * 2 * np.pi / 20)
    np.testing.assert_allclose(medians, truth, atol=1.5)


def test_a_99_percent_interval_without_a_model_needs_a_thousand_errors(frame, wave, context):
    with pytest.raises(TooLittleHistory, match=r"interval of 0\.99 needs at least 1003"):
        neural_forecast(frame, 3, 0.99, context=context)
    found = neural_forecast(wave, 3, 0.99, context=context)
    assert found.quantiles.columns[0] == 0.005


def test_a_short_history_says_that_its_intervals_are_not_calibrated(frame, context):
    found = neural_forecast(frame.iloc[:200], 3, context=context)
    assert "not calibrated: 200 bars" in found.statement
    assert found.model.id == "naive"


def test_repeat_last_can_be_asked_for(frame, context):
    found = neural_forecast(frame, 3, model_id="naive", context=context)
    assert found.statement.startswith("This is repeat-last, not a model: it was asked for.")
    assert found.decision is None


def test_a_model_of_another_series_is_used_only_by_name_and_with_a_warning(report, frame, context):
    other = frame * 2
    assert neural_forecast(other, 5, context=context).model.id == "naive"
    found = neural_forecast(other, 5, model_id=report.model_id, context=context)
    assert any("trained on another" in warning for warning in found.warnings)


def test_a_model_that_knows_the_future_is_not_chosen(report, frame, context):
    early = report.training.trained_until - timedelta(days=1)
    assert neural_forecast(frame, 5, end_date=early, context=context).model.id == "naive"
    found = neural_forecast(frame, 5, model_id=report.model_id, end_date=early, context=context)
    assert any("knows the future" in warning for warning in found.warnings)


def test_what_comes_after_the_forecast_changes_nothing(report, frame, context):
    end = frame.index[-20]
    changed = frame.copy()
    changed.loc[frame.index > end] *= 1.7
    for model in (report.model_id, None):
        before, after = (
            neural_forecast(one, 5, model_id=model, end_date=end.date(), context=context)
            for one in (frame, changed)
        )
        pd.testing.assert_frame_equal(before.quantiles, after.quantiles)
        pd.testing.assert_frame_equal(before.naive_quantiles, after.naive_quantiles)


def test_the_days_are_sessions_of_the_calendar(context):
    found = neural_forecast("sp500-20:AAPL", 8, context=context.replace())
    days = [day.date.date() for day in found.forecast.predictions]
    assert found.forecast.current_date.date() == date(2022, 12, 28)
    assert days[:3] == [date(2022, 12, 29), date(2022, 12, 30), date(2023, 1, 3)]
    assert date(2023, 1, 2) not in days, "the exchange is closed when New Year is observed"
    assert found.survivorship


def test_a_saved_model_gives_the_same_forecast_in_a_new_process(library, own_home, frame, tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    path = tmp_path / "closes.parquet"
    frame.reset_index().to_parquet(path)
    report = neural_train(str(path), **QUICK)
    expected = neural_forecast(str(path), 5, model_id=report.model_id)
    code = (
        "import sys; from workbench.forecast import neural_forecast, neural_predict; "
        f"neural_predict({report.model_id!r}, [100.0 + step % 7 for step in range(24)]); "
        f"found = neural_forecast({str(path)!r}, 5, model_id={report.model_id!r}); "
        "heavy = {'torch', 'neuralforecast', 'lightning', 'pytorch_lightning'}; "
        "assert not heavy & set(sys.modules); "
        "print(found.model.id, found.quantiles.to_numpy().tobytes().hex())"
    )
    environment = {**os.environ, "WORKBENCH_HOME": str(own_home)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    model_id, quantiles = done.stdout.split()
    assert model_id == report.model_id
    assert quantiles == expected.quantiles.to_numpy().tobytes().hex()


def test_status_of_all_and_of_one(report, context):
    everything = neural_model_status(context=context)
    assert everything.total_models == everything.system_status.trained_models == 1
    assert everything.recommendations.best_accuracy_model == report.model_id
    assert everything.models_summary[0]["skill"] == report.evaluation.skill
    assert everything.models_summary[0]["inference_ms"] > 0
    one = neural_model_status(report.model_id, context=context)
    assert one.health_check["status"] == "healthy"
    assert one.capabilities["max_horizon"] == 5
    assert neural_model_status("naive", context=context).model_details["model_id"] == "naive"


def test_status_without_models(context):
    found = neural_model_status(context=context)
    assert found.total_models == 0
    assert found.recommendations.best_accuracy_model is None


def test_every_plot_draws(report, frame, context):
    assert report.plot().renderers
    assert neural_forecast(frame, 5, context=context).plot().renderers


def test_a_type_that_is_not_there_names_what_is(frame, context):
    with pytest.raises(UnknownName, match="NHITS"):
        neural_train(frame, "ARIMA", context=context)


@pytest.mark.parametrize("model_type", ["gru ensemble", "cnn-lstm", "transformer"])
def test_every_type_is_trained_by_its_name_however_it_is_written(
    library, frame, context, model_type
):
    report = neural_train(frame, model_type, **QUICK, context=context)
    assert report.model_id.startswith(report.model_type.lower())
    found = neural_forecast(frame, 5, model_id=report.model_id, context=context)
    assert found.model.type == report.model_type
    assert "24 values in, 5 out" in found.model.architecture


def test_a_preset_is_a_shape_and_what_is_given_changes_it(library, frame, context):
    settings = {"epochs": 1, "batch_size": 256, "preset": "low-latency"}
    plain = neural_train(frame, **settings, context=context)
    assert plain.model.forecaster.architecture.options["hidden"] == 64
    assert (plain.model.forecaster.input_size, plain.model.forecaster.horizon) == (24, 6)
    wide = neural_train(frame, **settings, horizon=3, options={"hidden": 8}, context=context)
    assert wide.model.forecaster.architecture.options["hidden"] == 8
    assert wide.model.forecaster.horizon == 3


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"preset": "huge"}, UnknownName, "optimised"),
        ({"preset": "base", "model_type": "LSTM"}, InvalidInput, "preset base is of NHITS"),
        ({"options": {"width": 3}}, UnknownName, "hidden"),
        ({"options": {"hidden": 0}}, OutOfRange, "hidden"),
        ({"options": {"hidden": 2.5}}, InvalidInput, "whole"),
        ({"options": {"dropout": 1.0}}, OutOfRange, "dropout"),
        ({"options": {"pooling": 2}}, InvalidInput, "list"),
        ({"options": {"pooling": [2, 1]}}, InvalidInput, "stacks"),
        ({"options": {"heads": 3}, "model_type": "Transformer"}, InvalidInput, "divide"),
        ({"options": {"patch": 48}, "model_type": "PatchTST"}, OutOfRange, "from 1 to 24"),
        ({"options": {"moving_average": 4}, "model_type": "DLinear"}, InvalidInput, "odd"),
    ],
)
def test_a_shape_without_sense_is_refused_before_anything_is_read(context, given, error, words):
    with pytest.raises(error, match=words):
        neural_train("no such dataset", **{"input_size": 24, "horizon": 5} | given, context=context)


def test_a_horizon_beyond_the_model_names_its_own(report, frame, context):
    with pytest.raises(OutOfRange, match="from 1 to 5"):
        neural_forecast(frame, 6, model_id=report.model_id, context=context)
    assert neural_forecast(frame, 6, context=context).model.id == "naive"


def test_a_confidence_beyond_the_model_names_its_own(report, frame, context):
    with pytest.raises(OutOfRange, match=r"0\.99"):
        neural_forecast(frame, 5, 0.999, model_id=report.model_id, context=context)


def test_an_unknown_model_names_those_there_are(report, frame, context):
    with pytest.raises(UnknownName) as caught:
        neural_forecast(frame, 5, model_id="nhits", context=context)
    assert caught.value.choices == sorted(["naive", report.model_id])
    with pytest.raises(UnknownName):
        neural_model_status("nhits", context=context)


@pytest.mark.parametrize("file", [CARD, GRAPHS[0]])
def test_damaged_files_are_a_store_error(report, frame, context, file):
    context.experiments._models[report.model_id][1][file] = b"\x00damaged"
    with pytest.raises(StoreError, match="train it again"):
        neural_forecast(frame, 5, context=context)


def test_too_little_history_says_how_much_is_needed(frame, context):
    with pytest.raises(TooLittleHistory, match="needs at least"):
        neural_train(frame.iloc[:120], context=context)
    with pytest.raises(TooLittleHistory):
        neural_forecast(frame.iloc[:20], 5, context=context)


def test_a_gap_between_closes_is_an_error_and_at_the_ends_it_is_not(frame, context):
    ends = frame.copy()
    ends.iloc[:3] = ends.iloc[-2:] = np.nan
    found = neural_forecast(ends, 3, context=context)
    assert found.forecast.current_price == frame.iloc[-3, 0]
    hole = frame.copy()
    hole.iloc[100] = np.nan
    with pytest.raises(InvalidInput, match="missing"):
        neural_forecast(hole, 3, context=context)


def test_several_symbols_are_refused(frame, context):
    with pytest.raises(InvalidInput, match="one symbol"):
        neural_forecast(frame.assign(OTHER=1.0 + frame["ACME"]), 3, context=context)


def test_a_series_that_does_not_move_is_refused(frame, context, library):
    with pytest.raises(InvalidInput, match="does not move"):
        neural_train(frame * 0 + 5.0, context=context)


def test_a_file_that_is_not_there_is_named(context, tmp_path):
    with pytest.raises(UnusableFrame, match="no such file"):
        neural_train(str(tmp_path / "closes.csv"), context=context)
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    with pytest.raises(UnusableFrame, match="cannot be read"):
        neural_train(str(tmp_path / "broken.parquet"), context=context)
