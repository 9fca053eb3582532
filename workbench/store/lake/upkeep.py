"""What a table needs from time to time: fewer files, fewer old versions, a look at its health."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.ports import Commit
from workbench.store.lake.parquet import row_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deltalake import DeltaTable

    from workbench.store.lake.parquet import Files

__all__ = ["commits", "crowded", "faults", "files_of"]

MOST_FILES = 8
"""A block with more files is rewritten as one by the write that finds it so."""

DAMAGES = (OSError, ValueError, EOFError)  # pyarrow.ArrowException is a ValueError or an OSError


def files_of(opened: DeltaTable) -> list[dict[str, Any]]:
    """The files of a table: ``path``, ``block`` (None in an old table) and ``rows``.

    Parameters
    ----------
    opened : deltalake.DeltaTable
        At some version.

    Returns
    -------
    list of dict
        In order of block and path; the path is relative to the table.
    """
    import pyarrow as pa  # noqa: PLC0415  heavy: pyarrow

    actions = pa.table(opened.get_add_actions(flatten=True)).to_pydict()
    count = len(actions["path"])
    blocks = actions.get("partition.block", [None] * count)
    rows = actions.get("num_records", [None] * count)
    found = [
        {"path": path, "block": block, "rows": number}
        for path, block, number in zip(actions["path"], blocks, rows, strict=True)
    ]
    return sorted(found, key=lambda file: (file["block"] or "", file["path"]))


def crowded(rows: Sequence[int]) -> bool:
    """Whether a block is worth rewriting, by the rows of its files.

    Many files, and enough rows beside the largest one that rewriting it is paid back: what is
    written again stays a small multiple of what is written.
    """
    if len(rows) <= MOST_FILES:
        return False
    return len(rows) > 4 * MOST_FILES or sum(rows) - max(rows) >= max(rows) / 4


def commits(opened: DeltaTable, limit: int | None) -> list[Commit]:
    """The commits of a table, the newest first."""
    return [_commit(entry) for entry in opened.history(limit)]


def faults(opened: DeltaTable, files: Files) -> list[str]:
    """What is wrong with the files of a table, as sentences.

    Parameters
    ----------
    opened : deltalake.DeltaTable
        At its newest version.
    files : Files
        Where they are.

    Returns
    -------
    list of str
        Empty when every file is there and has the rows that the log names.
    """
    found = []
    for file in files_of(opened):
        try:
            rows = row_count(files, file["path"])
        except DAMAGES as error:
            found.append(f"{file['path']} cannot be read: {str(error).partition(chr(10))[0]}")
            continue
        if file["rows"] is not None and rows != file["rows"]:
            found.append(f"{file['path']} has {rows} rows and the log says {file['rows']}")
    return found


def _commit(entry: dict[str, Any]) -> Commit:
    metrics = entry.get("operationMetrics", {})
    return Commit(
        version=int(entry["version"]),
        at=datetime.fromtimestamp(entry["timestamp"] / 1_000, tz=UTC),
        action=str(entry.get("workbench") or entry.get("operation", "")).lower(),
        rows_added=_number(metrics, "num_added_rows"),
        files_added=_number(metrics, "num_added_files"),
        files_removed=_number(metrics, "num_removed_files"),
    )


def _number(metrics: dict[str, Any], name: str) -> int | None:
    value = metrics.get(name)
    return None if value is None else int(value)
