"""The main job with its own parameters, for whoever sees the workbench the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.context import current
from workbench.runs.operations import run_notebook

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.runs.results import RunReport

__all__ = ["demo"]


def demo(context: Context | None = None) -> RunReport:
    """Run the research notebook on embedded prices.

    Parameters
    ----------
    context : Context, optional
        None means the process's own.

    Returns
    -------
    RunReport
        Its `report` is the page to open.
    """
    return run_notebook("research", context=context or current())
