"""Frames and files as a source of bars: the import, and the honest twin of every vendor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xarray as xr

from workbench.data.adding import read_file
from workbench.data.frames import bars
from workbench.domain import BAR_COLUMNS, OHLCV, Adjust
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.ports import SourceFacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Iterator, Sequence

    from workbench.domain import DatasetRef, Timeframe

__all__ = ["TableSource"]

SCHEMA = pa.schema({name: pa.type_for_alias(kind) for name, kind in BAR_COLUMNS.items()})
FORMATS = frozenset({".csv", ".tsv", ".parquet", ".feather"})
"""What a file of a folder is read for; others, such as a licence, are passed over."""
PAGE_ROWS = 50_000
UNNAMED = ["frame"]
"""What `bars` calls the only symbol of a frame that does not name it."""


class TableSource:
    """Bars of frames or files, as a `BarSource`.

    Parameters
    ----------
    tables : frame, path, or mapping of symbol to frame or path
        pandas, polars, pyarrow or xarray in any shape that `bars` reads; a CSV, Parquet or
        Feather file; a folder of such files, each called after its symbol.
    columns, timeframe, calendar, currency, tz
        As `bars` takes them; what is not given is guessed, and said in `guessed`.
    survivorship : str
        Which names are missing.

    Raises
    ------
    NoData
        If a file or folder is not there or holds no table.
    UnusableFrame, AmbiguousFrame
        If a table cannot be read as bars, or in more than one way.
    InvalidInput
        If the tables do not have one timeframe, calendar, currency and adjustment.
    """

    def __init__(
        self,
        tables: DatasetRef | str | Path | Mapping[str, DatasetRef | str | Path],
        *,
        columns: Mapping[str, Hashable] | Sequence[Hashable] | None = None,
        timeframe: str | None = None,
        calendar: str | None = None,
        currency: str | None = None,
        tz: str | None = None,
        survivorship: str = "Survivorship unknown: these prices are your own.",
    ) -> None:
        read: dict[str, Any] = {"columns": columns, "timeframe": timeframe, "calendar": calendar}
        read |= {"currency": currency, "tz": tz}
        made = [_named(bars(_frame(one), **read), symbol) for symbol, one in _each(tables)]
        if not made:
            raise NoData("There is no table", seen=str(tables), cure="Give a frame or a CSV file")
        self._rows = _rows_by_symbol(made)
        self.guessed: list[str] = [text for one in made for text in one.attrs.get("guessed", [])]
        self._facts = SourceFacts(
            name="table",
            title="Frames or files of the user's",
            timeframes=(_one("timeframe", [str(one.attrs["timeframe"]) for one in made]),),
            licence="The user's own.",
            survivorship=survivorship,
            adjust=Adjust(_one("adjustment", [one.attrs["adjust"] for one in made])),
            calendar=_one("calendar", [str(v) for one in made for v in one["calendar"].values]),
            currency=_one("currency", [str(v) for one in made for v in one["currency"].values]),
            symbols_per_request=max(1, len(self._rows)),
        )

    @property
    def facts(self) -> SourceFacts:
        """What is known about the tables."""
        return self._facts

    @property
    def symbols(self) -> list[str]:
        """The symbols that there are, sorted."""
        return sorted(self._rows)

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: dt.datetime, end: dt.datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)``, page by page.

        Parameters
        ----------
        symbols : sequence of str
            Some of `symbols`.
        timeframe : Timeframe
            That of the tables.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            In `BAR_COLUMNS`, by symbol and time; null where a table has no such column.

        Raises
        ------
        InvalidInput
            If the tables hold bars of another length.
        UnknownName
            If they do not hold a symbol.
        """
        if str(timeframe) not in self._facts.timeframes:
            cure = f"Ask for {self._facts.timeframes[0]}"
            raise InvalidInput("The tables hold no such bars", seen=str(timeframe), cure=cure)
        for symbol in symbols:
            if symbol not in self._rows:
                raise UnknownName("symbol in the tables", symbol, self._rows)
        for symbol in symbols:
            found = _within(self._rows[symbol], start, end)
            for first in range(0, found.num_rows, PAGE_ROWS):
                yield found.slice(first, PAGE_ROWS)


def _each(tables: Any) -> Iterator[tuple[str | None, Any]]:
    """Tables with the symbol that each is called after, if any."""
    if isinstance(tables, Mapping) and not isinstance(tables, xr.Dataset):
        yield from tables.items()
    elif isinstance(tables, str | Path) and Path(tables).expanduser().is_dir():
        files = sorted(one for one in Path(tables).expanduser().iterdir() if _is_table(one))
        yield from ((one.name.partition(".")[0], one) for one in files)
    else:
        yield None, tables


def _is_table(file: Path) -> bool:
    return file.is_file() and not FORMATS.isdisjoint(file.suffixes)


def _frame(table: Any) -> Any:
    return read_file(table) if isinstance(table, str | Path) else table


def _named(made: xr.Dataset, symbol: str | None) -> xr.Dataset:
    """Call the only symbol of a table by its name."""
    unnamed = made["symbol"].to_numpy().tolist() == UNNAMED
    return made.assign_coords(symbol=[symbol]) if symbol and unnamed else made


def _rows_by_symbol(made: Sequence[xr.Dataset]) -> dict[str, pa.Table]:
    rows: dict[str, pa.Table] = {}
    for one in made:
        for column, symbol in enumerate(one["symbol"].to_numpy().tolist()):
            if symbol in rows:
                cure = "Name the tables by a mapping: {symbol: table}"
                raise InvalidInput("Two tables have the same symbol", seen=symbol, cure=cure)
            rows[symbol] = _rows(one, column, symbol)
    return rows


def _rows(made: xr.Dataset, column: int, symbol: str) -> pa.Table:
    numbers = {
        name: made[name].to_numpy()[:, column]
        if name in made
        else np.full(made.sizes["time"], np.nan)
        for name in OHLCV
    }
    there = ~np.isnan(np.column_stack(list(numbers.values()))).all(axis=1)
    columns = {
        "symbol": [symbol] * int(there.sum()),
        "time": made["time"].to_numpy()[there].astype("datetime64[us]"),
        **{name: values[there] for name, values in numbers.items()},
    }
    arrays = [pa.array(columns[one.name], one.type, from_pandas=True) for one in SCHEMA]
    return pa.table(arrays, schema=SCHEMA)


def _within(rows: pa.Table, start: dt.datetime, end: dt.datetime) -> pa.Table:
    since, until = (pa.scalar(one, pa.timestamp("us")) for one in (start, end))
    return rows.filter(pc.and_(pc.greater_equal(rows["time"], since), pc.less(rows["time"], until)))


def _one(what: str, values: Sequence[str]) -> str:
    different = sorted(set(values))
    if len(different) != 1:
        cure = f"Say {what}=… or make a source of each"
        raise InvalidInput(f"The tables do not have one {what}", seen=different, cure=cure)
    return different[0]
