"""The lake on a bad day: other writers, damage, a disk that cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys

import pyarrow as pa
import pytest

from workbench.errors import StoreBusy, StoreError
from workbench.store import DeltaLake
from workbench.store.lake import delta as lake_module

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")

WRITER = """
import sys
import pyarrow as pa
from workbench.store import DeltaLake
folder, name, times = sys.argv[1:]
lake = DeltaLake(folder)
for turn in range(int(times)):
    rows = pa.table({"dataset": [name] * 3, "symbol": list("abc"), "close": [float(turn)] * 3})
    lake.replace("bars", rows, where={"dataset": name})
"""


def rows(close=1.0):
    return pa.table({"dataset": ["x"], "symbol": ["a"], "close": [close]})


def writers(folder, names, times):
    code = [sys.executable, "-c", WRITER, str(folder)]
    return [subprocess.Popen([*code, name, str(times)], stderr=subprocess.PIPE) for name in names]


@pytest.mark.parametrize("names", [("x", "y"), ("x", "x")], ids=["disjoint", "same rows"])
def test_two_processes_write_at_once(tmp_path, names):
    folder = tmp_path / "lake"
    for process in writers(folder, names, times=8):
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error.decode()
    held = DeltaLake(str(folder)).read("bars")
    assert held.num_rows == 3 * len(set(names))
    assert set(held["close"].to_pylist()) == {7.0}


def test_who_never_wins_is_told_so(tmp_path, monkeypatch):
    from deltalake.exceptions import CommitFailedError

    lake = DeltaLake(str(tmp_path))
    monkeypatch.setattr(lake_module, "ATTEMPTS", 2)

    def lose(*_):
        raise CommitFailedError("another commit came first")

    monkeypatch.setattr(lake, "_commit", lose)
    with pytest.raises(StoreBusy, match="nothing was changed"):
        lake.replace("bars", rows(), where={"dataset": "x"})


def test_a_damaged_log_is_told_with_its_cure(tmp_path):
    lake = DeltaLake(str(tmp_path))
    lake.replace("bars", rows(), where={"dataset": "x"})
    for log in (tmp_path / "bars" / "_delta_log").glob("*.json"):
        log.write_text("{ this is no log")
    with pytest.raises(StoreError, match="delete it"):
        DeltaLake(str(tmp_path)).read("bars")


def test_a_missing_data_file_is_told_with_its_cure(tmp_path):
    lake = DeltaLake(str(tmp_path))
    lake.replace("bars", rows(), where={"dataset": "x"})
    for file in (tmp_path / "bars").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        lake.read("bars")


def test_a_place_that_cannot_be_written_is_told_with_its_cure(tmp_path):
    (tmp_path / "lake").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="WORKBENCH_LAKE_URL"):
        DeltaLake(str(tmp_path / "lake")).replace("bars", rows(), where={"dataset": "x"})


def test_a_full_disk_is_told_with_its_cure(tmp_path, monkeypatch):
    """The writer reports the operating system's error, as deltalake passes it on."""
    lake = DeltaLake(str(tmp_path))

    def full(*_args, **_how):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("deltalake.write_deltalake", full)
    with pytest.raises(StoreError, match="No space left"):
        lake.replace("bars", rows(), where={"dataset": "x"})


def test_rows_of_another_shape_are_refused(tmp_path):
    lake = DeltaLake(str(tmp_path))
    lake.replace("bars", rows(), where={"dataset": "x"})
    other = pa.table({"dataset": ["x"], "symbol": ["a"], "close": ["text"]})
    with pytest.raises(StoreError):
        lake.replace("bars", other, where={"dataset": "x"})
    assert lake.read("bars").num_rows == 1


def test_without_deltalake_the_extra_is_named(tmp_path, monkeypatch):
    from workbench.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(MissingExtra, match="lab"):
        DeltaLake(str(tmp_path)).tables() or DeltaLake(str(tmp_path)).version("bars")
