"""A trained model is judged only by what it has not learned from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import TooLittleHistory, UnknownName
from workbench.forecast import neural_evaluate, neural_train

QUICK = {"epochs": 1, "batch_size": 256, "horizon": 3, "input_size": 24}


@pytest.fixture
def report(frame, context):
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    return neural_train(frame, **QUICK, context=context)


def test_on_its_own_series_only_what_came_after_the_training_counts(report, frame, context):
    found = neural_evaluate(report.model_id, frame, context=context)
    assert found.details.origins == report.evaluation.origins
    assert found.details.model.mae == pytest.approx(report.evaluation.model.mae)
    assert list(found.evaluation.results) == ["mae", "rmse", "mape", "r2_score"]
    assert found.evaluation.results["mae"] == found.details.model.mae
    assert list(found.to_frame().index)[:2] == ["repeat-last", "drift"]
    assert found.to_frame().index[-1] == report.model_id
    assert found.warnings == []
    assert found.details.confidence_set.method == "not testable"
    assert found.band.startswith("It ")
    shown = found.plot().children
    assert len(shown) == 2


def test_metrics_of_the_last_step_by_hand(report, frame, context):
    names = ["mse", "rmse", "accuracy", "precision", "recall"]
    found = neural_evaluate(report.model_id, frame, names, context=context)
    windows, results = found.details.windows, found.evaluation.results
    last = windows.last[0]
    said = windows.point(report.model_id)[0, :, -1] - last
    came = windows.actual[0, :, -1] - last
    assert results["mse"] == pytest.approx(results["rmse"] ** 2)
    assert results["precision"] == pytest.approx((came[said > 0] > 0).mean())
    assert results["recall"] == pytest.approx((said[came > 0] > 0).mean())
    statistics = found.evaluation.prediction_statistics
    assert statistics.total_predictions == len(said)
    assert statistics.correct_direction == ((said > 0) == (came > 0)).sum()
    assert statistics.avg_prediction_error == pytest.approx((said - came).mean())
    assert statistics.prediction_correlation == pytest.approx(np.corrcoef(said, came)[0, 1])
    beside = found.comparison_to_baseline["rmse"]
    assert beside.improvement == pytest.approx(1 - beside.model / beside.repeat_last)
    assert np.isnan(found.comparison_to_baseline["precision"].repeat_last)


def test_another_series_is_judged_after_its_first_third_with_a_warning(report, context):
    steps = np.random.default_rng(9).normal(0, 0.03, 900)
    index = pd.bdate_range("2019-01-02", periods=900, name="time")
    other = pd.DataFrame({"WILD": 50 * np.exp(np.cumsum(steps))}, index=index)
    found = neural_evaluate(report.model_id, other, context=context)
    assert found.details.origins == 900 - 300 - 3 + 1
    assert "another series" in found.warnings[0]
    assert found.details.confidence_set.p_values["repeat-last"] > 0
    again = neural_evaluate(report.model_id, other, context=context)
    assert again.model_dump_json() == found.model_dump_json()


def test_a_model_whose_interval_broke_is_demoted(report, frame, context):
    """The same closes, and then ten times as wild as anything it has learned in one day."""
    jumps = np.tile([1.2, 1 / 1.2, 1.0, 1.0], 40)
    index = pd.bdate_range(frame.index[-1], periods=161, name="time")[1:]
    wild = pd.DataFrame({"ACME": frame.iloc[-1, 0] * np.cumprod(jumps)}, index=index)
    found = neural_evaluate(report.model_id, pd.concat([frame, wild]), context=context)
    assert "left its band" in found.band


def test_what_cannot_be_judged_is_refused(report, frame, context):
    with pytest.raises(UnknownName, match="recall"):
        neural_evaluate(report.model_id, frame, ["f1"], context=context)
    with pytest.raises(UnknownName):
        neural_evaluate("nobody", frame, context=context)
    until = report.training.trained_until
    with pytest.raises(TooLittleHistory):
        neural_evaluate(report.model_id, frame, end_date=until, context=context)
