"""A CSV file of instruments or of aliases, as the lake takes them."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.data.instruments.identities import identified
from workbench.data.instruments.results import InstrumentsAdded
from workbench.data.instruments.storing import (
    TYPES,
    load_instruments,
    open_master,
    store_aliases,
    store_instruments,
)
from workbench.domain import ALIAS_COLUMNS, INSTRUMENT_COLUMNS
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.ports import Lake

__all__ = ["add_file", "read_rows"]

UNKNOWN = ("", "unknown")
KINDS: dict[str, Mapping[str, str]] = {
    "aliases": {**ALIAS_COLUMNS, "known_at": "timestamp[us]"},
    "instruments": {**INSTRUMENT_COLUMNS, "known_at": "timestamp[us]"},
}


def add_file(
    path: str | Path, lake: Lake, dataset: str, recorded_at: dt.datetime
) -> InstrumentsAdded:
    """Write a CSV file of instruments or aliases to the lake.

    Parameters
    ----------
    path : str or pathlib.Path
        The file. With a column ``alias`` it holds aliases.
    lake : Lake
        Where the rows go.
    dataset : str
        Who says so.
    recorded_at : datetime
        Now, naive UTC.

    Returns
    -------
    InstrumentsAdded
        How many rows were new, changed and as they were.

    Raises
    ------
    NoData
        If there is no such file, or no row in it.
    InvalidInput
        If a value cannot be read, names row and column; or as `store_instruments` and
        `store_aliases` say.
    """
    kind, rows = read_rows(path)
    if kind == "aliases":
        written = store_aliases(lake, dataset, _table(rows, kind), recorded_at)
    else:
        rows = _completed(identified(rows, open_master(lake)), lake)
        written = store_instruments(lake, dataset, _table(rows, kind), recorded_at)
    return InstrumentsAdded(
        kind=kind,
        dataset=dataset,
        new=written.new,
        revised=written.revised,
        unchanged=written.unchanged,
        lake_version=written.version,
    )


def read_rows(path: str | Path) -> tuple[str, list[dict[str, Any]]]:
    """Read a CSV file of instruments or aliases.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, in UTF-8 with one line of headings.

    Returns
    -------
    tuple of (str, list of dict)
        ``instruments`` or ``aliases``, and the rows. Empty and ``unknown`` are None; a symbol
        such as NA or TRUE stays a text.

    Raises
    ------
    NoData
        If there is no such file, or no row in it.
    InvalidInput
        If a column is not known or a value cannot be read; names row and column.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise NoData("There is no such file", seen=str(path), cure="Give the path of a CSV file")
    with file.open(newline="", encoding="utf-8-sig") as opened:
        reader = csv.DictReader(opened)
        headings = [str(name).strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = headings
        kind = "aliases" if "alias" in headings else "instruments"
        unknown = sorted(set(headings) - KINDS[kind].keys())
        if unknown:
            raise InvalidInput(
                f"This column is not known in a file of {kind}",
                seen=unknown,
                cure=f"Use {', '.join(KINDS[kind])}",
            )
        rows = [_row(values, KINDS[kind], line) for line, values in enumerate(reader, start=2)]
    if kind == "instruments" and "symbol" not in headings:
        raise InvalidInput(
            "The file has no column symbol",
            seen=headings,
            cure="Name the columns in the first line",
        )
    if not rows:
        raise NoData("The file has no row", seen=file.name, cure="Write one line for each")
    return kind, rows


def _row(values: dict[Any, Any], columns: Mapping[str, str], line: int) -> dict[str, Any]:
    if None in values or None in values.values():
        raise InvalidInput(
            f"Line {line} has more or fewer values than there are headings",
            seen=list(values.values()),
            cure="Write one value for each heading; put quotes around a comma",
        )
    return {
        name: _value(text.strip(), columns[name], f"line {line}, column {name}")
        for name, text in values.items()
    }


def _value(text: str, kind: str, place: str) -> Any:
    if text.lower() in UNKNOWN:
        return None
    try:
        if kind == "double":
            return float(text)
        return text if kind == "string" else _moment(text)
    except ValueError:
        raise InvalidInput(
            f"A value cannot be read: {place}",
            seen=text,
            cure="Write numbers like 0.01 and dates like 2020-01-31; leave empty what is unknown",
        ) from None


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _completed(rows: list[dict[str, Any]], lake: Lake) -> list[dict[str, Any]]:
    """The rows with what is known of columns that the file does not have."""
    known = {row["instrument"]: row for row in load_instruments(lake).to_pylist()}
    return [{**known.get(row["instrument"], {}), **row} for row in rows]


def _table(rows: list[dict[str, Any]], kind: str) -> pa.Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    schema = pa.schema([(name, TYPES[KINDS[kind][name]]) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)
