"""Print a result: words and a table for a person, JSON for a program."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
from pydantic import BaseModel
from rich.console import Console

from workbench.cli.tables import drawn
from workbench.domain import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["show"]

GAP = re.compile(r"\S\s{2,}(?=\S)")
"""Where a column of a repr ends and the next begins."""


def show(result: Any, *, as_json: bool = False, rows: int = 40) -> None:
    """Print a result to stdout.

    Parameters
    ----------
    result : object
        What an operation returned.
    as_json : bool, default False
        Print one JSON document and nothing else; NaN is null.
    rows : int, default 40
        The most rows of its table; the rest is counted.
    """
    if as_json:
        dumped = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
        click.echo(json.dumps(dumped, indent=2, default=str, allow_nan=False))
    elif isinstance(result, Result):
        _show_result(result, rows)
    else:
        click.echo(str(result))


def _show_result(result: Result, rows: int) -> None:
    """The sentence of a result, and its table unless that says the same again."""
    console = Console()
    own_words = bool(result.headline) or type(result).__repr__ is not Result.__repr__
    own_table = type(result).to_frame is not Result.to_frame
    if own_words or not own_table:
        click.echo("\n".join(_wrapped(repr(result), console.width)))
    frame = _frame(result) if own_table else pd.DataFrame()
    if len(frame) and not (own_words and _says_nothing_new(result, frame)):
        console.print(drawn(frame, console, rows))


def _frame(result: Result) -> pd.DataFrame:
    """The table of a result; where that is longer than what crosses a wire, the latter."""
    frame = result.to_frame()
    records = getattr(result, "records", None)
    if records is None or len(frame) <= len(records):
        return frame
    rows = [one.model_dump() if isinstance(one, BaseModel) else one for one in records]
    return pd.DataFrame(rows)


def _says_nothing_new(result: Result, frame: pd.DataFrame) -> bool:
    return frame.index.name == "field" or result.repr_has_every_row


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Lines that fit the terminal, what follows under where the value began."""
    for line in text.splitlines():
        ends = [gap.end() for gap in GAP.finditer(line) if gap.end() < width // 2]
        indent = ends[-1] if ends else len(line) - len(line.lstrip()) + 2
        yield from textwrap.wrap(line, width, subsequent_indent=" " * indent) or [""]
