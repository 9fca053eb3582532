"""Which rows are about one instrument, whoever tells about it and under which symbol."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from workbench.domain import AssetClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.data.instruments.instrument import Instrument
    from workbench.data.instruments.master import SecurityMaster

    Row = dict[str, Any]

__all__ = ["identified", "latest_and_former"]

SHARES = {AssetClass.EQUITY, AssetClass.ETF, AssetClass.UNKNOWN}


def identified(rows: Iterable[Row], master: SecurityMaster) -> list[Row]:
    """Give each row the identifier that its instrument has already.

    An instrument is known by its FIGI, by its identifier, or by the symbol that it has now. A row
    that is about none of these has its own identifier, else its symbol (and the day of its end,
    since symbols are used again).

    Parameters
    ----------
    rows : iterable of dict
        In `INSTRUMENT_COLUMNS`; what is missing is unknown.
    master : SecurityMaster
        What is known.

    Returns
    -------
    list of dict
        The rows, those without an end first.
    """
    of_figi = {str(one.figi): key for key, one in master.instruments.items() if one.figi}
    made = []
    for row in sorted(rows, key=_end, reverse=True):  # the present symbol settles who it is
        identifier = _identifier(row, master, of_figi)
        of_figi.setdefault(row.get("figi") or identifier, identifier)
        made.append({**row, "instrument": identifier})
    return made


def latest_and_former(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Of several rows about one instrument the latest, and its former symbols as aliases.

    Parameters
    ----------
    rows : iterable of dict
        In `INSTRUMENT_COLUMNS`, with an identifier.

    Returns
    -------
    tuple of (list of dict, list of dict)
        One row for each instrument, the one that is still listed or was listed last; and a row in
        `ALIAS_COLUMNS` for each symbol that it gave up before.
    """
    of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of[row["instrument"]].append(row)
    latest, former = [], []
    for same in of.values():
        *before, last = sorted(same, key=_end)
        latest.append(last)
        former += [_alias(row) for row in before if row["symbol"] != last["symbol"]]
    return latest, former


def _identifier(row: Row, master: SecurityMaster, of_figi: Mapping[str, str]) -> str:
    figi, own, symbol = row.get("figi") or "", row.get("instrument"), str(row["symbol"])
    known = of_figi.get(figi) or of_figi.get(own or "")
    if known:
        return known
    if own in master.instruments:
        return str(own)
    holder = None if row.get("delisted") else master.holder_of(symbol)
    if holder is not None and _may_be(row, holder):
        return holder.instrument
    ended = f"@{row['delisted']:%Y-%m-%d}" if row.get("delisted") else ""
    return str(own or f"{symbol}{ended}")


def _may_be(row: Row, holder: Instrument) -> bool:
    """Whether nothing that is known of both says that they are two things."""
    if row.get("figi") and holder.figi:
        return False
    told = {AssetClass(row.get("asset_class") or "unknown"), holder.asset_class}
    return told <= SHARES or len(told - {AssetClass.UNKNOWN}) < 2


def _end(row: Row) -> tuple[bool, str]:
    ended = row.get("delisted")
    return ended is None, str(ended or "")


def _alias(row: Row) -> Row:
    return {
        "instrument": row["instrument"],
        "vendor": "symbol",
        "alias": row["symbol"],
        "valid_from": row.get("listed"),
        "valid_until": row.get("delisted"),
    }
