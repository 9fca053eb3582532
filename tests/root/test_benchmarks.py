"""The benchmark runner shows what was measured, losses included, and knows its workloads."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.__main__")


def test_a_loss_is_shown_as_one(runner):
    row = {"size": "x1", "peer": "polars", "ours_seconds": 0.5, "peer_seconds": 0.25}
    result = {"workload": "W1", "title": "indicators", "target": ">= 1.5x", "met": False}
    shown = runner.table([{**result, "rows": [{**row, "ratio": 0.5, "equal": False}]}])
    assert shown.splitlines()[2] == (
        "| W1 indicators | x1 | polars | 0.5 | 0.25 | 0.5 | no | >= 1.5x | no |"
    )


def test_every_workload_says_what_it_is(runner):
    known = runner.workloads()
    assert known
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    for name, module in known.items():
        workload = importlib.import_module(module)
        assert workload.TITLE, name
        assert workload.TARGET, name
        assert set(workload.LIBRARIES) <= pinned, name  # peers are in the extra 'bench'


def test_figures_are_taken_in_turns_after_a_warm_up(runner):
    calls: list[str] = []
    measure = sys.modules["benchmarks.measure"]
    ours, peer = measure.in_turns(lambda: calls.append("ours"), lambda: calls.append("peer"))
    assert calls == ["ours", "peer"] * 8
    assert min(ours, peer) > 0


def test_the_slope_of_a_square_is_two(runner):
    measure = sys.modules["benchmarks.measure"]
    assert measure.slope([1, 4, 16], [0.1, 1.6, 25.6]) == pytest.approx(2)


def test_an_unknown_workload_lists_what_there_is():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "W99"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no workload W99; there are W0" in done.stderr
