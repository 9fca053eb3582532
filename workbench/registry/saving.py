"""Keep a strategy or feature of a notebook as a file of the user's own."""

from __future__ import annotations

import builtins
import inspect
import re
import textwrap
from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput
from workbench.registry.globals_used import names_used
from workbench.registry.naming import DECLARED, kind_of
from workbench.settings.places import home

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

__all__ = ["save"]

_LITERALS = (bool, int, float, str, bytes, type(None))


def save(thing: Any, *, replace: bool = False) -> Path:
    """Write a strategy or feature to ``WORKBENCH_HOME``, so that every door sees it.

    The source of the function is written with the imports, constants and functions of
    the notebook that it uses.

    Parameters
    ----------
    thing : Strategy or Feature
        What ``@strategy`` or ``@feature`` made of a function.
    replace : bool, default False
        Whether an existing file of this name is overwritten.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidInput
        If the thing is no strategy or feature, its source is unknown, it uses an object
        that cannot be written down, or the file exists and `replace` is false.
    """
    kind = kind_of(thing)
    if not kind:
        raise InvalidInput(
            "Only a strategy or a feature can be saved",
            seen=type(thing).__name__,
            cure="Decorate the function with @strategy(...) or @feature(...)",
        )
    path = home() / DECLARED[kind] / f"{re.sub(r'[^0-9a-zA-Z_]', '_', thing.name)}.py"
    if path.exists() and not replace:
        raise InvalidInput(
            f"A {kind} of this name is already saved", seen=str(path), cure="Pass replace=True"
        )
    text = _module_text(thing.function)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _module_text(function: Any) -> str:
    imports: list[str] = []
    constants: list[str] = []
    functions: list[str] = []
    _collect(function, imports, constants, functions, seen=set())
    head = ["from __future__ import annotations", *sorted(set(imports))]
    blocks = ["\n".join(head), "\n".join(constants), *functions]
    return "\n\n\n".join(block for block in blocks if block) + "\n"


def _collect(
    function: Any,
    imports: list[str],
    constants: list[str],
    functions: list[str],
    seen: set[str],
) -> None:
    """Add the source of a function after everything that it uses."""
    source = _source(function)
    for name in sorted(names_used(source)):
        if name in seen or name == function.__name__ or hasattr(builtins, name):
            continue
        seen.add(name)
        if name not in function.__globals__:
            continue  # a local name, or one that the function itself will fail on
        value = function.__globals__[name]
        line = _import_line(name, value)
        if inspect.isfunction(value) and value.__module__ == function.__module__:
            _collect(value, imports, constants, functions, seen)
        elif _is_literal(value):
            constants.append(f"{name} = {value!r}")
        elif line:
            imports.append(line)
        else:
            raise InvalidInput(
                f"{function.__name__} uses {name!r}, which cannot be written down",
                seen=type(value).__name__,
                cure="Make it a parameter, a constant, or a function of this notebook",
            )
    functions.append(source)


def _source(function: Any) -> str:
    if function.__closure__:
        raise InvalidInput(
            "A function that closes over other values cannot be saved",
            seen=function.__qualname__,
            cure="Pass these values as parameters",
        )
    try:
        return textwrap.dedent(inspect.getsource(function)).rstrip()
    except OSError:
        raise InvalidInput(
            "The source of this function is not known",
            seen=function.__qualname__,
            cure="Define it in a notebook cell or in a file",
        ) from None


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


def _module_line(name: str, module: ModuleType) -> str:
    suffix = "" if module.__name__ == name else f" as {name}"
    return f"import {module.__name__}{suffix}"


def _is_literal(value: Any) -> bool:
    if isinstance(value, tuple | frozenset | list | set):
        return all(_is_literal(item) for item in value)
    if isinstance(value, dict):
        return all(_is_literal(item) for item in (*value, *value.values()))
    return isinstance(value, _LITERALS)
