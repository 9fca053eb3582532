"""Carry out a sweep chunk by chunk: over threads or Dask, resumable, and stopped when asked."""

from __future__ import annotations

import contextlib
import os
import time
import zipfile
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.backtest.sweeps.tally import Tally
from workbench.errors import InvalidInput, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.backtest.sweeps.job import Job
    from workbench.backtest.sweeps.tally import Shape

__all__ = ["Checkpoint", "chunks_of", "run_chunks"]

Ints = npt.NDArray[np.int64]
Chunk = tuple[int, int]

MOST_POINTS = 32_768
MOST_FLOATS = 2**22
"""Block sums of one chunk."""
PIECES = 6
"""A small sweep is cut into so many chunks, that all threads end together."""
FEWEST_POINTS = 64
LEAST_SECONDS = 2.0
"""From one checkpoint to the next."""


class Checkpoint:
    """What a sweep has done so far, in one file that is replaced every few seconds.

    A file is written beside and moved, so that a process that is killed loses the seconds since
    the last one and nothing else. Writing takes at most a twentieth of the time.

    Parameters
    ----------
    file : path
        Of this sweep alone; its folder is made when needed.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._due = time.monotonic() + LEAST_SECONDS

    def load(self) -> Tally:
        """What was done; nothing where there is no file, or none that can be read."""
        try:
            return Tally.from_bytes(self.file.read_bytes())
        except (ValueError, OSError, KeyError, EOFError, InvalidInput, zipfile.BadZipFile):
            return Tally()

    def offer(self, tally: Tally) -> None:
        """Keep what was done, if it is time.

        Parameters
        ----------
        tally : Tally
            Of all that was done.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        if time.monotonic() >= self._due:
            self.write(tally)

    def write(self, tally: Tally) -> None:
        """Keep what was done.

        Parameters
        ----------
        tally : Tally
            Of all that was done.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        began = time.monotonic()
        part = self.file.with_suffix(f".{os.getpid()}.part")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(tally.to_bytes())
            part.replace(self.file)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise StoreError(
                f"The progress of a sweep cannot be kept: {error.strerror}",
                seen=str(self.file),
                cure="Free some space, or run it with resumable=False",
            ) from error
        now = time.monotonic()
        self._due = now + max(LEAST_SECONDS, 20 * (now - began))

    def clear(self) -> None:
        """Remove it: the sweep is complete."""
        with contextlib.suppress(OSError):
            self.file.unlink()


def chunks_of(job: Job, workers: int) -> Iterator[Chunk]:
    """The positions of a sweep in chunks, ``[first, last)``.

    Parameters
    ----------
    job : Job
        What is run.
    workers : int
        How many chunks run at once.

    Yields
    ------
    tuple of int
        In order. A chunk is large enough that starting it costs nothing, and small enough that
        its block sums fit into memory.
    """
    per_point = job.account_count * (len(job.edges) - 1)
    most = min(MOST_POINTS, max(MOST_FLOATS // per_point, 1))
    size = job.space.size
    wished = max(-(-size // (PIECES * workers)), FEWEST_POINTS if job.path == "compiled" else 1)
    step = min(most, wished)
    for first in range(0, size, step):
        yield first, min(first + step, size)


def run_chunks(
    job: Job,
    shape: Shape,
    *,
    workers: int,
    checkpoint: Checkpoint | None,
    report: Callable[[int, Tally], bool],
    mapped: Callable[..., Iterator[Any]] | None = None,
) -> Tally:
    """Run a sweep.

    Parameters
    ----------
    job : Job
        What is run.
    shape : Shape
        What is kept.
    workers : int
        Threads.
    checkpoint : Checkpoint, optional
        Where progress is kept and found.
    report : callable
        ``report(done, tally)`` after each chunk: positions done and the tally so far; True ends
        the sweep early, an exception stops it.
    mapped : callable, optional
        ``mapped(function, chunks)`` yields ``(chunk, tally)`` as they are done; threads of
        this process by default.

    Returns
    -------
    Tally
        Of all that was tried.
    """
    made = checkpoint.load() if checkpoint else Tally()
    done = sum(last - first for first, last in made.flags)
    if done and report(done, made):
        return made
    left = _left(chunks_of(job, workers), set(made.flags))
    try:
        for chunk, tally in (mapped or _threads)(_Work(job, shape), left, workers):
            made.merge(tally, shape)
            done += chunk[1] - chunk[0]
            if report(done, made):
                break
            if checkpoint:
                checkpoint.offer(made)
    except BaseException:
        if checkpoint and made.flags:
            checkpoint.write(made)
        raise
    return made


@dataclass(frozen=True)
class _Work:
    """What is done with a chunk."""

    job: Job
    shape: Shape

    def __call__(self, chunk: Chunk) -> Tally:
        positions = np.arange(*chunk, dtype=np.int64)
        return Tally.of(self.job.measure(positions), self.shape, chunk)


def _left(chunks: Iterator[Chunk], finished: set[Chunk]) -> Iterator[Chunk]:
    """The chunks, without positions that are done; another machine may have cut them otherwise."""
    covered = sorted(finished)
    for first, last in chunks:
        start = first
        for low, high in covered:
            if high <= start or low >= last:
                continue
            if low > start:
                yield (start, low)
            start = max(start, high)
        if start < last:
            yield (start, last)


def _threads(
    work: Callable[[Chunk], Tally], chunks: Iterator[Chunk], workers: int
) -> Iterator[tuple[Chunk, Tally]]:
    """Run chunks on threads, a few ahead, and give them in their order."""
    with ThreadPoolExecutor(workers, "sweep") as pool:
        waiting: deque[tuple[Chunk, Any]] = deque()
        try:
            for chunk in chunks:
                waiting.append((chunk, pool.submit(work, chunk)))
                if len(waiting) > 2 * workers:
                    ahead, future = waiting.popleft()
                    yield ahead, future.result()
            while waiting:
                ahead, future = waiting.popleft()
                yield ahead, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
