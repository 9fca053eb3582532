"""A limit on how often something may be asked."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["TokenBucket"]


class TokenBucket:
    """Lets through `rate_per_second` on average and `burst` at once, in order of arrival.

    Parameters
    ----------
    rate_per_second : float
        Tokens that come back each second.
    burst : float
        The most tokens that gather; full at the start.
    clock : callable
        A monotonic time in seconds.
    sleep : callable
        Waits for some seconds, asynchronously.

    Raises
    ------
    InvalidInput
        If the rate or the burst is not positive.

    Notes
    -----
    A waiter takes its tokens at once and may leave the bucket in debt, which makes the
    order fair without a queue.
    """

    def __init__(
        self,
        rate_per_second: float,
        burst: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if rate_per_second <= 0 or burst <= 0:
            raise InvalidInput("Rate and burst are positive", seen=(rate_per_second, burst))
        self._rate = rate_per_second
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = burst
        self._at = clock()

    async def take(self, tokens: float = 1.0) -> float:
        """Wait until so many tokens are there and take them.

        Parameters
        ----------
        tokens : float
            At most `burst`.

        Returns
        -------
        float
            The seconds that were waited.

        Raises
        ------
        InvalidInput
            If more is asked for than ever gathers.
        """
        if not 0 < tokens <= self._burst:
            raise InvalidInput(f"Take from 0 to {self._burst} tokens", seen=tokens)
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._tokens -= tokens
        wait = max(0.0, -self._tokens / self._rate)
        if wait:
            await self._waited(wait, tokens)
        return wait

    async def _waited(self, seconds: float, tokens: float) -> None:
        try:
            await self._sleep(seconds)
        except asyncio.CancelledError:
            self._tokens += tokens
            raise
