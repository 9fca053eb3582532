"""The benchmark runner shows what was measured, losses included, and knows its workloads."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import NoData

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


def test_a_workload_without_its_data_does_not_end_the_others(runner, monkeypatch, capsys):
    done = []

    def measure(name, _):
        if name == "W2":
            raise NoData("The trades are not there", seen="trades.parquet")
        done.append(name)

    monkeypatch.setattr(runner, "workloads", lambda: {"W1": "a", "W2": "b", "W3": "c"})
    monkeypatch.setattr(runner, "measure", measure)
    monkeypatch.setattr(runner, "publish", lambda: "the table")
    assert runner.main([]) == 1
    assert done == ["W1", "W3"]
    assert runner.main(["W1"]) == 0
    said = capsys.readouterr()
    assert "W2  not run: The trades are not there (got 'trades.parquet')" in said.err
    assert said.out == "the table\nthe table\n"


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
