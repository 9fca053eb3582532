"""What is Yahoo's own: its limits, its running bar, its words, its cookie. The rest is contract."""

from __future__ import annotations

import datetime as dt
import logging
from types import SimpleNamespace

import pyarrow as pa
import pytest
from vendors import rows_of, served, yahoo

from workbench.adapters.yahoo import Yahoo
from workbench.adapters.yahoo.chart import finished_bars, read_chart
from workbench.domain import ACTION_COLUMNS, BAR_COLUMNS, INSTRUMENT_COLUMNS, Adjust, Timeframe
from workbench.errors import (
    BadAnswer,
    InvalidInput,
    NoData,
    OutOfRange,
    ServiceUnavailable,
    UnknownName,
)
from workbench.ports import BarSource

at = dt.datetime.fromisoformat
DAY, HOUR, MINUTE = (Timeframe.parse(text) for text in ("1d", "1h", "1m"))
WEEK = at("2024-11-25"), at("2024-12-07")


@pytest.fixture
def stand(monkeypatch):
    with served(yahoo, BarSource, monkeypatch) as opened:
        yield opened


def bars(symbol, timeframe, start, end):
    return rows_of(Yahoo().bars([symbol], timeframe, start, end), BAR_COLUMNS)


def days(table):
    return [stamp.date().isoformat() for stamp in table["time"].to_pylist()]


def test_the_running_day_week_and_month_are_left_out(stand):
    assert days(bars("AAPL", DAY, *WEEK))[-1] == "2024-12-04"
    assert days(bars("AAPL", Timeframe.parse("1w"), *WEEK)) == ["2024-11-25"]
    assert days(bars("AAPL", Timeframe.parse("1M"), at("2024-10-01"), WEEK[1])) == [
        "2024-10-01",
        "2024-11-01",
    ]


def test_the_running_hour_and_what_may_still_be_late_are_left_out(stand):
    """It is 15:10: the bar of 14:30 runs, and prices of 14:50 to 15:10 may be on their way."""
    today = at("2024-12-05"), at("2024-12-06")
    assert bars("AAPL", HOUR, *today).num_rows == 0
    last = bars("AAPL", Timeframe.parse("5m"), *today)["time"].to_pylist()[-1]
    assert last == at("2024-12-05T14:45")


@pytest.mark.parametrize("symbol", ["7203.T", "VOD.L", "EURUSD=X", "BTC-USD"])
@pytest.mark.parametrize("start", ["2024-03-25", "2024-10-21"])
def test_a_day_is_that_of_the_exchange_whatever_its_clock(stand, symbol, start):
    """London's clocks change on 31 March and 27 October; Yahoo stamps currencies at midnight."""
    start = at(start)
    end = start + dt.timedelta(days=14)
    found = bars(symbol, DAY, start, end)
    assert found.equals(yahoo.truth(symbol, DAY, start, end))
    weekend = {day for day in days(found) if dt.date.fromisoformat(day).weekday() >= 5}
    assert len(weekend) == (4 if symbol == "BTC-USD" else 0)


def test_minutes_are_asked_for_in_weeks(stand):
    start, end = at("2024-11-11"), at("2024-12-04")
    found = bars("AAPL", MINUTE, start, end)
    assert found.equals(yahoo.truth("AAPL", MINUTE, start, end))
    spans = [int(a.query["period2"]) - int(a.query["period1"]) for a in stand.server.asked]
    assert len(spans) == 4
    assert max(spans) == 7 * 86_400


def test_nothing_is_asked_of_the_future(stand):
    bars("AAPL", MINUTE, at("2024-12-02"), at("2034-01-01"))
    assert len(stand.server.asked) == 1


@pytest.mark.parametrize(("text", "limit"), [("1m", 30), ("5m", 60), ("90m", 60), ("1h", 730)])
def test_bars_from_too_long_ago_are_refused_in_yahoos_words(stand, text, limit):
    start = yahoo.NOW.replace(tzinfo=None) - dt.timedelta(days=limit + 1)
    with pytest.raises(OutOfRange, match=f"within the last {limit} days"):
        bars("AAPL", Timeframe.parse(text), start, start + dt.timedelta(days=2))
    assert bars("AAPL", Timeframe.parse(text), start + dt.timedelta(days=2), at("2024-12-05"))


@pytest.mark.parametrize("text", ["30m", "4h", "5d", "3M", "10s"])
def test_a_length_that_yahoo_does_not_serve_is_refused_before_it_is_asked(stand, text):
    with pytest.raises(InvalidInput, match="Choose one of: 1m, 2m"):
        bars("AAPL", Timeframe.parse(text), *WEEK)
    assert not stand.server.asked


