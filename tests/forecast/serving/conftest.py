"""Small networks, each of its own first weights, as models that a server can load."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest

from workbench.forecast import Architecture, Evaluation, Network, TrainedModel
from workbench.forecast.results import Scores

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_NUMBERS = ("mae", "rmse", "mape", "r2_score", "r2_change", "pinball", "directional_accuracy")
_SCORES = {**dict.fromkeys(_NUMBERS, 0.5), "coverage": {"90%": 0.9}}
EVALUATION = Evaluation(
    naive=Scores(name="repeat-last", **_SCORES),
    model=Scores(name="NLinear", **_SCORES),
    skill=-0.01,
    pinball_skill=-0.02,
    origins=50,
    horizon=3,
    statement="It does not beat repeat-last.",
)


@cache
def network_of(seed, input_size=16, horizon=3, quantiles=QUANTILES, transform="log"):
    from workbench.forecast.networks.neuralforecast import made
    from workbench.forecast.networks.onnx import frozen

    shape = Architecture("NLinear", input_size, horizon, quantiles)
    return Network(shape, frozen(made(shape, seed).eval(), input_size), transform)


def model_of(model_id, forecaster):
    return TrainedModel(
        model_id=model_id,
        model_type="NLinear",
        series="frame:ACME",
        forecaster=forecaster,
        trained_at=datetime(2024, 6, 3, tzinfo=UTC),
        trained_until=date(2024, 5, 31),
        closes="",
        evaluation=EVALUATION.model_dump(),
        parameters={"horizon": forecaster.horizon},
    )


@pytest.fixture(scope="session")
def library():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")


@pytest.fixture
def models(library):
    """Four models of one shape; a test may add to them or damage one."""
    return {f"m{seed}": model_of(f"m{seed}", network_of(seed)) for seed in range(4)}


@pytest.fixture
def history():
    """Five random walks of 40 values."""
    steps = np.random.default_rng(1).normal(0, 0.01, (5, 40))
    return 100 * np.exp(np.cumsum(steps, axis=1))
