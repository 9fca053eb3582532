"""A dataset of one's own: from a file to the lake, with a manifest of what is known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.canonical import content_hash, table_of_symbols
from workbench.data.catalogue import dataset_names, manifest
from workbench.data.ingest import store
from workbench.data.manifest import NAME, Manifest, Series, write_manifest
from workbench.data.results import DatasetAdded
from workbench.domain import AssetClass
from workbench.errors import ConfigurationError, InvalidInput, NoData, UnusableFrame
from workbench.settings import home

if TYPE_CHECKING:
    import xarray as xr

    from workbench.ports import Lake

__all__ = ["add_bars", "read_file"]

UNITS = {"volume": "units traded"}


def read_file(path: str | Path) -> pd.DataFrame:
    """Read a CSV, Parquet or Feather file, packed or not.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.

    Returns
    -------
    pandas.DataFrame
        As it is written; nothing is interpreted but numbers.

    Raises
    ------
    NoData
        If there is no such file.
    InvalidInput
        If its suffix tells no format that is known.
    UnusableFrame
        If it cannot be read.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise NoData("There is no such file", seen=str(path), cure="Give the path of a CSV file")
    suffixes = [suffix.lower() for suffix in file.suffixes]
    try:
        if ".csv" in suffixes or ".txt" in suffixes or ".tsv" in suffixes:
            return _read_csv(file)
        if ".parquet" in suffixes:
            return pd.read_parquet(file)
        if ".feather" in suffixes:
            return pd.read_feather(file)
    except (ValueError, OSError, EOFError) as error:  # every parser error is one of these
        raise UnusableFrame(
            f"The file cannot be read: {str(error).partition(chr(10))[0]}",
            seen=str(path),
            cure="Open it elsewhere and save it again as CSV with one line of headings",
        ) from error
    raise InvalidInput(
        "The format of the file is not known by its suffix",
        seen=file.name,
        cure="Give a .csv, .csv.gz, .tsv, .parquet or .feather file",
    )


def add_bars(
    name: str, made: xr.Dataset, lake: Lake, *, title: str, source: str, replace: bool
) -> DatasetAdded:
    """Write bars to the lake and their facts to ``WORKBENCH_HOME/datasets``.

    Parameters
    ----------
    name : str
        What the dataset is to be called.
    made : xarray.Dataset
        Bars, as `bars` returns them.
    lake : Lake
        Where the rows go.
    title, source : str
        What it is and where it comes from.
    replace : bool
        Whether it may take the place of an own dataset of this name.

    Returns
    -------
    DatasetAdded
        What was read and guessed.

    Raises
    ------
    InvalidInput
        If the name cannot be used or is taken.
    StoreError
        If the lake cannot be written.
    """
    check_name(name, replace=replace)
    made = _named(made, name)
    frames = _frames(made)
    table = table_of_symbols(frames)
    facts = _manifest(name, title or name, source, made, frames, content_hash(table))
    version = store(facts, table, lake)
    path = write_manifest(facts, home() / "datasets")
    start, end = facts.span(tuple(facts.universe))
    return DatasetAdded(
        name=name,
        symbols=list(facts.universe),
        fields=list(facts.fields),
        start=start,
        end=end,
        timeframe=facts.timeframe,
        rows=facts.rows,
        guessed=made.attrs.get("guessed", []),
        manifest=str(path),
        lake_version=version,
    )


def check_name(name: str, *, replace: bool) -> None:
    """Refuse a name that cannot be used or is taken.

    Parameters
    ----------
    name : str
        What the dataset is to be called.
    replace : bool
        Whether it may take the place of an own one.

    Raises
    ------
    InvalidInput
        Says what to do instead.
    """
    if re.match(NAME, name) is None:
        raise InvalidInput(
            "A dataset cannot be called this",
            seen=name,
            cure="Use lower-case letters, digits, '-', '_' and '.', at most 64",
        )
    if name not in dataset_names():
        return
    try:
        embedded = manifest(name).carrier != "lake"
    except ConfigurationError:
        embedded = False  # its own manifest is broken: replacing it is the cure
    if embedded:
        raise InvalidInput(
            "A dataset of the workbench has this name", seen=name, cure="Choose another name"
        )
    if not replace:
        raise InvalidInput(
            "There is a dataset of this name",
            seen=name,
            cure="Choose another name, or say replace=True (--replace)",
        )


def _named(made: xr.Dataset, name: str) -> xr.Dataset:
    """A single symbol that the file does not name is called like the dataset."""
    if made["symbol"].to_numpy().tolist() == ["frame"]:
        return made.assign_coords(symbol=[name.upper()])
    return made


def _frames(made: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Symbol → its bars, without the times at which it has none."""
    data = made.reset_coords(drop=True)
    frames = {
        str(symbol): data.sel(symbol=symbol, drop=True).to_dataframe().dropna(how="all")
        for symbol in made["symbol"].to_numpy()
    }
    return {symbol: frame for symbol, frame in frames.items() if len(frame)}


def _manifest(
    name: str,
    title: str,
    source: str,
    made: xr.Dataset,
    frames: dict[str, pd.DataFrame],
    sha256: str,
) -> Manifest:
    universe = {
        symbol: Series(
            start=frame.index[0].date(),
            end=frame.index[-1].date(),
            rows=len(frame),
            asset_class=AssetClass.UNKNOWN,
        )
        for symbol, frame in frames.items()
    }
    currency = _only(made["currency"].to_numpy())
    price = f"{currency} per unit" if currency else "price, currency unknown"
    return Manifest(
        name=name,
        title=title,
        carrier="lake",
        timeframe=made.attrs["timeframe"],
        calendar=_only(made["calendar"].to_numpy()),
        currency=currency,
        fields={str(field): UNITS.get(str(field), price) for field in made.data_vars},
        adjust=made.attrs["adjust"],
        stored=made.attrs["adjust"],
        survivorship="Survivorship unknown: these prices are your own.",
        source=source,
        licence="The user's own.",
        universe=universe,
        sha256=sha256,
    )


def _only(values: np.ndarray[Any, Any]) -> str:
    different = np.unique(values).tolist()
    if len(different) > 1:
        raise InvalidInput(
            "A dataset has one calendar and one currency",
            seen=different,
            cure="Add one dataset for each",
        )
    return str(different[0])


def _read_csv(file: Path) -> pd.DataFrame:
    frame = pd.read_csv(file, float_precision="round_trip")
    if frame.shape[1] > 1:
        return frame
    return pd.read_csv(file, sep=None, engine="python")  # semicolons, tabs
