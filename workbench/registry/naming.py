"""Strategies, features, datasets and models by name.

A strategy or a feature is found in three places: in this process (a notebook cell),
in the user's own folder under ``WORKBENCH_HOME``, and in the package or a plug-in.
Files are read to list the names and run only when a name is looked up.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
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

__all__ = ["Broken", "broken", "lookup", "names", "register"]

DECLARED = {"strategy": "strategies", "feature": "features"}
"""Kind → folder of the package and of ``WORKBENCH_HOME``; the decorator is named like the kind."""

LISTED = {
    "dataset": "workbench.data.catalogue:dataset_names",
    "model": "workbench.forecast.models:model_names",
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


_known: dict[tuple[str, str], Any] = {}
_run: dict[Path, int] = {}


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
    _known[kind, name] = thing


def names(kind: str) -> list[str]:
    """The names of a kind, sorted. Files that cannot be read are left out; see `broken`.

    Parameters
    ----------
    kind : {"strategy", "feature", "dataset", "model"}
        What is named.
    """
    if kind in LISTED:
        module, _, function = LISTED[kind].partition(":")
        return sorted(getattr(import_module(module), function)())
    _must_be_declared(kind)
    here = {name for known, name in _known if known == kind}
    return sorted({*_files(kind), *_plugged(kind), *here})


def lookup(kind: str, name: str) -> Any:
    """The strategy or feature of this name.

    What this process has defined wins over a file; a file of the user's is run again
    when it has changed.

    Raises
    ------
    UnknownName
        If nothing has this name.
    ConfigurationError
        If the file that declares it fails.
    """
    _must_be_declared(kind)
    path = _files(kind).get(name)
    if path is not None and (path in _run or (kind, name) not in _known):
        _run_file(path)
    elif (kind, name) not in _known and name in _plugged(kind):
        import_module(_plugged(kind)[name].partition(":")[0])
    if (kind, name) not in _known:
        raise UnknownName(kind, name, names(kind))
    return _known[kind, name]


def broken() -> list[Broken]:
    """The user's files that cannot be read, with the reason."""
    found = []
    for kind, folder in DECLARED.items():
        for path in sorted((home() / folder).glob("*.py")):
            try:
                decorated(path, kind, literal=False)
                _run_file(path)
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
        for path in sorted(folder.glob("*.py")):
            for name in _declared_in(path, kind):
                found[name] = path
    return found


def _declared_in(path: Path, kind: str) -> list[str]:
    try:
        found = decorated(path, kind, literal=False)
    except ConfigurationError:
        return []
    return [str(item.arguments[0]) if item.arguments else item.function for item in found]


def _plugged(kind: str) -> dict[str, str]:
    points = entry_points(group=f"workbench.{DECLARED[kind]}")
    return {point.name: point.value for point in points}


def _run_file(path: Path) -> None:
    """Import a file of the package, or run a file of the user's unless it is unchanged."""
    if path.is_relative_to(PACKAGE):
        import_module(f"workbench.{path.parent.name}.{path.stem}")
        return
    changed = path.stat().st_mtime_ns
    if _run.get(path) == changed:
        return
    name = f"workbench_home.{path.parent.name}.{path.stem}"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:  # compiled here: a cached .pyc does not see two edits within a second
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)  # noqa: S102
    except Exception as error:
        del sys.modules[name]
        raise ConfigurationError(
            f"{path.name} fails when it is run: {type(error).__name__}: {error}",
            cure=f"Correct or remove {path}",
        ) from error
    _run[path] = changed
