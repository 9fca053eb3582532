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
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from workbench.market.brackets import Bracket
from workbench.registry.globals_used import names_used
from workbench.settings import cache_folder
from workbench.strategies import loops

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pydantic import BaseModel

__all__ = ["Steps", "Unbindable", "bound", "keyword_names", "module_text", "uses_brackets"]

Names = dict[str, Any]
"""Name → what it means in the module."""

_LITERALS = (bool, int, float, str)

_GIVEN = ("step", "observe", "signal", "decide", "series_of", "values_of")
"""Arguments of a loop that become functions of the module it is pasted into."""

_HEAD = (
    "from collections import namedtuple",
    "import numpy as np",
    "from workbench.compute import kernel",
)
_RESERVED = frozenset({"np", "kernel", "namedtuple", "Observation", "Asked", *_GIVEN})

_ADAPTORS = """

Observation = namedtuple("Observation", {fields!r})
Asked = namedtuple("Asked", {asked!r})


@kernel
def step(state, seen, position, parameters):
    return strategy_step(state, seen, position{step_parameters})


@kernel
def observe(series, bar, signal):
    return Asked({seen}{signal_seen})


@kernel
def signal(series, bar, parameters):
    return {signal}


@kernel
def series_of(tables, rows, symbol):
    return ({tables},)


@kernel
def values_of(columns, point):
    return ({values})

"""

_ANY = object()
"""What a name of the module itself means: the loops receive these, whatever they are."""

_EVERY_BAR = "1 - 2 * (bar % 2)"
"""A signal that differs at each bar, so that the step is asked at each."""


class Unbindable(Exception):  # noqa: N818  never reaches a user: the step is interpreted instead
    """The step has no source, or uses something that cannot be written into a module."""


class Steps(Protocol):
    """What is needed of a strategy to write its module."""

    name: str
    function: Callable[..., Any]
    inputs: Mapping[str, Any]
    signal: Callable[..., Any] | None
    parameters: type[BaseModel]


def bound(
    strategy: Steps, more: Callable[..., Any] | None = None, fixed: frozenset[str] = frozenset()
) -> Callable[..., Any]:
    """The compiled loop over a strategy's step.

    Parameters
    ----------
    strategy : Strategy
        In the form ``step``.
    more : callable, optional
        A loop around the loop, for an engine: its argument ``decide`` is the loop over the
        step; ``series_of(tables, rows, symbol)`` takes from each table, of shape (row, symbol,
        bar), the row of a point, and ``values_of(columns, point)`` the point's parameters.
        Every other name that it uses can be imported or written down.
    fixed : frozenset of str
        The parameters that are a value in `columns` and no array; an array of one value
        holds for every point.

    Returns
    -------
    callable
        A loop of `workbench.strategies.loops` without its first arguments, or `more`
        without ``decide``.

    Raises
    ------
    Unbindable
        If the step cannot be written into a module.
    OSError
        If the folder of the cache cannot be written.
    """
    module = _loaded(_written(module_text(strategy, more, fixed), strategy.name))
    loop: Callable[..., Any] = getattr(module, more.__name__ if more else "decide")
    return loop


