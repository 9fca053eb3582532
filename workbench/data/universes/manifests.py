"""Universes among the datasets: which there are, and what may be a new one's name."""

from __future__ import annotations

import re

from workbench.data.catalogue import dataset_names, manifest, manifests
from workbench.data.manifest import NAME, UniverseManifest
from workbench.errors import InvalidInput, UnknownName

__all__ = ["check_universe_name", "universe_manifest", "universe_names"]


def universe_names() -> list[str]:
    """The names of the universes, sorted."""
    return sorted(one.name for one in manifests() if isinstance(one, UniverseManifest))


def universe_manifest(name: str) -> UniverseManifest:
    """The facts of a universe.

    Parameters
    ----------
    name : str
        The universe.

    Returns
    -------
    UniverseManifest
        From the first folder that has it.

    Raises
    ------
    UnknownName
        If there is no such universe.
    ConfigurationError
        If its manifest is broken.
    """
    found = manifest(name) if name in dataset_names() else None
    if not isinstance(found, UniverseManifest):
        raise UnknownName("universe", name, universe_names())
    return found


def check_universe_name(name: str, *, replace: bool) -> None:
    """Refuse a name that cannot be used or is taken.

    Parameters
    ----------
    name : str
        What the universe is to be called.
    replace : bool
        Whether it may take the place of a universe of this name.

    Raises
    ------
    InvalidInput
        Says what to do instead.
    """
    if re.match(NAME, name) is None:
        raise InvalidInput(
            "A universe cannot be called this",
            seen=name,
            cure="Use lower-case letters, digits, '-', '_' and '.', at most 64",
        )
    universes = universe_names()
    if name in set(dataset_names()) - set(universes):
        raise InvalidInput("A dataset has this name", seen=name, cure="Choose another name")
    if name in universes and not replace:
        raise InvalidInput(
            "There is a universe of this name",
            seen=name,
            cure="Choose another name, or say replace=True (--replace)",
        )
