"""The upkeep of the lake."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.data.upkeep.results import LakeHistory, LakeReport
from workbench.registry import operation

__all__ = ["compact_lake", "lake_history", "vacuum_lake", "verify_lake"]


@operation(effect="read", command="data history")
def lake_history(
    table: str = "",
    *,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 50,
    context: Context | None = None,
) -> LakeHistory:
    """What was done to the tables of the lake, the newest first.

    Parameters
    ----------
    table : str
        One table, such as ``bars_1d``; all by default.
    limit : int
        The most commits.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    LakeHistory
        Commits; each version can be read again until it is vacuumed.

    Raises
    ------
    UnknownName
        If there is no such table.
    """
    from workbench.data.upkeep.keeping import history  # heavy: pyarrow

    return history(context or current(), table, limit)


@operation(effect="write", command="data compact")
def compact_lake(table: str = "", *, context: Context | None = None) -> LakeReport:
    """Rewrite what many small writes have left as few large sorted files; no row changes.

    Parameters
    ----------
    table : str
        One table; all by default.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    LakeReport
        What was done to each table.

    Raises
    ------
    UnknownName
        If there is no such table.
    StoreBusy
        If other processes keep writing.
    """
    from workbench.data.upkeep.keeping import compacted  # heavy: pyarrow

    return compacted(context or current(), table)


@operation(effect="write", command="data vacuum")
def vacuum_lake(
    table: str = "",
    *,
    hours: Annotated[float, Field(ge=0)] = 24.0,
    dry_run: bool = True,
    context: Context | None = None,
) -> LakeReport:
    """Delete the files of old versions; what a recorded run cites stays.

    What was known when is not lost by it: revisions are rows, not versions.

    Parameters
    ----------
    table : str
        One table; all by default.
    hours : float
        Younger files stay: another process may still read them.
    dry_run : bool
        Only tell what would go; say ``--no-dry-run`` to delete.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    LakeReport
        How many files each table lost, or would lose.

    Raises
    ------
    UnknownName
        If there is no such table.
    """
    from workbench.data.upkeep.keeping import vacuumed  # heavy: pyarrow

    return vacuumed(context or current(), table, hours, dry_run=dry_run)


@operation(effect="read", command="data verify")
def verify_lake(table: str = "", *, context: Context | None = None) -> LakeReport:
    """Look whether every file of the lake is there and whole.

    Parameters
    ----------
    table : str
        One table; all by default.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    LakeReport
        What is wrong, as sentences; ``is_sound`` when nothing is.

    Raises
    ------
    UnknownName
        If there is no such table.
    """
    from workbench.data.upkeep.keeping import verified  # heavy: pyarrow

    return verified(context or current(), table)
