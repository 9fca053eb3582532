"""``%load_ext workbench.jupyter``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.context import Throttled, show_progress, silent
from workbench.domain import Result
from workbench.jupyter.progress import CellProgress
from workbench.jupyter.tables import result_html

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load_ipython_extension", "unload_ipython_extension"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Show the progress of every run below its cell, and results as tables.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The shell of the notebook or the terminal.
    """
    show_progress(Throttled(CellProgress()))
    _html(shell).for_type(Result, result_html)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Go back to silence and words.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The shell of the notebook or the terminal.
    """
    show_progress(silent)
    _html(shell).pop(Result, None)


def _html(shell: Any) -> Any:
    return shell.display_formatter.formatters["text/html"]
