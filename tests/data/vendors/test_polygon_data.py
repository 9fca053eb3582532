"""What Polygon has is shown as it has it, no page more than is asked for, and not kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from vendors import polygon, served

from workbench.context import Context, Resources
from workbench.data.vendors import get_polygon_data
from workbench.domain import Timeframe
from workbench.errors import AccessRefused, Cancelled, InvalidInput, NotEntitled, UnknownName
from workbench.ports import BarSource
from workbench.registry import call
from workbench.store import MemoryLake

at = datetime.fromisoformat
NOW = datetime(2024, 3, 12, 21, tzinfo=UTC)


@pytest.fixture
def stand(monkeypatch):
    with served(polygon, BarSource, monkeypatch) as opened:
        yield opened


@pytest.fixture
def context():
    return Context(clock=lambda: NOW, resources=Resources(lake=MemoryLake()))


@pytest.fixture
def asked(stand, context):
    yield lambda symbol="AAPL", **how: get_polygon_data(symbol, context=context, **how)
    assert context.lake.tables() == []


def same(answer, truth):
    kept = [name for name in truth.column_names if name not in {"symbol", "underlying"}]
    return answer.table.select(kept).equals(pa.table(truth).select(kept).combine_chunks())


def test_daily_bars_have_the_dates_of_their_sessions(asked):
    answer = asked(start_date="2024-03-07", end_date="2024-03-12")
    truth = polygon.truth("AAPL", Timeframe.parse("1d"), at("2024-03-07"), at("2024-03-13"))
    assert [row["time"] for row in answer.records] == [
        "2024-03-07T00:00:00", "2024-03-08T00:00:00", "2024-03-11T00:00:00", "2024-03-12T00:00:00",
    ]  # fmt: skip
    assert answer.table["close"].to_pylist() == truth["close"].to_pylist()
    assert answer.to_frame().index.name == "time"
    assert answer.plot()


def test_minutes_begin_with_the_day_of_the_exchange(asked):
    answer = asked(start_date="2024-03-11", end_date="2024-03-11", timeframe="1m", limit=5)
    truth = polygon.truth("AAPL", Timeframe.parse("1m"), at("2024-03-11"), at("2024-03-12"))
    assert same(answer, truth.slice(0, 5))


@pytest.mark.parametrize("kind", ["trades", "quotes"])
def test_ticks_are_the_first_of_the_day_and_no_page_more_is_asked_for(asked, stand, kind):
    answer = asked(kind=kind, start_date="2024-03-11", end_date="2024-03-11", limit=15)
    assert answer.has_more
    truth = getattr(polygon, f"true_{kind}")("AAPL", at("2024-03-11"), at("2024-03-12"))
    assert same(answer, truth.slice(0, 15))
    assert len(stand.server.asked) == 2, "pages of ten"


def test_a_snapshot_is_what_the_market_shows(asked):
    assert same(asked(kind="snapshot"), polygon.true_snapshots(["AAPL"]))


def test_splits_and_dividends_are_told_apart(asked):
    truth = polygon.true_actions("AAPL", at("1970-01-01"), at("2025-12-31"))
    kinds = truth["kind"].to_pylist()
    splits, dividends = asked(kind="splits"), asked(kind="dividends")
    assert splits.rows == kinds.count("split") > 0
    assert set(splits.table["kind"].to_pylist()) == {"split"}
    assert "split" not in dividends.table["kind"].to_pylist()
    assert dividends.rows == sum("dividend" in kind for kind in kinds) > 0
    early = asked(kind="splits", end_date="1990-01-01")
    assert (early.rows, early.records, early.has_more) == (0, [], False)


def test_financials_are_by_the_day_of_filing(asked):
    answer = asked(kind="financials", start_date="2024-01-01", end_date="2024-12-31")
    truth = polygon.true_fundamentals("AAPL", at("2024-01-01"), at("2025-01-01"))
    assert answer.rows == truth.num_rows > 0
    assert sorted(answer.table["value"].to_pylist()) == sorted(truth["value"].to_pylist())


def test_a_ticker_and_its_options_are_written_as_the_workbench_writes_them(asked):
    (ticker,) = asked(kind="ticker").records
    assert (ticker["symbol"], ticker["asset_class"]) == ("AAPL", "equity")
    contracts = asked(kind="options", limit=3)
    assert contracts.rows
    for row in contracts.records:
        assert row["underlying"] == "AAPL"
        assert row["symbol"].startswith("AAPL")


def test_pairs_are_asked_for_in_the_words_of_the_vendor(asked, stand):
    answer = asked("EUR/USD", start_date="2024-03-11", end_date="2024-03-12")
    assert "/C:EURUSD/" in stand.server.asked[0].path
    assert set(answer.table["symbol"].to_pylist()) == {"EUR/USD"}


def test_the_status_needs_no_symbol(asked):
    answer = asked("", kind="status")
    first, *others = answer.records
    assert first["status"] == polygon.STATUS.status
    assert {row["venue"]: row["status"] for row in others} == polygon.STATUS.venues
    with pytest.raises(InvalidInput, match="nothing to draw"):
        answer.plot()


def test_the_answer_travels(stand, context):
    answer = call("get_polygon_data", {"symbol": "AAPL", "kind": "quotes", "limit": 4}, context)
    facts = json.loads(answer.model_dump_json())
    assert (facts["rows"], facts["has_more"]) == (4, True)
    assert len(facts["records"]) == 4
    assert "bid" in repr(answer)


def test_what_polygon_refuses_is_said(asked, stand, context):
    with pytest.raises(UnknownName):
        asked("NOSUCH")
    with pytest.raises(InvalidInput, match="symbol is needed"):
        asked("")
    stand.fail("not_entitled")
    with pytest.raises(NotEntitled):
        asked(kind="quotes")
    stand.fail("bad_key")
    with pytest.raises(AccessRefused):
        asked(kind="status")
    context.stop.set()
    with pytest.raises(Cancelled):
        asked()
