"""What is wrong with this installation, and the cure."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from workbench.compute.devices import device
from workbench.compute.results import Finding
from workbench.errors import WorkbenchError
from workbench.registry import broken, catalogue
from workbench.settings.places import home

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.context import Context

__all__ = ["findings"]

DISTRIBUTION = "neural-trader-workbench"
NAMESAKE = "workbench"
"""A distribution of other people that owns our import name."""

EXTRAS = {"forecast": "neuralforecast", "lab": "panel", "live": "ccxt"}
"""Extra → a package that only it brings."""

LEAST_FREE_GB = 1.0


def findings(context: Context) -> list[Finding]:
    """Examine the installation, the settings, the stores and the user's own files.

    Parameters
    ----------
    context : Context
        Whose settings and stores are opened.

    Returns
    -------
    list of Finding
        In the order examined; ends at the settings when they cannot be read.
    """
    examined = [
        _namesake(),
        _versions(),
        *(_extra(name, package) for name, package in EXTRAS.items()),
        _opened("settings", lambda: context.settings),
    ]
    if examined[-1].level == "error":
        return examined  # nothing else can be opened
    return [
        *examined,
        _free_space(),
        _opened("lake", lambda: context.lake.tables() if find_spec("deltalake") else None),
        _opened("trial ledger", lambda: context.ledger.count("")),
        _opened("run records", lambda: context.runs.latest(1)),
        _opened("operations", catalogue),
        *_own_files(),
        Finding(name="device", level="ok", found=device(allowed=True)),
    ]


def _namesake() -> Finding:
    try:
        found = version(NAMESAKE)
    except PackageNotFoundError:
        return Finding(name="package", level="ok", found=f"Python {sys.version.split()[0]}")
    return Finding(
        name="package",
        level="error",
        found=f"another distribution named {NAMESAKE!r} {found} owns the same import name",
        cure=f"Run: pip uninstall {NAMESAKE}; then install {DISTRIBUTION} again",
    )


def _versions() -> Finding:
    """Compare what is installed with the ranges that the distribution asks for."""
    try:
        distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return Finding(
            name="versions",
            level="warning",
            found=f"{DISTRIBUTION} is not installed; the sources are run from their folder",
            cure="Run: make demo, or pip install -e .",
        )
    wrong = [text for text in map(_outside, requires(DISTRIBUTION) or []) if text]
    if not wrong:
        return Finding(name="versions", level="ok", found="inside the tested ranges")
    return Finding(
        name="versions",
        level="error",
        found="; ".join(wrong),
        cure=f"Run: pip install '{DISTRIBUTION}' with the constraints file of the release",
    )


def _outside(line: str) -> str:
    requirement = Requirement(line)
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return "" if requirement.marker else f"{requirement.name} is missing"
    asked_for = requirement.marker is None or "extra" in str(requirement.marker)
    if not asked_for or "'gpu'" in str(requirement.marker).replace('"', "'"):
        return ""
    fits = requirement.specifier.contains(found, prereleases=True)
    return "" if fits else f"{requirement.name} {found} is not {requirement.specifier}"


def _extra(name: str, package: str) -> Finding:
    if find_spec(package):
        return Finding(name=f"extra {name}", level="ok", found="installed")
    return Finding(
        name=f"extra {name}",
        level="warning",
        found="not installed",
        cure=f"If you need it, run: pip install '{DISTRIBUTION}[{name}]'",
    )


def _free_space() -> Finding:
    place = next(path for path in (home(), *home().parents) if path.exists())
    free = shutil.disk_usage(place).free / 1e9
    if free >= LEAST_FREE_GB:
        return Finding(name="disk", level="ok", found=f"{free:.1f} GB free for {home()}")
    return Finding(
        name="disk",
        level="error",
        found=f"{free:.1f} GB free for {home()}",
        cure="Free some space, or set WORKBENCH_HOME to a folder on another disk",
    )


def _opened(name: str, probe: Callable[[], object]) -> Finding:
    try:
        probe()
    except WorkbenchError as error:
        return Finding(name=name, level="error", found=error.what, cure=error.cure)
    return Finding(name=name, level="ok", found="opens")


def _own_files() -> list[Finding]:
    found = [
        Finding(
            name=f"your {item.path.parent.name}",
            level="error",
            found=item.reason,
            cure=f"Correct or remove {item.path}",
        )
        for item in broken()
    ]
    return found or [Finding(name="your files", level="ok", found="all can be read")]
