"""Every experiment store keeps the same promises."""

from __future__ import annotations

import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from workbench.errors import InvalidInput, UnknownName
from workbench.settings import cache_folder
from workbench.store.experiments import MemoryExperiments, MlflowExperiments


def ticking_clock():
    ticks = count()
    return lambda: datetime(2024, 1, 2, tzinfo=UTC) + timedelta(seconds=next(ticks))


@pytest.fixture(params=["memory", "mlflow"])
def experiments(request, tmp_path):
    if request.param == "memory":
        return MemoryExperiments(ticking_clock())
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    return MlflowExperiments(f"sqlite:///{tmp_path}/experiments.db", tmp_path / "experiments")


def log(experiments, name="nhits", **changes):
    given = {
        "parameters": {"horizon": 12, "quantiles": [0.1, 0.5], "type": "NHITS", "loss": None},
        "metrics": {"mae": 1.25, "undefined": math.nan},
        "artifacts": {"weights.bin": b"\x00\xff", "config.json": b"{}"},
        "tags": {"series": "sp500-20:AAPL"},
    }
    return experiments.log(name, **{**given, **changes})


def test_a_new_store_has_no_models(experiments):
    assert experiments.models() == []


def test_what_is_logged_comes_back(experiments):
    model_id = log(experiments)
    (model,) = experiments.models()
    assert model["model_id"] == model_id
    assert model_id.startswith("nhits")
    assert model["name"] == "nhits"
    assert model["created_at"].utcoffset() == timedelta(0)
    assert model["parameters"]["quantiles"] == [0.1, 0.5]
    assert model["parameters"]["horizon"] == 12
    assert model["parameters"]["type"] == "NHITS"
    assert model["parameters"]["loss"] is None
    assert model["metrics"]["mae"] == 1.25
    assert math.isnan(model["metrics"]["undefined"])
    assert model["tags"] == {"series": "sp500-20:AAPL"}


def test_files_come_back_byte_for_byte(experiments):
    model_id = log(experiments)
    assert experiments.artifact(model_id, "weights.bin") == b"\x00\xff"
    assert experiments.artifact(model_id, "config.json") == b"{}"


def test_the_same_name_twice_is_two_models_newest_first(experiments):
    ids = [log(experiments), log(experiments)]
    assert ids[0] != ids[1]
    assert {model["model_id"] for model in experiments.models()} == set(ids)
    times = [model["created_at"] for model in experiments.models()]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("name", ["nothing", "it's", "", "x' OR '1'='1"])
def test_an_unknown_model_is_named_with_those_there_are(experiments, name):
    known = log(experiments)
    with pytest.raises(UnknownName) as caught:
        experiments.artifact(name, "weights.bin")
    assert caught.value.choices == [known]


def test_an_unknown_file_is_named_with_those_there_are(experiments):
    model_id = log(experiments)
    with pytest.raises(UnknownName) as caught:
        experiments.artifact(model_id, "weights.pkl")
    assert caught.value.choices == ["config.json", "weights.bin"]


def test_a_name_that_could_not_be_found_again_is_refused(experiments):
    with pytest.raises(InvalidInput):
        log(experiments, name="it's mine")


def test_a_file_is_read_again_without_the_library_that_keeps_it(tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    place = (f"sqlite:///{tmp_path}/experiments.db", tmp_path / "experiments")
    model_id = log(MlflowExperiments(*place))
    MlflowExperiments(*place).artifact(model_id, "weights.bin")
    code = (
        "import sys; from pathlib import Path; "
        "from workbench.store.experiments import MlflowExperiments; "
        f"store = MlflowExperiments({place[0]!r}, Path({str(place[1])!r})); "
        f"assert store.artifact({model_id!r}, 'weights.bin') == bytes([0, 255]); "
        "assert not {'mlflow', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_damaged_copy_is_made_anew(tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    store = MlflowExperiments(f"sqlite:///{tmp_path}/experiments.db", tmp_path / "experiments")
    model_id = log(store)
    assert store.artifact(model_id, "weights.bin") == b"\x00\xff"
    copies = (path for path in cache_folder("models").rglob("*") if path.is_file())
    copy = max(copies, key=lambda path: path.stat().st_mtime_ns)
    for damaged in (copy.read_bytes()[:-1], b""):
        copy.write_bytes(damaged)
        assert store.artifact(model_id, "weights.bin") == b"\x00\xff"