def test_bars_that_yahoo_writes_as_null_are_no_bars(stand):
    period = at("2024-10-01"), at("2024-11-01")
    found = bars("THIN", DAY, *period)
    assert found.equals(yahoo.truth("THIN", DAY, *period))
    assert found.num_rows < bars("AAPL", DAY, *period).num_rows
    assert found["close"].null_count == 0


def test_a_currency_has_no_volume(stand):
    assert bars("EURUSD=X", DAY, *WEEK)["volume"].null_count == 8
    assert bars("^GSPC", DAY, *WEEK)["volume"].null_count == 0


def test_prices_and_volume_are_those_of_todays_shares(stand):
    """28 shares of today for one of May 2014: 7 for 1 in June 2014 and 4 for 1 in August 2020."""
    assert Yahoo().facts.adjust is Adjust.SPLITS
    row = bars("AAPL", DAY, at("2014-05-08"), at("2014-05-09")).to_pylist()[0]
    opening = dt.datetime(2014, 5, 8, 13, 30, tzinfo=dt.UTC)
    traded = yahoo.numbers("AAPL", opening)
    assert row["close"] == pytest.approx(traded[3] / 28)
    assert row["volume"] == traded[4] * 28


def test_dividends_are_as_apple_paid_them(stand):
    rows = rows_of(Yahoo().actions(["AAPL"], at("2012-01-01"), at("2024-12-01")), ACTION_COLUMNS)
    paid = {
        row["time"].date().isoformat(): row["amount"]
        for row in rows.to_pylist()
        if row["kind"] == "dividend"
    }
    assert paid == {
        "2012-08-09": 2.65,
        "2014-05-08": 3.29,
        "2014-08-07": 0.47,
        "2020-08-07": 0.82,
        "2020-11-06": 0.205,
        "2024-02-09": 0.24,
    }
    assert set(rows["currency"].to_pylist()) == {"USD", None}


def test_a_distribution_of_gains_is_not_counted_twice(stand):
    rows = rows_of(Yahoo().actions(["VFUND"], at("2023-01-01"), at("2024-01-01")), ACTION_COLUMNS)
    found = [(row["kind"], row["time"].month, row["amount"]) for row in rows.to_pylist()]
    assert found == [("special_dividend", 6, 0.4), ("dividend", 12, 1.5)]


def test_instruments_of_one_class(stand):
    symbols = ["AAPL", "BTC-USD", "VFUND", "^GSPC"]
    rows = rows_of(Yahoo().instruments(symbols), INSTRUMENT_COLUMNS)
    assert rows["asset_class"].to_pylist() == ["equity", "crypto", "unknown", "index"]
    crypto = rows_of(Yahoo().instruments(symbols, asset_class="crypto"), INSTRUMENT_COLUMNS)
    assert crypto["symbol"].to_pylist() == ["BTC-USD"]
    with pytest.raises(InvalidInput, match="Yahoo has no list"):
        next(Yahoo().instruments())


def test_fundamentals_without_a_date_of_filing_are_refused(stand):
    with pytest.raises(NoData, match="nobody can tell when they were known"):
        Yahoo().fundamentals(["AAPL"], *WEEK)


def test_an_unknown_symbol_in_yahoos_words(stand):
    with pytest.raises(UnknownName, match="symbol may be delisted"):
        bars("NOSUCH", DAY, *WEEK)


def test_a_crumb_that_went_bad_is_renewed(stand):
    stand.server.fail("bad_crumb")
    assert bars("AAPL", DAY, *WEEK).num_rows == 7
    crumbs = [a for a in stand.server.asked_elsewhere if a.path == "/v1/test/getcrumb"]
    assert len(crumbs) > 1


def test_a_crumb_that_stays_bad_is_given_up(stand):
    stand.server.fail("bad_crumb", times=99)
    with pytest.raises(ServiceUnavailable, match="Invalid Crumb"):
        bars("AAPL", DAY, *WEEK)


def test_a_refusal_of_another_kind_is_passed_on_in_yahoos_words(stand, monkeypatch):
    monkeypatch.setattr(yahoo, "LONG", ())  # the server knows minutes only
    with pytest.raises(BadAnswer, match="interval=1d is not supported"):
        bars("AAPL", DAY, *WEEK)


def test_cookie_and_crumb_are_sent_as_a_browser_would(stand):
    bars("AAPL", DAY, *WEEK)
    asked = stand.server.asked[0]
    assert asked.query["crumb"] == yahoo.CRUMB
    assert yahoo.COOKIE in asked.headers["cookie"]
    assert "Chrome" in asked.headers["user-agent"]


