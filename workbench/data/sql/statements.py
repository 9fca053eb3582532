"""Whether a statement only reads, by DuckDB's own reading of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_reading"]

READING = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE", "RECURSIVE_CTE_NODE"})
"""The parts of a query that change nothing; a WITH can hold an INSERT."""
TABLE_FUNCTIONS = frozenset({"generate_series", "range", "repeat", "unnest"})
"""Functions that may stand in FROM: the others open files, memory or settings."""
CURE = "Give one SELECT (or WITH … SELECT, VALUES, DESCRIBE, SUMMARIZE, SHOW TABLES)"


def check_reading(sql: str, tree: str) -> None:
    """Refuse what is not one query over the views.

    Parameters
    ----------
    sql : str
        As given.
    tree : str
        What ``json_serialize_sql`` makes of it.

    Raises
    ------
    InvalidInput
        If it is another statement or several, cannot be understood, or calls a function in FROM
        that reaches beyond the views.
    """
    try:
        parsed = json.loads(tree)
        parts = list(_parts(parsed))
    except RecursionError:
        raise InvalidInput("The query is nested too deeply", cure="Split it up") from None
    if parsed.get("error"):
        raise InvalidInput(
            f"The query cannot be read: {parsed['error_message']}", seen=sql, cure=CURE
        )
    count = len(parsed["statements"])
    if count != 1:
        raise InvalidInput(f"This is not one query but {count}", seen=sql, cure=CURE)
    for part in parts:
        kind = str(part.get("type", ""))
        if kind.endswith("_NODE") and kind not in READING:
            raise InvalidInput("A query may only read", seen=kind.partition("_")[0], cure=CURE)
        if kind == "TABLE_FUNCTION":
            _check_function(str(part["function"].get("function_name", "")))


def _check_function(name: str) -> None:
    if name.lower() not in TABLE_FUNCTIONS:
        raise InvalidInput(
            "This function may not stand in FROM",
            seen=name,
            cure=f"Read the views (SHOW TABLES), or use {', '.join(sorted(TABLE_FUNCTIONS))}",
        )


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a tree."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