def module_text(
    strategy: Steps, more: Callable[..., Any] | None = None, fixed: frozenset[str] = frozenset()
) -> str:
    """The module that holds a step, all that it uses, and the loops over it.

    Parameters
    ----------
    strategy, more, fixed
        As `bound`.

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
    head, blocks, names = _step_text(strategy)
    loop = _loop_of(strategy, brackets=_IMPORTS_BRACKET in head)
    lines, texts, own = _loop_text(loop, more)
    shadowed = {line for line in head if line not in lines and line.split()[-1] in own}
    both = names.keys() & own.keys()
    if shadowed or both - {line.split()[-1] for line in head} - _RESERVED:
        raise Unbindable("it uses a name of the loop for something else")
    imports = dict.fromkeys([*_HEAD, *head, *lines])
    return "\n".join([*imports, "", *blocks, _adaptors(strategy, fixed), *texts]) + "\n"


@lru_cache(maxsize=32)
def _loop_text(
    loop: Callable[..., Any], more: Callable[..., Any] | None
) -> tuple[list[str], list[str], Names]:
    """The imports, the definitions and the names of loops, which never change."""
    lines: list[str] = []
    texts: list[str] = []
    names: Names = dict.fromkeys(_RESERVED, _ANY)
    _collect(_Pasted(loop, "decide"), lines, texts, names)
    if more is not None:
        _collect(_Pasted(more, more.__name__), lines, texts, names)
    return lines, texts, names


def uses_brackets(function: Callable[..., Any]) -> bool:
    """Whether a step names `Bracket`, so that its intents are brackets."""
    head: list[str] = []
    try:
        _collect(_Pasted(function, function.__name__), head, [], {"np": np})
    except Unbindable:
        return True  # whatever it returns, the loop that knows brackets carries it out
    return _IMPORTS_BRACKET in head


_IMPORTS_BRACKET = f"from {Bracket.__module__} import Bracket as Bracket"


def _loop_of(strategy: Steps, *, brackets: bool) -> Callable[..., Any]:
    if brackets:
        return loops.bracketed
    return loops.plain if strategy.signal is None else loops.signalled


def _adaptors(strategy: Steps, fixed: frozenset[str]) -> str:
    fields = list(strategy.inputs)
    seen = ", ".join(f"series[{number}][bar]" for number in range(len(fields)))
    signal = strategy.signal
    names = list(strategy.parameters.model_fields)
    return _ADAPTORS.format(
        fields=fields,
        asked=[*fields, "signal"] if signal else fields,
        step_parameters="".join(f", parameters[{number}]" for number in range(len(names))),
        seen=seen,
        tables=", ".join(f"tables[{k}][rows[{k}], symbol]" for k in range(len(fields))),
        values="".join(
            f"columns[{k}]{'' if name in fixed else _at_point(k)}, " for k, name in enumerate(names)
        ),
        signal_seen=", signal" if signal else "",
        signal=_EVERY_BAR if signal is None else _signal_call(signal, seen, names),
    )


def _at_point(column: int) -> str:
    """The value of a point in a column; one of a single value holds for all."""
    return f"[point if columns[{column}].size > 1 else 0]"


def _signal_call(signal: Callable[..., Any], seen: str, names: list[str]) -> str:
    used = "".join(f", parameters[{names.index(name)}]" for name in keyword_names(signal))
    return f"strategy_signal(Observation({seen}){used})"


def keyword_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's keyword-only arguments, in their order."""
    found = inspect.signature(function).parameters.values()
    return tuple(item.name for item in found if item.kind is item.KEYWORD_ONLY)


@dataclass(frozen=True)
class _Pasted:
    """A function and the name that it has in the module; `given` are arguments left out."""

    function: Callable[..., Any]
    name: str
    given: tuple[str, ...] = _GIVEN


def _step_text(strategy: Steps) -> tuple[list[str], list[str], Names]:
    """The imports, the definitions and the names of a step and its signal."""
    head: list[str] = []
    blocks: list[str] = []
    names: Names = {"np": np}
    _collect(_Pasted(strategy.function, "strategy_step", ()), head, blocks, names)
    if strategy.signal is not None:
        _collect(_Pasted(strategy.signal, "strategy_signal", ()), head, blocks, names)
    return head, blocks, names


def _collect(pasted: _Pasted, head: list[str], blocks: list[str], names: Names) -> None:
    """Add a function after everything that it uses."""
    function = pasted.function
    names[pasted.name] = function
    source = _plain_source(function, pasted.name, pasted.given)
    around = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for used in sorted(names_used(source)):
        if used not in around:
            if used in names or hasattr(builtins, used):
                continue
            raise Unbindable(f"{used!r} is not defined")
        value = around[used]
        if used in names:
            if not _is_same(names[used], value):
                raise Unbindable(f"{used!r} is two things in two places")
            continue
        names[used] = value
        if isinstance(value, _LITERALS) or _is_tuple_of_literals(value):
            blocks.append(f"{used} = {value!r}")
        elif isinstance(value, FunctionType) and value.__name__ == used:
            _collect(_Pasted(value, used, ()), head, blocks, names)
        else:
            head.append(_import_line(used, value))
    blocks.append(f"\n@kernel\n{source}")


def _is_same(one: Any, two: Any) -> bool:
    """Whether a name that is used in two places means one thing in the module."""
    if one is _ANY or one is two:
        return True
    literal = isinstance(one, _LITERALS) or _is_tuple_of_literals(one)
    return literal and type(one) is type(two) and repr(one) == repr(two)


@lru_cache(maxsize=512)
def _plain_source(function: Callable[..., Any], name: str, given: tuple[str, ...]) -> str:
    """The function without decorators, annotations, keyword-only marks and given functions."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        raise Unbindable("its source is not known") from None
    made = tree.body[0]
    if not isinstance(made, ast.FunctionDef):
        raise Unbindable("it is no function with a name")
    made.name, made.decorator_list, made.returns = name, [], None
    made.args.args = [item for item in made.args.args if item.arg not in given]
    if made.args.kwonlyargs:  # they are given by position, all of them
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
    sys.modules[spec.name] = module  # numba pickles its named tuples by this name
    spec.loader.exec_module(module)
    return module
