"""What a run was made with."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import StoreError

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.ports import Lake

__all__ = ["git_state", "installed", "package_versions", "provenance", "table_versions"]

DISTRIBUTION = "neural-trader-workbench"
GIT_SECONDS = 10

_CLONE = Path(__file__).resolve().parent.parent.parent


def provenance(source: bytes, context: Context) -> dict[str, Any]:
    """Everything needed to make the result again, as JSON values.

    Parameters
    ----------
    source : bytes
        What is run, as it was on disk.
    context : Context
        Whose lake and seed are used.

    Returns
    -------
    dict
        ``source_sha256``, ``seed``, ``caller``, ``python``, ``platform``, ``cpus``; ``packages``
        (name → version of what the workbench asks for), ``tables`` (lake table → newest
        version) and ``git`` (commit and dirty flag of the clone; None outside of one).
    """
    return {
        "source_sha256": hashlib.sha256(source).hexdigest(),
        "seed": context.settings.seed,
        "caller": context.caller.value,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "packages": package_versions(),
        "tables": table_versions(context.lake),
        "git": git_state(_CLONE),
    }


def table_versions(lake: Lake) -> dict[str, int | None]:
    """The newest version of every table of the lake."""
    try:
        return {table: lake.version(table) for table in lake.tables()}
    except StoreError as error:
        raise StoreError(
            "The versions of the tables could not be read", seen=error.what, cure=error.cure
        ) from error


def package_versions() -> dict[str, str]:
    """The installed versions of what the workbench asks for, with its own, sorted by name."""
    try:
        asked = requires(DISTRIBUTION) or []
    except PackageNotFoundError:  # a clone that is not installed
        return installed()
    names = {re.split(r"[\s\[<>=!~;(]", line, maxsplit=1)[0] for line in asked}
    found = {name: _version(name) for name in names | {DISTRIBUTION}}
    return {name: found[name] for name in sorted(found, key=str.lower) if found[name]}


def installed() -> dict[str, str]:
    """Every installed distribution and its version, sorted by name."""
    found = {item.metadata["Name"]: item.version for item in distributions()}
    return {name: found[name] for name in sorted(filter(None, found), key=str.lower)}


def git_state(folder: Path) -> dict[str, Any] | None:
    """The commit of a clone and whether files differ from it; None when it is no clone."""
    if not (folder / ".git").exists():
        return None
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain")
    if commit is None or changed is None:
        return None
    return {"commit": commit, "dirty": bool(changed)}


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  fixed words
            ["git", "-C", str(folder), *words],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
