"""The progress of a run, as the client is told of it."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server import ServerRequestContext

__all__ = ["Reporter", "sender"]

INTERVAL_SECONDS = 0.1
PATIENCE_SECONDS = 5.0


class Reporter:
    """Thins out the news of a run: about ten a second, and always rising, as the protocol asks.

    A run of several phases counts from zero again in each; they are told one behind the other.

    Parameters
    ----------
    send : callable
        Takes ``(done, total, message)``.
    """

    def __init__(self, send: Callable[[float, float | None, str], None]) -> None:
        self._send = send
        self._phase_began = 0.0
        self._highest = 0.0
        self._sent = -math.inf
        self._sent_at = -math.inf

    def __call__(self, done: float, total: float | None, message: str) -> None:
        """Tell the client, unless it has just been told."""
        if self._phase_began + done < self._highest:
            self._phase_began = self._highest
        self._highest = self._phase_began + done
        finished = total is not None and done >= total
        due = finished or monotonic() - self._sent_at >= INTERVAL_SECONDS
        if due and self._highest > self._sent:
            self._sent, self._sent_at = self._highest, monotonic()
            self._send(self._highest, None if total is None else self._phase_began + total, message)


def sender(ctx: ServerRequestContext[Any]) -> Callable[[float, float | None, str], None]:
    """Send progress from whatever thread the run uses.

    Called on the event loop. A client that has gone, or does not read, stops nothing.

    Parameters
    ----------
    ctx : ServerRequestContext
        The request that is being answered.

    Returns
    -------
    callable
        Takes done, total and message; called from another thread than the event loop's.
    """
    loop = asyncio.get_running_loop()

    def send(done: float, total: float | None, message: str) -> None:
        with suppress(Exception):
            telling = ctx.session.report_progress(done, total, message or None)
            asyncio.run_coroutine_threadsafe(telling, loop).result(PATIENCE_SECONDS)

    return send
