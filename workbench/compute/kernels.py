"""Compiled functions whose cache cannot go stale.

numba's own cache looks at the file of the function that is called and at no other: edit a
callee or a constant in another file, and the old machine code answers. Here the folder of a
kernel's cache is named by everything its machine code is made of: the text of its file, the
constants and kernels it refers to (and theirs, all the way down), numba and the processor.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import llvmlite.binding
import numba
import numpy as np

from workbench.settings import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["fingerprint", "kernel"]

Function = TypeVar("Function", bound="Callable[..., Any]")

_FINGERPRINT = "__workbench_fingerprint__"
_CONSTANTS = (bool, int, float, complex, str, bytes, tuple, frozenset, np.generic, type(None))
_log = logging.getLogger(__name__)
_numba_config_lock = threading.Lock()


@overload
def kernel(function: Function, /) -> Function: ...
@overload
def kernel(*, parallel: bool = False) -> Callable[[Function], Function]: ...
def kernel(
    function: Function | None = None, /, *, parallel: bool = False
) -> Function | Callable[[Function], Function]:
    """Compile a scalar or array function on its first call and keep the machine code.

    Kernels may call kernels, also of other files. The compiled function releases the GIL,
    keeps IEEE arithmetic (no reassociation), and divides as NumPy does: ``x / 0`` is
    infinite or NaN, it does not raise. With ``NUMBA_DISABLE_JIT=1`` in the environment the
    plain Python function is returned, for coverage and for a debugger.

    Parameters
    ----------
    function : callable
        The function to compile. What it refers to (kernels, constants, closures) must be
        defined before it, or in the same file.
    parallel : bool
        Whether ``numba.prange`` loops run on all cores.

    Returns
    -------
    callable
        A numba dispatcher with the signature of `function`.

    Notes
    -----
    A kernel that receives another kernel as an argument, or is made anew in a factory for
    each rule, never hits the cache: write one small module per rule instead.
    A function without a file of its own (typed at a prompt) is compiled in each process.
    """
    if function is None:
        return lambda given: _compiled(given, parallel=parallel)
    return _compiled(function, parallel=parallel)


def fingerprint(function: Callable[..., Any]) -> str:
    """The hash of all that the machine code of a function is made of.

    Parameters
    ----------
    function : callable
        A kernel or a plain function.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    known = getattr(function, _FINGERPRINT, None)
    if known is not None:
        return str(known)
    python = getattr(function, "py_func", function)
    digest = hashlib.sha256(_toolchain().encode())
    digest.update(_source(python))
    for name, value in sorted(_referred(python), key=lambda pair: pair[0]):
        digest.update(f"\n{name}={_described(value)}".encode())
    return digest.hexdigest()


def _compiled(function: Function, *, parallel: bool) -> Function:
    options = {"parallel": parallel, "nogil": True, "error_model": "numpy"}
    if numba.config.DISABLE_JIT:
        return function
    print_of = fingerprint(function)
    folder = _cache_of(function, f"{print_of}{parallel}")
    with _numba_config_lock:  # the folder is read when the cache is made, and only then
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(folder or "")
        try:
            made = numba.njit(cache=folder is not None, **options)(function)
        finally:
            numba.config.CACHE_DIR = before
    if folder is not None:
        _go_on_without_room(made)
    setattr(made, _FINGERPRINT, print_of)
    return cast("Function", made)


def _go_on_without_room(made: Any) -> None:
    """Machine code that cannot be kept, on a full disk, is used all the same."""
    keep = made._cache.save_overload  # noqa: SLF001  numba has no other place for it

    def kept(signature: Any, data: Any) -> None:
        try:
            keep(signature, data)
        except OSError as error:
            _log.warning("a kernel is compiled in each process, it cannot be kept: %s", error)

    made._cache.save_overload = kept  # noqa: SLF001


def _cache_of(function: Callable[..., Any], key: str) -> Path | None:
    """The folder of a kernel's machine code; None where nothing can be kept."""
    if not Path(function.__code__.co_filename).is_file():
        return None
    try:
        return cache_folder(f"numba/{hashlib.sha256(key.encode()).hexdigest()[:20]}")
    except OSError as error:
        _log.warning("kernels are compiled in each process, their cache is unusable: %s", error)
        return None


@cache
def _toolchain() -> str:
    binding = llvmlite.binding
    features = binding.get_host_cpu_features().flatten()
    return f"{numba.__version__} {np.__version__} {binding.get_host_cpu_name()} {features}"


def _source(function: Callable[..., Any]) -> bytes:
    """The text of the file that defines a function; without a file, its byte code."""
    code = function.__code__
    return _text(code.co_filename) or code.co_code + repr(code.co_consts).encode()


def _text(path: str) -> bytes:
    file = Path(path)
    return file.read_bytes() if file.is_file() else b""


def _referred(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """What a function takes from around it: globals, attributes of modules, closures."""
    names = function.__code__.co_names
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType):
            yield from ((f"{name}.{part}", getattr(value, part, None)) for part in names)
        elif name in function.__globals__:
            yield name, value
    yield from zip(function.__code__.co_freevars, _cells(function), strict=True)


def _cells(function: Callable[..., Any]) -> list[Any]:
    return [cell.cell_contents for cell in function.__closure__ or ()]


def _described(value: Any) -> str:
    """A constant by its value, a kernel by its fingerprint, all else by its kind."""
    if isinstance(value, _CONSTANTS):
        return repr(value)
    if isinstance(value, np.ndarray):
        return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
    if hasattr(value, "py_func"):
        return fingerprint(value)
    return type(value).__qualname__
