"""The experiment store of MLflow: quiet, lazy, shared by processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from workbench.errors import MissingExtra, StoreError
from workbench.settings import load_settings
from workbench.store.experiments import MlflowExperiments, open_experiments

NOTHING = {"parameters": {}, "metrics": {}, "artifacts": {}, "tags": {}}

LOG_SOME = """
import sys
from pathlib import Path
from workbench.store.experiments import MlflowExperiments
folder = Path(sys.argv[1])
store = MlflowExperiments(f"sqlite:///{folder}/experiments.db", folder / "experiments")
for i in range(5):
    store.log(sys.argv[2], parameters={"i": i}, metrics={"mae": i}, artifacts={"a": b"1"}, tags={})
"""


def started(folder, name):
    return subprocess.Popen(
        [sys.executable, "-c", LOG_SOME, str(folder), name],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_share_one_new_store(tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    writers = [started(tmp_path, name) for name in ("one", "two")]
    said = [writer.communicate(timeout=180) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    store = MlflowExperiments(f"sqlite:///{tmp_path}/experiments.db", tmp_path / "experiments")
    assert len(store.models()) == 10
    assert {out for out, _ in said} == {""}, "nothing may be written to standard output"
    assert {path.name for path in tmp_path.iterdir()} <= {
        "experiments",
        "experiments.db",
        "experiments.lock",
        "experiments.db-wal",
        "experiments.db-shm",
    }


def test_listing_an_unwritten_store_imports_no_mlflow(tmp_path):
    code = (
        "import sys; from workbench.context import current; from workbench.forecast.models "
        "import model_names; assert model_names() == ['naive']; "
        "bad = {'mlflow', 'torch', 'neuralforecast'} & set(sys.modules); assert not bad, bad"
    )
    environment = {**os.environ, "WORKBENCH_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)


def test_a_failed_training_is_no_model(tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    store = MlflowExperiments(f"sqlite:///{tmp_path}/experiments.db", tmp_path / "experiments")
    with pytest.raises(TypeError):
        store.log("broken", **{**NOTHING, "artifacts": {"a": "not bytes"}})
    assert store.models() == []


def test_without_mlflow_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    store = open_experiments(load_settings(experiments_url=f"sqlite:///{tmp_path}/x.db"))
    assert store.models() == []
    with pytest.raises(MissingExtra, match=r"\[forecast\]"):
        store.log("nhits", **NOTHING)


def test_a_file_that_is_no_database_is_a_store_error(tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    (tmp_path / "experiments.db").write_bytes(b"this is no database" * 100)
    store = MlflowExperiments(f"sqlite:///{tmp_path}/experiments.db", tmp_path / "experiments")
    with pytest.raises(StoreError):
        store.models()
