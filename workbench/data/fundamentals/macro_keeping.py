"""Macroeconomic series in the lake, every vintage of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.fundamentals.macro import KNOWN_AT, SCHEMA
from workbench.data.knowledge import upsert
from workbench.errors import InvalidInput, NoData, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workbench.data.knowledge import Upserted
    from workbench.ports import Lake

__all__ = ["TABLE", "load_macro", "store_macro"]

TABLE = "macro"
KEYS = ("symbol", "time")
MOMENT = pa.timestamp("us")


def store_macro(
    lake: Lake,
    dataset: str,
    series: pa.Table,
    *,
    recorded_at: datetime,
    has_vintages: bool,
    content: str = "",
) -> Upserted:
    """Write figures that are new or revised.

    Parameters
    ----------
    lake : Lake
        Where they go.
    dataset : str
        Whose series these are.
    series : pyarrow.Table
        In `MACRO_COLUMNS` with ``known_at``.
    recorded_at : datetime
        Now, naive UTC.
    has_vintages : bool
        Whether ``known_at`` was told by the source. Where it was computed from a lag it holds
        for the first figure of a period alone: one that differs from the figure held for its
        period is a revision, and became known now.
    content : str
        Which file brings them.

    Returns
    -------
    Upserted
        How many were new, revised and as known.
    """
    if not has_vintages and lake.version(TABLE) is not None:
        held = lake.read(TABLE, filters=[("dataset", "==", dataset)], columns=list(KEYS))
        again = pc.is_in(_names(series), value_set=_names(held).combine_chunks())
        known_at = pc.if_else(again, pa.scalar(None, MOMENT), series[KNOWN_AT])
        series = series.set_column(series.column_names.index(KNOWN_AT), KNOWN_AT, known_at)
    return upsert(lake, TABLE, dataset, series, keys=KEYS, recorded_at=recorded_at, content=content)


def load_macro(
    lake: Lake,
    names: Sequence[str],
    *,
    dataset: str | None = None,
    as_of: datetime | None = None,
) -> pa.Table:
    """Every vintage of some series.

    Parameters
    ----------
    lake : Lake
        Where they lie.
    names : sequence of str
        The series.
    dataset : str, optional
        Whose; may be left out where only one dataset has these series.
    as_of : datetime, optional
        Leave out what became known later (naive UTC).

    Returns
    -------
    pyarrow.Table
        In `MACRO_COLUMNS` with ``known_at``.

    Raises
    ------
    NoData
        If the lake has no series at all.
    UnknownName
        If there is no such series.
    InvalidInput
        If several datasets have it and none is named.
    """
    if lake.version(TABLE) is None:
        raise NoData(
            "There are no macroeconomic series in the lake yet",
            cure="Bring one: workbench data macro add NAME FILE --lag-days 30",
        )
    filters: list[tuple[str, str, object]] = [("symbol", "in", list(names))]
    filters += [("dataset", "==", dataset)] if dataset else []
    held = lake.read(TABLE, filters=filters, columns=["dataset", *SCHEMA.names])
    for name in names:
        if not pc.any(pc.equal(held["symbol"], name)).as_py():
            known = lake.read(TABLE, columns=["symbol"])["symbol"].unique().to_pylist()
            raise UnknownName("series", name, known)
    datasets = held["dataset"].unique().to_pylist()
    if len(datasets) > 1:
        raise InvalidInput(
            "More than one dataset has these series",
            seen=sorted(datasets),
            cure="Say which: dataset=NAME",
        )
    series = held.drop_columns(["dataset"])
    if as_of is None:
        return series
    return series.filter(pc.less_equal(series[KNOWN_AT], pa.scalar(as_of, MOMENT)))


def _names(series: pa.Table) -> pa.ChunkedArray:
    """One text for the keys of each figure."""
    return pc.binary_join_element_wise(series["symbol"], series["time"].cast(pa.string()), "\t")
