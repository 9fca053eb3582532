"""Find decorated functions by reading a file, without importing it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Found", "decorated"]


@dataclass(frozen=True)
class Found:
    """A decorated function as it stands in the text.

    Parameters
    ----------
    function : str
        Its name.
    arguments : tuple
        The positional literals of the decorator.
    keywords : dict
        The keyword literals of the decorator.
    summary : str
        The first line of its docstring.
    line : int
        Where it stands.
    """

    function: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    summary: str
    line: int


def decorated(path: Path, decorator: str, *, literal: bool = True) -> list[Found]:
    """List the functions and classes of a file that carry a decorator.

    Parameters
    ----------
    path : pathlib.Path
        A Python file.
    decorator : str
        The decorator's name; also found behind a dot (``wb.strategy``).
    literal : bool
        Whether every argument must be a literal; otherwise those that are not read as None.

    Returns
    -------
    list of Found
        One for each such decorator; empty when there is none.

    Raises
    ------
    ConfigurationError
        If the file is no Python, or an argument is not a literal and must be.
    """
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except SyntaxError as error:
        raise ConfigurationError(
            f"{path.name} is not valid Python: {error.msg}, line {error.lineno}",
            cure=f"Correct {path}",
        ) from None
    return list(_found(tree, decorator, path, literal=literal))


def _found(tree: ast.Module, decorator: str, path: Path, *, literal: bool) -> Iterator[Found]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and _name(call.func) == decorator:
                arguments, keywords = _literals(call, path, literal=literal)
                summary = (ast.get_docstring(node) or "").partition("\n")[0]
                yield Found(node.name, arguments, keywords, summary, node.lineno)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _literals(
    call: ast.Call, path: Path, *, literal: bool
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    arguments = [_literal(node, path) if literal else _value(node) for node in call.args]
    keywords = {
        keyword.arg: _literal(keyword.value, path) if literal else _value(keyword.value)
        for keyword in call.keywords
        if keyword.arg
    }
    return tuple(arguments), keywords


def _literal(node: ast.expr, path: Path) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    raise ConfigurationError(
        f"{path.name}, line {node.lineno}: an argument of the decorator is no literal",
        seen=ast.unparse(node),
        cure="Write the value itself; the file is read, not run",
    )


def _value(node: ast.expr) -> Any:
    return node.value if isinstance(node, ast.Constant) else None
