"""The picture of a leak report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts import dependence_map
from workbench.errors import NoData

if TYPE_CHECKING:
    from bokeh.plotting import figure

    from workbench.validation.leaks.results import LeakReport

__all__ = ["drawn"]


def drawn(report: LeakReport) -> figure:
    """The map of what moves what, around the first leak or in the middle of the bars.

    Parameters
    ----------
    report : LeakReport
        With its dependence.

    Returns
    -------
    bokeh.plotting.figure
        Input bar × output bar.

    Raises
    ------
    NoData
        If the function could not be called twice alike, so that there is no map.
    """
    if report.dependence is None:
        raise NoData(
            "There is no map of what moves what",
            cure="Make the function deterministic: fix its seed",
        )
    return dependence_map(report.dependence, title=f"What moves {report.subject}")
