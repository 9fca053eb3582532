"""How a thread waits: whoever started the work decides, so that it can be stopped meanwhile."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["pause", "pausing"]

_sleep: ContextVar[Callable[[float], None]] = ContextVar("sleep", default=time.sleep)


def pause(seconds: float) -> None:
    """Wait as the nearest `pausing` says; by `time.sleep` where there is none.

    Parameters
    ----------
    seconds : float
        How long; negative is not at all.
    """
    _sleep.get()(max(0.0, seconds))


@contextmanager
def pausing(sleep: Callable[[float], None]) -> Iterator[None]:
    """Within the block, in this thread, every `pause` calls `sleep`.

    Parameters
    ----------
    sleep : callable
        Waits for some seconds; it may raise to end the work, as ``Cancelled``.
    """
    token = _sleep.set(sleep)
    try:
        yield
    finally:
        _sleep.reset(token)
