"""What the views of a lake are called, and which row of a thing is its newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.actions.storing import KEYS as ACTION_KEYS
from workbench.data.fundamentals.facts import KEYS as FUNDAMENTAL_KEYS
from workbench.data.instruments.storing import ALIAS_KEYS, INSTRUMENT_KEYS
from workbench.data.ticks.kinds import KINDS as TICKS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ALL", "keys_of", "newest_rows", "quoted", "shown_columns", "view_name"]

BLOCK = "block"
"""The lake's partition column, which its readers do not see."""
ALL = "_all"
"""What the view of all revisions is called, beside that of the newest."""

KEYS: dict[str, Sequence[str]] = {
    "actions": ACTION_KEYS,
    "aliases": ALIAS_KEYS,
    "fundamentals": FUNDAMENTAL_KEYS,
    "instruments": INSTRUMENT_KEYS,
    "macro": ("symbol", "time"),
    **{name: kind.keys for name, kind in TICKS.items()},
}
"""Table → what names a thing in it, within a dataset."""


def view_name(table: str) -> str:
    """The view of a table; ``bars_1mo`` for ``bars_1M``, as SQL takes M and m for the same."""
    return table.removesuffix("M") + "mo" if table.endswith("M") else table


def keys_of(table: str) -> Sequence[str]:
    """What names a thing in a table; empty where nothing is ever revised."""
    if table.startswith("bars_"):
        return ("symbol", "time")
    return KEYS.get(table, ())


def shown_columns(columns: Sequence[str]) -> str:
    """What a view of all rows shows; null for the lake's own columns that an older table lacks.

    Parameters
    ----------
    columns : sequence of str
        What the files have; the name of the block that a row lies in is left out.

    Returns
    -------
    str
        A projection.
    """
    shown = [quoted(name) for name in columns if name != BLOCK]
    absent = [name for name in ("known_at", "recorded_at") if name not in columns]
    return ", ".join([*shown, *(f"CAST(NULL AS TIMESTAMP) AS {name}" for name in absent)])


def newest_rows(view: str, keys: Sequence[str]) -> str:
    """Of the rows with the same keys the one that was known last, as `knowledge.latest` has it.

    Parameters
    ----------
    view : str
        All rows.
    keys : sequence of str
        What names a thing; without any, every row is one.

    Returns
    -------
    str
        A query, whose filters by dataset and keys reach the files.
    """
    rows = f"SELECT * FROM {quoted(view)}"  # noqa: S608  names of the lake
    if not keys:
        return rows
    thing = ", ".join(map(quoted, ["dataset", *keys]))
    return (
        f"{rows} QUALIFY row_number() OVER (PARTITION BY {thing}"
        " ORDER BY known_at DESC NULLS LAST, recorded_at DESC NULLS LAST) = 1"
    )


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
