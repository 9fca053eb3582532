"""A second try for what may succeed later."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from workbench.wire.pausing import pause

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Retry"]

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Retry:
    """Exponential back-off with full jitter.

    Before try n the wait is uniform between 0 and ``min(most, first * 2**(n - 1))`` seconds
    (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), and at least
    as long as the error's ``retry_after_seconds`` asks for.

    Parameters
    ----------
    on : tuple of exception types
        What is worth another try; anything else is raised at once. Never list an error that
        leaves it open whether an order was placed.
    tries : int
        The most tries; the error of the last is raised.
    first_seconds, most_seconds : float
        The longest wait before the second try, and before any.
    patience_seconds : float
        Who asks to wait longer than this is not waited for: the error is raised.
    draw : random.Random
        Where the jitter comes from.
    sleep : callable
        Waits for some seconds, asynchronously.
    """

    on: tuple[type[Exception], ...]
    tries: int = 5
    first_seconds: float = 0.5
    most_seconds: float = 30.0
    patience_seconds: float = 120.0
    draw: random.Random = field(default_factory=random.Random, repr=False)
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)

    async def call(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """Await `attempt()` until it succeeds or the tries are used up.

        Parameters
        ----------
        attempt : callable
            Makes a new awaitable for each try.

        Returns
        -------
        object
            What the first success returns.
        """
        for done in range(1, self.tries):
            try:
                return await attempt()
            except self.on as error:
                await self.sleep(self._wait(done, error))
        return await attempt()

    def run(self, attempt: Callable[[], Answer]) -> Answer:
        """Call `attempt()` until it succeeds or the tries are used up, waiting by `pause`.

        Parameters
        ----------
        attempt : callable
            One try.

        Returns
        -------
        object
            What the first success returns.
        """
        for done in range(1, self.tries):
            try:
                return attempt()
            except self.on as error:
                pause(self._wait(done, error))
        return attempt()

    def _wait(self, done: int, error: Exception) -> float:
        asked = getattr(error, "retry_after_seconds", None) or 0.0
        if asked > self.patience_seconds:
            raise error
        ceiling = min(self.most_seconds, self.first_seconds * 2.0 ** (done - 1))
        return max(asked, self.draw.uniform(0, ceiling))
