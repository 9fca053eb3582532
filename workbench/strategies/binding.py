"""Bind a step to its loop: one small module for each strategy, written to a real file.

A kernel that receives another as an argument is compiled anew in every process; a module
that holds both is compiled once and then read from the cache (`workbench.compute.kernel`).
The file is named by its own text, so that an edited strategy gets another one.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import importlib.util
import inspect
import os
import sys
import tempfile
import textwrap
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from workbench.registry.globals_used import names_used
from workbench.settings import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Unbindable", "bound_run", "module_text"]

_LITERALS = (bool, int, float, str)

_LOOP = """

@kernel
def run(inputs, intents, initial, parameters):
    for symbol in range(intents.shape[1]):
        state = initial
        position = 0.0
        for bar in range(intents.shape[0]):
            seen = Observation({seen})
            state, intent = {step}(state, seen, position{parameters})
            intents[bar, symbol] = intent
            if not np.isnan(intent):
                position = float(intent)
"""


class Unbindable(Exception):  # noqa: N818  never reaches a user: the step is interpreted instead
    """The step has no source, or uses something that cannot be written into a module."""


def bound_run(step: Callable[..., Any], inputs: tuple[str, ...], name: str) -> Callable[..., None]:
    """The compiled loop over a step.

    Parameters
    ----------
    step : callable
        ``step(state, observation, position, *, <parameters>) -> (state, intent)``.
    inputs : tuple of str
        The fields of `observation`.
    name : str
        The strategy's name, for the name of the file.

    Returns
    -------
    callable
        ``run(inputs, intents, initial, parameters)``: fills `intents`, shape (time, symbol),
        from a tuple of arrays of the same shape and a tuple of parameter values.

    Raises
    ------
    Unbindable
        If the step cannot be written into a module.
    OSError
        If the folder of the cache cannot be written.
    """
    loop: Callable[..., None] = _loaded(_written(module_text(step, inputs), name)).run
    return loop


def module_text(step: Callable[..., Any], inputs: tuple[str, ...]) -> str:
    """The module that holds a step, all that it uses, and the loop over it.

    Parameters
    ----------
    step, inputs
        As `bound_run`.

    Returns
    -------
    str
        Python.

    Raises
    ------
    Unbindable
        If the step has no source, closes over a changing value, or uses an object that is
        neither a module, a constant, a kernel nor a function with a source.
    """
    head = ["from collections import namedtuple", "import numpy as np"]
    head += ["from workbench.compute import kernel"]
    blocks: list[str] = []
    _collect(step, head, blocks, seen={"np", "kernel", "namedtuple"})
    arguments = [name for name, value in inspect.signature(step).parameters.items()]
    loop = _LOOP.format(
        step=step.__name__,
        seen=", ".join(f"inputs[{number}][bar, symbol]" for number in range(len(inputs))),
        parameters="".join(f", parameters[{number}]" for number in range(len(arguments) - 3)),
    )
    observation = f'Observation = namedtuple("Observation", {list(inputs)!r})'
    return "\n".join([*dict.fromkeys(head), "", observation, *blocks]) + loop


def _collect(function: Any, head: list[str], blocks: list[str], seen: set[str]) -> None:
    """Add a function after everything that it uses."""
    seen.add(function.__name__)
    source = _plain_source(function)
    around = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for name in sorted(names_used(source) - seen):
        if name not in around:
            if hasattr(builtins, name):
                continue
            raise Unbindable(f"{name!r} is not defined")
        seen.add(name)
        value = around[name]
        if isinstance(value, _LITERALS) or _is_tuple_of_literals(value):
            blocks.append(f"{name} = {value!r}")
        elif isinstance(value, FunctionType) and value.__name__ == name:
            _collect(value, head, blocks, seen)
        else:
            head.append(_import_line(name, value))
    blocks.append(f"\n@kernel\n{source}")


def _plain_source(function: Any) -> str:
    """The function without decorators, annotations and keyword-only marks."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        raise Unbindable("its source is not known") from None
    made = tree.body[0]
    if not isinstance(made, ast.FunctionDef):
        raise Unbindable("it is no function with a name")
    made.decorator_list, made.returns = [], None
    made.args.args += made.args.kwonlyargs
    made.args.kwonlyargs, made.args.kw_defaults, made.args.defaults = [], [], []
    for argument in made.args.args:
        argument.annotation = None
    if ast.get_docstring(made) is not None:
        made.body = made.body[1:] or [ast.Pass()]
    return ast.unparse(made)


def _import_line(name: str, value: Any) -> str:
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}"
    origin, own = getattr(value, "__module__", None), getattr(value, "__name__", None)
    module = sys.modules.get(origin or "")
    if not own or module is None or origin == "__main__" or getattr(module, own, None) is not value:
        raise Unbindable(f"{name!r} cannot be imported")
    return f"from {origin} import {own} as {name}"


def _is_tuple_of_literals(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, _LITERALS) for item in value)


def _written(text: str, name: str) -> Path:
    digest = hashlib.sha256(text.encode()).hexdigest()[:20]
    safe = "".join(letter if letter.isalnum() else "_" for letter in name)
    path = cache_folder("strategies") / f"{safe}_{digest}.py"
    if not path.is_file():  # written beside and moved, so that no process reads a half
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".part", delete=False
        ) as part:
            part.write(text)
        os.replace(part.name, path)  # noqa: PTH105  atomic on every system
    return path


@lru_cache(maxsize=256)
def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"workbench_step_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise Unbindable("its module cannot be read")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # numba pickles the Observation by this name
    spec.loader.exec_module(module)
    return module
