"""A writer that is killed at any moment leaves a lake that opens, whole pieces and no more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")

ROUNDS = 100
SESSIONS = 250


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_writer_killed_at_a_hundred_random_points_loses_nothing_that_was_committed(tmp_path):
    script = Path(__file__).with_name("ingesting.py")
    command = [sys.executable, str(script), str(tmp_path), str(ROUNDS), "20240603"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=580, check=False)
    assert run.returncode == 0, run.stderr[-2_000:]
    whole, *rounds = map(json.loads, run.stdout.splitlines())
    assert len(rounds) == ROUNDS
    assert (whole["status"], whole["symbols"], whole["sizes"]) == (0, 24, [SESSIONS])
    seen = set()
    for one in rounds:
        after, end = one["after"], one["end"]
        assert after["problems"] == end["problems"] == []
        assert after["sizes"] in ([], [SESSIONS])  # no symbol is there in part
        assert after["symbols"] % 4 == 0  # four symbols are one commit
        assert (one["again"], end["hash"]) == (0, whole["hash"])
        seen.add(after["symbols"])
    assert sum(one["killed"] for one in rounds) > ROUNDS / 2
    assert len(seen) > 3, "the kills did not fall into the ingest"
