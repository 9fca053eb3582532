"""What is Polygon's own: classes of assets, pages, words and two names. The rest is contract."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from vendors import polygon, rows_of, served
from vendors.serving import Answer

from workbench.adapters.polygon import Polygon
from workbench.adapters.polygon.notation import dashed, escaped, last_day_of
from workbench.adapters.polygon.refusals import NotFound, refusal
from workbench.adapters.polygon.ticks import quote_table, trade_table
from workbench.domain import (
    BAR_COLUMNS,
    QUOTE_COLUMNS,
    TRADE_COLUMNS,
    Timeframe,
)
from workbench.errors import (
    BadAnswer,
    MissingExtra,
    ServiceUnavailable,
    UnknownName,
)
from workbench.ports import BarSource, MarketSource, ReferenceSource, TickSource, adapter

at = datetime.fromisoformat
DAY = Timeframe.parse("1d")
WEEK = at("2024-03-04"), at("2024-03-11")
OPTION = "O:AAPL240621C00190000"
TESTS = Path(__file__).parents[1]


@pytest.fixture
def stand(monkeypatch):
    with served(polygon, BarSource, monkeypatch) as opened:
        yield opened


@pytest.fixture
def serve(monkeypatch):
    """Opens a server of another kind than the usual."""
    with ExitStack() as opened:

        def open_server(kind):
            class Vendor:
                Server = kind
                KEYS, LACKS, settings = polygon.KEYS, {}, staticmethod(polygon.settings)

            return opened.enter_context(served(Vendor, BarSource, monkeypatch)).server

        yield open_server


def bars(symbol, text, start, end):
    return rows_of(Polygon().bars([symbol], Timeframe.parse(text), start, end), BAR_COLUMNS)


@pytest.mark.parametrize("role", [BarSource, TickSource, ReferenceSource, MarketSource])
def test_it_is_found_by_every_role(role):
    assert isinstance(adapter(role, "polygon"), Polygon)


@pytest.mark.parametrize("symbol", ["SPY", OPTION, "I:SPX", "C:EURUSD", "X:BTCUSD"])
@pytest.mark.parametrize("text", ["30s", "15m", "1d", "1w"])
def test_bars_of_every_class_of_assets(stand, symbol, text):
    timeframe = Timeframe.parse(text)
    start = at("2024-03-06")
    end = at("2024-03-07") if timeframe.is_intraday else at("2024-05-06")
    found = bars(symbol, text, start, end)
    assert found.num_rows > 5
    assert found.equals(polygon.truth(symbol, timeframe, start, end).combine_chunks())


def test_an_index_has_no_volume_which_is_not_zero(stand):
    rows = bars("I:SPX", "1d", *WEEK)
    assert rows["volume"].null_count == rows.num_rows == 5


def test_days_of_currencies_begin_at_midnight_utc(stand):
    stamps = bars("X:BTCUSD", "1d", *WEEK)["time"].to_pylist()
    assert stamps[0] == WEEK[0]
    assert len(stamps) == 7


def test_bars_are_asked_for_as_traded(stand):
    """NVDA was split 10 for 1 on 10 June 2024; the server divides unless it is told not to."""
    assert min(bars("NVDA", "1d", *WEEK)["close"].to_pylist()) > 800


def test_a_week_that_began_before_the_start_is_not_in_the_period(stand):
    stamps = bars("AAPL", "1w", at("2024-03-06"), at("2024-03-20"))["time"].to_pylist()
    assert stamps == [at("2024-03-10T05:00"), at("2024-03-17T04:00")]


def test_bars_of_a_day_arrive_in_pages(stand):
    pages = list(
        Polygon().bars(["AAPL"], Timeframe.parse("1m"), at("2024-03-06"), at("2024-03-07"))
    )
    assert [page.num_rows for page in pages[:-1]] == [60] * 6


@pytest.mark.parametrize(
    ("symbol", "kind", "columns"),
    [
        (OPTION, "trades", TRADE_COLUMNS),
        (OPTION, "quotes", QUOTE_COLUMNS),
        ("X:BTCUSD", "trades", TRADE_COLUMNS),
        ("C:EURUSD", "quotes", QUOTE_COLUMNS),
    ],
)
def test_ticks_of_options_and_currencies(stand, symbol, kind, columns):
    period = at("2024-03-11T13:30"), at("2024-03-11T13:33")
    found = rows_of(getattr(Polygon(), kind)(symbol, *period), columns)
    assert found.num_rows == 24
    assert found.equals(getattr(polygon, f"true_{kind}")(symbol, *period).combine_chunks())


def test_sizes_of_shares_are_shares_before_and_after_the_tapes_changed():
    """The tapes state sizes in shares since 3 November 2025, 00:00 UTC taken as the change."""
    row = {"bid_price": 10.0, "bid_size": 2, "sequence_number": 1}
    change = int(at("2025-11-03T00:00+00:00").timestamp()) * 10**9
    stamps = [change - 1, change]
    rows = [{**row, "sip_timestamp": one} for one in stamps]
    assert quote_table("AAPL", rows)["bid_size"].to_pylist() == [200.0, 2.0]
    assert quote_table(OPTION, rows)["bid_size"].to_pylist() == [2.0, 2.0]


def test_fractions_of_a_share_are_stated_as_text():
    row = {"exchange": 1, "price": 1.0, "sip_timestamp": 1, "size": 0, "decimal_size": "0.25"}
    assert trade_table("AAPL", [row])["size"].to_pylist() == [0.25]


def test_a_side_that_is_not_there_is_null():
    empty = {"bid_price": 0, "bid_size": 0, "bid_exchange": 0, "sip_timestamp": 1}
    row = quote_table("AAPL", [empty]).to_pylist()[0]
    assert {name for name, value in row.items() if value is not None} == {
        "symbol", "time", "nanosecond",
    }  # fmt: skip


@pytest.mark.parametrize("bits", [1, 9, 21])
def test_every_nanosecond_survives(bits):
    """Stamps near 2**61 that a float could not hold."""
    stamp = 1_710_163_800_000_000_000 + (1 << bits)
    row = {"exchange": 1, "price": 1.0, "size": 1, "sip_timestamp": stamp}
    table = trade_table("AAPL", json.loads(json.dumps([row])))
    whole = table["time"].cast(pa.int64())[0].as_py() * 1000 + table["nanosecond"][0].as_py()
    assert whole == stamp


class Elsewhere(polygon.Server):
    """Names another host as that of the next page."""

    other = ""

    @property
    def public_host(self):
        return self.other


def test_the_key_does_not_follow_to_another_host(serve):
    server = serve(Elsewhere)
    with polygon.Server() as thief:
        server.other = thief.url
        found = bars("AAPL", "1d", at("2024-01-01"), at("2024-12-01"))
    assert found.num_rows > 200
    assert not thief.asked


def test_the_key_does_not_follow_a_redirection(serve):
    class Redirecting(Elsewhere):
        def answer(self, asked):
            return Answer({}, 302, {"Location": f"{self.other}{asked.path}"})

    server = serve(Redirecting)
    with polygon.Server() as thief:
        server.other = thief.url
        with pytest.raises(BadAnswer, match="302"):
            bars("AAPL", "1d", *WEEK)
    assert not thief.asked


def test_pages_that_run_in_a_circle_are_refused(serve):
    class Circle(polygon.Server):
        def next_url(self, *given):
            return super().next_url("/v2/aggs/ticker/AAPL/range/1/day/0/2024-12-01", given[-1])

    serve(Circle)
    with pytest.raises(BadAnswer, match="circle"):
        bars("AAPL", "1d", at("2024-01-01"), at("2024-12-01"))


def test_a_base_address_with_a_path_is_kept(serve, monkeypatch):
    class Behind(polygon.Server):
        def answer(self, asked):
            assert asked.path.startswith("/polygon/")
            path = asked.path.removeprefix("/polygon")
            return super().answer(type(asked)(path, asked.query, asked.headers))

    server = serve(Behind)
    monkeypatch.setenv("WORKBENCH_POLYGON_URL", f"{server.url}/polygon/")
    assert bars("AAPL", "1d", at("2024-01-01"), at("2024-12-01")).num_rows > 200


def test_a_refusal_that_names_no_delay_waits_for_the_free_plan(stand):
    stand.server.retry_after_seconds = ""
    stand.fail("too_many", times=3)
    assert bars("AAPL", "1d", *WEEK).num_rows == 5
    assert [wait >= 12 for wait in stand.waits] == [True] * 3


def test_the_requests_of_a_minute_are_counted(stand, monkeypatch):
    monkeypatch.setenv("WORKBENCH_POLYGON_REQUESTS_PER_MINUTE", "5")
    source = Polygon()
    for _ in range(8):
        source.status()
    assert len(stand.waits) == 3
    assert stand.waits[-1] == pytest.approx(36, abs=1)


def test_two_adapters_share_the_limit(stand, monkeypatch):
    monkeypatch.setenv("WORKBENCH_POLYGON_REQUESTS_PER_MINUTE", "5")
    for _ in range(6):
        Polygon().status()
    assert len(stand.waits) == 1


"""What stands in place of a good answer."""


@pytest.fixture
def say(serve):
    def prepare(body, status=200):
        class Saying(polygon.Server):
            def answer(self, _asked):
                return Answer(body, status)

        return serve(Saying)

    return prepare


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("<html>Blocked</html>", 403, BadAnswer),
        ("<html>Bad gateway</html>", 502, ServiceUnavailable),
        ("  \n<!DOCTYPE html>", 200, BadAnswer),
        ('{"results": [{"t": 17', 200, ServiceUnavailable),
        ("", 200, ServiceUnavailable),
        ("[]", 200, BadAnswer),
        ({"results": [{"t": 1709528400000, "o": 1, "h": 1, "l": 1}]}, 200, BadAnswer),
        ({"results": [{"t": "today", "o": 1, "h": 1, "l": 1, "c": 1}]}, 200, BadAnswer),
        ({"results": {"t": 1}}, 200, BadAnswer),
        ({"status": "ERROR", "error": "wrong multiplier"}, 400, BadAnswer),
        ({"status": "NOT_FOUND"}, 404, NotFound),
    ],
)
def test_is_told_apart(say, body, status, error):
    say(body, status)
    with pytest.raises(error) as failure:
        bars("AAPL", "1d", *WEEK)
    assert type(failure.value) is error


def test_the_words_of_the_vendor_are_shown(say):
    say({"status": "ERROR", "error": "wrong multiplier"}, 400)
    with pytest.raises(BadAnswer, match="wrong multiplier"):
        bars("AAPL", "1d", *WEEK)


def test_a_number_beyond_the_calendar_is_no_date(say):
    say({"results": [{"t": 10**17, "o": 1, "h": 1, "l": 1, "c": 1}]})
    with pytest.raises(BadAnswer):
        bars("AAPL", "1d", *WEEK).to_pylist()


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (429, "You've exceeded the maximum requests per minute", "ServiceUnavailable"),
        (429, "You've exceeded the maximum requests per month", "QuotaExhausted"),
        (408, "", "ServiceUnavailable"),
        (500, "", "ServiceUnavailable"),
        (401, "Unknown API Key", "AccessRefused"),
        (403, "Not entitled", "NotEntitled"),
        (409, "Conflict", "BadAnswer"),
    ],
)
def test_a_status_has_one_meaning(status, said, error):
    assert type(refusal(status, {}, said)).__name__ == error


@pytest.mark.parametrize("symbol", ["BRK/B", "A?B=C", "A B", "../../v1", "O:XYZ"])
def test_a_symbol_cannot_leave_its_place_in_the_address(stand, symbol):
    with pytest.raises(UnknownName) as failure:
        bars(symbol, "1d", *WEEK)
    assert failure.value.name == symbol


@pytest.mark.parametrize(
    ("symbol", "written"),
    [("C:EURUSD", "C:EUR-USD"), ("X:DOGEUSD", "X:DOGE-USD"), ("X:BTC-USD", "X:BTC-USD"),
     ("AAPL", "AAPL"), (OPTION, OPTION), ("I:SPX", "I:SPX")],
)  # fmt: skip
def test_pairs_have_a_dash_in_ticks(symbol, written):
    assert dashed(symbol) == written


def test_options_tell_their_last_day():
    assert str(last_day_of(OPTION)) == "2024-06-21"
    assert str(last_day_of("O:BRK.B261218P00500000")) == "2026-12-18"
    assert last_day_of("AAPL") is None
    assert last_day_of("O:AAPL241321C00190000") is None


def test_the_colon_stays():
    assert escaped("O:BRK.B261218P00500000") == "O:BRK.B261218P00500000"
    assert escaped("BRK/B") == "BRK%2FB"


"""The client of Polygon, or of Massive, as it is called now."""

CLIENT = "workbench.adapters.polygon.client"


@pytest.fixture
def only(monkeypatch):
    """Imports the adapter's client as if only some packages were installed."""

    def client(*packages):
        for name in {"polygon", "massive"} - set(packages):
            monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, CLIENT, raising=False)
        return importlib.import_module(CLIENT)

    return client


def test_who_has_neither_is_told_what_to_install(only):
    with pytest.raises(MissingExtra, match="live"):
        only()


def test_the_facts_are_told_without_either(only):
    assert Polygon().facts.name == "polygon"


def test_the_renamed_client_is_taken_where_it_is_the_only_one(only, stand):
    pytest.importorskip("massive", reason="massive, the renamed client, is not installed")
    client = only("massive")
    assert client.RESTClient.__module__.startswith("massive.")
    assert bars("AAPL", "1d", *WEEK).num_rows == 5


@pytest.mark.network
@pytest.mark.slow
def test_the_suites_hold_with_the_renamed_client(tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--target", str(tmp_path), "massive>=2.9,<3"], check=True)
    (tmp_path / "polygon.py").write_text("raise ImportError('hidden by a test')\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "polygon and not network", "-p",
         "no:cacheprovider", str(TESTS / "contracts"), str(TESTS / "adapters/test_polygon.py")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=TESTS.parent, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:]
    assert "is not installed" not in run.stdout
