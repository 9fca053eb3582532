"""Facts from the SEC's company facts (``data.sec.gov/api/xbrl/companyfacts``)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from workbench.data.fundamentals.facts import facts_of_rows
from workbench.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

__all__ = ["facts_of_companyfacts"]


def facts_of_companyfacts(body: Mapping[str, Any], symbol: str) -> pa.Table:
    """Read the facts of one company, every filing that ever stated them.

    A 10-K states the years before beside its own, so a figure is there once for each filing;
    where a later one differs it is a restatement. ``fy`` and ``fp`` are those of the filing and
    not of the fact: the period is told by its dates alone.

    Parameters
    ----------
    body : mapping
        The JSON body: ``facts`` → taxonomy → tag → ``units`` → unit → list of facts.
    symbol : str
        The company's symbol, which the body does not name.

    Returns
    -------
    pyarrow.Table
        In `FUNDAMENTAL_COLUMNS`; items are the tags, such as ``NetIncomeLoss``, of whichever
        taxonomy. ``filed_at`` is a date without time.

    Raises
    ------
    BadAnswer
        If the body has another layout.
    """
    try:
        return facts_of_rows(_facts(body, symbol))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(
            f"The company facts cannot be read: {type(error).__name__} {error}",
            seen=list(body)[:8],
            cure="Give the body of https://data.sec.gov/api/xbrl/companyfacts/CIK##########.json",
        ) from error


def _facts(body: Mapping[str, Any], symbol: str) -> Iterator[dict[str, Any]]:
    for tags in body["facts"].values():
        for tag, described in tags.items():
            for unit, stated in described["units"].items():
                for fact in stated:
                    yield _row(fact, symbol, tag, unit)


def _row(fact: Mapping[str, Any], symbol: str, tag: str, unit: str) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "item": tag,
        "unit": unit,
        "period_start": _day(fact["start"]) if "start" in fact else None,
        "time": _day(fact["end"]),
        "value": float(fact["val"]),
        "fiscal_year": fact["fy"],
        "fiscal_period": fact["fp"],
        "form": fact["form"],
        "filed_at": _day(fact["filed"]),
        "source_id": fact["accn"],
    }


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text)
