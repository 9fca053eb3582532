"""A second try for what may succeed later."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Retry"]

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Retry:
    """Exponential back-off with full jitter.

    Before try n the wait is uniform between 0 and ``min(most, first * 2**(n - 1))`` seconds
    (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

    Parameters
    ----------
    on : tuple of exception types
        What is worth another try; anything else is raised at once. Never list an error that
        leaves it open whether an order was placed.
    tries : int
        The most tries; the error of the last is raised.
    first_seconds, most_seconds : float
        The longest wait before the second try, and before any.
    draw : random.Random
        Where the jitter comes from.
    sleep : callable
        Waits for some seconds, asynchronously.
    """

    on: tuple[type[Exception], ...]
    tries: int = 5
    first_seconds: float = 0.5
    most_seconds: float = 30.0
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
            except self.on:
                await self.sleep(self.draw.uniform(0, self._ceiling(done)))
        return await attempt()

    def _ceiling(self, done: int) -> float:
        return min(self.most_seconds, self.first_seconds * 2.0 ** (done - 1))
