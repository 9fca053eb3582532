"""The decorator that makes a function a tool, a command, a form and a pipeline step."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Declaration", "added", "operation"]

Function = TypeVar("Function", bound="Callable[..., Any]")

EffectName = Literal["read", "compute", "write", "trade"]


@dataclass(frozen=True)
class Declaration:
    """What `@operation` says of a function.

    Parameters
    ----------
    effect : str
        ``read``, ``compute``, ``write`` or ``trade``.
    tool : str
        The name of the MCP tool; empty means the function's own.
    command : str
        The words of the command; empty means ``<room> <name>``.
    resources : str
        The addresses under which an agent reads what it answers, with blanks between them.
    """

    effect: str
    tool: str = ""
    command: str = ""
    resources: str = ""


_added: dict[str, tuple[Declaration, Callable[..., Any]]] = {}


def operation(
    *, effect: EffectName, tool: str = "", command: str = "", resources: str = ""
) -> Callable[[Function], Function]:
    """Declare a function to be an operation; the function is returned unchanged.

    Parameters, documentation and result are read from the signature and the numpydoc
    docstring. In ``<room>/operations.py`` the declaration is found by reading the file,
    so its arguments are literals; anywhere else, a notebook cell for example, the
    function joins the registry of this process when it is defined.

    Parameters
    ----------
    effect : {"read", "compute", "write", "trade"}
        What it does to the world; decides who may call it.
    tool : str, optional
        The name of the MCP tool when it is not the function's own.
    command : str, optional
        The words of the command when they are not ``<room> <name>``.
    resources : str, optional
        The addresses under which an agent reads its answer, with blanks between them: a name in
        braces is a parameter, what stands behind ``?`` is given and no part of the address, as in
        ``neural://forecasts/{symbol}?horizon=7``.

    Returns
    -------
    callable
        A decorator that returns its function unchanged.
    """

    def declare(function: Function) -> Function:
        function.__workbench_operation__ = declaration  # type: ignore[attr-defined]
        if not function.__module__.endswith(".operations"):
            _added[function.__name__] = (declaration, function)
        return function

    declaration = Declaration(effect, tool, command, resources)
    return declare


def added() -> dict[str, tuple[Declaration, Callable[..., Any]]]:
    """The operations that were defined outside of a room, by name."""
    return dict(_added)


def summary_of(function: Callable[..., Any]) -> str:
    """The first line of a function's docstring."""
    return (inspect.getdoc(function) or "").partition("\n")[0]
