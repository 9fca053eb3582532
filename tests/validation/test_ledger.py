from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.context import Context
from workbench.context.resources import Resources
from workbench.validation import Attempt, question_of, record_trial


@pytest.fixture
def bars():
    time = pd.date_range("2020-01-01", periods=5, name="time")
    close = np.arange(10.0).reshape(5, 2) + 1
    return xr.Dataset(
        {"close": (("time", "symbol"), close)},
        {"time": time, "symbol": ["A", "B"]},
        {"timeframe": "1d", "dataset": "mine"},
    )


class Remembering:
    def __init__(self):
        self.trials = []

    def record(self, trial):
        self.trials.append(trial)
        return len(self.trials)


def test_a_question_is_the_data_under_any_name(bars):
    assert question_of(bars) == question_of(bars.assign_attrs(dataset="another"))


@pytest.mark.parametrize(
    "change",
    [
        lambda bars: bars.isel(time=slice(1, None)),
        lambda bars: bars.isel(symbol=[0]),
        lambda bars: bars * 1.01,
        lambda bars: bars.assign_coords(symbol=["A", "C"]),
        lambda bars: bars.assign_attrs(timeframe="1w"),
    ],
)
def test_other_data_are_another_question(bars, change):
    with xr.set_options(keep_attrs=True):
        assert question_of(change(bars)) != question_of(bars)


def test_a_trial_is_written_with_the_time_of_the_context():
    ledger, at = Remembering(), datetime(2024, 5, 1, tzinfo=UTC)
    context = Context(clock=lambda: at, resources=Resources(ledger=ledger))
    attempt = Attempt("q", "momentum", "0123456789abcdefgh", {"top": 1}, {"sharpe": 0.1})
    assert record_trial(attempt, "backtest", context=context) == 1
    [trial] = ledger.trials
    assert (trial.subject, trial.verb, trial.at) == ("momentum@0123456789abcdef", "backtest", at)
