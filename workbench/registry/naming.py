"""Strategies, features, datasets and models by name.

A strategy or a feature is found in three places: in this process (a notebook cell),
in the user's own folder under ``WORKBENCH_HOME``, and in the package or a plug-in.
Files are read to list the names and run only when a name is looked up.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import TYPE_CHECKING, Any

from workbench.errors import ConfigurationError, UnknownName, WorkbenchError
from workbench.registry.index import PACKAGE
from workbench.registry.reading import decorated
from workbench.settings.places import home

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Broken", "broken", "declared_by", "kind_of", "lookup", "names", "register"]

DECLARED = {"strategy": "strategies", "feature": "features"}
"""Kind → folder of the package and of ``WORKBENCH_HOME``; the decorator is named like the kind."""

LISTED = {
    "dataset": "workbench.data.catalogue:dataset_names",
    "model": "workbench.forecast.models:model_names",
    "source": "workbench.data.downloads.vendors:source_names",
}
"""Kind → function that lists the names; their rooms keep them, not this registry."""


@dataclass(frozen=True)
class Broken:
    """A file of the user's that cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    reason : str
        Why, with the cure.
    """

    path: Path
    reason: str


_here: dict[tuple[str, str], Any] = {}
"""What this process has defined itself, by kind and name."""

_filed: dict[Path, tuple[int, dict[tuple[str, str], Any]]] = {}
"""File → when it had changed last when it was run, and what it declared."""

_declaring: ContextVar[dict[tuple[str, str], Any]] = ContextVar("_declaring", default=_here)


def register(kind: str, name: str, thing: Any) -> None:
    """Make a thing known in this process; a later one of the same name replaces it.

    Parameters
    ----------
    kind : {"strategy", "feature"}
        What it is.
    name : str
        Its name on every surface.
    thing : object
        The strategy or feature.
    """
    # A user's file may be what imports a room for the first time: the room's things stay the
    # package's, or they would be gone with the file.
    declared = _here if _is_built_in(thing) else _declaring.get()
    declared[kind, name] = thing


def kind_of(thing: Any) -> str:
    """The kind under which a thing is registered in this process; empty when it is not."""
    everything = [_here, *(declared for _, declared in _filed.values())]
    pairs = [pair for declared in everything for pair in declared.items()]
    return next((kind for (kind, _), known in pairs if known is thing), "")


def names(kind: str) -> list[str]:
    """The names of a kind, sorted. Files that cannot be read are left out; see `broken`.

    Parameters
    ----------
    kind : {"strategy", "feature", "dataset", "model"}
        What is named.

    Returns
    -------
    list of str
        Each name once.
    """
    if kind in LISTED:
        module, _, function = LISTED[kind].partition(":")
        return sorted(getattr(import_module(module), function)())
    _must_be_declared(kind)
    here = {name for known, name in _here if known == kind}
    return sorted({*_files(kind), *_plugged(kind), *here})


def lookup(kind: str, name: str) -> Any:
    """The strategy or feature of this name.

    What this process has defined wins over a file; a file of the user's is run again
    when it has changed.

    Parameters
    ----------
    kind : {"strategy", "feature"}
        What is named.
    name : str
        Its name on every surface.

    Returns
    -------
    object
        The strategy or feature that was registered.

    Raises
    ------
    UnknownName
        If nothing has this name.
    ConfigurationError
        If the file that declares it fails.
    """
    _must_be_declared(kind)
    here = _here.get((kind, name))
    if here is not None and not _is_built_in(here):
        return here
    path = _files(kind).get(name)
    if path is not None:
        return _things_of(path)[kind, name]
    if name in _plugged(kind):
        module, _, attribute = _plugged(kind)[name].partition(":")
        return getattr(import_module(module), attribute)
    raise UnknownName(kind, name, names(kind))


def broken() -> list[Broken]:
    """The user's files that cannot be read, with the reason."""
    found = []
    for kind, folder in DECLARED.items():
        for path in sorted((home() / folder).glob("*.py")):
            try:
                decorated(path, kind, literal=False)
                declared_by(path)
            except WorkbenchError as error:
                found.append(Broken(path, str(error)))
    return found


def _must_be_declared(kind: str) -> None:
    if kind not in DECLARED:
        raise UnknownName("kind of name", kind, [*DECLARED, *LISTED])


def _files(kind: str) -> dict[str, Path]:
    """Name → file that declares it; the user's own win."""
    found: dict[str, Path] = {}
    for folder in (PACKAGE / DECLARED[kind], home() / DECLARED[kind]):
        names_in = _built_in if folder.is_relative_to(PACKAGE) else _declared_in
        for path in sorted(folder.glob("*.py")):
            for name in names_in(path, kind):
                found[name] = path
    return found


@lru_cache(maxsize=256)
def _built_in(path: Path, kind: str) -> list[str]:
    """The package's own files do not change while it runs."""
    return _declared_in(path, kind)


def _declared_in(path: Path, kind: str) -> list[str]:
    try:
        found = decorated(path, kind, literal=False)
    except ConfigurationError:
        return []
    return [str(item.arguments[0]) if item.arguments else item.function for item in found]


def _plugged(kind: str) -> dict[str, str]:
    points = entry_points(group=f"workbench.{DECLARED[kind]}")
    return {point.name: point.value for point in points}


def _is_built_in(thing: Any) -> bool:
    function = getattr(thing, "function", thing)
    return str(getattr(function, "__module__", "")).startswith(f"{PACKAGE.name}.")


def _things_of(path: Path) -> dict[tuple[str, str], Any]:
    if path.is_relative_to(PACKAGE):
        import_module(f"{PACKAGE.name}.{path.parent.name}.{path.stem}")
        return _here
    return declared_by(path)


def declared_by(path: Path) -> dict[tuple[str, str], Any]:
    """What a file declares; it is run again when it has changed.

    Parameters
    ----------
    path : pathlib.Path
        A file of the user's.

    Returns
    -------
    dict
        (kind, name) → what is declared.

    Raises
    ------
    ConfigurationError
        If the file fails.
    """
    changed = path.stat().st_mtime_ns
    if path in _filed and _filed[path][0] == changed:
        return _filed[path][1]
    declared: dict[tuple[str, str], Any] = {}
    token = _declaring.set(declared)
    try:
        _run(path)
    except Exception as error:
        raise ConfigurationError(
            f"{path.name} fails when it is run: {type(error).__name__}: {error}",
            cure=f"Correct or remove {path}",
        ) from error
    finally:
        _declaring.reset(token)
    _filed[path] = changed, declared
    return declared


def _run(path: Path) -> None:
    name = f"workbench_home.{path.parent.name}.{path.stem}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:  # compiled here: a cached .pyc does not see two edits within a second
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)  # noqa: S102
    except BaseException:
        del sys.modules[name]
        raise
