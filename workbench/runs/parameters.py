"""The parameters that a notebook declares, and values given as text made to fit them."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from workbench.errors import InvalidInput, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nbformat import NotebookNode

__all__ = ["NotebookParameter", "coerced", "declared"]

TAG = "parameters"
_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (bool, int, float, str, list, dict, tuple)
}


@dataclass(frozen=True)
class NotebookParameter:
    """One assignment of the cell tagged ``parameters``.

    Attributes
    ----------
    name : str
        The variable.
    default : object
        Its value in the notebook.
    kind : object
        The type a given value is made to fit: the annotation, else the type of the default;
        `typing.Any` when neither says.
    """

    name: str
    default: Any
    kind: Any


def declared(notebook: NotebookNode) -> dict[str, NotebookParameter]:
    """The parameters of a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As it was read.

    Returns
    -------
    dict
        Name → parameter, in order; empty when no cell is tagged.

    Raises
    ------
    InvalidInput
        If the tagged cell is not Python, or a default is not a literal.
    """
    cells = [cell for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
    if not cells:
        return {}
    try:
        found = [_parameter(node) for node in ast.parse(cells[0].source).body]
    except (SyntaxError, ValueError) as error:
        raise InvalidInput(
            f"The cell tagged {TAG!r} cannot be read: {error}",
            cure="Write one assignment of a literal on each line, such as: horizon: int = 12",
        ) from None
    return {parameter.name: parameter for parameter in found if parameter}


def coerced(
    given: Mapping[str, Any], declarations: Mapping[str, NotebookParameter]
) -> dict[str, Any]:
    """The given values in the types of the notebook; text such as ``"12"`` is read.

    Parameters
    ----------
    given : mapping
        Parameter → value, as a call or a command line has it.
    declarations : mapping
        As `declared` returns it.

    Returns
    -------
    dict
        Name → value, only those given.

    Raises
    ------
    UnknownName
        If the notebook has no such parameter.
    InvalidInput
        If a value does not fit.
    """
    unknown = sorted(set(given) - set(declarations))
    if unknown:
        raise UnknownName("parameter of this notebook", unknown[0], declarations)
    return {name: _fitted(declarations[name], value) for name, value in given.items()}


def _parameter(node: ast.stmt) -> NotebookParameter | None:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        default = ast.literal_eval(node.value) if node.value else None
        return NotebookParameter(node.target.id, default, _annotated(node.annotation))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        default = ast.literal_eval(node.value)
        kind = Any if default is None else type(default)
        return NotebookParameter(node.targets[0].id, default, kind)
    return None


def _annotated(annotation: ast.expr) -> Any:
    """The type that an annotation such as ``int``, ``list[str]`` or ``float | None`` names."""
    match annotation:
        case ast.Name(id=name) if name in _TYPES:
            return _TYPES[name]
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _annotated(left) | _annotated(right)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=inner)):
            return _annotated(value)[tuple(_annotated(item) for item in inner)]
        case ast.Subscript(value=value, slice=inner):
            return _annotated(value)[_annotated(inner)]
    return Any


def _fitted(parameter: NotebookParameter, value: Any) -> Any:
    try:
        return TypeAdapter(parameter.kind).validate_python(_read(parameter.kind, value))
    except ValidationError as error:
        raise InvalidInput(
            f"The parameter {parameter.name!r} cannot be used: {error.errors()[0]['msg']}",
            seen=value,
            cure=f"Its value in the notebook is {parameter.default!r}",
        ) from None


def _read(kind: Any, value: Any) -> Any:
    """Text for anything but text is read as JSON, where it is JSON."""
    if not isinstance(value, str) or _takes_text(kind):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _takes_text(kind: Any) -> bool:
    return kind is str or str in _alternatives(kind)


def _alternatives(kind: Any) -> Iterable[Any]:
    return getattr(kind, "__args__", ()) if not hasattr(kind, "__origin__") else ()
