"""Keep a strategy or feature of a notebook as a file of the user's own."""

from __future__ import annotations

import ast
import builtins
import contextlib
import datetime as dt
import inspect
import math
import re
import sys
import textwrap
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_origin

from workbench.errors import ConfigurationError, InvalidInput
from workbench.registry.globals_used import names_used
from workbench.registry.index import PACKAGE
from workbench.registry.naming import DECLARED, declared_by, kind_of
from workbench.settings.places import home

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

__all__ = ["save"]

_MODULES = ("datetime", "numpy", "typing")
"""What an expression of `_constant` may need."""
_LITERALS = (bool, int, float, str, bytes, type(None))


def save(thing: Any, *, replace: bool = False, name: str = "", kind: str = "") -> Path:
    """Write a strategy or feature to ``WORKBENCH_HOME``, so that every door sees it.

    The source of the function is written with the imports, constants, closed-over values and
    functions of the notebook that it uses. The file is run at once, and kept only if what it
    declares has the hash of the original.

    Parameters
    ----------
    thing : Strategy, Feature or object with ``function`` and ``name``
        What ``@strategy`` or ``@feature`` made of a function.
    replace : bool, default False
        Whether an existing file of this name is overwritten.
    name : str, optional
        Another name for the copy.
    kind : {"strategy", "feature"}, optional
        What a thing is that was not declared; the decorator is then written with it.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidInput
        If the thing is no strategy or feature, its source is unknown, it uses an object
        that cannot be written down, the file does not bring the same thing back, or it
        exists and `replace` is false.
    """
    declared = kind_of(thing)
    if not (declared or kind):
        raise InvalidInput(
            "Only a strategy or a feature can be saved",
            seen=type(thing).__name__,
            cure="Decorate the function with @strategy(...) or @feature(...)",
        )
    kind, called = declared or kind, name or thing.name
    path = home() / DECLARED[kind] / f"{re.sub(r'[^0-9a-zA-Z_]', '_', called)}.py"
    if path.exists() and not replace:
        raise InvalidInput(
            f"A {kind} of this name is already saved", seen=str(path), cure="Pass replace=True"
        )
    text = _Module().text(thing.function, "" if declared else kind, called)
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    _must_come_back(thing, path, (kind, called), before)
    return path


def _must_come_back(thing: Any, path: Path, key: tuple[str, str], before: bytes | None) -> None:
    """Put the folder as it was unless the file declares the same thing."""
    try:
        found = declared_by(path).get(key)
        reason = "" if found is not None else f"it declares no {key[0]} {key[1]!r}"
        same = found is None or found.source_hash == thing.source_hash
        if not same and not _is_ours(thing.function):  # a copy of ours imports what was its own
            reason = "what it declares does something else"
    except ConfigurationError as error:
        reason = error.what
    if reason:
        path.unlink() if before is None else path.write_bytes(before)
        raise InvalidInput(
            f"{thing.name!r} does not come back from a file of its own: {reason}",
            seen=path.name,
            cure="Define in the notebook, outside of functions, all that its decorator uses",
        )


class _Module:
    """The text of a module that holds one function and all that it uses."""

    def __init__(self) -> None:
        self._imports: set[str] = set()
        self._constants: dict[str, str] = {}
        self._functions: dict[str, str] = {}

    def text(self, function: Any, decorator: str, name: str) -> str:
        """The module; without a decorator in the source, one is written.

        Parameters
        ----------
        function : callable
            What is saved.
        decorator : str
            ``strategy`` or ``feature`` if the source has none, else empty.
        name : str
            The name that is declared.
        """
        self._add(function)
        own = self._functions.pop(function.__name__)
        if decorator:
            self._imports.add(f"from workbench import {decorator}")
            own = f"@{decorator}({name!r})\n{own}"
        own = _renamed(own, name)
        head = ["from __future__ import annotations", *sorted(self._imports)]
        constants = [f"{name} = {value}" for name, value in self._constants.items()]
        blocks = ["\n".join(head), "\n".join(constants), *self._functions.values(), own]
        return "\n\n\n".join(block for block in blocks if block) + "\n"

    def _add(self, function: Any) -> None:
        """Add the source of a function after everything that it uses."""
        source = _source(function)
        around = {**function.__globals__, **_closed_over(function)}
        for name in sorted(names_used(source)):
            known = name != function.__name__ and name in around
            if known and not hasattr(builtins, name):  # others are local, or fail by themselves
                self._add_value(name, around[name], function)
        self._keep(self._functions, function.__name__, source)

    def _add_value(self, name: str, value: Any, user: Any) -> None:
        line, constant = _import_line(name, value), _constant(value)
        line = line or _line_from_our_file(name, value, user)
        if inspect.isfunction(value) and value.__module__ == user.__module__:
            if self._functions.get(name) is None:
                self._add(value)
            if value.__name__ != name:
                self._keep(self._functions, name, f"{name} = {value.__name__}")  # after it
        elif constant:
            self._imports |= {f"import {word}" for word in _MODULES if f"{word}." in constant}
            self._keep(self._constants, name, constant)
        elif line:
            self._imports.add(line)
        else:
            raise InvalidInput(
                f"{user.__name__} uses {name!r}, which cannot be written down",
                seen=type(value).__name__,
                cure="Make it a parameter, a constant, or a function of this notebook",
            )

    def _keep(self, where: dict[str, str], name: str, text: str) -> None:
        """One name has one meaning in a module."""
        if where.get(name, text) != text:
            raise InvalidInput(
                f"{name!r} means two things in the functions that would be saved together",
                seen=where[name][:60],
                cure="Give one of them another name",
            )
        where[name] = text


