"""Ticks come day by day, never twice, and are read as they were known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pyarrow as pa
import pytest
from vendors import alpaca, polygon, served

from workbench.context import Context, Resources
from workbench.data.downloads.coverage import load_coverage
from workbench.data.quality import list_quarantine
from workbench.data.ticks import download_ticks, get_ticks, load_ticks
from workbench.data.ticks.kinds import KINDS
from workbench.domain import QUOTE_COLUMNS, TRADE_COLUMNS
from workbench.errors import Cancelled, InvalidInput, NoData, ServiceUnavailable, UnknownName
from workbench.ports import TickSource
from workbench.registry import call
from workbench.store import MemoryLake
from workbench.store.lake import DeltaLake

at = datetime.fromisoformat
NOW = datetime(2024, 6, 1, tzinfo=UTC)
FRIDAY, MONDAY = "2024-03-08", "2024-03-11"
COLUMNS = {"trades": TRADE_COLUMNS, "quotes": QUOTE_COLUMNS}


def context_of(lake, now=NOW, **how):
    return Context(clock=lambda: now, resources=Resources(lake=lake), **how)


class Tape:
    """A source in memory: days of a few ticks, which can be changed, and can break off."""

    def __init__(self):
        self.asked = []
        self.rows = {kind: [] for kind in COLUMNS}
        self.breaks_after = 10**6

    def add(self, kind, time, nanosecond=0, **values):
        self.rows[kind].append({"time": at(time), "nanosecond": nanosecond, **values})

    def trades(self, symbol, start, end):
        return self._pages("trades", symbol, start, end)

    def quotes(self, symbol, start, end):
        return self._pages("quotes", symbol, start, end)

    def _pages(self, kind, symbol, start, end):
        self.asked.append((start, end))
        names = COLUMNS[kind]
        for row in self.rows[kind]:
            if start <= row["time"] < end:
                self.breaks_after -= 1
                if self.breaks_after < 0:
                    raise ServiceUnavailable("tape", "dropped")
                full = {**dict.fromkeys(names), "symbol": symbol, **row}
                schema = pa.schema([(name, pa.type_for_alias(names[name])) for name in names])
                yield pa.Table.from_pylist([full], schema=schema)


@pytest.fixture
def tape():
    made = Tape()
    for day in ("2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12"):
        for minute in range(3):
            time = f"{day}T15:0{minute}:00"
            made.add("trades", time, price=10.0 + minute, size=5.0, trade_id=f"{day}/{minute}")
    return made


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("vendor", [polygon, alpaca], ids=lambda one: one.NAME)
def test_a_vendors_days_arrive_whole_and_are_not_asked_for_again(
    vendor, kind, tmp_path, monkeypatch
):
    monkeypatch.setattr(vendor.Server, "page_size", 5_000, raising=False)
    lake = DeltaLake(str(tmp_path))
    context = context_of(lake)
    with served(vendor, TickSource, monkeypatch) as stand:
        made = download_ticks(vendor.NAME, "AAPL", FRIDAY, MONDAY, kind=kind, context=context)
        asked = len(stand.server.asked)
        again = download_ticks(vendor.NAME, "AAPL", FRIDAY, MONDAY, kind=kind, context=context)
        assert len(stand.server.asked) == asked
        with pytest.raises(UnknownName):
            download_ticks(vendor.NAME, "NOSUCH", MONDAY, MONDAY, kind=kind, context=context)
    truth = getattr(vendor, f"true_{kind}")("AAPL", at("2024-03-08"), at("2024-03-12"))
    assert (made.days, made.days_asked, made.new) == (2, 2, truth.num_rows)
    assert (again.days, again.days_asked, again.new) == (2, 0, 0)
    found = load_ticks(made.dataset, "AAPL", FRIDAY, "2024-03-12", kind=kind, context=context)
    same = [name for name in found.column_names if name != "sequence"]
    assert found.select(same).equals(truth.select(same).combine_chunks())
    assert found["sequence"].null_count == 0


def test_a_day_is_that_of_the_exchange(tape):
    lake = MemoryLake()
    tape.add("trades", "2024-03-12T03:59:59.999999", price=1.0, trade_id="last of Monday")
    tape.add("trades", "2024-03-12T04:00:00", price=2.0, trade_id="first of Tuesday")
    download_ticks(tape, "AAPL", FRIDAY, MONDAY, context=context_of(lake))
    # New York leaves winter time on the Sunday between
    assert tape.asked == [
        (at("2024-03-08T05:00"), at("2024-03-09T05:00")),
        (at("2024-03-11T04:00"), at("2024-03-12T04:00")),
    ]
    found = load_ticks("tape-trades", "AAPL", MONDAY, "2024-03-12", context=context_of(lake))
    assert found["trade_id"].to_pylist()[-1] == "last of Monday"


def test_a_market_that_never_closes_is_asked_for_every_day(tape):
    download_ticks(tape, "BTC/USD", FRIDAY, MONDAY, context=context_of(MemoryLake()))
    midnights = [at("2024-03-08") + timedelta(days=number) for number in range(5)]
    assert tape.asked == list(pairwise(midnights))


def test_a_download_that_breaks_off_goes_on_from_the_first_day_that_is_not_whole(tape):
    lake = MemoryLake()
    tape.breaks_after = 4  # the second day stops after one of three
    with pytest.raises(ServiceUnavailable):
        download_ticks(tape, "AAPL", "2024-03-07", "2024-03-12", context=context_of(lake))
    assert load_ticks("tape-trades", "AAPL", context=context_of(lake)).num_rows == 3
    tape.asked, tape.breaks_after = [], 10**6
    made = download_ticks(tape, "AAPL", "2024-03-07", "2024-03-12", context=context_of(lake))
    assert (made.days, made.days_asked, made.new) == (4, 3, 9)
    assert [start.day for start, _ in tape.asked] == [8, 11, 12]


def test_who_stops_it_keeps_the_days_that_came_whole(tape):
    lake = MemoryLake()
    context = context_of(lake)

    def stop_on_the_third_day(done, total, message):
        if done == 2:
            context.stop.set()

    context = context.replace(on_progress=stop_on_the_third_day)
    with pytest.raises(Cancelled):
        download_ticks(tape, "AAPL", "2024-03-07", "2024-03-12", context=context)
    spans = load_coverage(lake, "tape-trades", "trades")["AAPL"]
    assert spans == [(at("2024-03-07T05:00"), at("2024-03-09T05:00"))]
    assert load_ticks("tape-trades", "AAPL", context=context_of(lake)).num_rows == 6


def test_a_day_that_is_not_over_is_asked_for_again(tape):
    lake = MemoryLake()
    noon = context_of(lake, datetime(2024, 3, 12, 15, 1, tzinfo=UTC))
    made = download_ticks(tape, "AAPL", MONDAY, context=noon)
    assert (made.days_asked, made.new, made.end) == (2, 4, at("2024-03-12T15:01"))
    later = context_of(lake, datetime(2024, 3, 13, 5, tzinfo=UTC))
    made = download_ticks(tape, "AAPL", MONDAY, "2024-03-12", context=later)
    assert (made.days_asked, made.new, made.unchanged) == (1, 2, 1)
    assert download_ticks(tape, "AAPL", MONDAY, "2024-03-12", context=later).days_asked == 0


def test_ticks_of_one_nanosecond_are_kept_apart_and_in_order(tape):
    lake = MemoryLake()
    for price in (9.0, 7.0, 8.0):
        tape.add("quotes", "2024-03-11T15:00:00", 5, bid=price, ask=10.0)
    tape.add("quotes", "2024-03-11T15:00:00", 6, bid=6.0, ask=10.0)
    for _ in range(2):
        download_ticks(
            tape, "AAPL", MONDAY, MONDAY, kind="quotes", refresh=True, context=context_of(lake)
        )
    found = load_ticks("tape-quotes", "AAPL", kind="quotes", context=context_of(lake))
    assert found["bid"].to_pylist() == [9.0, 7.0, 8.0, 6.0]
    assert found["sequence"].to_pylist() == [0, 1, 2, 0]


def test_a_correction_stands_beside_what_was_known_before(tape):
    lake = MemoryLake()
    download_ticks(tape, "AAPL", MONDAY, MONDAY, context=context_of(lake))
    tape.rows["trades"][6]["price"] = 99.0
    tape.add("trades", "2024-03-11T16:00:00", price=5.0, trade_id="late")
    corrected = context_of(lake, datetime(2024, 7, 1, tzinfo=UTC))
    made = download_ticks(tape, "AAPL", MONDAY, MONDAY, refresh=True, context=corrected)
    assert (made.new, made.revised, made.unchanged) == (1, 1, 2)

    def known(as_of):
        rows = load_ticks("tape-trades", "AAPL", as_of=as_of, context=corrected)
        return rows["price"].to_pylist()

    assert known(None) == known("2024-07-01") == [99.0, 11.0, 12.0, 5.0]
    assert known("2024-06-30") == [10.0, 11.0, 12.0]
    assert known("2024-03-11T15:01:00") == [10.0, 11.0]


def test_what_cannot_be_right_is_quarantined_with_the_reason(tape):
    lake = MemoryLake()
    context = context_of(lake)
    for number, price in enumerate((0.0, -1.0, None, float("nan"), float("inf"))):
        tape.add("trades", f"2024-03-11T17:00:0{number}", price=price, size=1.0)
    made = download_ticks(tape, "AAPL", MONDAY, MONDAY, context=context)
    assert (made.new, made.quarantined) == (3, 5)
    assert made.reasons == {"non_positive": 3, "no price": 2}
    quotes = [(10.0, 10.1), (10.0, 10.0), (10.0, None), (None, None), (10.1, 10.0), (0.0, 10.0)]
    for number, (bid, ask) in enumerate(quotes):
        tape.add("quotes", f"2024-03-11T17:00:0{number}", bid=bid, ask=ask)
    made = download_ticks(tape, "AAPL", MONDAY, MONDAY, kind="quotes", context=context)
    assert (made.new, made.reasons) == (4, {"crossed": 1, "non_positive": 1})
    rejected = list_quarantine(dataset="tape-quotes", context=context).rows
    crossed = next(row for row in rejected if row.reason == "crossed")
    assert (crossed.low, crossed.high, crossed.source) == (10.1, 10.0, "tape")


def test_nothing_is_said_only_of_days_that_were_looked_at(tape):
    lake = MemoryLake()
    context = context_of(lake)
    with pytest.raises(NoData, match="of no day"):
        load_ticks("tape-trades", "AAPL", context=context)
    download_ticks(tape, "AAPL", "2024-03-13", "2024-03-13", context=context)
    empty = load_ticks("tape-trades", "AAPL", "2024-03-13", "2024-03-14", context=context)
    assert empty.schema == KINDS["trades"].schema
    assert empty.num_rows == 0
    with pytest.raises(NoData, match=r"there from 2024-03-13 04:00:00"):
        load_ticks("tape-trades", "AAPL", "2024-03-14", "2024-03-15", context=context)


def test_what_cannot_be_asked_is_refused(tape):
    context = context_of(MemoryLake())
    with pytest.raises(NoData, match="no session"):
        download_ticks(tape, "AAPL", "2024-03-09", "2024-03-10", context=context)
    with pytest.raises(NoData, match="begun"):
        download_ticks(tape, "AAPL", "2024-06-03", "2024-06-04", context=context)
    with pytest.raises(UnknownName, match="alpaca"):
        download_ticks("nobody", "AAPL", MONDAY, context=context)
    with pytest.raises(InvalidInput, match="no source of ticks"):
        download_ticks(object(), "AAPL", MONDAY, context=context)
    with pytest.raises(UnknownName, match="trades"):
        load_ticks("tape-trades", "AAPL", kind="prints", context=context)
    with pytest.raises(InvalidInput, match="is no time"):
        load_ticks("tape-trades", "AAPL", "yesterday", context=context)
    with pytest.raises(InvalidInput, match="empty"):
        load_ticks("tape-trades", "AAPL", MONDAY, FRIDAY, context=context)


def test_the_report_has_the_first_ticks_and_a_frame_with_nanoseconds(tape):
    context = context_of(MemoryLake())
    tape.add("trades", "2024-03-11T15:02:00", 7, price=12.5, trade_id="exact")
    download_ticks(tape, "AAPL", FRIDAY, MONDAY, context=context)
    asked = {"dataset": "tape-trades", "symbol": "AAPL", "start_date": MONDAY, "limit": 2}
    report = call("get_ticks", asked, context)
    assert (report.ticks, report.left_out) == (4, 2)
    sent = json.loads(report.model_dump_json())["records"]
    assert [row["time"] for row in sent] == [
        "2024-03-11T15:00:00.000000000", "2024-03-11T15:01:00.000000000",
    ]  # fmt: skip
    assert sent[0]["price"] == 10.0
    assert sent[0]["venue"] is None
    assert str(report.to_frame().index[-1]) == "2024-03-11 15:02:00.000000007"
    assert report.plot()
    assert get_ticks("tape-trades", "AAPL", FRIDAY, FRIDAY, context=context).ticks == 3
