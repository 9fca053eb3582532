"""A result as a notebook shows it."""

from __future__ import annotations

from html import escape

from workbench.domain import Result

__all__ = ["result_html"]

MOST_ROWS = 12


def result_html(result: Result) -> str:
    """The headline of a result, and its own table where it has one.

    Parameters
    ----------
    result : Result
        What an operation returned.

    Returns
    -------
    str
        HTML: the name of its type, then the tables.
    """
    headline = Result.to_frame(result)
    parts = [f"<b>{escape(type(result).__name__)}</b>"]
    if len(headline):
        parts.append(headline.to_html(header=False, index_names=False, na_rep="–"))
    if type(result).to_frame is not Result.to_frame:
        parts.append(result.to_frame().to_html(max_rows=MOST_ROWS, na_rep="–"))
    return "\n".join(parts)
