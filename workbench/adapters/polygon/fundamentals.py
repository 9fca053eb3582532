"""Facts of filed reports: Polygon's financials."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.adapters.polygon.listings import require_known
from workbench.adapters.polygon.tables import as_documented, midnight, table_of, within
from workbench.domain import FUNDAMENTAL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from workbench.adapters.polygon.client import Client

    Row = dict[str, Any]

__all__ = ["fact_table", "facts_of"]

MOST_PER_PAGE = 100
FORMS = {"annual": "10-K", "quarterly": "10-Q"}
"""Of the timeframes; the third, ``ttm``, is Polygon's own sum and no report."""
BALANCE = "balance_sheet"
NEW_YORK = ZoneInfo("America/New_York")
OPENS = time(6)
"""When EDGAR begins to publish, in New York; first what came in after the last day of filing."""
LATEST = timedelta(days=1)
"""How much later than its day of filing a report may be public, in UTC."""


def facts_of(client: Client, symbol: str, start: datetime, end: datetime) -> Iterator[pa.Table]:
    """Facts of the reports of a symbol that were filed in ``[start, end)``."""
    if start >= end:
        return
    is_known = False
    for rows in client.pages(
        client.rest.vx.list_stock_financials,
        ticker=symbol,
        filing_date_gte=str((start - LATEST).date()),
        filing_date_lte=str(end.date()),
        sort="filing_date",
        order="asc",
        limit=MOST_PER_PAGE,
    ):
        is_known = is_known or bool(rows)
        kept = within(fact_table(symbol, rows), start, end, "filed_at")
        if kept.num_rows:
            yield kept
    if not is_known:
        require_known(client, symbol)


def fact_table(symbol: str, rows: list[Row]) -> pa.Table:
    """Financials in `FUNDAMENTAL_COLUMNS`, one row for each fact."""
    with as_documented():
        reports = [row for row in rows if _timeframe(row) in FORMS]
        facts = [fact for report in reports for fact in _facts(symbol, report)]
        return table_of(FUNDAMENTAL_COLUMNS, facts)


def _facts(symbol: str, report: Row) -> Iterator[Row]:
    same = {
        "symbol": symbol,
        "time": midnight(report["end_date"]),
        "fiscal_year": int(report["fiscal_year"]) if report.get("fiscal_year") else None,
        "fiscal_period": report["fiscal_period"],
        "form": FORMS[_timeframe(report)],
        "filed_at": _filed_at(report),
        "source_id": (report.get("source_filing_url") or "").rpartition("/")[2] or None,
    }
    start = midnight(report.get("start_date"))
    for statement, points in report["financials"].items():
        for item, point in points.items():
            yield {
                **same,
                "item": item,
                "period_start": None if statement == BALANCE else start,
                "value": point["value"],
                "unit": point["unit"],
            }


def _timeframe(report: Row) -> str:
    """What a report covers; by its fiscal period where that is left out."""
    by_period = {"FY": "annual", "TTM": "ttm"}.get(report["fiscal_period"], "quarterly")
    return str(report.get("timeframe") or by_period)


def _filed_at(report: Row) -> datetime | None:
    """The day of filing at 00:00; where the acceptance is stated, when the report was public.

    The acceptance is in New York's time, whatever zone is written behind its digits. What is
    accepted after 17:30 is filed on the next business day, and public when EDGAR opens on it.
    """
    filed, accepted = midnight(report.get("filing_date")), report.get("acceptance_datetime")
    if filed is None or not accepted:
        return filed
    digits = "".join(letter for letter in accepted if letter.isdigit())[:14]
    moment = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=NEW_YORK)
    public = max(moment, datetime.combine(filed, OPENS, NEW_YORK))
    return public.astimezone(UTC).replace(tzinfo=None)
