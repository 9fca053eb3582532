"""A hash of a function's code and of everything of its author's that the code uses.

Two functions with the same hash do the same: the text (without comments, docstrings, annotations
and layout), the values of defaults, of closed-over names and of globals, and the functions and
classes of the author's that are called, all the way down. A library counts by name: its versions
are recorded with a run, not here.
"""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import inspect
import pickle
import sysconfig
import warnings
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["source_hash"]

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))
_OURS = {"strategy", "feature", "facts", "operation"}
"""Decorators that declare a function without changing what it does."""
_LIBRARIES = tuple(
    str(Path(sysconfig.get_paths()[name]).resolve())
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_TABLES = {"pandas", "xarray", "polars", "pyarrow"}
_PACKAGE = __name__.partition(".")[0]


def source_hash(function: Callable[..., Any], **beside: Any) -> str:
    """A hash that changes when what a function does changes.

    Parameters
    ----------
    function : callable
        Functions, methods, partials, objects with ``__call__``, kernels. Where the text is not
        known (typed at a prompt) its byte code takes the place.
    **beside : object
        What else decides, such as the inputs of a step.

    Returns
    -------
    str
        16 hexadecimal digits; the same in another process and after saving to a file.
    """
    reader = _Reader(inspect.getmodule(function))
    told = "\n".join([reader.told(function), *(reader.told(part) for part in beside.items())])
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:16]


class _Reader:
    """Puts things into words; what holds itself is named by how far up it stands."""

    def __init__(self, module: ModuleType | None) -> None:
        self._module = getattr(module, "__name__", "")
        self._above: list[int] = []
        self._told: dict[int, str] = {}
        self._kept: list[Any] = []  # so that no id is given twice

    def told(self, value: Any) -> str:
        """What a value is, in words that are the same in every process."""
        if isinstance(value, _PLAIN):
            return f"{type(value).__name__} {value!r}"
        if isinstance(value, ModuleType):
            return f"module {value.__name__}"
        if id(value) in self._above:
            return f"{len(self._above) - self._above.index(id(value))} up"
        if id(value) not in self._told:
            self._kept.append(value)
            self._above.append(id(value))
            words = next(
                (words for kinds, words in _WORDS if isinstance(value, kinds)), _Reader.thing
            )
            self._told[id(value)] = words(self, value)
            self._above.pop()
        return self._told[id(value)]

    def array(self, value: np.ndarray[Any, Any]) -> str:
        if value.dtype.hasobject:
            return f"array {value.shape} {self.told(value.tolist())}"
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return f"array {value.dtype.str} {value.shape} {digest}"

    def sequence(self, value: list[Any] | tuple[Any, ...]) -> str:
        return f"{type(value).__name__} [{', '.join(map(self.told, value))}]"

    def unordered(self, value: set[Any] | frozenset[Any]) -> str:
        return f"set {{{', '.join(sorted(map(self.told, value)))}}}"

    def mapping(self, value: dict[Any, Any]) -> str:
        rows = [f"{self.told(key)}: {self.told(item)}" for key, item in value.items()]
        return f"dict {{{', '.join(rows)}}}"

    def partial(self, value: functools.partial[Any]) -> str:
        return f"partial {self.told([value.func, value.args, value.keywords])}"

    def method(self, value: MethodType) -> str:
        return f"method {self.told(value.__func__)} of {self.told(value.__self__)}"

    def function(self, value: FunctionType) -> str:
        """The code of the author's functions, the names of all others."""
        if not self._is_own(value):
            return _named(value)
        used = {name: self.told(found) for name, found in sorted(_used(value).items())}
        defaults = self.told([value.__defaults__, value.__kwdefaults__])
        return f"function {_text(value)}\ndefaults {defaults}\nuses {used}"

    def kind(self, value: type) -> str:
        """A class of the author's by its methods and values, any other by its name."""
        if not self._is_own(value):
            return _named(value)
        hidden = {"__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__"}
        members = {
            name: self.told(getattr(found, "__func__", found))
            for name, found in vars(value).items()
            if name not in hidden
            and not name.startswith(("__static", "__annot", "__pydantic", "_abc_"))
        }
        return f"class {value.__name__} {[self.told(base) for base in value.__bases__]} {members}"

    def thing(self, value: Any) -> str:
        """An object by what it is made of; where that cannot be told, by its kind."""
        kind = self.told(type(value))
        python = getattr(value, "py_func", None) or getattr(value, "__wrapped__", None)
        if isinstance(python, FunctionType):  # a kernel, a cached function, a strategy, a feature
            beside = [getattr(value, name, None) for name in ("form", "inputs", "initial")]
            return f"{kind} of {self.told(python)} {self.told(beside)}"
        if isinstance(value, np.random.Generator):  # its state moves with every draw
            return kind
        if type(value).__module__.partition(".")[0] in _TABLES:
            return f"{kind} {self._table(value)}"
        own = self.told(_made_of(value)) if hasattr(value, "__dict__") else _pickled(value)
        return f"{kind} {own}"

    def _table(self, value: Any) -> str:
        """A labelled table by its labels and values."""
        if hasattr(value, "to_dict") and hasattr(value, "dims"):  # xarray
            return self.told(value.to_dict(data="array"))
        return _pickled(value)

    def _is_own(self, value: Any) -> bool:
        """Whether the author wrote it: in a notebook, a file of theirs, or the same file."""
        module = str(getattr(value, "__module__", None) or "")
        if module in {"__main__", self._module} or module.startswith(f"{_PACKAGE}_home."):
            return True
        if module.partition(".")[0] in {_PACKAGE, "builtins"}:
            return False
        code = getattr(value, "__code__", None)
        path = code.co_filename if code else getattr(inspect.getmodule(value), "__file__", None)
        return path is not None and not str(Path(path).resolve()).startswith(_LIBRARIES)


