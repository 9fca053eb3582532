"""A lock is held by one process, and freed by its death."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench.errors import StoreBusy
from workbench.store import locks
from workbench.store.locks import alone

HOLD = (
    "import sys, time; from pathlib import Path; from workbench.store.locks import alone\n"
    "with alone(Path(sys.argv[1])):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / "a.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().strip() == "held"
        yield process
        process.kill()


def test_who_waits_too_long_is_told_so(holder, tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 0.1)
    with (
        pytest.raises(StoreBusy, match=r"a\.lock.*nothing was changed"),
        alone(tmp_path / "a.lock"),
    ):
        pytest.fail("two hold the lock")


def test_a_killed_process_frees_it(holder, tmp_path):
    holder.kill()
    holder.wait()
    with alone(tmp_path / "a.lock"):
        assert (tmp_path / "a.lock").exists()
