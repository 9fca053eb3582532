"""What Polygon knows of instruments, actions and reports, and what it shows of the market."""

from __future__ import annotations

from datetime import datetime

import pytest
from vendors import polygon, polygon_market, rows_of, served
from vendors.serving import Answer

from workbench.adapters.polygon import Polygon
from workbench.adapters.polygon.fundamentals import fact_table
from workbench.adapters.polygon.listings import instrument_table
from workbench.adapters.polygon.market import read_status, snapshot_table
from workbench.domain import ACTION_COLUMNS, INSTRUMENT_COLUMNS, SNAPSHOT_COLUMNS
from workbench.errors import BadAnswer, NotEntitled, UnknownName
from workbench.ports import ReferenceSource

at = datetime.fromisoformat
OPTION = "O:AAPL240621C00190000"


@pytest.fixture
def stand(monkeypatch):
    with served(polygon, ReferenceSource, monkeypatch) as opened:
        yield opened


def days(stamps):
    return [str(stamp.date()) for stamp in stamps.to_pylist() if stamp]


def instruments(symbols=None, **how):
    return rows_of(Polygon().instruments(symbols, **how), INSTRUMENT_COLUMNS)


def test_a_delisted_share_ends_on_the_day_after_its_last(stand):
    rows = instruments(["TWTR"]).to_pylist()
    assert [row["delisted"] for row in rows] == [at("2022-10-29")]
    assert rows[0]["listed"] == at("2013-11-07")


def test_all_instruments_are_those_of_today_and_of_the_past(stand):
    rows = instruments()
    assert sorted(rows["symbol"].to_pylist()) == sorted(
        one["ticker"] for one in polygon.reference.TICKERS
    )
    assert days(rows["delisted"]) == ["2022-10-29"]


@pytest.mark.parametrize(
    ("asset_class", "symbols"),
    [("etf", ["SPY"]), ("index", ["I:SPX"]), ("fx", ["C:EURUSD"]), ("crypto", ["X:BTCUSD"]),
     ("equity", ["AAPL", "LATER", "META", "NSRGY", "NVDA", "TWTR"])],
)  # fmt: skip
def test_instruments_of_a_class(stand, asset_class, symbols):
    rows = instruments(asset_class=asset_class)
    assert sorted(rows["symbol"].to_pylist()) == symbols
    assert set(rows["asset_class"].to_pylist()) == {asset_class}


def test_a_class_that_polygon_has_not_is_refused(stand):
    with pytest.raises(UnknownName, match="crypto"):
        instruments(asset_class="rate")


def test_contracts_of_a_share_are_those_of_today_and_of_the_past(stand):
    rows = instruments(["AAPL"], asset_class="option")
    assert sorted(days(rows["expires"])) == ["2024-06-21", "2024-06-21", "2026-12-18"]
    assert set(rows["underlying"].to_pylist()) == {"AAPL"}
    assert set(rows["multiplier"].to_pylist()) == {100.0}


def test_all_contracts(stand):
    assert instruments(asset_class="option").num_rows == 4


def test_a_contract_that_has_expired_is_found(stand):
    row = instruments([OPTION]).to_pylist()[0]
    assert (row["asset_class"], row["expires"]) == ("option", at("2024-06-21"))
    assert row["name"] == "AAPL call 190 2024-06-21"


def test_who_has_no_contracts_has_none_and_who_is_unknown_is_named(stand):
    assert instruments(["NVDA"], asset_class="option").num_rows == 0
    with pytest.raises(UnknownName):
        instruments(["NOSUCH"], asset_class="option")
    with pytest.raises(UnknownName):
        instruments(["O:AAPL240621C00999000"])


@pytest.mark.parametrize(
    ("kind", "asset_class"),
    [("CS", "equity"), ("ADRC", "equity"), ("PFD", "equity"), ("WARRANT", "equity"), ("ETF", "etf"),
     ("ETN", "etf"), ("BOND", "unknown"), (None, "equity")],
)  # fmt: skip
def test_a_type_of_share_has_one_class(kind, asset_class):
    row = {"ticker": "ABC", "name": "A", "market": "stocks", "type": kind}
    assert instrument_table([row])["asset_class"].to_pylist() == [asset_class]


def test_details_without_a_result_are_refused(stand, monkeypatch):
    monkeypatch.setattr(type(stand.server), "answer", lambda *_: Answer({"status": "OK"}))
    with pytest.raises(BadAnswer):
        list(Polygon().actions(["AAPL"], at("2020-01-01"), at("2025-01-01")))