_WORDS: tuple[tuple[Any, Callable[..., str]], ...] = (
    (np.generic, lambda _, value: f"{value.dtype.str} {value.item()!r}"),
    (np.ndarray, _Reader.array),
    ((list, tuple), _Reader.sequence),
    ((set, frozenset), _Reader.unordered),
    (dict, _Reader.mapping),
    (functools.partial, _Reader.partial),
    (MethodType, _Reader.method),
    (property, lambda reader, value: f"property {reader.told([value.fget, value.fset])}"),
    (FunctionType, _Reader.function),
    (BuiltinFunctionType, lambda _, value: _named(value)),
    (type, _Reader.kind),
)


def _made_of(value: Any) -> dict[str, Any]:
    """The attributes of an object; what a cached property remembers is told by the others."""
    return {
        name: part
        for name, part in vars(value).items()
        if not isinstance(getattr(type(value), name, None), functools.cached_property)
    }


def _named(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"


def _pickled(value: Any) -> str:
    try:
        return hashlib.sha256(pickle.dumps(value, protocol=4)).hexdigest()
    except Exception:  # noqa: BLE001  any class may fail in its own way
        return ""


def _used(function: FunctionType) -> Mapping[str, Any]:
    """What a function takes from around it: closed-over names, globals, parts of modules."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet: a function that is defined after this one
            found[name] = None
    for name in _global_names(function.__code__):
        if name in function.__globals__:
            found.setdefault(name, function.__globals__[name])
    for name, value in list(found.items()):
        if isinstance(value, ModuleType):
            found |= {
                f"{name}.{part}": getattr(value, part)
                for part in _all_names(function.__code__)
                if _has(value, part)
            }
    return {name: value for name, value in found.items() if value is not function}


def _has(module: ModuleType, part: str) -> bool:
    """Whether a module has a part; a name that it will have one day (``np.str``) is no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hasattr(module, part)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _global_names(code: CodeType) -> set[str]:
    return {
        str(step.argval)
        for part in _codes(code)
        for step in dis.get_instructions(part)
        if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}
    }


def _all_names(code: CodeType) -> set[str]:
    return {name for part in _codes(code) for name in part.co_names}


def _text(function: FunctionType) -> str:
    """The function as Python would lay it out; its byte code where the text is not known."""
    try:
        lines, _ = inspect.findsource(function)
        node = _node("".join(lines), function.__code__)
    except (OSError, TypeError, SyntaxError, ValueError):
        node = None
    return _byte_code(function.__code__) if node is None else ast.unparse(_Bare().visit(node))


def _node(text: str, code: CodeType) -> ast.AST | None:
    """The definition that a code was compiled from."""
    kind = ast.Lambda if code.co_name == "<lambda>" else (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kind))
    return next((node for node in nodes if _is_of(node, code)), None)


def _is_of(node: Any, code: CodeType) -> bool:
    if not isinstance(node, ast.Lambda):
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return bool(node.name == code.co_name and first == code.co_firstlineno)
    spans, body = _spans(code), node.body
    begin = (body.lineno, body.col_offset)
    end = (body.end_lineno or 0, body.end_col_offset or 0)
    return (
        bool(spans)
        and begin == min(span[:2] for span in spans)
        and end == max(span[2:] for span in spans)
    )


def _spans(code: CodeType) -> list[tuple[int, int, int, int]]:
    """Where the instructions of a code stand in the text: row, column, to row, to column."""
    spans = [
        (row, column, to, end)
        for row, to, column, end in code.co_positions()
        if row is not None and column is not None and to is not None and end is not None
    ]
    return [span for span in spans if span[:2] != span[2:]]


class _Bare(ast.NodeTransformer):
    """Leaves out what changes nothing: docstrings, annotations, our decorators.

    Defaults are left out as well: their values count, wherever they come from.
    """

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        node.decorator_list = [one for one in node.decorator_list if not _declares(one)]
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  ast's name

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        self.generic_visit(node)
        node.defaults, node.kw_defaults = [], [None for _ in node.kw_defaults]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        if node.value is None:
            return None
        return ast.Assign([node.target], node.value, lineno=node.lineno)


def _declares(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _OURS


def _byte_code(code: CodeType) -> str:
    constants = [
        _byte_code(constant) if isinstance(constant, CodeType) else repr(constant)
        for constant in code.co_consts
    ]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"
