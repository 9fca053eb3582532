"""Which datasets there are, and what a name means."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from workbench.data.manifest import Manifest, UniverseManifest, read_manifest
from workbench.domain import DatasetName
from workbench.errors import ConfigurationError, UnknownName
from workbench.settings import shipped_folders

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["broken_manifests", "dataset_names", "holder", "manifest", "manifests", "resolve"]

_log = logging.getLogger(__name__)


def dataset_names() -> list[str]:
    """The names of the datasets, sorted; one whose manifest is broken is listed too."""
    return sorted(_files())


def manifests() -> list[Manifest]:
    """The manifests that can be used, by name."""
    read = [_read_or_none(path) for _, path in sorted(_files().items())]
    return [one for one in read if one is not None]


def broken_manifests() -> dict[str, str]:
    """Name → why the manifest cannot be used, with the cure."""
    reasons = {}
    for name, path in sorted(_files().items()):
        try:
            read_manifest(path)
        except ConfigurationError as error:
            reasons[name] = str(error)
    return reasons


def manifest(name: str) -> Manifest:
    """The facts of a dataset.

    Parameters
    ----------
    name : str
        The dataset.

    Returns
    -------
    Manifest
        From the first folder that has it.

    Raises
    ------
    UnknownName
        If there is no such dataset.
    ConfigurationError
        If its manifest is broken.
    """
    files = _files()
    if name not in files:
        raise UnknownName("dataset", name, files)
    return read_manifest(files[name])


def holder(one: Manifest) -> Manifest:
    """The dataset that holds the bars: that of a universe, else the dataset itself."""
    return manifest(one.of) if isinstance(one, UniverseManifest) else one


def resolve(text: str) -> tuple[Manifest, tuple[str, ...]]:
    """What a name means: a dataset and its symbols.

    Parameters
    ----------
    text : str
        ``sp500-20`` (its universe), ``sp500-20:AAPL,SP500``, an alias such as ``sp500``, or
        bare symbols such as ``AAPL`` or ``AAPL,MSFT``: of the datasets that have them all,
        the one with the longest history.

    Returns
    -------
    tuple of (Manifest, tuple of str)
        The dataset and the symbols, as the dataset spells them.

    Raises
    ------
    UnknownName
        If nothing has this name; lists what there is.
    """
    if ":" in text:
        return _symbols_of(DatasetName.parse(text))
    files = _files()
    if text in files:
        found = read_manifest(files[text])
        return found, tuple(found.universe)
    return _of_alias(text) or _of_symbols(text)


def _symbols_of(asked: DatasetName) -> tuple[Manifest, tuple[str, ...]]:
    found = manifest(asked.name)
    chosen = tuple(dict.fromkeys(_spelled(symbol, found) or symbol for symbol in asked.symbols))
    for symbol in chosen:
        if symbol not in found.series:
            raise UnknownName(f"symbol in {found.name}", symbol, found.series)
    return found, chosen


def _spelled(symbol: str, among: Manifest) -> str | None:
    """The symbol as the dataset writes it, else None."""
    alias = among.aliases.get(symbol)
    return alias or next((s for s in (symbol, symbol.upper()) if s in among.series), None)


def _of_alias(text: str) -> tuple[Manifest, tuple[str, ...]] | None:
    for one in manifests():
        if text in one.aliases:
            return one, (one.aliases[text],)
    return None


def _of_symbols(text: str) -> tuple[Manifest, tuple[str, ...]]:
    asked = [part.strip() for part in text.split(",") if part.strip()] or [text]
    able = []
    for one in manifests():
        if isinstance(one, UniverseManifest):
            continue  # its bars are those of another dataset
        spelled = [_spelled(symbol, one) for symbol in asked]
        if all(spelled):
            able.append((one, tuple(dict.fromkeys(symbol for symbol in spelled if symbol))))
    if not able:
        raise _unknown(text, asked)
    return max(able, key=lambda pair: sum(pair[0].series[symbol].rows for symbol in pair[1]))


def _unknown(text: str, asked: list[str]) -> UnknownName:
    known = manifests()
    symbols = {symbol for one in known for symbol in one.series}
    missing = [symbol for symbol in asked if symbol.upper() not in symbols]
    if len(asked) > 1 and not missing:
        cure = "No dataset has all of these symbols; ask for them one by one"
        return UnknownName("dataset", text, cure=cure)
    aliases = {alias for one in known for alias in one.aliases}
    choices = {*(one.name for one in known), *aliases, *symbols}
    return UnknownName("dataset or symbol", missing[0] if missing else text, choices)


def _files() -> dict[str, Path]:
    """Name → manifest, from the first folder that has it."""
    found: dict[str, Path] = {}
    for folder in shipped_folders("datasets"):
        for path in folder.glob("*.yaml"):
            found.setdefault(path.stem, path)
    return found


def _read_or_none(path: Path) -> Manifest | None:
    try:
        return read_manifest(path)
    except ConfigurationError as error:
        _log.warning("%s", error)
        return None