def test_a_refusal_without_a_time_to_wait_is_tried_again_later(stand, monkeypatch):
    def worn_out():
        return yahoo.Answer("Edge: Too Many Requests", 429)

    monkeypatch.setattr(stand.server, "too_many", worn_out)
    stand.fail("too_many", times=3)
    assert bars("AAPL", DAY, *WEEK).num_rows == 7
    stand.fail("too_many", times=99)
    with pytest.raises(ServiceUnavailable, match="429"):
        bars("AAPL", DAY, *WEEK)


@pytest.mark.parametrize(
    ("text", "error"),
    [("", BadAnswer), ("[1, 2", BadAnswer), ("Will be right back...", ServiceUnavailable)],
)
def test_an_answer_that_is_no_json(stand, monkeypatch, text, error):
    monkeypatch.setattr(yahoo, "chart", lambda *_: yahoo.Answer(text))
    with pytest.raises(error):
        bars("AAPL", DAY, *WEEK)


def test_bars_of_another_length_than_asked_for_are_refused(stand, monkeypatch):
    answered = yahoo.meta
    monkeypatch.setattr(yahoo, "meta", lambda *how: {**answered(*how), "dataGranularity": "1mo"})
    with pytest.raises(BadAnswer, match="bars of 1mo where 1d was asked for"):
        bars("AAPL", DAY, *WEEK)


def test_yfinance_itself_is_left_alone(stand, tmp_path, monkeypatch, caplog):
    import yfinance
    from yfinance.data import SingletonMeta, YfData

    monkeypatch.setattr("yfinance.cache._CookieDBManager._cache_dir", str(tmp_path / "cookies"))
    before = dict(SingletonMeta._instances)
    with caplog.at_level(logging.WARNING):
        bars("AAPL", DAY, *WEEK)
    assert dict(SingletonMeta._instances) == before
    assert YfData not in before or YfData() is before[YfData]
    assert yfinance.config.debug.hide_exceptions
    assert not (tmp_path / "cookies").exists()
    assert not caplog.records


def answered(**changes):
    """A small chart of New York, drawn at the close of 5 December 2024."""
    opening, close = 1_733_409_000, 1_733_432_400  # 14:30 and 21:00 UTC
    hours = {"start": opening, "end": close}
    meta = {
        "exchangeTimezoneName": "America/New_York",
        "instrumentType": "EQUITY",
        "regularMarketTime": close,
        "currentTradingPeriod": {"regular": hours},
        "tradingPeriods": [[hours]],
    }
    stamps = changes.pop("stamps", [close - 3600, close - 1800, close])
    quote = {name: [10.0] * len(stamps) for name in ("open", "high", "low", "close", "volume")}
    result = {"meta": {**meta, **changes}, "timestamp": stamps, "indicators": {"quote": [quote]}}
    body = {"chart": {"result": [result], "error": None}}
    return SimpleNamespace(status=200, body=body, at=at("2024-12-06T00:00"))


def test_the_last_trade_that_yahoo_appends_is_no_bar():
    chart = read_chart("AAPL", answered())
    found = finished_bars(chart, Timeframe.parse("30m"))["time"].to_pylist()
    assert found == [at("2024-12-05T20:00"), at("2024-12-05T20:30")]


def test_the_bar_of_a_day_that_is_over_comes_after_its_last_trade():
    chart = read_chart("AAPL", answered(stamps=[1733409000, 1733432402]))
    chart.quotes.iloc[1, chart.quotes.columns.get_loc("volume")] = 99.0
    found = finished_bars(chart, DAY)
    assert found["volume"].to_pylist() == [99.0]
    assert found["time"].to_pylist() == [at("2024-12-05")]


def test_without_a_date_on_the_answer_the_last_trade_is_the_time():
    answer = answered()
    answer.at = None
    assert read_chart("AAPL", answer).at == at("2024-12-05T21:00")
    assert finished_bars(read_chart("AAPL", answer), DAY).num_rows == 0


@pytest.mark.parametrize("body", [None, [], {}, {"chart": {"result": [], "error": None}}, "no"])
def test_json_that_is_no_chart_is_a_bad_answer(body):
    with pytest.raises(BadAnswer, match="no chart"):
        read_chart("AAPL", SimpleNamespace(status=200, body=body, at=None))


def test_pages_are_in_the_ports_types(stand):
    page = next(Yahoo().bars(["AAPL"], DAY, *WEEK))
    assert page.schema.field("time").type == pa.timestamp("us")
