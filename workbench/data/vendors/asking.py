"""A question to a vendor, by the roles that it plays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.downloads.normalising import asked_period, own_rows
from workbench.data.downloads.vendors import calendar_of
from workbench.data.instruments import canonical_symbol, vendor_symbol
from workbench.data.records import records_of
from workbench.data.ticks.days import midnight
from workbench.data.vendors.results import VendorData, VendorDataKind
from workbench.domain import (
    ACTION_COLUMNS,
    BAR_COLUMNS,
    FUNDAMENTAL_COLUMNS,
    INSTRUMENT_COLUMNS,
    QUOTE_COLUMNS,
    SNAPSHOT_COLUMNS,
    TRADE_COLUMNS,
    CorporateAction,
    Period,
    Timeframe,
)
from workbench.errors import Cancelled, InvalidInput
from workbench.ports import BarSource, MarketSource, ReferenceSource, TickSource, adapter
from workbench.wire import pausing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workbench.context import Context
    from workbench.data.downloads.coverage import Span

    Pages = Iterator[pa.Table]

__all__ = ["Question", "ask"]

FIRST = dt.date(1970, 1, 1)
STATUS_COLUMNS = {"venue": "string", "status": "string", "at": "timestamp[us]"}
SPLITS = (CorporateAction.SPLIT,)
DIVIDENDS = (CorporateAction.DIVIDEND, CorporateAction.SPECIAL_DIVIDEND)
AHEAD = dt.timedelta(days=366)
"""An action is announced at most so long before its ex-date."""


@dataclass(frozen=True)
class Question:
    """What somebody wants to know of a vendor.

    Parameters
    ----------
    source : str
        The vendor.
    symbol : str
        Of the workbench.
    kind : str
        What of it.
    period : Period
        When.
    timeframe : str
        The length of a bar.
    """

    source: str
    symbol: str
    kind: VendorDataKind
    period: Period
    timeframe: str = "1d"


@dataclass(frozen=True)
class _Asked:
    """A question in the vendor's words."""

    question: Question
    called: str
    calendar: str
    today: dt.date

    @property
    def source(self) -> str:
        return self.question.source

    def days(
        self, back: int | None, ahead: dt.timedelta = dt.timedelta()
    ) -> tuple[dt.date, dt.date]:
        """The first day and the day after the last; `back` days up to today by default."""
        period = self.question.period
        end = period.end or self.today + ahead + dt.timedelta(days=1)
        first = FIRST if back is None else end - ahead - dt.timedelta(days=back)
        return period.first or first, end

    def instants(self, back: int) -> Span:
        """The same as instants, by midnight of the exchange."""
        first, end = self.days(back)
        return midnight(first, self.calendar), midnight(end, self.calendar)

    def midnights(self, back: int | None, ahead: dt.timedelta = dt.timedelta()) -> Span:
        """The same as labels."""
        first, end = self.days(back, ahead)
        return dt.datetime.combine(first, dt.time()), dt.datetime.combine(end, dt.time())


def ask(question: Question, limit: int, context: Context) -> VendorData:
    """Ask a vendor for as many pages as the limit needs.

    Parameters
    ----------
    question : Question
        What is wanted.
    limit : int
        The most rows.
    context : Context
        Clock, the wish to stop, and a lake that knows what the vendor calls the symbol.

    Returns
    -------
    VendorData
        The first rows.

    Raises
    ------
    InvalidInput
        If a symbol is needed.
    WireError
        If the vendor does not answer as it should.
    """
    if not question.symbol and question.kind != "status":
        raise InvalidInput(
            "A symbol is needed for this kind", seen=question.kind, cure="Give one, such as AAPL"
        )
    asked = _in_their_words(question, context)
    with pausing(partial(_wait, context)):
        answer, columns = ANSWERS[question.kind]
        found = _first(answer(asked), columns, limit + 1, context)
    rows = _in_our_words(found.slice(0, limit), asked)
    return VendorData(
        source=question.source,
        symbol=question.symbol,
        kind=question.kind,
        columns=rows.column_names,
        rows=rows.num_rows,
        has_more=found.num_rows > limit,
        records=records_of(rows),
        notes=["Prices are as traded: nothing is adjusted"] if question.kind == "bars" else [],
        table=rows,
    )


