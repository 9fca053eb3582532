"""Corporate actions in the lake: what was known about them when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.actions.shaping import SCHEMA, empty_actions, sift_actions
from workbench.data.knowledge import latest, upsert
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from workbench.data.knowledge import Upserted
    from workbench.ports import Lake, ReferenceSource

__all__ = ["gather_actions", "load_actions", "store_actions"]

ACTIONS = "actions"
KEYS = ("symbol", "kind", "source_id")
"""A vendor may correct the amount of an action and also its ex-date; its identifier stays."""

DAY = pa.scalar(86_400_000_000, pa.duration("us"))


def store_actions(lake: Lake, dataset: str, table: pa.Table, recorded_at: datetime) -> Upserted:
    """Write corporate actions; the same again writes nothing.

    Where the source gives no identifier, the ex-date is one (``2024-02-09``, ``2024-02-09#2`` for
    the second of that kind on that day).

    Parameters
    ----------
    lake : Lake
        Where they go.
    dataset : str
        Whose actions these are.
    table : pyarrow.Table
        Columns among `ACTION_COLUMNS` and ``known_at``.
    recorded_at : datetime
        Now, naive UTC. A changed value was known from then on, unless ``known_at`` says when.

    Returns
    -------
    Upserted
        How many are new, changed and as they were.

    Raises
    ------
    InvalidInput
        If an action cannot be used; names the first. `sift_actions` takes them out.
    """
    rows, bad = sift_actions(table)
    if bad.num_rows:
        first = bad.slice(0, 1).to_pylist()[0]
        raise InvalidInput(
            f"{bad.num_rows} of {table.num_rows} actions cannot be used: {first['reason']}",
            seen=f"{first['symbol']} {first['kind']} {first['time']}",
            cure="Correct or remove them",
        )
    return upsert(lake, ACTIONS, dataset, _identified(rows), keys=KEYS, recorded_at=recorded_at)


def load_actions(
    lake: Lake,
    dataset: str,
    symbols: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> pa.Table:
    """The corporate actions of a dataset, as they were known at a moment.

    An action is known at its announcement, where the source tells the day, from the end of that
    day; else on its ex-date, or when it was written if that was earlier.

    Parameters
    ----------
    lake : Lake
        Where they lie.
    dataset : str
        Whose actions.
    symbols : sequence of str, optional
        All by default.
    as_of : datetime, optional
        What was known then (naive UTC); now by default.

    Returns
    -------
    pyarrow.Table
        `ACTION_COLUMNS` and ``known_at``, one row for each action, in order of symbol and
        ex-date; empty when there are none.
    """
    if lake.version(ACTIONS) is None:
        return empty_actions()
    filters: list[tuple[str, str, Any]] = [("dataset", "==", dataset)]
    filters += [("symbol", "in", list(symbols))] if symbols is not None else []
    rows = lake.read(ACTIONS, filters=filters)
    place = rows.column_names.index("known_at")
    rows = latest(rows.set_column(place, "known_at", _known_at(rows)), KEYS, as_of)
    order = [("symbol", "ascending"), ("time", "ascending"), ("kind", "ascending")]
    return rows.select([*SCHEMA.names, "known_at"]).sort_by(order)


def gather_actions(
    source: ReferenceSource,
    symbols: Mapping[str, str],
    start: datetime,
    end: datetime,
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Ask a vendor for corporate actions.

    Parameters
    ----------
    source : ReferenceSource
        The vendor.
    symbols : mapping
        What the vendor calls them → their own symbols.
    start, end : datetime
        Ex-dates in ``[start, end)``.

    Yields
    ------
    tuple of (pyarrow.Table, pyarrow.Table)
        Page by page, the good ones under their own symbols and the bad ones with a ``reason``.

    Raises
    ------
    WireError
        If the vendor does not answer as it should.
    UnknownName
        If it does not know a symbol.
    """
    for page in source.actions(list(symbols), start, end):
        for name in ("symbol", "into"):
            own = [symbols.get(symbol, symbol) for symbol in page[name].to_pylist()]
            place = page.column_names.index(name)
            page = page.set_column(place, name, pa.array(own, pa.string()))  # noqa: PLW2901
        yield sift_actions(page)


def _known_at(rows: pa.Table) -> pa.ChunkedArray:
    """When each row became known: as it says, else by its dates and by when it was written."""
    declared = rows["declared_at"]
    is_day = pc.equal(pc.floor_temporal(declared, unit="day").cast(declared.type), declared)
    told = pc.if_else(is_day, pc.add(declared, DAY), declared)
    own = pc.min_element_wise(told, rows["time"], rows["recorded_at"])  # skips what is null
    return pc.coalesce(rows["known_at"], own)


def _identified(rows: pa.Table) -> pa.Table:
    """The rows with an identifier in each: the source's, else the ex-date and a number."""
    frame = rows.select(["symbol", "kind", "time", "source_id"]).to_pandas()
    lacking = frame["source_id"].isna() | (frame["source_id"] == "")
    number = frame[lacking].groupby(["symbol", "kind", "time"]).cumcount().reindex(frame.index)
    days = frame["time"].dt.strftime("%Y-%m-%d")
    made = days.where(~(number > 0), days + "#" + (number.fillna(0) + 1).astype(int).astype(str))
    names = frame["source_id"].where(~lacking, made)
    place = rows.column_names.index("source_id")
    return rows.set_column(place, "source_id", pa.array(names, pa.string()))