def test_two_companies_of_one_symbol_are_two_instruments():
    """Of old listings no FIGI is known."""
    row = {"ticker": "ABC", "name": "A", "market": "stocks", "type": "CS"}
    ended = [{**row, "delisted_utc": f"{year}-05-01T04:00:00Z"} for year in (1999, 2009)]
    names = instrument_table([row, *ended])["instrument"].to_pylist()
    assert names == ["ABC", "ABC@1999-05-01", "ABC@2009-05-01"]


def actions(symbol, start="2000-01-01", end="2025-01-01"):
    return rows_of(Polygon().actions([symbol], at(start), at(end)), ACTION_COLUMNS).to_pylist()


def test_a_change_of_symbol_is_an_action_of_the_old_one(stand):
    rows = actions("META")
    assert [(row["symbol"], row["kind"], row["into"]) for row in rows] == [("FB", "rename", "META")]
    assert rows[0]["time"] == at("2022-06-09")
    assert actions("META", "2022-06-10") == []


def test_the_end_of_trading_is_an_action_without_an_amount(stand):
    (row,) = actions("TWTR")
    assert (row["kind"], row["time"]) == ("delisting", at("2022-10-29"))
    assert row["amount"] is None


def test_money_out_of_the_ordinary_is_told_apart(stand):
    rows = actions("NVDA", "2024-09-01")
    assert {(row["kind"], row["amount"]) for row in rows} == {
        ("dividend", 0.01),
        ("special_dividend", 0.5),
    }


def test_a_company_without_reports_has_no_facts(stand):
    period = at("2020-01-01"), at("2025-01-01")
    assert list(Polygon().fundamentals(["NVDA"], *period)) == []


def test_the_zone_behind_an_acceptance_is_not_believed():
    """The digits are New York's: 16:05 in winter is 21:05 UTC."""
    report = {
        "end_date": "2023-12-30", "filing_date": "2024-02-01", "fiscal_period": "Q1",
        "acceptance_datetime": "2024-02-01T16:05:09Z",
        "financials": {"balance_sheet": {"assets": {"value": 1, "unit": "USD"}}},
    }  # fmt: skip
    (row,) = fact_table("AAPL", [report]).to_pylist()
    assert row["filed_at"] == at("2024-02-01T21:05:09")
    assert (row["form"], row["source_id"], row["fiscal_year"]) == ("10-Q", None, None)


@pytest.mark.parametrize(
    ("market", "early", "status"),
    [("open", False, "open"), ("closed", False, "closed"), ("extended-hours", True, "pre_market"),
     ("extended-hours", False, "after_hours")],
)  # fmt: skip
def test_a_status_is_one_of_four(market, early, status):
    body = {"market": market, "earlyHours": early, "serverTime": "2024-07-01T09:00:00-04:00"}
    found = read_status(body)
    assert (found.status, found.at, found.venues) == (status, at("2024-07-01T13:00"), {})


def test_a_status_that_is_not_documented_is_refused():
    with pytest.raises(BadAnswer):
        read_status({"market": "lunch", "serverTime": "2024-07-01T09:00:00-04:00"})


def test_many_symbols_take_several_requests(stand):
    with pytest.raises(UnknownName, match="S000"):
        Polygon().snapshots([f"S{number:03}" for number in range(251)])
    sizes = [asked.query.get("ticker.any_of", "").count(",") for asked in stand.server.asked]
    assert max(sizes) == 249


def test_snapshots_of_other_classes(stand):
    symbols = ["I:SPX", "X:BTCUSD", OPTION]
    found = rows_of([Polygon().snapshots(symbols)], SNAPSHOT_COLUMNS)
    assert found.to_pylist() == polygon.true_snapshots(symbols).to_pylist()


def test_a_symbol_beyond_the_plan_is_named():
    words = {"error": "NOT_ENTITLED", "message": "Not entitled to this ticker."}
    with pytest.raises(NotEntitled, match="I:NDX"):
        snapshot_table([{"ticker": "I:NDX", **words}])


def test_no_symbol_is_no_request(stand):
    assert Polygon().snapshots([]).num_rows == 0
    assert not stand.server.asked


def test_levels_and_listings_agree():
    """The server has prices of what it lists, but of two."""
    names = {one["ticker"] for one in polygon.reference.TICKERS}
    names |= {one["ticker"] for one in polygon.reference.CONTRACTS}
    assert set(polygon_market.LEVELS) <= names
