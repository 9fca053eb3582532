"""A download that is interrupted, by whatever, goes on to the same table."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from vendors import polygon

from workbench.context import Context, Resources
from workbench.data.canonical import content_hash
from workbench.data.downloads import download_data, fetching, running
from workbench.errors import ServiceUnavailable
from workbench.store import DeltaLake
from workbench.wire import tokens

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")

START, END = "2024-01-02", "2024-03-28"
SYMBOLS = [*polygon.SYMBOLS, polygon.QUIET]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(tokens, "_shared", {})
    monkeypatch.setattr(fetching, "PIECES_PER_WRITE", 1)
    with polygon.Server() as made:
        for name, value in polygon.settings(made).items():
            monkeypatch.setenv(name, value)
        yield made


def fetched(folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    context = Context(resources=Resources(lake=DeltaLake(str(folder / "lake"))))
    monkeypatch.setattr(running, "_wait", lambda *_: None)
    return download_data("polygon", SYMBOLS, START, END, timeframe="1d", context=context)


def held(folder):
    lake = DeltaLake(str(folder / "lake"))
    actions = lake.read("actions").drop(["recorded_at", "content"])
    return content_hash(lake.read("bars_1d")), actions.to_pylist()


@pytest.fixture
def undisturbed(server, tmp_path, monkeypatch):
    fetched(tmp_path / "whole", monkeypatch)
    server.asked.clear()
    return held(tmp_path / "whole")


@pytest.mark.parametrize("fault", ["dropped", "truncated", "unavailable", "too_many"])
def test_a_service_that_fails_for_good_is_asked_for_the_rest_the_next_time(
    fault, server, undisturbed, tmp_path, monkeypatch
):
    folder = tmp_path / "broken"
    for after in (1, 3, 6, 8):
        server.fail(fault, times=40, after=after)
        with pytest.raises(ServiceUnavailable):
            fetched(folder, monkeypatch)
        server._faults.clear()
    assert fetched(folder, monkeypatch).failed == {}
    assert held(folder) == undisturbed
    assert fetched(folder, monkeypatch).pieces == 0


def test_a_storm_of_requests_to_wait_is_waited_out(server, undisturbed, tmp_path, monkeypatch):
    for after in (0, 2, 5, 9):
        server.fail("too_many", times=4, after=after)
        fetched(tmp_path / f"stormy-{after}", monkeypatch)
        assert server._faults == []
        assert held(tmp_path / f"stormy-{after}") == undisturbed


@pytest.mark.timeout(180)
def test_an_interrupt_from_the_keyboard_is_no_loss(server, undisturbed, tmp_path, monkeypatch):
    """The command itself, stopped by SIGINT while it waits for the vendor."""
    folder = tmp_path / "stopped"
    command = [sys.executable, "-m", "workbench", "data", "download", "--source", "polygon"]
    command += ["--symbols", ",".join(SYMBOLS), "--start", START, "--end", END]
    environment = {**os.environ, "WORKBENCH_HOME": str(folder)}
    server.retry_after_seconds = "60"
    server.fail("too_many", times=1, after=4)
    run = subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True)
    while len(server.asked) < 5 and run.poll() is None:
        time.sleep(0.05)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    out, error = run.communicate(timeout=60)
    assert run.returncode not in (0, None), out
    assert "Traceback" not in error
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert held(folder) == undisturbed
