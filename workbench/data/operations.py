"""The public verbs of data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.results import BarsReport, DatasetAdded, DatasetList
from workbench.domain import DatasetRef, Period, Session
from workbench.registry import operation

__all__ = ["add_dataset", "get_bars", "list_datasets"]

FieldName = Literal["open", "high", "low", "close", "volume"]


@operation(effect="read", command="data list")
def list_datasets(*, context: Context | None = None) -> DatasetList:  # noqa: ARG001  every operation has it
    """List the datasets: what they hold, from when to when, and what is wrong with them.

    They come with the workbench or were added by the user. Read ``survivorship`` before
    believing a result.
    """
    from workbench.data.reports import dataset_list  # heavy: pandas

    return dataset_list()


@operation(effect="read", command="data show")
def get_bars(
    dataset: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    fields: list[FieldName] | None = None,
    adjust: Literal["none", "splits", "all", "vendor"] | None = None,
    as_of: Session | None = None,
    currency: str | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> BarsReport:
    """Prices of a dataset or of some of its symbols, the newest as records.

    In Python ``.dataset`` holds all bars and ``.to_frame()`` all rows; `limit` is for
    callers far away.

    Parameters
    ----------
    dataset : str or frame
        ``sp500-20``, ``sp500-20:AAPL,MSFT``, ``AAPL``, ``sp500`` (the index); or a frame.
    start_date, end_date : date, optional
        First and last day, both included; all there is by default.
    fields : list of str, optional
        Some of open, high, low, close and volume; all that the source has by default.
    adjust : str, optional
        ``none`` as traded, ``splits``, ``all`` (dividends too); as the dataset says by default.
    as_of : date, optional
        What was known at the end of that day (UTC), before any later revision.
    currency : str, optional
        Prices in this currency, by the rates that were known; as they are by default.
    limit : int
        The most records to send; ``left_out`` counts the older ones.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    BarsReport
        Records, and all bars in memory.

    Raises
    ------
    UnknownName
        If the dataset, a symbol or a field does not exist.
    OutOfRange
        If the period lies outside the data.
    InvalidInput
        If the end lies before the start.
    """
    from workbench.data.loading import load_bars  # heavy: xarray
    from workbench.data.reports import bars_report

    period = Period.of(start_date, end_date)
    made = load_bars(
        dataset,
        period.first,
        period.end,
        fields=fields,
        adjust=adjust,
        as_of=as_of,
        currency=currency,
        context=context or current(),
    )
    return bars_report(made, limit)


@operation(effect="write", command="data add")
def add_dataset(
    name: str,
    path: str,
    *,
    title: str = "",
    source: str = "A file of the user's.",
    columns: dict[str, str] | None = None,
    timeframe: str | None = None,
    calendar: str | None = None,
    currency: str | None = None,
    tz: str | None = None,
    replace: bool = False,
    context: Context | None = None,
) -> DatasetAdded:
    """Bring your own prices: a CSV or Parquet file becomes a dataset for every door.

    Wide files (a column of closes per symbol), long files (a row per time and symbol) and
    the open, high, low, close, volume of one symbol are understood. What is not given is
    guessed, and said.

    Parameters
    ----------
    name : str
        What it is to be called: lower-case letters, digits, ``-``, ``_`` and ``.``.
    path : str
        The file: .csv, .csv.gz, .tsv, .parquet or .feather.
    title : str
        What it is, in a line.
    source : str
        Where it comes from.
    columns : dict, optional
        Meaning and column, where the headings do not say it:
        ``{"time": "when", "close": "px"}``.
    timeframe : str, optional
        The length of a bar, such as ``1d`` or ``5m``.
    calendar : str, optional
        The exchange, such as ``XNYS``; ``24/7`` for crypto.
    currency : str, optional
        ISO 4217, such as ``USD``.
    tz : str, optional
        The zone of intraday times that have none, such as ``America/New_York``.
    replace : bool
        Whether it may take the place of your dataset of this name.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    DatasetAdded
        What was read and guessed.

    Raises
    ------
    NoData
        If there is no such file.
    InvalidInput
        If the name is taken or the file cannot be read as bars; says what settles it.
    """
    from workbench.data.adding import add_bars, check_name, read_file  # heavy: pandas
    from workbench.data.frames import bars

    check_name(name, replace=replace)
    made = bars(
        read_file(path),
        columns=columns,
        timeframe=timeframe,
        calendar=calendar,
        currency=currency,
        tz=tz,
    )
    lake = (context or current()).lake
    return add_bars(name, made, lake, title=title, source=source or path, replace=replace)
