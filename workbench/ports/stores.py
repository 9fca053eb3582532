"""What a context keeps things in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pyarrow as pa

__all__ = [
    "Commit",
    "Experiments",
    "Lake",
    "LakeUpkeep",
    "RunRecord",
    "RunRecords",
]


@dataclass(frozen=True)
class Commit:
    """One change of a table.

    Parameters
    ----------
    version : int
        What it made.
    at : datetime
        When, aware and in UTC.
    action : str
        ``append``, ``replace``, ``compact`` or ``vacuum …``.
    rows_added, files_added, files_removed : int or None
        What it changed, where that is recorded.
    """

    version: int
    at: datetime
    action: str
    rows_added: int | None = None
    files_added: int | None = None
    files_removed: int | None = None


class Lake(Protocol):
    """Versioned tables."""

    def tables(self) -> list[str]:
        """The names of the tables, sorted."""

    def version(self, table: str) -> int | None:
        """The newest version of a table; None when there is no such table."""

    def read(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> pa.Table:
        """Read rows. `filters` are ``(column, op, value)``, all of which must hold."""

    def scan(
        self,
        table: str,
        *,
        filters: Sequence[tuple[str, str, Any]] = (),
        columns: Sequence[str] | None = None,
        version: int | None = None,
    ) -> Iterator[pa.Table]:
        """Read rows in parts whose times follow one another; each part is sorted."""

    def append(self, table: str, rows: pa.Table) -> int:
        """Add rows atomically; columns that the table lacks are added. The new version."""

    def replace(self, table: str, rows: pa.Table, *, where: dict[str, str]) -> int:
        """Replace atomically the rows whose columns equal `where` by `rows`; the new version."""


class LakeUpkeep(Protocol):
    """What a lake's tables need from time to time."""

    def history(self, table: str, limit: int | None = None) -> list[Commit]:
        """The commits of a table, the newest first."""

    def compact(self, table: str) -> int:
        """Fewer and larger files with the same rows; the new version."""

    def vacuum(
        self, table: str, *, keep: Sequence[int] = (), hours: float = 24.0, dry_run: bool = False
    ) -> list[str]:
        """Delete files that neither the newest version nor those of `keep` need; their names."""

    def verify(self, table: str) -> list[str]:
        """What is wrong with the files of a table, as sentences."""


@dataclass(frozen=True)
class RunRecord:
    """One run of a notebook or pipeline.

    Parameters
    ----------
    run_id : str
        Sortable identifier.
    kind : str
        ``notebook`` or ``pipeline``.
    name : str
        What was run.
    status : str
        ``running``, ``completed``, ``failed`` or ``cancelled``.
    folder : str
        Where its files lie.
    started_at, ended_at : datetime or None
        In UTC.
    parameters, provenance : dict
        As JSON values: parameters; table versions, package versions, git commit.
    error : str
        The sentence of the failure, or empty.
    """

    run_id: str
    kind: str
    name: str
    status: str
    folder: str
    started_at: datetime
    ended_at: datetime | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    error: str = ""


class RunRecords(Protocol):
    """Remembers runs."""

    def save(self, record: RunRecord) -> None:
        """Insert the record, or replace the one with its id."""

    def load(self, run_id: str) -> RunRecord:
        """The record of a run; `UnknownName` when there is none."""

    def latest(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""


class Experiments(Protocol):
    """Trainings and the models that came of them."""

    def log(
        self,
        name: str,
        *,
        parameters: dict[str, Any],
        metrics: dict[str, float],
        artifacts: dict[str, bytes],
        tags: dict[str, str],
    ) -> str:
        """Record a finished training with its files; returns the model id."""

    def models(self) -> list[dict[str, Any]]:
        """Every model: ``model_id, name, created_at, parameters, metrics, tags``, newest first."""

    def artifact(self, model_id: str, file: str) -> bytes:
        """One file of a model; `UnknownName` when there is no such model."""
