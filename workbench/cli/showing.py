"""Print a result: a table for a person, JSON for a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["show", "table"]

LONGEST = 40
"""Rows of a table that are printed; the rest is counted."""


def show(result: Any, *, as_json: bool = False) -> None:
    """Print a result to stdout.

    Parameters
    ----------
    result : object
        What an operation returned.
    as_json : bool, default False
        Print one JSON document and nothing else; NaN is null.
    """
    if as_json:
        dumped = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
        click.echo(json.dumps(dumped, indent=2, default=str, allow_nan=False))
    elif isinstance(result, Result):
        _show_result(result)
    else:
        click.echo(str(result))


def _show_result(result: Result) -> None:
    """The sentence of a result, and its table unless that says the same again."""
    own_words = bool(result.headline) or type(result).__repr__ is not Result.__repr__
    own_table = type(result).to_frame is not Result.to_frame
    frame = result.to_frame()
    if own_words or not own_table:
        click.echo(repr(result))
    if own_table and not (own_words and frame.index.name == "field"):
        Console().print(table(frame))


def table(frame: pd.DataFrame) -> Table:
    """A frame as a table for the terminal.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its first 40 rows are shown; the caption counts the rest.

    Returns
    -------
    rich.table.Table
        One column for each of the frame's; a named index comes first.
    """
    shown = frame.head(LONGEST).reset_index() if _has_named_index(frame) else frame.head(LONGEST)
    left = len(frame) - len(shown)
    drawn = Table(header_style="bold", caption=f"{left:,} more rows" if left > 0 else None)
    for name in shown.columns:
        numeric = shown[name].dtype.kind in "fiu"
        drawn.add_column(str(name), justify="right" if numeric else "left", overflow="fold")
    for row in shown.itertuples(index=False):
        drawn.add_row(*(_cell(value) for value in row))
    return drawn


def _has_named_index(frame: pd.DataFrame) -> bool:
    return any(name is not None for name in frame.index.names)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:,.4f}".rstrip("0").rstrip(".")  # noqa: PLR0124
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return "–" if value is None else str(value)
