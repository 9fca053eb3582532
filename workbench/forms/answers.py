"""A result or an error in the output of a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ipywidgets as widgets

    from workbench.errors import WorkbenchError

__all__ = ["show_defect", "show_error", "show_result"]

MOST_ROWS = 20
FRAME = '<iframe srcdoc="{page}" style="width:100%; height:{height}px; border:0"></iframe>'


@dataclass(frozen=True)
class Html:
    """Markup that a notebook shows.

    Parameters
    ----------
    text : str
        The markup.
    """

    text: str = field(repr=False)

    def _repr_html_(self) -> str:
        return self.text


def show_result(output: widgets.Output, result: Any) -> None:
    """Show a result: its words, its table if it has one, its plot if people would look there.

    Parameters
    ----------
    output : ipywidgets.Output
        Where.
    result : object
        What an operation returned.
    """
    if table := _table(result):
        output.append_stdout(f"{result!r}\n")
        output.append_display_data(Html(table))
    else:
        output.append_display_data(result)
    if hasattr(result, "plot") and hasattr(result, "model_fields"):
        output.append_display_data(Html(_plot(result.plot())))


def show_error(output: widgets.Output, error: WorkbenchError) -> None:
    """Show what happened, the value seen and the cure.

    Parameters
    ----------
    output : ipywidgets.Output
        Where.
    error : WorkbenchError
        What went wrong.
    """
    what = f"<b>{escape(type(error).__name__)}</b>: {escape(str(error))}"
    style = "border-left:4px solid #c0392b; padding:.5em 1em; margin:.5em 0"
    output.append_display_data(Html(f'<div style="{style}">{what}</div>'))


def show_defect(output: widgets.Output, traceback: str) -> None:
    """Show what should not have happened.

    Parameters
    ----------
    output : ipywidgets.Output
        Where.
    traceback : str
        All of it.
    """
    output.append_stderr(f"This is a defect of the workbench, not of the request.\n{traceback}")


def _table(result: Any) -> str:
    """The result's own table; the one that every result has says no more than its words."""
    from workbench.domain import Result  # noqa: PLC0415  heavy: pydantic

    if not isinstance(result, Result) or type(result).to_frame is Result.to_frame:
        return ""
    frame = result.to_frame()
    html: str = frame.to_html(max_rows=MOST_ROWS)
    return html


def _plot(figure: Any) -> str:
    """A Bokeh figure in a frame of its own, which needs no extension and no network."""
    from bokeh.embed import file_html  # noqa: PLC0415  heavy: bokeh
    from bokeh.resources import INLINE  # noqa: PLC0415

    page = escape(file_html(figure, INLINE, title="plot"), quote=True)
    return FRAME.format(page=page, height=int(getattr(figure, "height", None) or 600) + 40)
