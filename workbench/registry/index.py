"""The list of operations, made by reading every ``<room>/operations.py``.

A large room has parts, folders with an ``operations.py`` of their own, such as ``data/quality``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.enums import Effect
from workbench.errors import ConfigurationError, UnknownName
from workbench.registry.operation import added, summary_of
from workbench.registry.reading import Found, decorated

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Entry", "find", "operations", "room_files"]

PACKAGE = Path(__file__).resolve().parent.parent
PLUGIN_GROUP = "workbench.rooms"
NOTEBOOK = "notebook"
"""The room of operations that were defined outside of a room."""


@dataclass(frozen=True)
class Entry:
    """An operation as the index knows it.

    Parameters
    ----------
    room, name : str
        Where it lives and what the function is called.
    effect : Effect
        What it does to the world.
    tool : str
        The name of its MCP tool.
    command : str
        The words of its command.
    summary : str
        The first line of its docstring.
    module : str
        The module to import it from; empty when it was defined in this process.
    resources : tuple of str
        The addresses under which an agent reads its answer.
    """

    room: str
    name: str
    effect: Effect
    tool: str
    command: str
    summary: str
    module: str
    resources: tuple[str, ...] = ()

    def function(self) -> Callable[..., Any]:
        """Import the operation."""
        if not self.module:
            return added()[self.name][1]
        function: Callable[..., Any] = getattr(import_module(self.module), self.name)
        return function


def operations() -> list[Entry]:
    """Every operation, by room and name.

    Returns
    -------
    list of Entry
        Those of the package, of plug-ins (entry points ``workbench.rooms``) and of this
        process, sorted by room and name.

    Raises
    ------
    ConfigurationError
        If two operations have the same tool or the same command.
    """
    own = [
        Entry(
            NOTEBOOK,
            name,
            Effect(declared.effect),
            declared.tool or name,
            declared.command or f"{NOTEBOOK} {name}",
            summary_of(function),
            "",
            tuple(declared.resources.split()),
        )
        for name, (declared, function) in added().items()
    ]
    entries = sorted([*_written(), *own], key=lambda entry: (entry.room, entry.name))
    _no_two_alike(entries)
    return entries


def find(name: str) -> Entry:
    """The operation with this tool name, function name or command.

    Parameters
    ----------
    name : str
        Tool name, function name or command, tried in this order.

    Returns
    -------
    Entry
        Where the operation stands; it is not imported.

    Raises
    ------
    UnknownName
        If there is none.
    """
    entries = operations()
    for wanted in ("tool", "name", "command"):
        for entry in entries:
            if getattr(entry, wanted) == name:
                return entry
    raise UnknownName("operation", name, [entry.tool for entry in entries])


@cache
def room_files() -> dict[str, Path]:
    """Module name → file of every ``operations.py``, of the package and of plug-ins."""
    files = {
        ".".join(("workbench", *path.relative_to(PACKAGE).with_suffix("").parts)): path
        for pattern in ("*/operations.py", "*/*/operations.py")
        for path in sorted(PACKAGE.glob(pattern))
    }
    for point in entry_points(group=PLUGIN_GROUP):
        module = f"{point.value}.operations"
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise ConfigurationError(
                f"The plug-in room {point.name!r} has no operations.py",
                seen=module,
                cure="Correct or uninstall the package that brings it",
            )
        files[module] = Path(spec.origin)
    return files


@cache
def _written() -> tuple[Entry, ...]:
    return tuple(
        _entry(module, found)
        for module, path in room_files().items()
        for found in decorated(path, "operation")
    )


def _entry(module: str, found: Found) -> Entry:
    parts = module.split(".")
    room = parts[1] if parts[0] == "workbench" else parts[-2]
    return Entry(
        room=room,
        name=found.function,
        effect=Effect(found.keywords["effect"]),
        tool=found.keywords.get("tool") or found.function,
        command=found.keywords.get("command") or f"{room} {found.function.replace('_', '-')}",
        summary=found.summary,
        module=module,
        resources=tuple(found.keywords.get("resources", "").split()),
    )


def _no_two_alike(entries: list[Entry]) -> None:
    for field in ("tool", "command"):
        seen: dict[str, Entry] = {}
        for entry in entries:
            key = getattr(entry, field)
            if key in seen:
                raise ConfigurationError(
                    f"Two operations have the same {field}: {seen[key].room}.{seen[key].name}"
                    f" and {entry.room}.{entry.name}",
                    seen=key,
                    cure=f"Give one of them another {field}",
                )
            seen[key] = entry
