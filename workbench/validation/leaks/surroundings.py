"""What a function holds besides its arguments, copied anew for every call.

A closure, a default, a global of the caller's own module: tables among them are changed
together with the bars, generators start again, and nothing that the caller owns is touched.
"""

from __future__ import annotations

import copy
import functools
import random
import sys
import sysconfig
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.validation.leaks.tables import is_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["frames_held", "fresh", "reset_randomness", "seeds_held"]

GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)
_LIBRARIES = tuple(
    str(Path(str(path)).resolve())
    for path in {
        *(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        Path(__file__).resolve().parents[2],
    }
)
"""What lies here is nobody's notebook: its globals are left alone."""


def frames_held(function: Any) -> dict[str, Any]:
    """The tables that a function holds.

    Parameters
    ----------
    function : callable
        With closures, defaults, globals that it names, bound objects and partial arguments.

    Returns
    -------
    dict
        Name → frame; also arrays of one or two dimensions.
    """
    found: dict[str, Any] = {}
    for name, value in _walk(function, "", set()):
        if is_frame(value) or (isinstance(value, np.ndarray) and value.ndim in {1, 2}):
            found.setdefault(name, value)
    return found


def seeds_held(function: Any) -> bool:
    """Whether a function holds a random generator."""
    return any(isinstance(value, GENERATORS) for _, value in _walk(function, "", set()))


def fresh(thing: Any, swaps: dict[int, Any] | None = None) -> Any:
    """The same thing with copies of all that it could change.

    Parameters
    ----------
    thing : object
        A function, or anything that it holds.
    swaps : dict, optional
        ``id`` of an object → what takes its place.

    Returns
    -------
    object
        Modules, classes and functions of libraries are the same objects; what cannot be
        copied too.
    """
    return _Copier(swaps or {}).copied(thing)


def reset_randomness() -> Callable[[], None]:
    """Remember the global random states; each call of the result brings them back.

    Returns
    -------
    callable
        Of the standard library, NumPy and, where it is loaded, PyTorch.
    """
    plain, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002  the caller's own
    torch = sys.modules.get("torch")
    deep = torch.get_rng_state() if torch else None

    def restore() -> None:
        random.setstate(plain)
        np.random.set_state(legacy)  # noqa: NPY002
        if torch and deep is not None:
            torch.set_rng_state(deep)

    return restore


def _walk(thing: Any, name: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Everything that is held, with the name it is held under."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    yield name, thing
    for inner, value in _parts(thing):
        yield from _walk(value, _joined(name, inner), seen)


def _joined(name: str, inner: str) -> str:
    return inner or name


def _parts(thing: Any) -> list[tuple[str, Any]]:
    """What an object holds, one level down."""
    if isinstance(thing, types.FunctionType):
        return _of_function(thing) if _is_own(thing) else []
    if isinstance(thing, functools.partial):
        return [("", thing.func), *(("", one) for one in thing.args), *thing.keywords.items()]
    if isinstance(thing, types.MethodType):
        return [("", thing.__self__), ("", thing.__func__)]
    if isinstance(thing, dict):
        return [(str(key), value) for key, value in thing.items()]
    if isinstance(thing, list | tuple | set) or _is_cached(thing):
        return [("", value) for value in ((thing.__wrapped__,) if _is_cached(thing) else thing)]
    return list(vars(thing).items()) if _is_opened(thing) else []


def _of_function(function: types.FunctionType) -> list[tuple[str, Any]]:
    names = function.__code__.co_freevars
    cells = [
        (name, cell.cell_contents)
        for name, cell in zip(names, function.__closure__ or (), strict=True)
        if _is_filled(cell)
    ]
    defaults = [("", value) for value in function.__defaults__ or ()]
    keywords = list((function.__kwdefaults__ or {}).items())
    around = function.__globals__
    named = [(name, around[name]) for name in _names(function.__code__) if name in around]
    return [*cells, *defaults, *keywords, *named]


def _names(code: types.CodeType) -> list[str]:
    """Names that a piece of code may look up around it, inner functions included."""
    found = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found.update(dict.fromkeys(_names(constant)))
    return list(found)


def _is_filled(cell: types.CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _is_own(function: types.FunctionType) -> bool:
    """Whether the caller wrote it, rather than a library."""
    file = function.__code__.co_filename
    return file.startswith("<") or not str(Path(file).resolve()).startswith(_LIBRARIES)


def _is_cached(thing: Any) -> bool:
    """Whether this remembers its answers, as `functools.cache` does, and gives those of others."""
    return isinstance(thing, functools._lru_cache_wrapper)  # noqa: SLF001  it has no other name


def _is_opened(thing: Any) -> bool:
    """Whether an object's attributes are looked at: an instance that is called, or the caller's."""
    if isinstance(thing, type | types.ModuleType) or not hasattr(thing, "__dict__"):
        return False
    module = type(thing).__module__
    if module.partition(".")[0] in {"numba", "torch", "builtins", "functools"}:
        return False
    return callable(thing) or module == "__main__" or _is_from_own(module)


def _is_from_own(module: str) -> bool:
    file = getattr(sys.modules.get(module), "__file__", None)
    return bool(file) and not str(Path(str(file)).resolve()).startswith(_LIBRARIES)


class _Copier:
    """Copies what is held, each object once."""

    def __init__(self, swaps: dict[int, Any]) -> None:
        self._made = dict(swaps)
        self._kept: list[Any] = []

    def copied(self, thing: Any) -> Any:
        if id(thing) in self._made:
            return self._made[id(thing)]
        self._kept.append(thing)  # or its id could be given to another object
        made = self._copy(thing)
        self._made[id(thing)] = made
        return made

    def _copy(self, thing: Any) -> Any:
        if isinstance(thing, types.FunctionType):
            return self._function(thing) if _is_own(thing) else thing
        if isinstance(thing, functools.partial | types.MethodType) or _is_cached(thing):
            return self._bound(thing)
        if isinstance(thing, dict | list | tuple | set):
            return self._container(thing)
        if is_frame(thing) or isinstance(thing, np.ndarray):
            return copy.copy(thing) if not hasattr(thing, "copy") else thing.copy()
        if isinstance(thing, GENERATORS) or hasattr(thing, "fit"):
            return _deep(thing)
        return self._instance(thing) if _is_opened(thing) else thing

    def _function(self, function: types.FunctionType) -> types.FunctionType:
        cells = tuple(types.CellType() for _ in function.__closure__ or ())
        around = dict(function.__globals__)
        made = types.FunctionType(function.__code__, around, function.__name__, None, cells or None)
        self._made[id(function)] = made  # before its parts: it may hold itself
        for cell, old in zip(cells, function.__closure__ or (), strict=True):
            if _is_filled(old):
                cell.cell_contents = self.copied(old.cell_contents)
        for name in _names(function.__code__):
            if name in around:
                around[name] = self.copied(around[name])
        made.__defaults__ = self.copied(function.__defaults__)
        made.__kwdefaults__ = self.copied(function.__kwdefaults__)
        made.__dict__.update(function.__dict__)
        made.__module__, made.__qualname__ = function.__module__, function.__qualname__
        made.__annotations__ = function.__annotations__
        return made

    def _bound(self, thing: Any) -> Any:
        if _is_cached(thing):
            return functools.lru_cache(**thing.cache_parameters())(self.copied(thing.__wrapped__))
        if isinstance(thing, types.MethodType):
            return types.MethodType(self.copied(thing.__func__), self.copied(thing.__self__))
        arguments = [self.copied(one) for one in thing.args]
        named = {key: self.copied(one) for key, one in thing.keywords.items()}
        return functools.partial(self.copied(thing.func), *arguments, **named)

    def _container(self, thing: Any) -> Any:
        if type(thing) not in {dict, list, tuple, set}:  # a namedtuple, a subclass with rules
            return _deep(thing)
        if isinstance(thing, dict):
            held: dict[Any, Any] = {}
            self._made[id(thing)] = held
            held.update({key: self.copied(value) for key, value in thing.items()})
            return held
        return type(thing)(self.copied(value) for value in thing)

    def _instance(self, thing: Any) -> Any:
        try:
            made = copy.copy(thing)
        except Exception:  # noqa: BLE001  whatever its own copying raises, it stays as it is
            return thing
        self._made[id(thing)] = made
        for name, value in vars(thing).items():
            try:
                object.__setattr__(made, name, self.copied(value))
            except (AttributeError, TypeError):
                continue
        return made


def _deep(thing: Any) -> Any:
    try:
        return copy.deepcopy(thing)
    except Exception:  # noqa: BLE001  what cannot be copied is shared
        return thing
