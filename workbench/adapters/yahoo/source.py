"""Yahoo as a source of bars and of reference data."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from workbench.adapters.yahoo.chart import DELAY_SECONDS, Chart, finished_bars, read_chart
from workbench.adapters.yahoo.reference import actions_table, instruments_table
from workbench.domain import Adjust, Timeframe
from workbench.errors import BadAnswer, InvalidInput, MissingExtra, NoData, ServiceUnavailable
from workbench.ports import SourceFacts
from workbench.settings import load_settings
from workbench.wire import Retry, shared_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.adapters.yahoo.connection import Connection

__all__ = ["Yahoo"]

FACTS = SourceFacts(
    name="yahoo",
    title="Yahoo Finance: shares, funds, indices, currencies and crypto of the world",
    timeframes=("1m", "2m", "5m", "15m", "1h", "90m", "1d", "1w", "1M"),
    licence="Personal use under Yahoo's terms of service; not to be passed on.",
    survivorship="Delisted symbols are missing: a universe chosen today has survivors only.",
    adjust=Adjust.SPLITS,
    delay_seconds=DELAY_SECONDS,
)
INTERVALS = {**{text: text for text in FACTS.timeframes}, "1w": "1wk", "1M": "1mo"}
"""Our word and Yahoo's. Not 30m, which it fills with bars of 60m, nor 5d and 3mo, which begin on
the day that is asked for."""

MOST_DAYS = {"1m": 7}
"""The longest period of one request."""

RATE_PER_SECOND, BURST = 2.0, 20.0
"""Yahoo states no limit and refuses who asks a lot; this is sober."""

EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  naive is UTC
FAR = 9_999_999_999
DAY = dt.timedelta(days=1)
RETRY = Retry(on=(ServiceUnavailable,))


class Yahoo:
    """Yahoo's charts, over yfinance's connection.

    Prices and volumes arrive divided by all splits that Yahoo knows; dividends are returned as
    they were paid. A bar that is not over is left out.
    """

    @property
    def facts(self) -> SourceFacts:
        """What Yahoo states about its bars."""
        return FACTS

    def bars(
        self, symbols: Sequence[str], timeframe: Timeframe, start: dt.datetime, end: dt.datetime
    ) -> Iterator[pa.Table]:
        """Bars that begin in ``[start, end)``, one page for each request.

        Parameters
        ----------
        symbols : sequence of str
            Yahoo's, such as ``AAPL``, ``BRK-B``, ``VOD.L``, ``EURUSD=X``, ``BTC-USD``.
        timeframe : Timeframe
            One of ``facts.timeframes``.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            In `BAR_COLUMNS`. Bars of a day and longer carry the date where the exchange is.

        Raises
        ------
        InvalidInput
            If Yahoo has no bars of this length.
        OutOfRange
            If it does not serve them from so long ago (1m: 30 days, up to 90m: 60, 1h: 730).
        UnknownName
            If it knows no such symbol.
        WireError
            If it does not answer, or not as it should.
        """
        interval = _interval(timeframe)
        for symbol in symbols:
            for first, last in _windows(timeframe, start, end):
                asked = {"period1": first, "period2": last, "interval": interval}
                chart = self._chart(symbol, {**asked, "includePrePost": "false"})
                if chart is None:
                    continue
                _check_granularity(chart, interval)
                rows = _within(finished_bars(chart, timeframe), start, end)
                if rows.num_rows:
                    yield rows
                if last > _seconds(chart.at):
                    break

    def instruments(
        self, symbols: Sequence[str] | None = None, *, asset_class: str | None = None
    ) -> Iterator[pa.Table]:
        """What each symbol is: name, class, venue, currency and the first day with a price.

        Parameters
        ----------
        symbols : sequence of str
            Yahoo's; it has no list of all.
        asset_class : str, optional
            Leave out what is of another class.

        Yields
        ------
        pyarrow.Table
            In `INSTRUMENT_COLUMNS`, a row for each symbol. ``currency`` is that of the prices as
            Yahoo writes it: ``GBp`` is pence.

        Raises
        ------
        InvalidInput
            If no symbols are given.
        UnknownName
            If Yahoo knows no such symbol.
        WireError
            If it does not answer, or not as it should.
        """
        if symbols is None:
            raise InvalidInput(
                "Yahoo has no list of its instruments",
                cure="Name the symbols, or take the list from another source, such as polygon",
            )
        for symbol in symbols:
            chart = self._chart(symbol, {"range": "1d", "interval": "1d"})
            rows = instruments_table(chart) if chart else None
            if rows and asset_class in {None, rows["asset_class"][0].as_py()}:
                yield rows

    def actions(
        self, symbols: Sequence[str], start: dt.datetime, end: dt.datetime
    ) -> Iterator[pa.Table]:
        """Splits, dividends and funds' distributions of gains with an ex-date in ``[start, end)``.

        Parameters
        ----------
        symbols : sequence of str
            Yahoo's.
        start, end : datetime
            Naive UTC.

        Yields
        ------
        pyarrow.Table
            In `ACTION_COLUMNS`. Yahoo divides dividends by later splits; this is undone.

        Raises
        ------
        UnknownName
            If Yahoo knows no such symbol.
        WireError
            If it does not answer, or not as it should.
        """
        for symbol in symbols:
            asked = {"period1": _seconds(start - DAY), "period2": FAR, "interval": "1d"}
            chart = self._chart(symbol, {**asked, "events": "div,splits,capitalGains"})
            rows = _within(actions_table(chart), start, end) if chart else None
            if rows:
                yield rows

    def fundamentals(
        self,
        symbols: Sequence[str],
        start: dt.datetime,  # noqa: ARG002  the port's signature
        end: dt.datetime,  # noqa: ARG002
    ) -> Iterator[pa.Table]:
        """Refused: Yahoo does not say when its facts were filed.

        Parameters
        ----------
        symbols : sequence of str
            Yahoo's.
        start, end : datetime
            Naive UTC.

        Raises
        ------
        NoData
            Always.
        """
        raise NoData(
            "Yahoo's fundamentals carry the end of their period and no date of filing, so nobody"
            " can tell when they were known",
            seen=", ".join(symbols),
            cure="Take them from polygon, or import SEC companyfacts",
        )

    def _chart(self, symbol: str, asked: dict[str, Any]) -> Chart | None:
        bucket = shared_bucket("yahoo", RATE_PER_SECOND, BURST)

        def attempt() -> Chart | None:
            bucket.wait()
            return read_chart(symbol, self._connection.chart(quote(symbol, safe="=^"), asked))

        return RETRY.run(attempt)

    @cached_property
    def _connection(self) -> Connection:
        try:
            from workbench.adapters.yahoo.connection import (  # noqa: PLC0415  optional: yfinance
                Connection,
            )
        except ImportError:
            raise MissingExtra("yfinance", "to reach Yahoo", "live") from None
        return Connection(load_settings().yahoo_url)


def _interval(timeframe: Timeframe) -> str:
    if str(timeframe) not in INTERVALS:
        cure = f"Choose one of: {', '.join(INTERVALS)}"
        raise InvalidInput("Yahoo has no bars of this length", seen=str(timeframe), cure=cure)
    return INTERVALS[str(timeframe)]


def _windows(
    timeframe: Timeframe, start: dt.datetime, end: dt.datetime
) -> Iterator[tuple[int, int]]:
    """Periods of requests in seconds since 1970 that together hold all bars of ``[start, end)``."""
    if end <= start:
        return
    first, last = start, end
    if not timeframe.is_intraday:  # stamped at the opening or at local midnight
        first, last = start - DAY, end + DAY
    if timeframe.unit == "w":
        first -= first.weekday() * DAY
    if timeframe.unit == "M":
        first = first.replace(day=1) - DAY
    most = MOST_DAYS.get(str(timeframe), 50_000) * DAY
    while first < last:
        yield _seconds(first), _seconds(min(first + most, last))
        first += most


def _seconds(instant: dt.datetime) -> int:
    return (instant - EPOCH) // dt.timedelta(seconds=1)


def _within(rows: pa.Table, start: dt.datetime, end: dt.datetime) -> pa.Table:
    kind = pa.timestamp("us")
    since, until = pa.scalar(start, kind), pa.scalar(end, kind)
    return rows.filter(pc.and_(pc.greater_equal(rows["time"], since), pc.less(rows["time"], until)))


def _check_granularity(chart: Chart, interval: str) -> None:
    found = chart.meta.get("dataGranularity")
    if found != interval:
        raise BadAnswer(
            f"Yahoo answered with bars of {found} where {interval} was asked for",
            seen=chart.symbol,
            cure="Ask for a shorter period, or for longer bars",
        )
