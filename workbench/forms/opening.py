"""Open a form; the widgets are imported only then."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from workbench.errors import MissingExtra
from workbench.registry import schema

if TYPE_CHECKING:
    from workbench.forms.form import Form

__all__ = ["form"]


def form(operation: str, /, **defaults: Any) -> Form:
    """A form for an operation, to be shown as the last value of a notebook cell.

    Parameters
    ----------
    operation : str
        Tool name, function name or command, for example ``"run_backtest"``.
    **defaults : object
        What the fields begin with. An object that cannot be typed (a frame, a strategy of this
        notebook) is passed on as it is.

    Returns
    -------
    Form
        With ``values()``, ``run()``, ``stop()``, ``wait()`` and ``result``.

    Raises
    ------
    UnknownName
        If there is no such operation or parameter.
    MissingExtra
        If ipywidgets is not installed.
    """
    described = schema(operation)
    if find_spec("ipywidgets") is None:
        raise MissingExtra("ipywidgets", "to show a form in a notebook", "lab")
    from workbench.forms.form import Form  # noqa: PLC0415  heavy: ipywidgets

    return Form(described, defaults)
