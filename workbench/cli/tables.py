"""A frame as a table that can be read in a terminal, however narrow that is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

__all__ = ["drawn"]

BLOCKS = 3
"""So many rows that are too wide stand as blocks, a line for each value."""

GAP, LEAST, DAY = 2, 16, len("2024-01-31")
"""Between columns, and what long text and moments keep when they are wrapped."""

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?")
"""A moment as JSON has it."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
"""A moment as it is printed."""

NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A column as it is printed; `least` is the width to which its text may be wrapped."""

    name: str
    texts: list[str]
    numeric: bool
    least: int

    @property
    def widest(self) -> int:
        """The width at which nothing is wrapped."""
        return max(map(cell_len, [*self.texts, *_words(self.name)]))


def drawn(frame: pd.DataFrame, console: Console, rows: int) -> Table:
    """A frame as a table that fits the console.

    Columns without a value are left out. A few rows that are too wide become blocks with a
    line for each value; of many rows the last columns are left out, and named.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table; a named index comes first.
    console : rich.console.Console
        Where it is going to be printed.
    rows : int
        The most rows.

    Returns
    -------
    rich.table.Table
        To be printed there.
    """
    named = any(name is not None for name in frame.index.names)
    shown = frame.head(rows).reset_index() if named else frame.head(rows)
    every = [_column(str(name), values) for name, values in shown.items()]
    columns = [one for one in every if any(map(_is_something, one.texts))]
    fitting = _fitting(columns, console.width)
    if len(fitting) < len(columns) and len(shown) <= BLOCKS:
        return _blocks(columns, len(shown))
    left, hidden = len(frame) - len(shown), [one.name for one in columns[len(fitting) :]]
    captions = [f"{left:,} more rows"] if left else []
    captions += [f"Not shown: {', '.join(hidden)}; --json has all."] if hidden else []
    return _table(columns[: len(fitting)], fitting, captions)


def _fitting(columns: list[Column], width: int) -> list[int]:
    """The widths of as many of the first columns as fit, the widest of them wrapped."""
    count = len(columns)
    while count > 1 and sum(one.least + GAP for one in columns[:count]) - GAP > width:
        count -= 1
    widths = [one.widest for one in columns[:count]]
    while sum(widths) + GAP * (count - 1) > width:
        spare = [one - column.least for one, column in zip(widths, columns, strict=False)]
        if not any(spare):
            break
        most = max(range(count), key=lambda place: (spare[place] > 0, widths[place]))
        widths[most] -= 1
    return widths


def _table(columns: list[Column], widths: list[int], captions: list[str]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        header_style="bold",
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
        caption="\n".join(captions) or None,
        caption_justify="left",
    )
    for one, width in zip(columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if one.numeric else "left"
        head = _folded(one.name, width)
        table.add_column(head, justify=justify, overflow="fold", min_width=width, max_width=width)
    for row in zip(*(one.texts for one in columns), strict=True):
        table.add_row(*map(Text, row))
    return table


def _blocks(columns: list[Column], count: int) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for row in range(count):
        for one in columns:
            if _is_something(one.texts[row]):
                table.add_row(one.name, Text(one.texts[row]))
        if row < count - 1:
            table.add_row("", "")
    return table


def _column(name: str, values: pd.Series) -> Column:
    texts, numeric = _texts(values.tolist()), values.dtype.kind in "fiu"
    longest = max(map(cell_len, texts), default=0)
    least = longest if numeric else min(longest, DAY if _are_moments(texts) else LEAST)
    return Column(name, texts, numeric, max(least, *map(len, _words(name))))


def _are_moments(texts: list[str]) -> bool:
    return all(text == NOTHING or MOMENT.match(text) for text in texts)


def _folded(name: str, width: int) -> str:
    """A heading on lines no wider than what stands under it, broken where a word ends."""
    lines = [""]
    for word in _words(name):
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines)


def _words(name: str) -> list[str]:
    return name.replace("_", "_ ").split(" ")


def _texts(values: list[Any]) -> list[str]:
    if all(isinstance(value, str) and ISO_TIME.fullmatch(value) for value in values):
        values = [dt.datetime.fromisoformat(value) for value in values]
    moments = [value for value in values if isinstance(value, dt.datetime) and value == value]  # noqa: PLR0124
    if moments:
        pattern = _pattern(moments)
        return [value.strftime(pattern) if value in moments else _text(value) for value in values]
    return [_text(value) for value in values]


def _pattern(moments: list[dt.datetime]) -> str:
    """How all of these are written: no more of the time of day than any of them has."""
    zone = "Z" if any(one.utcoffset() == dt.timedelta() for one in moments) else "%z"
    if any(one.second or one.microsecond for one in moments):
        return f"%Y-%m-%d %H:%M:%S{zone}"
    if any(one.hour or one.minute for one in moments) or any(one.tzinfo for one in moments):
        return f"%Y-%m-%d %H:%M{zone}"
    return "%Y-%m-%d"


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={_text(item)}" for key, item in value.items())
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: NOTHING}[value]
    if isinstance(value, float):
        return _number(value)
    return NOTHING if value != value else str(value)  # noqa: PLR0124  NaT


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124  NaN
        return NOTHING
    if 0 < abs(value) < 1e-3:  # four decimals would show nothing of it
        return f"{value:.3g}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _is_something(text: str) -> bool:
    return text not in {"", NOTHING}
