"""A sweep on a Dask cluster: each worker lays it out once and takes chunks."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.sweeps.laying import job_of
from workbench.backtest.sweeps.tally import Tally
from workbench.compute import cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import xarray as xr

    from workbench.backtest.sweeps.job import Job, Terms
    from workbench.backtest.sweeps.space import Space
    from workbench.backtest.sweeps.tally import Shape
    from workbench.settings import Settings
    from workbench.strategies.declaration import Strategy

__all__ = ["on_cluster"]

AHEAD = 3
"""Chunks that wait for each thread of the cluster."""


@contextmanager
def on_cluster(
    strategy: Strategy, bars: xr.Dataset, space: Space, terms: Terms, *, settings: Settings
) -> Iterator[Callable[..., Iterator[Any]] | None]:
    """Let a Dask cluster measure the chunks of a sweep.

    Parameters
    ----------
    strategy, bars, space, terms
        As `workbench.backtest.sweeps.job.job_of` takes them; they are sent once.
    settings : Settings
        ``dask_address`` names the cluster.

    Yields
    ------
    callable or None
        As `workbench.backtest.sweeps.chunks.run_chunks` takes it; None, which is the threads of
        this process, where no cluster is set.

    Raises
    ------
    MissingExtra
        If Dask is not installed.
    ConfigurationError
        If no scheduler answers.
    """
    with cluster(settings) as where:
        if where == "threads":
            yield None
            return
        from distributed import get_client  # noqa: PLC0415  heavy: distributed

        yield _Mapped(get_client(), _Recipe(strategy, bars, space, terms))


@dataclass(frozen=True, eq=False)
class _Recipe:
    """All that a worker needs to lay out a sweep."""

    strategy: Strategy
    bars: xr.Dataset
    space: Space
    terms: Terms


@dataclass(frozen=True)
class _Mapped:
    """Gives chunks to the workers of a client."""

    client: Any
    recipe: _Recipe

    def __call__(
        self, work: Any, chunks: Iterator[tuple[int, int]], workers: int
    ) -> Iterator[tuple[tuple[int, int], Tally]]:
        """Chunks with their tallies, as they are done; `workers` is the cluster's to know."""
        from distributed import as_completed  # noqa: PLC0415  heavy: distributed

        recipe = self.client.scatter(self.recipe, broadcast=True)
        threads = sum(self.client.nthreads().values()) or workers
        waiting: Any = as_completed()  # type: ignore[no-untyped-call]
        chunk_of = {}
        for count, chunk in enumerate(chunks):
            future = self.client.submit(_measured, recipe, work.shape, chunk, pure=False)
            chunk_of[future.key] = chunk
            waiting.add(future)
            if count >= AHEAD * threads:
                yield self._next(waiting, chunk_of)
        while chunk_of:
            yield self._next(waiting, chunk_of)

    def _next(self, waiting: Any, chunk_of: dict[str, Any]) -> tuple[tuple[int, int], Tally]:
        done = next(waiting)
        found: tuple[tuple[int, int], Tally] = (chunk_of.pop(done.key), done.result())
        return found


def _measured(recipe: _Recipe, shape: Shape, chunk: tuple[int, int]) -> Tally:
    positions = np.arange(*chunk, dtype=np.int64)
    return Tally.of(_laid_out(recipe).measure(positions), shape, chunk)


@lru_cache(maxsize=2)
def _laid_out(recipe: _Recipe) -> Job:
    """The same object is laid out once on a worker."""
    return job_of(recipe.strategy, recipe.bars, recipe.space, recipe.terms)
