"""One HTML file that holds figures, tables and words, and opens without a network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
from bokeh.document import Document
from bokeh.embed import components
from bokeh.embed.bundle import bundle_for_objs_and_resources
from bokeh.models import LayoutDOM
from bokeh.resources import INLINE
from jinja2 import Environment, PackageLoader, StrictUndefined

from workbench.errors import StoreError, UnusableFrame

__all__ = ["Block", "report_html", "save_html", "write_page"]

Block: TypeAlias = str | LayoutDOM | pd.DataFrame | Mapping[str, Any] | Sequence[Any]
"""What a section holds: words, a figure, a table, a mapping shown as cards, or several of these."""


def report_html(
    title: str,
    subtitle: str = "",
    sections: Sequence[tuple[str, Block]] = (),
    *,
    cards: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """A self-contained, responsive HTML page; all scripts and styles are inside.

    Parameters
    ----------
    title, subtitle : str
        The header.
    sections : sequence of (heading, content)
        Content is text (blank lines part paragraphs), a Bokeh figure or layout, a DataFrame, a
        mapping of names to values (shown as cards), or a list of these. Text is escaped.
    cards : mapping of str to value, optional
        The headline numbers, below the header. NaN and None are shown as a dash.
    notes : sequence of str
        What the reader must know first, such as survivorship bias.

    Returns
    -------
    str
        The page. The time is not taken: a date on it comes from the caller.

    Raises
    ------
    UnusableFrame
        If a section holds something that cannot be shown.
    """
    read = [(heading, _flat(content)) for heading, content in sections]
    models = [block for _, blocks in read for block in blocks if isinstance(block, LayoutDOM)]
    script, places = components([_copy(model) for model in models]) if models else ("", [])
    drawn = iter(places)
    shown = [
        (heading, [next(drawn) if isinstance(b, LayoutDOM) else _shown(b) for b in blocks])
        for heading, blocks in read
    ]
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=title,
            subtitle=subtitle,
            notes=notes,
            cards=_cards(cards or {}),
            sections=shown,
            scripts=_inlined(models),
            drawing=script,
        )
    )


def save_html(
    figures: LayoutDOM | Sequence[LayoutDOM],
    path: str | Path,
    title: str = "Workbench",
    *,
    subtitle: str = "",
    sections: Sequence[tuple[str, Block]] = (),
    cards: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> Path:
    """Write figures, then sections, as one self-contained HTML file.

    Parameters
    ----------
    figures : Bokeh figure or layout, or a sequence of them
        Shown first, without a heading.
    path : path
        The file; its folder is made if needed.
    title, subtitle, sections, cards, notes
        As `report_html`.

    Returns
    -------
    pathlib.Path
        The absolute path of the file.

    Raises
    ------
    UnusableFrame
        As `report_html`.
    StoreError
        If the file cannot be written.
    """
    first = [("", [figures] if isinstance(figures, LayoutDOM) else list(figures))]
    html = report_html(title, subtitle, [*first, *sections], cards=cards, notes=notes)
    return write_page(html, path)


def write_page(html: str, path: str | Path) -> Path:
    """Write a page to a file; its folder is made if needed.

    Parameters
    ----------
    html : str
        The page.
    path : path
        The file.

    Returns
    -------
    pathlib.Path
        The absolute path of the file.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    target = Path(path).expanduser().absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"The page could not be written: {error.strerror}",
            seen=str(target),
            cure="Choose a folder that exists and can be written to",
        ) from error
    return target


@cache
def _environment() -> Environment:
    loader = PackageLoader("workbench.charts", "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _inlined(models: Sequence[LayoutDOM]) -> str:
    """The parts of BokehJS that these figures need, as script text; none without a figure."""
    if not models:
        return ""
    bundle = bundle_for_objs_and_resources(list(models), INLINE)
    return "\n".join(f"<script>{source}</script>" for source in bundle.js_raw)


def _copy(model: LayoutDOM) -> LayoutDOM:
    """A figure that another page already shows can be shown on this one too."""
    if model.document is None:
        return model
    original = model.document
    copied = Document.from_json(original.to_json())
    return copied.get_model_by_id(model.id) or model


def _flat(content: Block) -> list[Any]:
    if isinstance(content, list | tuple):
        return [block for part in content for block in _flat(part)]
    return [content]


def _shown(block: Any) -> str:
    if isinstance(block, str):
        return _environment().get_template("words.html").render(words=block.strip().split("\n\n"))
    if isinstance(block, pd.Series):
        block = block.to_frame()
    if isinstance(block, pd.DataFrame):
        return _table(block)
    if isinstance(block, Mapping):
        return _environment().get_template("cards.html").render(cards=_cards(block))
    raise UnusableFrame(
        "This cannot be shown on a page",
        seen=type(block).__name__,
        cure="Give text, a Bokeh figure, a DataFrame or a mapping of names to values",
    )


def _table(frame: pd.DataFrame) -> str:
    named = frame.reset_index() if _is_named(frame.index) else frame
    right = [pd.api.types.is_numeric_dtype(kind) for kind in named.dtypes]
    return (
        _environment()
        .get_template("table.html")
        .render(
            columns=list(zip(map(str, named.columns), right, strict=True)),
            rows=[
                list(zip(map(_text, row), right, strict=True))
                for row in named.itertuples(index=False, name=None)
            ],
        )
    )


def _is_named(index: pd.Index) -> bool:
    return not isinstance(index, pd.RangeIndex) or index.name is not None


def _cards(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(name), _text(value)) for name, value in values.items()]


def _text(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return str(value.date())
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 1_000 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else f"{value}"
