"""What a version of a table consists of."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["Snapshot", "Stamp", "stamp"]

JUST_NOW_NS = 100_000_000

Stamp = tuple[int, int]
"""What tells one state of a log from the next."""


@dataclass(frozen=True)
class Snapshot:
    """A version of a table: its columns, and the files of each block in order of time."""

    version: int
    schema: pa.Schema
    blocks: dict[str, list[str]]


def stamp(log: Path) -> Stamp | None:
    """What changes whenever a commit is added to a log.

    None within a blink of the last commit: the next may have the same time.
    """
    try:
        found = log.stat()
    except OSError:
        return None
    is_fresh = time.time_ns() - found.st_mtime_ns < JUST_NOW_NS
    return None if is_fresh else (found.st_ino, found.st_mtime_ns)
