"""A market as a vendor has it now, without keeping anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from workbench.data import adjust_bars, bars
from workbench.data.actions.asking import actions_of_vendor
from workbench.data.downloads.normalising import asked_period, own_rows
from workbench.data.downloads.planning import complete_until
from workbench.data.downloads.vendors import calendar_of, currency_of, spelled
from workbench.domain import Adjust, Period, Timeframe
from workbench.errors import InvalidInput, NoData
from workbench.features.technicals.analysis import Seen, analyse_market
from workbench.ports import BarSource, MarketSource, ReferenceSource, adapter, adapter_names

if TYPE_CHECKING:
    import xarray as xr

    from workbench.context import Context
    from workbench.features.technicals.results import MarketAnalysis

__all__ = ["market_of_vendor"]

DAY = Timeframe.parse("1d")
DAYS_OF_SESSION = 1.6
"""More days than any calendar has for a session over a month, with room for holidays."""
HOLIDAYS = 15


def market_of_vendor(
    source: str, symbol: Any, end: date | None, lookback: int, context: Context
) -> MarketAnalysis:
    """The analysis of a symbol by a vendor's daily bars and, for today, its last trade.

    Parameters
    ----------
    source : str
        The vendor.
    symbol : str
        One symbol of the workbench.
    end : date or None
        The first day that does not count; None for now.
    lookback : int
        Sessions that are looked at.
    context : Context
        Clock, and what the vendor calls the symbol.

    Returns
    -------
    MarketAnalysis
        Prices divided by the splits since, where the vendor tells them.

    Raises
    ------
    InvalidInput
        If something else than a symbol is given.
    NoData
        If the vendor has no bar of it.
    UnknownName
        If there is no such vendor, or it does not know the symbol.
    """
    if not isinstance(symbol, str):
        raise InvalidInput(
            "A vendor is asked for one symbol", seen=type(symbol).__name__, cure="Give its name"
        )
    made, notes = _bars(source, symbol, end, lookback, context)
    seen = None if end else _seen(source, symbol, context)
    return analyse_market(made, lookback, source=source, seen=seen, notes=notes)


def _bars(
    source: str, symbol: str, end: date | None, lookback: int, context: Context
) -> tuple[xr.Dataset, list[str]]:
    """The complete daily bars of a symbol up to a day, and what is to be known of them."""
    vendor = adapter(BarSource, source)
    called = {theirs: own for own, theirs in spelled([symbol], source, context.lake).items()}
    calendar = calendar_of([symbol], vendor.facts.calendar)
    until = complete_until(DAY, calendar, _now(context), vendor.facts.delay_seconds)
    if end:
        until = min(until, datetime.combine(end, datetime.min.time()))
    start = (until - timedelta(days=lookback * DAYS_OF_SESSION + HOLIDAYS)).replace(hour=0)
    pages = [
        own_rows(page, symbols=called, timeframe=DAY, calendar=calendar, period=(start, until))
        for page in vendor.bars(list(called), DAY, *asked_period(start, until, DAY))
    ]
    rows = pa.concat_tables(pages) if pages else None
    if rows is None or not rows.num_rows:
        raise NoData(f"{source} has no bar of this symbol", seen=f"{symbol} from {start:%Y-%m-%d}")
    currency = currency_of([symbol], vendor.facts.currency) or None
    frame = rows.to_pandas().sort_values("time")
    made = bars(frame, timeframe="1d", calendar=calendar, currency=currency)
    made = made.assign_attrs(
        adjust=vendor.facts.adjust.value, survivorship=vendor.facts.survivorship
    )
    if vendor.facts.adjust is not Adjust.NONE:
        return made, [f"Prices are adjusted by {source}: {vendor.facts.adjust.value}"]
    if source not in adapter_names(ReferenceSource):
        return made, [f"Prices are as traded: {source} tells no splits"]
    period = Period(start.date(), until.date())
    actions, _ = actions_of_vendor(source, [symbol], period, context)
    return adjust_bars(made, actions, Adjust.SPLITS), []


def _seen(source: str, symbol: str, context: Context) -> Seen | None:
    """The last trade and the volume of the session; None where the vendor does not tell."""
    if source not in adapter_names(MarketSource):
        return None
    theirs = spelled([symbol], source, context.lake)[symbol]
    (row,) = adapter(MarketSource, source).snapshots([theirs]).to_pylist()
    if row["last"] is None or not np.isfinite(row["last"]):
        return None
    return Seen(row["last"], row["volume"], row["time"] or _now(context))


def _now(context: Context) -> datetime:
    return context.now().astimezone(UTC).replace(tzinfo=None)
