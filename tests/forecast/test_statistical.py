"""Models of statsforecast behind the port, and the list of all types."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from workbench.errors import MissingExtra, TooLittleHistory, UnknownName
from workbench.forecast import AutoArima, AutoEts, Theta, list_model_types, rolling_origins
from workbench.forecast.networks import MODEL_TYPES
from workbench.forecast.statsforecast import StatisticalLearner
from workbench.forecast.volatility import VOLATILITY_MODELS
from workbench.ports import Learner, adapter_names

LEARNERS = (AutoEts, AutoArima, Theta)


@pytest.fixture
def library():
    return pytest.importorskip("statsforecast.models", reason="the extra 'forecast' is missing")


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_forecast_is_the_library_s(library, walk, learner):
    model = learner().fit(walk[:200], 4)
    expected = getattr(library, learner().kind)(season_length=1).fit(np.log(walk[:200]))
    said = expected.predict(4, level=[90])
    found = model.predict(walk[None, :200], [0.05, 0.5, 0.95])[0]
    np.testing.assert_allclose(found[:, 1], np.exp(said["mean"]), rtol=1e-4)
    near = 5e-3 if learner is Theta else 2e-3  # the library simulates the intervals of Theta
    np.testing.assert_allclose(found[:, 2], np.exp(np.asarray(said["hi-90"])), rtol=near)
    assert (np.diff(found, axis=1) > 0).all()


def test_a_season_is_found(library):
    wave = 20 + 5 * np.sin(np.arange(400) * 2 * np.pi / 12)
    wave += np.random.default_rng(0).normal(0, 0.1, 400)
    found = AutoEts(season=12).fit(wave[:360], 12).predict(wave[None, :360], [0.5])[0, :, 0]
    assert np.abs(found - wave[360:372]).max() < 0.6


def test_it_is_estimated_anew_at_each_origin(library, walk):
    windows = rolling_origins(
        {"ets": AutoEts()}, walk[:206], 200, horizon=3, quantiles=[0.1, 0.5, 0.9]
    )
    assert windows.of("ets").shape == (1, 4, 3, 3)
    alone = AutoEts().fit(walk[:200], 3).predict(walk[None, 3:203], [0.1, 0.5, 0.9])
    np.testing.assert_array_equal(windows.of("ets")[0, 3], alone[0])


def test_values_below_zero_are_taken_as_they_are(library):
    path = np.cumsum(np.random.default_rng(2).normal(size=120)) - 30
    model = Theta().fit(path, 2)
    assert model.transform == "level"
    assert model.predict(path[None, :], [0.5])[0, 0, 0] == pytest.approx(path[-1], abs=3)


def test_what_cannot_be_fitted_is_refused(library, walk, monkeypatch):
    with pytest.raises(TooLittleHistory, match="AutoETS"):
        AutoEts().fit(walk[:39], 2)
    with pytest.raises(TooLittleHistory):
        AutoEts(season=30).fit(walk[:60], 2)
    with pytest.raises(TooLittleHistory):
        AutoEts().fit(walk[:100], 2).predict(walk[None, :50], [0.5])
    with pytest.raises(UnknownName, match="AutoTheta"):
        StatisticalLearner("Prophet").fit(walk, 2)
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(MissingExtra, match="statsforecast"):
        AutoEts().fit(walk, 2)


def test_every_type_is_listed():
    found = list_model_types()
    names = {one.name for one in found.types}
    assert names == {*MODEL_TYPES, *adapter_names(Learner), *VOLATILITY_MODELS}
    assert found.to_frame().loc["default", "made_by"] == "fit_default"
    assert "NHITS" in repr(found)
