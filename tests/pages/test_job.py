"""Work runs in a thread, its news are shown, it can be stopped, and its errors are whole."""

import asyncio
import threading

import pytest

pytest.importorskip("panel_material_ui")

from workbench.errors import OutOfRange
from workbench.pages import Job


def test_the_answer_comes_back_from_another_thread():
    job = Job()
    answer = asyncio.run(job.run(lambda _context: threading.current_thread().name))
    assert answer != threading.main_thread().name
    assert not job.is_running
    assert not job.alert.visible


def test_progress_is_shown_while_it_runs():
    job, go = Job(), threading.Event()

    def work(context):
        context.progress(3, 4, "three of four")
        go.wait(10)

    async def watch():
        task = asyncio.create_task(job.run(work))
        for _ in range(50):
            await asyncio.sleep(0.05)
            if job.message == "three of four":
                break
        seen = job.message, job.is_running, job.done
        go.set()
        await task
        return seen

    assert asyncio.run(watch()) == ("three of four", True, 75)


def test_stop_ends_the_run_and_says_so():
    job, started = Job(), threading.Event()

    def endless(context):
        for step in range(10_000):
            started.set()
            context.progress(step)
            threading.Event().wait(0.01)

    async def stopped():
        task = asyncio.create_task(job.run(endless))
        await asyncio.to_thread(started.wait, 10)
        job.stop()
        return await task

    assert asyncio.run(stopped()) is None
    assert "stopped" in job.alert.title
    assert job.alert.severity == "info"


def test_an_error_is_shown_whole_and_escaped():
    job = Job()

    def fail(_context):
        raise OutOfRange("lookback", "<b>", 2, 504)

    assert asyncio.run(job.run(fail)) is None
    assert job.alert.title == "lookback is out of range (got '<b>')"
    assert job.alert.object == "Give a value from 2 to 504"
    assert job.alert.severity == "warning"


def test_a_defect_is_called_one(caplog):
    job = Job()
    assert asyncio.run(job.run(lambda _context: {}["x"])) is None
    assert job.alert.severity == "error"
    assert "defect" in job.alert.title
    assert "An operation failed" in caplog.text


def test_the_next_run_takes_the_alert_away():
    job = Job()
    asyncio.run(job.run(lambda _context: 1 / 0))
    assert asyncio.run(job.run(lambda _context: 7)) == 7
    assert not job.alert.visible
