"""A result on a page: its plot, its table, its words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui
from pydantic import BaseModel

from workbench.errors import WorkbenchError
from workbench.pages.frame import figure

__all__ = ["shown", "table"]

_MOST_ROWS = 5_000


def shown(result: Any) -> Any:
    """Show any result of an operation.

    Parameters
    ----------
    result : object
        A `workbench.domain.Result`, a frame, or anything with a repr.

    Returns
    -------
    Panel object
        Tabs of what the result has: plot, table, text, JSON.
    """
    tabs = [
        (name, view)
        for name, view in (
            ("Plot", _plot(result)),
            ("Table", _table(result)),
            ("Text", _words(result)),
            ("JSON", _wire(result)),
        )
        if view is not None
    ]
    return pmui.Tabs(*tabs, sizing_mode="stretch_width", dynamic=True)


def table(frame: pd.DataFrame) -> Any:
    """A frame as a table that is sorted by a click; the first 5,000 rows."""
    return pn.widgets.Tabulator(
        frame.head(_MOST_ROWS),
        disabled=True,
        pagination="local",
        page_size=20,
        sizing_mode="stretch_width",
        layout="fit_data_stretch",
        theme="simple",
    )


def _plot(result: Any) -> Any:
    if not hasattr(result, "plot") or isinstance(result, pd.DataFrame | pd.Series):
        return None
    try:
        return figure(result.plot())
    except WorkbenchError as error:
        return pmui.Alert(str(error), severity="info", sizing_mode="stretch_width")


def _table(result: Any) -> Any:
    frame = result if isinstance(result, pd.DataFrame) else None
    if hasattr(result, "to_frame"):
        frame = result.to_frame()
    if not isinstance(frame, pd.DataFrame):
        return None
    return table(frame)


def _words(result: Any) -> Any:
    text = pn.pane.Str(
        repr(result),
        sizing_mode="stretch_width",
        styles={"font-family": "ui-monospace, monospace", "white-space": "pre", "overflow": "auto"},
    )
    return pmui.Column(text, sizing_mode="stretch_width")


def _wire(result: Any) -> Any:
    if not isinstance(result, BaseModel):
        return None
    return pn.pane.JSON(result.model_dump(mode="json"), depth=2, sizing_mode="stretch_width")