def _closed_over(function: Any) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    found = {}
    for name, cell in cells:
        with contextlib.suppress(ValueError):  # not set yet
            found[name] = cell.cell_contents
    return found


def _source(function: Any) -> str:
    try:
        source = textwrap.dedent(inspect.getsource(function)).rstrip()
        made = ast.parse(source).body[0]
    except (OSError, TypeError, SyntaxError):
        made = None
    if not isinstance(made, ast.FunctionDef):
        raise InvalidInput(
            "The source of this function is not known, or it is no def",
            seen=getattr(function, "__qualname__", type(function).__name__),
            cure="Define it with def, in a notebook cell or in a file",
        )
    return source


def _renamed(source: str, name: str) -> str:
    """The source with another name in its decorator."""
    made: Any = ast.parse(source).body[0]
    for call in made.decorator_list:
        func = getattr(call, "func", None)
        if getattr(func, "attr", getattr(func, "id", None)) not in DECLARED:
            continue
        lines = source.split("\n")
        first = call.args[0] if call.args else None
        row = (first.lineno if first else call.func.end_lineno) - 1
        line = lines[row].encode()
        if first is None:
            at = call.func.end_col_offset + 1
            comma = b", " if call.keywords else b""
            lines[row] = (line[:at] + repr(name).encode() + comma + line[at:]).decode()
        elif getattr(first, "value", None) != name:
            begin, end = first.col_offset, first.end_col_offset
            lines[row] = (line[:begin] + repr(name).encode() + line[end:]).decode()
        return "\n".join(lines)
    return source


def _import_line(name: str, value: Any) -> str:
    if inspect.ismodule(value):
        return _module_line(name, value)
    module = getattr(value, "__module__", None)
    attribute = getattr(value, "__qualname__", getattr(value, "__name__", None)) or name
    if not module or module == "__main__" or "." in str(attribute):
        return ""
    found = getattr(import_module(module), attribute, None)
    if found is not value:
        return ""
    suffix = "" if attribute == name else f" as {name}"
    return f"from {module} import {attribute}{suffix}"


def _line_from_our_file(name: str, value: Any, user: Any) -> str:
    """What a function of ours takes from its own file, where it has no name of its own."""
    known = vars(sys.modules[user.__module__]) if _is_ours(user) else {}
    return f"from {user.__module__} import {name}" if known.get(name) is value else ""


def _is_ours(function: Any) -> bool:
    return str(function.__module__).startswith(f"{PACKAGE.name}.")


def _module_line(name: str, module: ModuleType) -> str:
    suffix = "" if module.__name__ == name else f" as {name}"
    return f"import {module.__name__}{suffix}"


def _constant(value: Any) -> str:
    """A value as an expression; empty where there is none."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, _numpy_kinds()):
        return _of_numpy(value)
    if type(value) in (dt.date, dt.datetime, dt.timedelta):
        return repr(value)
    if type(value) in (tuple, list, set, frozenset, dict):
        return _collection(value)
    if get_origin(value) is Literal:
        return repr(value)
    return repr(value) if type(value) in _LITERALS else ""


def _numpy_kinds() -> tuple[type, ...]:
    numpy = sys.modules.get("numpy")
    return (numpy.ndarray, numpy.generic) if numpy else ()


def _of_numpy(value: Any) -> str:
    values = _constant(value.tolist())
    if not values or value.dtype.kind not in "biufU":
        return ""
    if not hasattr(value, "reshape") or value.shape == ():
        return f"numpy.{value.dtype.name}({values})" if value.dtype.kind != "U" else values
    return f"numpy.array({values}, {value.dtype.str!r}).reshape({value.shape})"


def _collection(value: Any) -> str:
    pairs = value.items() if isinstance(value, dict) else [(item, 0) for item in value]
    parts = [(_constant(key), _constant(item)) for key, item in pairs]
    if not all(key and item for key, item in parts):
        return ""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {item}" for key, item in parts) + "}"
    listed = ", ".join(key for key, _ in parts)
    if isinstance(value, tuple):
        return f"({listed},)" if parts else "()"
    return f"[{listed}]" if isinstance(value, list) else f"{type(value).__name__}([{listed}])"
