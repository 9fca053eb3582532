"""Facts from a table of one's own: a row for each statement of a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from workbench.data.fundamentals.facts import KNOWN_AT, SCHEMA
from workbench.data.fundamentals.reading import columns_named, numbers_of, stamps_of
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["facts_of_frame"]

HEADINGS = {
    "symbol": "symbol, ticker",
    "item": "item, tag, field, name, fact",
    "value": "value, val, amount",
    "unit": "unit, uom, currency",
    "time": "time, period end, end, end date, period, datadate, report date, ddate",
    "period_start": "period start, start, start date",
    "filed_at": "filed at, filed, filing date, rdq, date filed",
    "fiscal_year": "fiscal year, fy",
    "fiscal_period": "fiscal period, fp",
    "form": "form, form type",
    "source_id": "source id, accn, adsh, accession number",
    KNOWN_AT: "known at, available at",
}
"""Meaning → the headings in use, in lower case with one space between words."""
NEEDED = {"symbol": "symbol", "item": "item", "value": "value", "time": "period_end"}
STAMPS = ("time", "period_start", "filed_at", KNOWN_AT)


def facts_of_frame(frame: pd.DataFrame, symbol: str = "") -> pa.Table:
    """Read a table of facts; when each was known must be in it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns symbol, item, period_end, value and filed_at (or known_at), and where they are
        known unit, period_start (empty for a balance), fiscal_year, fiscal_period, form and
        source_id. Dates are ISO 8601, naive ones in UTC.
    symbol : str
        Of all rows, where there is no column of symbols.

    Returns
    -------
    pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`, with ``known_at``.

    Raises
    ------
    UnusableFrame
        If a needed column is missing, a number or a date cannot be read, or a row has neither
        a filing date nor a moment at which it was known.
    """
    if symbol:
        frame = frame.assign(symbol=symbol)
    read = _columns(frame)
    facts = pd.DataFrame({name: frame[column] for name, column in read.items()})
    for name in set(STAMPS) & set(read):
        facts[name] = stamps_of(facts[name])
    facts["value"] = numbers_of(facts["value"])
    _refuse_undated(facts)
    wanted = [*SCHEMA, pa.field(KNOWN_AT, pa.timestamp("us"))]
    absent = dict.fromkeys(field.name for field in wanted if field.name not in facts)
    return pa.Table.from_pandas(facts.assign(**absent), pa.schema(wanted), preserve_index=False)


def _columns(frame: pd.DataFrame) -> dict[str, Hashable]:
    """Meaning → column; all that is needed is there."""
    found = columns_named(frame, HEADINGS)
    missing = [heading for meaning, heading in NEEDED.items() if meaning not in found]
    if found.keys().isdisjoint({"filed_at", KNOWN_AT}):
        missing.append("filed_at")
    if missing:
        raise UnusableFrame(
            f"The table of facts has no column {missing[0]}",
            seen=[str(name) for name in frame.columns[:12]],
            cure="Its headings are symbol, item, period_start, period_end, value, unit, filed_at",
        )
    return found


def _refuse_undated(facts: pd.DataFrame) -> None:
    dated = pd.Series(data=False, index=facts.index)
    for name in {"filed_at", KNOWN_AT} & set(facts.columns):
        dated |= facts[name].notna()
    undated = facts[~dated | facts["time"].isna()]
    if len(undated):
        raise UnusableFrame(
            f"{len(undated)} facts do not say when their period ended or when they were known",
            seen=undated.iloc[0][["symbol", "item"]].tolist(),
            cure="Give each row a period_end and a filed_at",
        )