def _in_their_words(question: Question, context: Context) -> _Asked:
    symbol, source = question.symbol, question.source
    calendar = calendar_of([symbol], adapter(BarSource, source).facts.calendar) if symbol else ""
    called = vendor_symbol(symbol, source, lake=context.lake) if symbol else ""
    return _Asked(question, called, calendar, context.now().date())


def _first(pages: Pages, columns: dict[str, str], count: int, context: Context) -> pa.Table:
    """The first rows; pages beyond them are not asked for."""
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
    parts, rows = [schema.empty_table()], 0
    for page in pages:
        context.progress(rows, count, f"{rows:,} rows")
        parts.append(page.select(schema.names).cast(schema))
        rows += page.num_rows
        if rows >= count:
            break
    return pa.concat_tables(parts).slice(0, count)


def _in_our_words(rows: pa.Table, asked: _Asked) -> pa.Table:
    """The rows under the workbench's symbols."""
    for column in ("symbol", "underlying", "into"):
        if column in rows.column_names:
            names = rows[column].to_pylist()
            own = {name: _own(name, asked) for name in set(names) - {None}}
            place = rows.column_names.index(column)
            rows = rows.set_column(place, column, pa.array(map(own.get, names), pa.string()))
    return rows


def _own(name: str, asked: _Asked) -> str:
    if name == asked.called:
        return asked.question.symbol
    try:
        return canonical_symbol(name, asked.source)
    except InvalidInput:
        return name  # the workbench has no notation for it


def _wait(context: Context, seconds: float) -> None:
    """Wait for a vendor, but no longer than the caller wants."""
    if context.stop.wait(seconds):
        raise Cancelled


def _bars(asked: _Asked) -> Pages:
    timeframe = Timeframe.parse(asked.question.timeframe)
    start, end = asked.instants(7) if timeframe.is_intraday else asked.midnights(366)
    vendor = adapter(BarSource, asked.source)
    for page in vendor.bars([asked.called], timeframe, *asked_period(start, end, timeframe)):
        yield own_rows(
            page,
            symbols={asked.called: asked.called},
            timeframe=timeframe,
            calendar=asked.calendar,
            period=(start, end),
        )


def _trades(asked: _Asked) -> Pages:
    return adapter(TickSource, asked.source).trades(asked.called, *asked.instants(1))


def _quotes(asked: _Asked) -> Pages:
    return adapter(TickSource, asked.source).quotes(asked.called, *asked.instants(1))


def _snapshot(asked: _Asked) -> Pages:
    yield adapter(MarketSource, asked.source).snapshots([asked.called])


def _actions(asked: _Asked, kinds: Sequence[CorporateAction]) -> Pages:
    start, end = asked.midnights(None, AHEAD)
    for page in adapter(ReferenceSource, asked.source).actions([asked.called], start, end):
        yield page.filter(pc.is_in(page["kind"], pa.array([kind.value for kind in kinds])))


def _financials(asked: _Asked) -> Pages:
    vendor = adapter(ReferenceSource, asked.source)
    return vendor.fundamentals([asked.called], *asked.midnights(2 * 366))


def _ticker(asked: _Asked) -> Pages:
    return adapter(ReferenceSource, asked.source).instruments([asked.called])


def _options(asked: _Asked) -> Pages:
    vendor = adapter(ReferenceSource, asked.source)
    return vendor.instruments([asked.called], asset_class="option")


def _status(asked: _Asked) -> Pages:
    said = adapter(MarketSource, asked.source).status()
    venues = {"": said.status, **said.venues}
    rows = [{"venue": name, "status": status, "at": said.at} for name, status in venues.items()]
    yield pa.Table.from_pylist(rows)


ANSWERS: dict[str, tuple[Callable[[_Asked], Pages], dict[str, str]]] = {
    "bars": (_bars, BAR_COLUMNS),
    "trades": (_trades, TRADE_COLUMNS),
    "quotes": (_quotes, QUOTE_COLUMNS),
    "snapshot": (_snapshot, SNAPSHOT_COLUMNS),
    "splits": (partial(_actions, kinds=SPLITS), ACTION_COLUMNS),
    "dividends": (partial(_actions, kinds=DIVIDENDS), ACTION_COLUMNS),
    "financials": (_financials, FUNDAMENTAL_COLUMNS),
    "ticker": (_ticker, INSTRUMENT_COLUMNS),
    "options": (_options, INSTRUMENT_COLUMNS),
    "status": (_status, STATUS_COLUMNS),
}
"""Kind → the pages of its answer, and their columns."""
