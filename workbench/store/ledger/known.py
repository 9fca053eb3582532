"""Which trials a question has had already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from workbench.ports import Moments, Points
from workbench.store.ledger.points import (
    PointSet,
    among,
    fresh,
    inside,
    point_set,
    unpacked,
    written,
)
from workbench.store.ledger.tables import sweeps, trials
from workbench.store.sql import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from workbench.ports import SweepTrials

    Hashes = npt.NDArray[np.uint64]

__all__ = ["Earlier", "earlier_of", "new_points", "unmeasured_rows"]


class Earlier(NamedTuple):
    """The same trial, made before."""

    row: int | None
    """The row of the single trial; None when a sweep made it."""
    measured: bool
    """Whether the question's maxima know it."""


def earlier_of(
    connection: sa.Connection,
    question: str,
    family: str,
    point: int,
    parameters: Mapping[str, Any],
) -> Earlier | None:
    """The first trial equal to this one; None when there is none.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that holds the question.
    question, family : str
        Where to look.
    point : int
        The hash of `parameters`.
    parameters : mapping
        Of the trial.

    Returns
    -------
    Earlier or None
        A single trial is found before a sweep.
    """
    row = connection.execute(
        sa.select(trials.c.id, trials.c.measured).where(
            trials.c.question == question,
            trials.c.family == family,
            trials.c.point == point,
            trials.c.first,
        )
    ).first()
    if row is not None:
        return Earlier(row.id, row.measured)
    one = _one(parameters)
    for sweep in _sweeps(connection, question, family):
        held = (
            bool(inside(_grid(sweep), one)[0])
            if sweep.hashes is None
            else bool(among(np.array([point], np.int64).view(np.uint64), _hashes(sweep))[0])
        )
        if held:
            return Earlier(None, sweep.measured)
    return None


def new_points(
    connection: sa.Connection, sweep: SweepTrials, family: str, tried: PointSet
) -> tuple[int, Moments]:
    """How many points of a sweep were never tried on its question, and their Sharpe ratios.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that holds the question.
    sweep : SweepTrials
        What was tried now.
    family : str
        Of the sweep.
    tried : PointSet
        Its points.

    Returns
    -------
    tuple of (int, Moments)
        Without the Sharpe ratios of each point the moments of all are weighted down.
    """
    grids, hashes = _known(connection, sweep.question, family)
    if not grids and not hashes.size and sweep.sharpes is None:
        return tried.count, sweep.moments or Moments()
    count, moments = 0, Moments()
    for where, mask in fresh(tried, grids, hashes):
        count += int(mask.sum())
        if sweep.sharpes is not None:
            moments = moments.merged(_moments(np.asarray(sweep.sharpes[where], np.float64)[mask]))
    if sweep.sharpes is None and sweep.moments is not None and count:
        moments = sweep.moments.scaled(count / tried.count)
    return count, moments


def unmeasured_rows(
    connection: sa.Connection, question: str, family: str, tried: PointSet
) -> list[int]:
    """The single trials that no maximum knows and that a sweep has made again."""
    rows = connection.execute(
        sa.select(trials.c.id, trials.c.point, trials.c.parameters).where(
            trials.c.question == question,
            trials.c.family == family,
            trials.c.first,
            trials.c.measured.is_(False),
        )
    ).all()
    if not rows:
        return []
    if tried.columns is not None:
        points = np.array([row.point for row in rows], np.int64).view(np.uint64)
        held = among(points, tried.hashes())
        return [row.id for row, again in zip(rows, held, strict=True) if again]
    return [row.id for row in rows if inside(tried, _one(from_json(row.parameters)))[0]]


def _one(parameters: Mapping[str, Any]) -> PointSet:
    return point_set(Points({name: [value] for name, value in parameters.items()}))


def _known(connection: sa.Connection, question: str, family: str) -> tuple[list[PointSet], Hashes]:
    """Grids that were swept, and the hashes of all other points, sorted."""
    rows = _sweeps(connection, question, family)
    single = connection.scalars(
        sa.select(trials.c.point).where(
            trials.c.question == question, trials.c.family == family, trials.c.first
        )
    ).all()
    listed = [_hashes(row) for row in rows if row.hashes is not None]
    listed.append(np.array(single, np.int64).view(np.uint64))
    return [_grid(row) for row in rows if row.hashes is None], np.unique(np.concatenate(listed))


def _sweeps(connection: sa.Connection, question: str, family: str) -> Sequence[Any]:
    of_family = sa.select(
        sweeps.c.axes, sweeps.c.skipped, sweeps.c.hashes, sweeps.c.measured
    ).where(sweeps.c.question == question, sweeps.c.family == family, sweeps.c.reason == "")
    return connection.execute(of_family).all()


def _grid(row: sa.Row[Any]) -> PointSet:
    values = {name: tuple(written(axis)) for name, axis in from_json(row.axes).items()}
    size = int(np.prod([len(axis) for axis in values.values()], dtype=np.int64))
    return PointSet(values, size, None, unpacked(row.skipped))


def _hashes(row: sa.Row[Any]) -> Hashes:
    return np.frombuffer(row.hashes, "<u8").astype(np.uint64)


def _moments(values: npt.NDArray[np.float64]) -> Moments:
    known = values[np.isfinite(values)]
    if not known.size:
        return Moments()
    mean = float(known.mean())
    spread = float(((known - mean) ** 2).sum())
    return Moments(known.size, mean, spread, float(known.min()), float(known.max()))
