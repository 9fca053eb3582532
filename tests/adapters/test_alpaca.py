"""What is Alpaca's own: the parts of its service, its pages, its clock and its words."""

from __future__ import annotations

import time
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from vendors import alpaca as vendor
from vendors import rows_of, served
from vendors.serving import Answer

from workbench.adapters.alpaca import Alpaca
from workbench.domain import (
    ACTION_COLUMNS,
    BAR_COLUMNS,
    INSTRUMENT_COLUMNS,
    QUOTE_COLUMNS,
    SNAPSHOT_COLUMNS,
    TRADE_COLUMNS,
    Timeframe,
)
from workbench.errors import (
    AccessRefused,
    BadAnswer,
    InvalidInput,
    MissingExtra,
    NoData,
    NotEntitled,
    ServiceUnavailable,
    UnknownName,
)
from workbench.ports import BarSource

at = datetime.fromisoformat
DAY = Timeframe.parse("1d")
WEEK = at("2024-03-04"), at("2024-03-11")
MINUTE = at("2024-03-11T13:30"), at("2024-03-11T13:31")


@pytest.fixture
def stand(monkeypatch):
    with served(vendor, BarSource, monkeypatch) as opened:
        yield opened


def answering(stand, body, status=200):
    """Let the server answer everything alike."""
    stand.server.answer = lambda _: Answer(body, status)


def bars(symbols, timeframe=DAY, start=WEEK[0], end=WEEK[1]):
    return rows_of(Alpaca().bars(symbols, timeframe, start, end), BAR_COLUMNS)


# Parts of the service


def test_crypto_comes_without_a_key_from_a_part_of_its_own(stand, monkeypatch):
    for name in vendor.KEYS:
        monkeypatch.delenv(name)
    found = bars(["BTC/USD"])
    assert found.equals(vendor.truth("BTC/USD", DAY, *WEEK))
    assert found.num_rows == 7
    assert {asked.path for asked in stand.server.asked} == {"/v1beta3/crypto/us/bars"}


def test_shares_and_crypto_in_one_question(stand):
    found = bars(["BTC/USD", "AAPL", "BRK.B"])
    for symbol in ("BTC/USD", "AAPL", "BRK.B"):
        rows = found.filter(pc.equal(found["symbol"], symbol)).combine_chunks()
        assert rows.equals(vendor.truth(symbol, DAY, *WEEK))


def test_ticks_of_crypto(stand):
    trades = rows_of(Alpaca().trades("BTC/USD", *MINUTE), TRADE_COLUMNS)
    assert trades.equals(vendor.true_trades("BTC/USD", *MINUTE))
    assert set(trades["conditions"].to_pylist()) == {"B", "S"}
    quotes = rows_of(Alpaca().quotes("BTC/USD", *MINUTE), QUOTE_COLUMNS)
    assert quotes.equals(vendor.true_quotes("BTC/USD", *MINUTE))


def test_snapshots_of_both(stand):
    symbols = ["BTC/USD", "MSFT", "AAPL"]
    found = rows_of([Alpaca().snapshots(symbols)], SNAPSHOT_COLUMNS)
    assert found.to_pylist() == vendor.true_snapshots(symbols).to_pylist()


def test_many_symbols_are_asked_for_a_hundred_at_a_time(stand):
    names = [f"X{first}{second}" for first in "ABCDEFGHIJ" for second in "ABCDEFGHIJKLM"]
    answering(stand, {"bars": {name: [] for name in names}, "next_page_token": None})
    assert bars(names).num_rows == 0
    counts = [asked.query["symbols"].count(",") + 1 for asked in stand.server.asked]
    assert counts == [100, 30]


# What is asked for


def test_prices_are_asked_for_as_they_were_traded(stand):
    bars(["AAPL"])
    assert {asked.query["adjustment"] for asked in stand.server.asked} == {"raw"}


@pytest.mark.parametrize(
    ("text", "written"),
    [("1m", "1Min"), ("59m", "59Min"), ("23h", "23Hour"), ("1d", "1Day"), ("6M", "6Month")],
)
def test_lengths_are_written_as_alpaca_does(stand, text, written):
    bars(["AAPL"], Timeframe.parse(text), at("2024-03-05"), at("2024-03-05T15:00"))
    assert stand.server.asked[0].query["timeframe"] == written


@pytest.mark.parametrize("text", ["60m", "24h", "2d", "2w", "5M", "30s"])
def test_other_lengths_are_refused_before_anything_is_asked(stand, text):
    with pytest.raises(InvalidInput, match="1m to 59m") as failure:
        bars(["AAPL"], Timeframe.parse(text))
    assert failure.value.seen == text
    assert not stand.server.asked


def test_a_period_that_ends_before_it_begins_is_not_asked_for(stand):
    assert bars(["AAPL"], DAY, WEEK[1], WEEK[0]).num_rows == 0
    assert not list(Alpaca().trades("AAPL", WEEK[0], WEEK[0]))
    assert not stand.server.asked


# The free plan


@pytest.fixture
def free(monkeypatch):
    """A plan without the last 15 minutes."""
    with served(vendor, BarSource, monkeypatch, free=True) as opened:
        yield opened


