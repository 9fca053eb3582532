"""What is Alpha Vantage's own: its refusals, its functions, its months, and recorded bodies."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime

import pytest
from vendors import alpha_vantage as vendor
from vendors import rows_of, served
from vendors.serving import Answer, Asked

from workbench.adapters.alpha_vantage import AlphaVantage
from workbench.domain import BAR_COLUMNS, Timeframe
from workbench.errors import (
    AccessRefused,
    BadAnswer,
    InvalidInput,
    MissingExtra,
    NotEntitled,
    QuotaExhausted,
    ServiceUnavailable,
    UnknownName,
)
from workbench.ports import BarSource

at = datetime.fromisoformat
DAY, HOUR, WEEK, MONTH = map(Timeframe.parse, ("1d", "1h", "1w", "1M"))
MARCH = at("2024-03-04"), at("2024-03-16")


@pytest.fixture
def stand(monkeypatch):
    with served(vendor, BarSource, monkeypatch) as opened:
        yield opened


@pytest.fixture
def free(monkeypatch):
    """What a key that costs nothing may have."""
    with served(vendor, BarSource, monkeypatch, free=True) as opened:
        yield opened


def answering(stand, body, status=200):
    """Let the server answer everything alike."""
    stand.server.answer = lambda _: Answer(body, status)


def bars(symbol, timeframe=DAY, start=MARCH[0], end=MARCH[1]):
    return rows_of(AlphaVantage().bars([symbol], timeframe, start, end), BAR_COLUMNS)


def asked(stand, name):
    return [one.query.get(name) for one in stand.server.asked]


# Refusals


@pytest.mark.parametrize(
    ("where", "words", "error"),
    [
        ("Error Message", vendor.BAD_CALL.format(function="TIME_SERIES_DAILY"), UnknownName),
        ("Error Message", vendor.BAD_KEY, AccessRefused),
        ("Information", "The **demo** API key is for demo purposes only.", AccessRefused),
        ("Information", vendor.QUOTA, QuotaExhausted),
        ("Note", vendor.QUOTA, QuotaExhausted),
        ("Information", vendor.PREMIUM_ENDPOINT, NotEntitled),
        ("Information", "Something else.", BadAnswer),
    ],
)
def test_refusals_with_status_200_are_told_apart(stand, where, words, error):
    answering(stand, {where: words})
    with pytest.raises(error) as failure:
        bars("IBM")
    assert len(stand.server.asked) == 1
    assert vendor.KEY not in str(failure.value)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [(vendor.TOO_FAST, 60), (vendor.BURST, 1), ("Burst pattern detected. Please spread out.", 1)],
)
@pytest.mark.parametrize("where", ["Note", "Information"])
def test_who_is_too_fast_waits_and_asks_again(stand, where, words, seconds):
    good, refused = stand.server.answer, [Answer({where: words})] * 2
    stand.server.answer = lambda query: refused.pop() if refused else good(query)
    assert bars("IBM").equals(vendor.truth("IBM", DAY, *MARCH))
    assert sum(wait >= seconds for wait in stand.waits) == 2


def test_who_stays_too_fast_is_told_so(stand):
    answering(stand, {"Information": vendor.BURST})
    with pytest.raises(ServiceUnavailable, match="spreading out"):
        bars("IBM")


@pytest.mark.parametrize("body", ["time,open\n2024-03-04,1\n", "", [], 7])
@pytest.mark.parametrize("status", [200, 404])
def test_what_is_no_object_is_said(stand, body, status):
    answering(stand, body, status)
    with pytest.raises(BadAnswer, match="no JSON object"):
        bars("IBM")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Meta Data": {}},
        {
            "Meta Data": {"5. Time Zone": "UTC"},
            "Time Series (Daily)": {"2024-03-04": {"1. open": "1"}},
        },
        {"Meta Data": {"5. Time Zone": "UTC"}, "Time Series (Daily)": {"today": {"4. close": "1"}}},
        {
            "Meta Data": {"5. Time Zone": "UTC"},
            "Time Series (Daily)": {"2024-03-04": {"4. close": "-"}},
        },
    ],
)
def test_another_form_than_is_documented_is_said(stand, body):
    answering(stand, body)
    with pytest.raises(BadAnswer, match="time series"):
        bars("IBM")


def test_the_key_is_in_no_log(stand, caplog):
    with caplog.at_level(logging.DEBUG):
        bars("IBM")
    assert "GET http://127.0.0.1" in caplog.text
    assert vendor.KEY not in caplog.text


def test_adapters_share_five_requests_a_minute(stand, monkeypatch):
    monkeypatch.delenv("WORKBENCH_ALPHA_VANTAGE_REQUESTS_PER_MINUTE")
    for _ in range(3):
        bars("IBM")
    assert stand.waits == pytest.approx([12, 24], abs=0.5)


def test_without_the_package_the_extra_is_named_when_it_is_needed(stand, monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.delitem(sys.modules, "workbench.adapters.alpha_vantage.client", raising=False)
    assert AlphaVantage().facts.name == "alpha_vantage"
    with pytest.raises(MissingExtra, match="live"):
        bars("IBM")


# Functions


@pytest.mark.parametrize(
    ("symbol", "timeframe", "function"),
    [
        ("IBM", DAY, "TIME_SERIES_DAILY"),
        ("IBM", WEEK, "TIME_SERIES_WEEKLY"),
        ("IBM", MONTH, "TIME_SERIES_MONTHLY"),
        ("EUR/USD", DAY, "FX_DAILY"),
        ("EUR/USD", WEEK, "FX_WEEKLY"),
        ("EUR/USD", MONTH, "FX_MONTHLY"),
        ("BTC/EUR", DAY, "DIGITAL_CURRENCY_DAILY"),
        ("BTC/EUR", WEEK, "DIGITAL_CURRENCY_WEEKLY"),
        ("BTC/EUR", MONTH, "DIGITAL_CURRENCY_MONTHLY"),
    ],
)
def test_each_kind_has_its_function(stand, symbol, timeframe, function):
    period = at("2024-01-01"), at("2024-07-01")
    assert bars(symbol, timeframe, *period).equals(vendor.truth(symbol, timeframe, *period))
    assert asked(stand, "function") == [function]


def test_currencies_have_no_volume(stand):
    found = bars("EUR/USD")
    assert found["volume"].null_count == found.num_rows == 10


def test_a_week_is_named_by_its_monday_and_a_month_by_its_first(stand):
    weeks = bars("IBM", WEEK, at("2024-03-18"), at("2024-04-02"))["time"].to_pylist()
    assert weeks == [at("2024-03-18"), at("2024-03-25"), at("2024-04-01")], "Good Friday: 29 March"
    months = bars("IBM", MONTH, at("2024-05-01"), at("2024-07-01"))["time"].to_pylist()
    assert months == [at("2024-05-01"), at("2024-06-01")]


@pytest.mark.parametrize(
    ("symbol", "text"), [("IBM", "2m"), ("IBM", "4h"), ("IBM", "2d"), ("EUR/USD", "1h")]
)
def test_other_lengths_are_refused_before_anything_is_asked(stand, symbol, text):
    with pytest.raises(InvalidInput, match="1m, 5m") as failure:
        bars(symbol, Timeframe.parse(text))
    assert failure.value.seen == text
    assert not stand.server.asked


def test_an_unknown_pair_is_named_as_it_was_written(stand):
    with pytest.raises(UnknownName) as failure:
        bars("XXX/USD")
    assert failure.value.name == "XXX/USD"
    assert "EUR/USD" in failure.value.cure


def test_of_two_currencies_the_first_counts(stand):
    row = {
        "1a. open (CNY)": "7",
        "1b. open (USD)": "1",
        "4a. close (CNY)": "8",
        "4b. close (USD)": "2",
        "5. volume": "3",
        "6. market cap (USD)": "9",
    }
    series = {"Time Series (Digital Currency Daily)": {"2024-03-04": row}}
    answering(stand, {"Meta Data": {"7. Time Zone": "UTC"}, **series})
    (found,) = bars("BTC/CNY").to_pylist()
    assert (found["open"], found["close"], found["volume"], found["high"]) == (7, 8, 3, None)


# The free key


def test_a_free_key_gets_its_hundred_days(free):
    period = at("2025-05-01"), at("2025-06-01")
    assert bars("IBM", DAY, *period).equals(vendor.truth("IBM", DAY, *period))
    assert asked(free, "outputsize") == ["full", "compact"]


def test_what_a_free_key_may_not_have_is_asked_for_once(free):
    pages = AlphaVantage().bars(["IBM", "KO"], DAY, at("2025-05-01"), at("2025-06-01"))
    assert [page.num_rows for page in pages] == [21, 21]
    assert asked(free, "outputsize") == ["full", "compact", "compact"]


def test_a_free_key_gets_all_of_what_is_listed_since(free):
    found = bars("NEWCO", DAY, at("2024-01-01"), at("2026-01-01"))
    assert found["time"].to_pylist()[0] == at("2025-06-02")


def test_a_free_key_is_told_how_far_back_it_reaches(free):
    with pytest.raises(NotEntitled, match=r"last 100 bars.*Start after 2025-02-05"):
        bars("IBM", DAY, at("2024-01-01"), at("2025-06-01"))


# Months


def test_intraday_bars_are_asked_for_by_months_of_new_york(stand):
    found = bars("IBM", HOUR, at("2024-03-01"), at("2024-05-01T03:00"))
    assert asked(stand, "month") == ["2024-02", "2024-03", "2024-04"]
    assert found["time"].to_pylist()[0] == at("2024-03-01"), "19:00 of 29 February in New York"
    assert found.equals(vendor.truth("IBM", HOUR, at("2024-03-01"), at("2024-05-01T03:00")))
    assert set(asked(stand, "adjusted")) == {"false"}


def test_the_clock_of_new_york_becomes_utc(stand):
    found = bars("IBM", HOUR, at("2024-03-08"), at("2024-03-12"))["time"].to_pylist()
    opens = [
        time for time in found if time.date() in {at("2024-03-08").date(), at("2024-03-11").date()}
    ]
    assert at("2024-03-08T09:00") in opens, "4:00 in winter"
    assert at("2024-03-08T08:00") not in opens
    assert at("2024-03-11T08:00") in opens, "4:00 in summer"


def test_a_month_before_the_first_bar_has_none(stand):
    period = at("2025-04-10"), at("2025-06-05")
    found = bars("NEWCO", HOUR, *period)
    assert found.equals(vendor.truth("NEWCO", HOUR, *period))
    assert asked(stand, "function").count("SYMBOL_SEARCH") == 1
    assert len(stand.server.asked) == 4


def test_an_unknown_symbol_is_named_by_its_months_too(stand):
    with pytest.raises(UnknownName):
        bars("NOSUCH", HOUR)


# Recorded bodies


@pytest.fixture(scope="module")
def recorded(shared):
    """A body as it was recorded, by its name."""
    return lambda name: json.loads((shared / "fixtures/alpha_vantage" / name).read_text())


def test_the_recorded_minutes_are_read(stand, recorded):
    body = recorded("mock_time_series")
    answering(stand, body)
    found = bars("MSFT", Timeframe.parse("1m"), at("2017-12-18"), at("2017-12-19")).to_pylist()
    assert len(found) == 100
    assert found[0] == {
        "symbol": "MSFT",
        "time": at("2017-12-18T18:17"),
        "open": 86.8101,
        "high": 86.82,
        "low": 86.79,
        "close": 86.8,
        "volume": 31172.0,
    }
    assert (found[-1]["time"], found[-1]["close"]) == (at("2017-12-18T19:56"), 86.5)


def test_the_recorded_table_of_an_endpoint_that_is_gone_is_no_answer(stand, shared):
    answering(stand, (shared / "fixtures/alpha_vantage/mock_time_series_extended").read_text())
    with pytest.raises(BadAnswer, match="no JSON object"):
        bars("IBM", HOUR)


def test_the_recorded_prices_without_bars_are_no_answer(stand, recorded):
    answering(stand, recorded("mock_crypto_currencies"))
    with pytest.raises(BadAnswer, match="close"):
        bars("BTC/CNY")


def served_as(stand, **query):
    key = {"apikey": vendor.KEY}
    return stand.server.answer(Asked("/query", {**query, **key}, {})).body


def shape(part):
    """The names of a body, with figures for figures: what its form is."""
    if isinstance(part, dict):
        return {re.sub(r"\d+", "0", name): shape(value) for name, value in part.items()}
    return shape(part[0]) if isinstance(part, list) else re.sub(r"\d+", "0", part)


def test_the_server_answers_minutes_in_the_recorded_form(stand, recorded):
    body, mine = recorded("mock_time_series"), served_as(
        stand, function="TIME_SERIES_INTRADAY", symbol="IBM", interval="1min"
    )  # fmt: skip
    assert list(mine) == list(body)
    assert list(mine["Meta Data"]) == list(body["Meta Data"])
    for name in ("3. Last Refreshed", "4. Interval", "5. Output Size", "6. Time Zone"):
        assert shape(mine["Meta Data"][name]) == shape(body["Meta Data"][name])
    assert shape(mine["Time Series (1min)"]) == shape(body["Time Series (1min)"])
    assert list(mine["Time Series (1min)"]) == sorted(mine["Time Series (1min)"], reverse=True)
    assert len(mine["Time Series (1min)"]) == len(body["Time Series (1min)"]) == 100


def test_the_server_finds_symbols_in_the_recorded_form(stand, recorded):
    body, mine = (
        recorded("symbol_search"),
        served_as(stand, function="SYMBOL_SEARCH", keywords="KO"),
    )
    assert list(mine) == list(body)
    for ours in mine["bestMatches"]:
        assert list(ours) == list(body["bestMatches"][0])
