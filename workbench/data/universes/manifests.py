"""What is known about a universe: the manifest of the bars it is made of, and its rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import Field, StringConstraints, ValidationError

from workbench.data.catalogue import dataset_names
from workbench.data.manifest import NAME, Manifest, Text
from workbench.errors import ConfigurationError, InvalidInput, UnknownName
from workbench.settings import shipped_folders

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "FOLDER",
    "UniverseManifest",
    "check_universe_name",
    "universe_manifest",
    "universe_names",
]

FOLDER = "universes"
"""Below each folder of manifests."""


class UniverseManifest(Manifest):
    """The facts of a universe: those of its bars, for the symbols that have ever been a member.

    Attributes
    ----------
    kind : str
        ``universe``.
    of : str
        The dataset of its bars.
    rule : str
        The sentence that `UniverseRule.parse` reads; empty when the members were listed.
    listed_in : str
        The file that listed the members; empty when they were chosen by rule.
    spells : int
        Rows that it has in the lake's table ``universes``; ``sha256`` is their hash.
    """

    kind: Literal["universe"]
    of: Annotated[str, StringConstraints(pattern=NAME)]
    rule: str = ""
    listed_in: str = ""
    spells: int = Field(ge=1)
    survivorship: Text


def universe_names() -> list[str]:
    """The names of the universes, sorted."""
    return sorted(_files())


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
    files = _files()
    if name not in files:
        raise UnknownName("universe", name, files)
    try:
        facts: Any = yaml.safe_load(files[name].read_text(encoding="utf-8"))
        return UniverseManifest.model_validate(facts)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = re.sub(r"\s+", " ", str(error))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        problem = f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"
    raise ConfigurationError(
        f"The manifest of a universe cannot be used: {problem}",
        seen=str(files[name]),
        cure="Correct this line of the file, or make the universe again",
    )


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
    universes = universe_names()
    if re.match(NAME, name) is None:
        raise InvalidInput(
            "A universe cannot be called this",
            seen=name,
            cure="Use lower-case letters, digits, '-', '_' and '.', at most 64",
        )
    if name in set(dataset_names()) - set(universes):
        raise InvalidInput("A dataset has this name", seen=name, cure="Choose another name")
    if name in universes and not replace:
        raise InvalidInput(
            "There is a universe of this name",
            seen=name,
            cure="Choose another name, or say replace=True (--replace)",
        )


def _files() -> dict[str, Path]:
    """Name → manifest, from the first folder that has it."""
    found: dict[str, Path] = {}
    for folder in shipped_folders("datasets"):
        for path in (folder / FOLDER).glob("*.yaml"):
            found.setdefault(path.stem, path)
    return found
