"""Where things lie: the user's own folder, and what is shipped with the package."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import UnknownName

__all__ = ["cache_folder", "home", "shipped", "shipped_folders"]

SHIPPED_KINDS = ("notebooks", "pipelines", "datasets", "dashboards")

_PACKAGE = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder of all that a user makes: ``WORKBENCH_HOME``, by default ``~/.workbench``.

    Returns
    -------
    pathlib.Path
        An absolute path; the folder need not exist yet.
    """
    return Path(os.environ.get("WORKBENCH_HOME") or "~/.workbench").expanduser().absolute()


def cache_folder(name: str) -> Path:
    """A folder under ``home()/cache``; what lies in it can be deleted at any time."""
    folder = home() / "cache" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def shipped_folders(kind: str) -> list[Path]:
    """The existing folders in which a notebook, manifest, pipeline or dashboard is looked for.

    In order: the working directory, the user's own folder, the clone, the installed package.

    Parameters
    ----------
    kind : {"notebooks", "pipelines", "datasets", "dashboards"}
        What is looked for.

    Returns
    -------
    list of pathlib.Path
        In this order, each once; empty when none exists.

    Raises
    ------
    UnknownName
        If `kind` is none of these.
    """
    if kind not in SHIPPED_KINDS:
        raise UnknownName("kind of shipped file", kind, SHIPPED_KINDS)
    folders = [
        Path.cwd() / kind,
        home() / kind,
        _PACKAGE.parent / kind,
        _PACKAGE / "_share" / kind,
    ]
    return [folder for folder in dict.fromkeys(folders) if folder.is_dir()]


def shipped(kind: str, name: str) -> Path:
    """The file `name` of a kind, from the first folder that has it.

    Parameters
    ----------
    kind : {"notebooks", "pipelines", "datasets", "dashboards"}
        What is looked for.
    name : str
        File name with suffix, for example ``"research.ipynb"``.

    Returns
    -------
    pathlib.Path
        The existing file.

    Raises
    ------
    UnknownName
        If no folder has it; the error lists what there is.
    """
    folders = shipped_folders(kind)
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    present = {path.name for folder in folders for path in folder.iterdir() if path.is_file()}
    raise UnknownName(kind.removesuffix("s"), name, present - {"README.md"})
