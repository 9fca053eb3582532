"""Series to forecast, and a context whose stores are in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.context import Context, Resources
from workbench.settings import load_settings
from workbench.store import MemoryLedger
from workbench.store.experiments import MemoryExperiments

NOW = datetime(2024, 6, 3, 12, tzinfo=UTC)


def random_walk(length, *, seed=7, volatility=0.012):
    steps = np.random.default_rng(seed).normal(0.0, volatility, length)
    return 100.0 * np.exp(np.cumsum(steps))


@pytest.fixture
def walk():
    """A geometric random walk of 700 closes."""
    return random_walk(700)


@pytest.fixture
def frame(walk):
    """The walk as a frame of weekdays."""
    index = pd.bdate_range("2020-01-02", periods=len(walk), name="time")
    holidays = pd.to_datetime(["2020-01-20"])  # any frame of weekdays will do
    return pd.DataFrame({"ACME": walk}, index=index).drop(holidays, errors="ignore")


@pytest.fixture
def context(own_home):
    """A context that nothing outside the test sees."""
    return Context(
        clock=lambda: NOW,
        resources=Resources(
            settings=load_settings(),
            experiments=MemoryExperiments(lambda: NOW),
            ledger=MemoryLedger(),
        ),
    )
