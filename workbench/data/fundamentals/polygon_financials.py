"""Facts from Polygon's financial reports (``/vX/reference/financials``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.data.fundamentals.facts import facts_of_rows
from workbench.data.fundamentals.publication import accepted_at
from workbench.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

__all__ = ["facts_of_polygon"]

BALANCES = "balance_sheet"
FORMS = {"annual": "10-K", "quarterly": "10-Q"}
"""Timeframe → form; reports of trailing twelve months are computed, not filed, and left out."""


def facts_of_polygon(reports: Iterable[Mapping[str, Any]], symbol: str = "") -> pa.Table:
    """Read the reports of one company.

    Parameters
    ----------
    reports : iterable of mapping
        The ``results`` of the answer, of all pages.
    symbol : str
        The company's symbol; by default the first of the report's ``tickers``.

    Returns
    -------
    pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`; items have Polygon's names, such as ``revenues``. A report
        without filing date and acceptance has a null ``filed_at``.

    Raises
    ------
    BadAnswer
        If a report lacks what the specification promises.
    """
    return facts_of_rows(row for report in reports for row in _facts(report, symbol))


def _facts(report: Mapping[str, Any], symbol: str) -> Iterator[dict[str, Any]]:
    timeframe = report.get("timeframe") or _timeframe(report)
    if timeframe not in FORMS:
        return
    try:
        start, end = pd.Timestamp(report["start_date"]), pd.Timestamp(report["end_date"])
        about = {
            "symbol": symbol or report["tickers"][0],
            "time": end.to_pydatetime(),
            "fiscal_year": int(report["fiscal_year"]) if report.get("fiscal_year") else None,
            "fiscal_period": report["fiscal_period"],
            "form": FORMS[timeframe],
            "filed_at": _filed_at(report),
            "source_id": _accession(report),
        }
        for statement, items in report["financials"].items():
            begins = None if statement == BALANCES else start.to_pydatetime()
            for item, point in items.items():
                stated = {"item": item, "value": float(point["value"]), "unit": point["unit"]}
                yield {**about, **stated, "period_start": begins}
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise BadAnswer(
            f"A financial report of Polygon cannot be read: {type(error).__name__} {error}",
            seen={name: value for name, value in report.items() if name != "financials"},
            cure="Report it to the vendor, or leave this report out",
        ) from error


def _timeframe(report: Mapping[str, Any]) -> str:
    """What a report covers whose timeframe is left out, as in the specification's example."""
    return {"FY": "annual", "TTM": "ttm"}.get(str(report.get("fiscal_period")), "quarterly")


def _filed_at(report: Mapping[str, Any]) -> Any:
    moment = accepted_at(report.get("acceptance_datetime"), report.get("filing_date"))
    return None if moment is pd.NaT else moment.to_pydatetime()


def _accession(report: Mapping[str, Any]) -> str | None:
    """The accession number at the end of the filing's address."""
    return (report.get("source_filing_url") or "").rpartition("/")[2] or None