def test_what_the_plan_has_of_a_period_that_reaches_into_the_future_comes(free):
    hour, start = Timeframe.parse("1h"), at("2025-12-01T15:00")
    found = bars(["AAPL"], hour, start, at("2025-12-02"))
    assert found.equals(vendor.truth("AAPL", hour, start, at("2025-12-01T19:45")))
    assert found.num_rows == 5


def test_a_period_that_the_plan_has_nothing_of_is_refused(free):
    with pytest.raises(NotEntitled, match="15 minutes"):
        bars(["AAPL"], DAY, at("2025-12-01T19:50"), at("2025-12-02"))


def test_crypto_is_free_to_the_last_minute(free):
    minute, period = Timeframe.parse("1m"), (at("2025-12-01T19:50"), at("2025-12-01T19:58"))
    assert bars(["BTC/USD"], minute, *period).num_rows == 8


# What it says


def test_an_unknown_symbol_among_others_is_named_after_their_bars(stand):
    pages = Alpaca().bars(["AAPL", "NOSUCH", "NEWCO"], DAY, *WEEK)
    found = [next(pages)]
    with pytest.raises(UnknownName) as failure:
        found.extend(pages)
    assert failure.value.name == "NOSUCH"
    assert pa.concat_tables(found).equals(vendor.truth("AAPL", DAY, *WEEK))


def test_whether_a_symbol_exists_is_asked_once(stand):
    source = Alpaca()
    for _ in range(3):
        assert not [page for page in source.bars(["NEWCO"], DAY, *WEEK) if page.num_rows]
    lengths = [asked.query["timeframe"] for asked in stand.server.asked]
    assert lengths == ["1Day", "12Month", "1Day", "1Day"]


def test_a_symbol_that_cannot_be_one_is_named(stand):
    with pytest.raises(UnknownName) as failure:
        bars(["no symbol"])
    assert failure.value.name == "no symbol"
    assert "BTC/USD" in failure.value.cure


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (401, "unauthorized.", AccessRefused),
        (403, "forbidden.", AccessRefused),
        (403, "subscription does not permit querying OTC data", NotEntitled),
        (400, "end should not be before start", InvalidInput),
        (422, "invalid page token", InvalidInput),
    ],
)
def test_a_refusal_is_said_once_in_its_words(stand, status, message, error):
    answering(stand, {"message": message}, status)
    with pytest.raises(error) as failure:
        bars(["AAPL"])
    assert failure.value.seen.endswith(message)
    assert failure.value.cure
    assert len(stand.server.asked) == 1


def test_a_key_without_its_secret_is_refused(stand, monkeypatch):
    monkeypatch.delenv("ALPACA_SECRET_KEY")
    with pytest.raises(AccessRefused) as failure:
        bars(["AAPL"])
    assert failure.value.setting == "ALPACA_SECRET_KEY"


def test_the_vendors_own_retries_are_off(stand, monkeypatch):
    def slept(_):
        raise AssertionError("it waits by itself")

    monkeypatch.setattr(time, "sleep", slept)
    stand.fail("too_many", times=4)
    assert bars(["AAPL"]).num_rows == 5


def test_an_answer_that_takes_too_long_is_given_up(stand, monkeypatch):
    monkeypatch.setattr("workbench.adapters.alpaca.client.TIMEOUT_SECONDS", 0.05)
    stand.server.answer = lambda _: time.sleep(0.2) or Answer({})
    with pytest.raises(ServiceUnavailable, match="Timeout"):
        bars(["AAPL"])


def test_adapters_share_the_limit_of_a_host(stand, monkeypatch):
    monkeypatch.setenv("WORKBENCH_ALPACA_REQUESTS_PER_MINUTE", "30")
    for _ in range(3):
        Alpaca().snapshots(["AAPL"])
    assert stand.waits == pytest.approx([2, 4], abs=0.5)


def test_pages_that_go_in_a_circle_are_noticed(stand):
    answering(stand, {"bars": {}, "next_page_token": "QUFQTA=="})
    with pytest.raises(BadAnswer, match="after itself"):
        bars(["AAPL"])


@pytest.mark.parametrize(
    "body",
    [
        {"message": "all is well"},
        {"bars": {"AAPL": [{"t": "2024-03-04T05:00:00Z", "o": 1, "h": 1, "l": 1, "c": 1}]}},
        {"bars": {"AAPL": [{"t": "today", "o": 1, "h": 1, "l": 1, "c": 1, "v": 1}]}},
        {"bars": {"AAPL": [{"t": None, "o": "one", "h": 1, "l": 1, "c": 1, "v": 1}]}},
        {"bars": {"AAPL": "none"}},
        [],
        "",
    ],
)
def test_another_form_than_is_documented_is_said(stand, body):
    answering(stand, body)
    with pytest.raises(BadAnswer):
        bars(["AAPL"])


# Ticks


def test_trades_that_were_taken_back_are_left_out(stand):
    found = rows_of(Alpaca().trades("AAPL", *MINUTE), TRADE_COLUMNS)
    assert found.num_rows == 6, "eight in a minute, two of them canceled or incorrect"


