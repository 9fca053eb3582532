"""A limit on how often something may be asked."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from workbench.errors import InvalidInput
from workbench.wire.pausing import pause

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["TokenBucket", "shared_bucket"]


class TokenBucket:
    """Lets through `rate_per_second` on average and `burst` at once, in order of arrival.

    Coroutines `take`, threads `wait`; one bucket serves both at once.

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
        self._lock = threading.Lock()

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
        seconds = self._reserve(tokens)
        if seconds:
            try:
                await self._sleep(seconds)
            except asyncio.CancelledError:
                self._give_back(tokens)
                raise
        return seconds

    def wait(self, tokens: float = 1.0) -> float:
        """Wait in this thread, by `pause`, until so many tokens are there and take them.

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
        seconds = self._reserve(tokens)
        if seconds:
            try:
                pause(seconds)
            except BaseException:
                self._give_back(tokens)
                raise
        return seconds

    def _reserve(self, tokens: float) -> float:
        """Take the tokens, perhaps on credit; the seconds until the debt is paid."""
        if not 0 < tokens <= self._burst:
            raise InvalidInput(f"Take from 0 to {self._burst} tokens", seen=tokens)
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= tokens
            return max(0.0, -self._tokens / self._rate)

    def _give_back(self, tokens: float) -> None:
        with self._lock:
            self._tokens += tokens


_shared: dict[str, TokenBucket] = {}
_shared_lock = threading.Lock()


def shared_bucket(name: str, rate_per_second: float, burst: float = 1.0) -> TokenBucket:
    """The one bucket of this process for a service, however many adapters it has.

    Parameters
    ----------
    name : str
        What is limited: the service, and the account where there are several.
    rate_per_second, burst : float
        As `TokenBucket` takes them; the first caller decides.

    Returns
    -------
    TokenBucket
        The same for the same name.
    """
    with _shared_lock:
        return _shared.setdefault(name, TokenBucket(rate_per_second, burst))
