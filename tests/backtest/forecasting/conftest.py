"""A forecaster whose mind can be read, models of it, and a small network that has learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.context import Context, Resources
from workbench.data import load_bars
from workbench.forecast import neural_train
from workbench.forecast.models import TrainedModel
from workbench.forecast.series import series_of
from workbench.settings import load_settings
from workbench.store import MemoryLedger
from workbench.store.experiments import MemoryExperiments

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Follower:
    """What rose over the last bar goes on by `promise`, what fell falls as much."""

    promise: float = 0.01
    input_size: int = 2
    horizon: int = 1

    def predict(self, history, quantiles):
        last, before = history[:, -1], history[:, -2]
        median = last * (1 + self.promise * np.sign(last - before))
        shape = (len(last), self.horizon, len(quantiles))
        return np.broadcast_to(median[:, None, None], shape)


@pytest.fixture
def follower():
    return Follower()


@pytest.fixture
def model_of():
    """A model in the registry's words, of any forecaster, frame and day of learning."""

    def make(forecaster, frame, until, *, name="follower"):
        series = series_of(load_bars(frame))
        until = until if isinstance(until, date) else pd.Timestamp(until).date()
        return TrainedModel(
            model_id=name,
            model_type="NHITS",
            series=series.name,
            forecaster=forecaster,
            trained_at=NOW,
            trained_until=until,
            closes=series.digest(until),
            evaluation={},
            parameters={},
        )

    return make


def as_frame(values, name="ACME"):
    index = pd.bdate_range("2015-01-02", periods=len(values), name="time")
    return pd.DataFrame({name: values}, index=index)


def random_walk(length, *, seed=7, volatility=0.012):
    steps = np.random.default_rng(seed).normal(0.0, volatility, length)
    return 100.0 * np.exp(np.cumsum(steps))


@pytest.fixture
def walk():
    """A geometric random walk of 600 weekdays."""
    return as_frame(random_walk(600))


@pytest.fixture(scope="session")
def wave():
    """A cycle of 20 sessions that can be foreseen, 1,200 weekdays of it."""
    noise = np.random.default_rng(4).normal(0, 0.5, 1_200)
    return as_frame(100 + 10 * np.sin(np.arange(1_200) * 2 * np.pi / 20) + noise, "WAVE")


@pytest.fixture(scope="session")
def learned():
    """Trains a small network on the closes of a frame; the last 15% are not looked at."""
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")

    def fit(frame, epochs):
        resources = Resources(
            settings=load_settings(),
            experiments=MemoryExperiments(lambda: NOW),
            ledger=MemoryLedger(),
        )
        context = Context(clock=lambda: NOW, resources=resources)
        settings = {"epochs": epochs, "batch_size": 64, "validation_split": 0.3}
        return neural_train(frame, **settings, horizon=5, input_size=24, context=context), context

    return fit


@pytest.fixture(scope="session")
def wave_training(learned, wave):
    """The training of a model that foresees the wave, and the context that keeps it."""
    return learned(wave, 8)


@pytest.fixture(scope="session")
def wave_model(wave_training):
    return wave_training[0].model


@pytest.fixture(scope="session")
def wave_network(wave_model):
    return wave_model.forecaster
