"""One event loop on a thread of its own, so that public functions stay synchronous."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["call"]

Answer = TypeVar("Answer")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


def call(coroutine: Coroutine[Any, Any, Answer], timeout_seconds: float | None = None) -> Answer:
    """Run a coroutine on the background loop and wait for its answer.

    It works inside Jupyter and from several threads at once; the loop is started on first
    use and ends with the process.

    Parameters
    ----------
    coroutine : coroutine
        What is to run.
    timeout_seconds : float, optional
        How long to wait; then the coroutine is cancelled.

    Returns
    -------
    object
        What the coroutine returns; what it raises is raised here.

    Raises
    ------
    WireError
        If the time is over.
    RuntimeError
        If called from the loop itself, which would wait for ever.
    """
    loop = _running_loop()
    if threading.current_thread() is _thread:
        coroutine.close()
        raise RuntimeError("call() on the background loop would wait for itself: await instead")
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    try:
        return future.result(timeout_seconds)
    except FutureTimeoutError:
        if future.done():
            raise  # the coroutine's own
        future.cancel()
        raise WireError(
            "There was no answer in time", seen=f"{timeout_seconds} s", cure="Try again later"
        ) from None
    except BaseException:
        future.cancel()
        raise


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop, _thread  # noqa: PLW0603  one per process
    with _lock:
        if _loop is None or _thread is None or not _thread.is_alive():
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_loop.run_forever, name="workbench-wire", daemon=True)
            _thread.start()
        return _loop


def _forget() -> None:
    """A forked child has no thread that runs its loop."""
    global _loop, _thread, _lock
    _loop, _thread, _lock = None, None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