def test_sizes_in_quotes_are_shares_before_and_after_alpaca_changed_their_unit(stand):
    def row(date, tape):
        return {"t": f"{date}T15:00:00Z", "bp": 10, "bs": 3, "ap": 0, "as": 7, **tape}

    lots, shares = "2025-10-31", "2025-11-03"
    share = {"bx": "Q", "ax": " ", "c": ["R"], "z": "C"}
    found = []
    for symbol, date, tape in (
        ("AAPL", lots, share),
        ("AAPL", shares, share),
        ("BTC/USD", lots, {}),
    ):
        rows = {"quotes": {symbol: [row(date, tape)]}, "next_page_token": None}
        answering(stand, rows)
        found += rows_of(Alpaca().quotes(symbol, *WEEK), QUOTE_COLUMNS).to_pylist()
    assert [row["bid_size"] for row in found] == [300, 3, 3]
    assert [(row["ask"], row["ask_size"], row["ask_venue"]) for row in found] == [(None,) * 3] * 3


# Reference data


def test_all_instruments_come_by_their_class(stand):
    both = rows_of(Alpaca().instruments(), INSTRUMENT_COLUMNS)["symbol"].to_pylist()
    coins = rows_of(Alpaca().instruments(asset_class="crypto"), INSTRUMENT_COLUMNS).to_pylist()
    shares = rows_of(Alpaca().instruments(asset_class="equity"), INSTRUMENT_COLUMNS).to_pylist()
    assert {row["symbol"] for row in coins} == {"BTC/USD", "ETH/USD"}
    assert sorted(both) == sorted(row["symbol"] for row in [*shares, *coins])
    assert coins[0]["lot"] == 0.0001
    with pytest.raises(UnknownName, match="crypto, equity"):
        list(Alpaca().instruments(asset_class="bond"))


def test_an_instrument_of_crypto_is_asked_for_by_its_escaped_symbol(stand):
    (row,) = rows_of(Alpaca().instruments(["BTC/USD"]), INSTRUMENT_COLUMNS).to_pylist()
    assert stand.server.asked[0].path == "/v2/assets/BTC%2FUSD"
    assert (row["asset_class"], row["currency"], row["venue"]) == ("crypto", "USD", None)


def test_a_dividend_is_found_by_its_ex_date_though_it_is_processed_when_it_is_paid(stand):
    december = at("2024-12-01"), at("2025-01-01")
    (row,) = rows_of(Alpaca().actions(["MSFT"], *december), ACTION_COLUMNS).to_pylist()
    assert (row["time"], row["paid_at"]) == (at("2024-12-20"), at("2025-01-03"))
    assert row["kind"] == "special_dividend"


def test_crypto_has_no_actions_and_is_not_asked_about(stand):
    assert not list(Alpaca().actions(["BTC/USD"], *WEEK))
    assert not stand.server.asked


def test_a_dividend_of_a_foreign_share_has_no_currency_unless_it_is_said(stand):
    row = {"id": "1", "symbol": "TSM", "rate": 0.5, "special": False, "ex_date": "2024-03-05",
           "process_date": "2024-04-05", "foreign": True}  # fmt: skip
    rows = [row, {**row, "currency": "TWD"}, {**row, "foreign": False}]
    answering(stand, {"corporate_actions": {"cash_dividends": rows}, "next_page_token": None})
    found = rows_of(Alpaca().actions(["TSM"], *WEEK), ACTION_COLUMNS)
    assert found["currency"].to_pylist() == [None, "TWD", "USD"]


def test_actions_of_another_form_are_said(stand):
    for body in ({}, {"corporate_actions": {"cash_dividends": [{"symbol": "AAPL", "id": "1"}]}}):
        answering(stand, body)
        with pytest.raises(BadAnswer, match="form"):
            list(Alpaca().actions(["AAPL"], *WEEK))


def test_fundamentals_are_refused(stand):
    with pytest.raises(NoData, match="Polygon"):
        Alpaca().fundamentals(["AAPL"], *WEEK)


# The clock


@pytest.mark.parametrize(
    ("phase", "status"),
    [
        ("core", "open"),
        ("pre", "pre_market"),
        ("post", "after_hours"),
        ("closed", "closed"),
        ("lunch", "closed"),
    ],
)
def test_phases_of_the_day(stand, phase, status):
    stand.server.phase = phase
    found = Alpaca().status()
    assert (found.status, found.venues) == (status, {"NYSE": status, "NASDAQ": status})


@pytest.mark.parametrize(
    "body", [{"clocks": []}, {"clocks": None}, {"clocks": [{"phase": "core"}]}]
)
def test_a_clock_of_another_form_is_said(stand, body):
    answering(stand, body)
    with pytest.raises(BadAnswer, match="form"):
        Alpaca().status()


def test_without_the_package_the_extra_is_named_when_it_is_needed(stand, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "alpaca.common.rest", None)
    monkeypatch.delitem(sys.modules, "workbench.adapters.alpaca.client", raising=False)
    source = Alpaca()
    assert source.facts.name == "alpaca"
    with pytest.raises(MissingExtra, match="live"):
        source.snapshots(["AAPL"])
