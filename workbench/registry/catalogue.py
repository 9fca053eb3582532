"""The schemas of all operations, built once and kept under ``WORKBENCH_HOME/cache``."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from workbench.registry.index import PACKAGE, Entry, find, operations, room_files
from workbench.registry.schemas import Schema, build
from workbench.settings.places import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["catalogue", "schema"]


def catalogue() -> list[Schema]:
    """The schemas of every operation, sorted by room and name.

    They are read from a file named by the hash of all sources and versions, so a
    changed source is never answered with an old schema; the file is made when it is
    missing, and operations of this process are described afresh.
    """
    entries = operations()
    written = _kept(tuple(entry for entry in entries if entry.module))
    return [written.get(entry.tool) or build(entry) for entry in entries]


def schema(name: str) -> Schema:
    """The schema of one operation by tool name, function name or command.

    Parameters
    ----------
    name : str
        Tool name, function name or command.

    Returns
    -------
    Schema
        From the catalogue; built at once for an operation of this process.

    Raises
    ------
    UnknownName
        If there is no such operation.
    """
    entry = find(name)
    if not entry.module:
        return build(entry)
    return next(found for found in catalogue() if found.tool == entry.tool)


@cache
def _kept(entries: tuple[Entry, ...]) -> dict[str, Schema]:
    path = cache_folder("catalogue") / f"{_fingerprint()}.json"
    if path.is_file():
        kept = [Schema.model_validate(item) for item in json.loads(path.read_bytes())]
    else:
        kept = [build(entry) for entry in entries]
        _write_whole(path, json.dumps([item.model_dump(mode="json") for item in kept]))
    return {item.tool: item for item in kept}


def _fingerprint() -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{sys.version_info} {version('pydantic')}".encode())
    for path in sorted({*PACKAGE.rglob("*.py"), *room_files().values()}):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that another process sees all of it or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)  # noqa: PTH105  atomic on every platform
