"""Instruments and their names through time."""

from __future__ import annotations

import datetime as dt
import json

import pyarrow as pa
import pytest
from vendors import VENDORS, served

from workbench.context import Context, Resources
from workbench.data.instruments import (
    Alias,
    Instrument,
    SecurityMaster,
    add_instruments,
    canonical_symbol,
    download_instruments,
    find_instrument,
    find_instruments,
    load_aliases,
    load_instruments,
    open_master,
    store_aliases,
    store_instruments,
    vendor_symbol,
)
from workbench.data.instruments.fetching import fetch_instruments
from workbench.domain import ALIAS_COLUMNS, INSTRUMENT_COLUMNS, AssetClass
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.ports import ReferenceSource
from workbench.registry import call
from workbench.store import MemoryLake

META, FUND = "BBG000MM2P62", "BBG0118V0JM2"


def day(text):
    return dt.datetime.fromisoformat(text)


NOW = day("2026-11-22")
RENAMED = day("2022-06-09")


def aliases(*rows):
    return pa.Table.from_pylist([dict(zip(ALIAS_COLUMNS, row, strict=True)) for row in rows])


@pytest.fixture
def lake():
    """Facebook became Meta on 2022-06-09; META was a fund until 2022-01-31, then called METV."""
    lake = MemoryLake()
    rows = [
        {
            "instrument": META, "symbol": "META", "name": "Meta Platforms, Inc. Class A",
            "asset_class": "equity", "venue": "XNAS", "currency": "USD", "tick": 0.01,
            "listed": day("2012-05-18"), "cik": "0001326801",
        },
        {
            "instrument": FUND, "symbol": "METV", "name": "Roundhill Ball Metaverse ETF",
            "asset_class": "etf", "listed": day("2021-06-30"),
        },
    ]  # fmt: skip
    store_instruments(lake, "mine", pa.Table.from_pylist(rows), NOW)
    told = aliases(
        (META, "symbol", "FB", day("2012-05-18"), RENAMED),
        (META, "symbol", "META", RENAMED, None),
        (FUND, "symbol", "META", day("2021-06-30"), day("2022-01-31")),
        (FUND, "symbol", "METV", day("2022-01-31"), None),
        (META, "bloomberg", "META US Equity", RENAMED, None),
    )
    store_aliases(lake, "mine", told, NOW)
    return lake


def test_a_renamed_ticker_is_one_instrument(lake):
    assert canonical_symbol("FB", "symbol", on="2015-01-02", lake=lake) == "META"
    assert canonical_symbol("FB", "polygon", on="2022-06-08", lake=lake) == "META"
    assert canonical_symbol("FB", "polygon", lake=lake) == "META"
    assert vendor_symbol("META", "polygon", on="2015-01-02", lake=lake) == "FB"
    assert vendor_symbol("META", "polygon", on="2022-06-09", lake=lake) == "META"
    assert vendor_symbol("META", "polygon", lake=lake) == "META"
    assert vendor_symbol("FB", "yahoo", lake=lake) == "META"


def test_a_ticker_that_is_used_again_is_told_by_its_date(lake):
    assert find_instrument("META", "2021-12-01", lake=lake).instrument == FUND
    assert canonical_symbol("META", "polygon", on="2021-12-01", lake=lake) == "METV"
    assert find_instrument("META", lake=lake).instrument == META
    assert find_instrument("META", "2022-06-09", lake=lake).instrument == META
    with pytest.raises(UnknownName, match=f"called so on 2022-03-01.*is {FUND}.*is {META}"):
        find_instrument("META", "2022-03-01", lake=lake)


def test_a_ticker_that_nobody_has_now_lists_who_had_it():
    master = SecurityMaster(
        [Instrument("a", "OLD", delisted=dt.date(2005, 6, 1)), Instrument("b", "NEW")],
        [Alias("b", "symbol", "OLD", dt.date(2010, 1, 4), dt.date(2012, 1, 3))],
    )
    with pytest.raises(InvalidInput, match=r"until 2005-06-01 is a.*2010-01-04 until.*is b"):
        master.find("OLD")
    assert master.find("OLD", dt.date(2001, 1, 2)).instrument == "a"
    assert master.find("OLD", dt.date(2011, 1, 3)).instrument == "b"


def test_no_two_instruments_have_the_same_canonical_symbol():
    had = [
        Instrument("old", "Q", listed=dt.date(1990, 1, 2), delisted=dt.date(2005, 6, 1)),
        Instrument("new", "Q", listed=dt.date(2010, 1, 4)),
    ]
    master = SecurityMaster(had)
    assert master.symbol_of("new") == "Q"
    assert master.symbol_of("old") == "Q~200506"
    assert master.find("Q").instrument == "new"
    assert master.find("Q~200506").instrument == "old"
    assert master.find("Q", dt.date(2000, 1, 3)).instrument == "old"
    assert master.called("Q~200506", "yahoo", None) == ("Q", False)
    assert vendor_symbol("BRK.B~200506", "yahoo") == "BRK-B"


def test_an_alias_of_the_table_comes_before_the_rules(lake):
    assert vendor_symbol("META", "bloomberg", lake=lake) == "META US Equity"
    assert canonical_symbol("META US Equity", "bloomberg", lake=lake) == "META"
    with pytest.raises(UnknownName, match="notation"):
        canonical_symbol("MSFT US Equity", "bloomberg", lake=lake)
    store_aliases(lake, "mine", aliases((META, "yahoo", "FB2A.DE", None, None)), NOW)
    assert vendor_symbol("META", "yahoo", lake=lake) == "FB2A.DE"
    assert vendor_symbol("MSFT", "yahoo", lake=lake) == "MSFT"  # not in the table: the rules


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (None, None),
        ("2022-06-08", None),
        ("2012-01-01", "2012-05-19"),
        ("2015-01-01", "2016-01-01"),
    ],
)
def test_two_things_of_one_name_on_one_day_are_refused(lake, since, until):
    row = (FUND, "symbol", "FB", since and day(since), until and day(until))
    version = lake.version("aliases")
    with pytest.raises(InvalidInput, match=rf"FB.*is {META}") as caught:
        store_aliases(lake, "mine", aliases(row), NOW)
    assert f"is {FUND}" in str(caught.value)
    assert lake.version("aliases") == version
    after = aliases((FUND, "symbol", "FB", RENAMED, None))
    assert store_aliases(lake, "mine", after, NOW).new == 1  # the end is the first day without it


def test_an_open_alias_is_ended_by_a_revision():
    lake = MemoryLake()
    first, second = day("2020-01-01"), day("2022-06-10")
    store_aliases(lake, "mine", aliases((META, "symbol", "FB", day("2012-05-18"), None)), first)
    ended = aliases(
        (META, "symbol", "FB", day("2012-05-18"), RENAMED), (META, "symbol", "META", RENAMED, None)
    )
    written = store_aliases(lake, "mine", ended, second)
    assert (written.new, written.revised) == (1, 1)
    assert store_aliases(lake, "mine", ended, NOW).unchanged == 2
    before = load_aliases(lake, as_of=day("2021-01-01")).to_pylist()
    assert [row["valid_until"] for row in before if row["alias"] == "FB"] == [None]
    now = {row["alias"]: row["valid_until"] for row in load_aliases(lake).to_pylist()}
    assert now == {"FB": RENAMED, "META": None}


def test_what_was_known_comes_back():
    lake = MemoryLake()
    first = pa.table({"instrument": [META], "symbol": ["FB"], "tick": [0.01]})
    then = pa.table({"instrument": [META], "symbol": ["META"], "tick": [0.01]})
    store_instruments(lake, "mine", first, day("2020-01-01"))
    written = store_instruments(lake, "mine", then, day("2022-06-09"))
    assert (written.new, written.revised) == (0, 1)
    assert load_instruments(lake).column_names == list(INSTRUMENT_COLUMNS)
    assert load_instruments(lake)["symbol"].to_pylist() == ["META"]
    past = load_instruments(lake, as_of=day("2021-01-01"))
    assert past["symbol"].to_pylist() == ["FB"]
    assert open_master(lake, day("2021-01-01")).find("FB").instrument == META
    with pytest.raises(UnknownName):
        open_master(lake).find("FB")


def test_datasets_complete_each_other(lake):
    other = pa.table({"instrument": [META], "symbol": ["META"], "lot": [1.0]})
    store_instruments(lake, "another", other, NOW + dt.timedelta(days=1))
    found = find_instrument("META", lake=lake)
    assert (found.lot, found.tick, found.currency) == (1.0, 0.01, "USD")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"instrument": "x"}, "symbol is missing"),
        ({"instrument": "", "symbol": "X"}, "instrument is missing"),
        ({"instrument": "x", "symbol": "X", "asset_class": "stock"}, "asset class"),
        ({"instrument": "x", "symbol": "X", "tick": 0.0}, "tick is not positive"),
        ({"instrument": "x", "symbol": "X", "colour": "red"}, "not known"),
        (
            {"instrument": "x", "symbol": "X", "listed": RENAMED, "delisted": day("2000-01-03")},
            "delisted is before listed",
        ),
    ],
)
def test_rows_that_say_nothing_sensible_are_refused(row, words):
    lake = MemoryLake()
    with pytest.raises(InvalidInput, match=words):
        store_instruments(lake, "mine", pa.Table.from_pylist([row]), NOW)
    assert lake.tables() == []


def test_a_repr_shows_only_what_is_known(lake):
    assert repr(Instrument("x", "X")) == "Instrument('X', instrument='x')"
    shown = repr(find_instrument("META", "2021-12-01", lake=lake))
    assert shown == (
        "Instrument('METV', instrument='BBG0118V0JM2', name='Roundhill Ball Metaverse ETF',"
        " asset_class='etf', listed='2021-06-30')"
    )
    assert find_instrument("META", lake=lake).asset_class is AssetClass.EQUITY
    assert repr(open_master(lake)) == "SecurityMaster(2 instruments, 5 aliases)"
    assert [one.alias for one in open_master(lake).aliases_of(FUND)] == ["META", "METV"]


def test_an_empty_lake_has_an_empty_master():
    lake = MemoryLake()
    assert load_instruments(lake).num_rows == 0
    assert canonical_symbol("BRK-B", "yahoo", lake=lake) == "BRK.B"
    assert vendor_symbol("BRK.B", "yahoo", lake=lake) == "BRK-B"
    with pytest.raises(UnknownName):
        find_instrument("AAPL", lake=lake)


FILE = """symbol,instrument,name,asset_class,venue,currency,tick,listed,cik
META,BBG000MM2P62,"Meta Platforms, Inc. Class A",equity,XNAS,USD,0.01,2012-05-18,0001326801
NA,,Nano Labs,equity,unknown,,,,
"""
ALIASES = """instrument,vendor,alias,valid_from,valid_until
BBG000MM2P62,symbol,FB,2012-05-18,2022-06-09
BBG000MM2P62,symbol,META,2022-06-09,
"""


@pytest.fixture
def context():
    lake = MemoryLake()
    return Context(clock=lambda: NOW.replace(tzinfo=dt.UTC), resources=Resources(lake=lake))


@pytest.fixture
def files(tmp_path):
    for name, text in (("instruments.csv", FILE), ("aliases.csv", ALIASES)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_file_of_instruments_and_one_of_aliases(context, files):
    added = add_instruments(str(files / "instruments.csv"), context=context)
    assert (added.kind, added.new, added.dataset) == ("instruments", 2, "own")
    assert add_instruments(str(files / "aliases.csv"), context=context).new == 2
    assert add_instruments(str(files / "instruments.csv"), context=context).unchanged == 2
    found = find_instruments("fb", on="2015-01-02", context=context).instruments[0]
    assert (found.symbol, found.cik, found.tick) == ("META", "0001326801", 0.01)
    assert found.datasets == ["us-tech-5"]  # under the symbol that it had
    assert [(one.alias, one.valid_until) for one in found.aliases] == [
        ("FB", dt.date(2022, 6, 9)),
        ("META", None),
    ]
    missing = find_instruments("nano", context=context)
    assert missing.instruments[0].symbol == "NA"  # a ticker, not a missing value
    assert missing.instruments[0].venue is None
    assert missing.to_frame().loc["NA", ["venue", "currency"]].tolist() == ["unknown", "unknown"]
    assert "  asset_class  equity\n  venue        unknown\n" in repr(missing)
    json.loads(missing.model_dump_json())


def test_a_file_leaves_what_it_does_not_tell(context, files):
    add_instruments(str(files / "instruments.csv"), context=context)
    (files / "ticks.csv").write_text("instrument,symbol,tick\nBBG000MM2P62,META,0.005\n")
    assert add_instruments(str(files / "ticks.csv"), context=context).revised == 1
    found = find_instruments("BBG000MM2P62", context=context).instruments[0]
    assert (found.tick, found.currency, found.matched) == (0.005, "USD", "instrument BBG000MM2P62")


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("symbol,tick\nX,fine\n", InvalidInput, "line 2, column tick"),
        ("symbol,listed\nX,1.2.2020\n", InvalidInput, "line 2, column listed"),
        ("symbol,colour\nX,red\n", InvalidInput, "colour"),
        ("symbol,tick\nX\n", InvalidInput, "Line 2 has more or fewer"),
        ("symbol,tick\n", NoData, "no row"),
        ("name,tick\nX,1\n", InvalidInput, "no column symbol"),
    ],
)
def test_a_file_that_cannot_be_used(context, tmp_path, text, error, words):
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(error, match=words):
        add_instruments(str(tmp_path / "bad.csv"), context=context)
    with pytest.raises(NoData, match="no such file"):
        add_instruments(str(tmp_path / "none.csv"), context=context)


def test_symbols_of_datasets_are_found_without_any_file(context):
    found = find_instruments("sp500", context=context)
    assert found.instruments[0].asset_class == "index"
    assert found.instruments[0].datasets == ["sp500-20"]
    assert find_instruments("AAP", asset_class="equity", context=context).instruments[0].symbol == (
        "AAPL"
    )
    assert find_instruments("a", limit=2, context=context).found > 2
    with pytest.raises(UnknownName, match="AAPL"):
        find_instruments("AAPLX", context=context)


def test_instruments_are_found_from_a_wire(context, files):
    call("add_instruments", {"path": str(files / "instruments.csv")}, context)
    found = call("find_instruments", {"query": "META", "asset_class": "equity"}, context)
    assert found.found == 1


class Vendor:
    """A source of reference data that tells what it was given, page by page."""

    def __init__(self, *pages):
        self.pages = pages
        self.asked = []

    def instruments(self, symbols=None, *, asset_class=None):
        self.asked.append((symbols, asset_class))
        for page in self.pages:
            columns = {name: [row.get(name) for row in page] for name in INSTRUMENT_COLUMNS}
            yield pa.table(
                {name: pa.array(values, KINDS[name]) for name, values in columns.items()}
            )


KINDS = {
    name: {"string": pa.string(), "double": pa.float64()}.get(kind, pa.timestamp("us"))
    for name, kind in INSTRUMENT_COLUMNS.items()
}
POLYGON = Vendor(
    [
        {"instrument": META, "figi": META, "symbol": "META", "asset_class": "equity",
         "listed": day("2012-05-18"), "cik": "0001326801"},
        {"instrument": "KIMpL", "symbol": "KIMpL", "asset_class": "equity"},
        {"instrument": "X:BTCUSD", "symbol": "X:BTCUSD", "asset_class": "crypto"},
        {"instrument": "odd", "symbol": "ODD ONE", "asset_class": "equity"},
    ],
    [{"instrument": META, "figi": META, "symbol": "FB", "asset_class": "equity",
      "delisted": RENAMED}],
)  # fmt: skip


def test_what_a_vendor_tells_is_kept_under_our_symbols():
    lake = MemoryLake()
    added = fetch_instruments(POLYGON, "polygon", lake, NOW)
    assert (added.new, added.dataset) == (3, "polygon")
    assert added.left_out == ["ODD ONE: This is not how polygon writes symbols"]
    assert "left out ODD ONE" in repr(added)
    assert sorted(load_instruments(lake)["symbol"].to_pylist()) == ["BTC/USD", "KIM.PRL", "META"]
    assert canonical_symbol("FB", "polygon", on="2015-01-02", lake=lake) == "META"
    assert vendor_symbol("META", "yahoo", on="2015-01-02", lake=lake) == "FB"
    assert find_instrument("META", lake=lake).delisted is None
    again = fetch_instruments(POLYGON, "polygon", lake, NOW)
    assert (again.new, again.revised, again.unchanged) == (0, 0, 3)


def test_two_vendors_tell_about_one_instrument(context, files):
    lake = context.lake
    yahoo = Vendor(
        [{"symbol": "META", "currency": "USD", "asset_class": "equity", "venue": "XNAS"},
         {"symbol": "BRK-B", "asset_class": "equity"}]
    )  # fmt: skip
    fetch_instruments(yahoo, "yahoo", lake, NOW, symbols=["META", "BRK.B"])
    assert yahoo.asked == [(["META", "BRK-B"], None)]
    fetch_instruments(POLYGON, "polygon", lake, NOW)
    found = find_instrument("META", lake=lake)
    assert (found.figi, found.currency, found.cik) == (META, "USD", "0001326801")
    assert find_instrument("BRK.B", lake=lake).instrument == "BRK.B"
    add_instruments(str(files / "instruments.csv"), context=context)
    assert find_instrument("META", lake=lake).tick == 0.01
    assert len([one for one in load_instruments(lake)["symbol"].to_pylist() if one == "META"]) == 1


def test_another_thing_of_the_same_symbol_stays_another(context):
    lake = context.lake
    fetch_instruments(POLYGON, "polygon", lake, NOW)
    other = Vendor([{"instrument": FUND, "figi": FUND, "symbol": "META", "asset_class": "etf",
                     "listed": day("2021-06-30"), "delisted": day("2022-01-31")}])  # fmt: skip
    fetch_instruments(other, "polygon", lake, NOW)
    assert find_instrument("META", lake=lake).instrument == META
    assert find_instrument("META~202201", lake=lake).instrument == FUND


def test_a_vendor_with_nothing_of_use_is_an_error():
    with pytest.raises(NoData, match="no instrument"):
        fetch_instruments(Vendor(), "polygon", MemoryLake(), NOW)
    with pytest.raises(UnknownName, match="ReferenceSource"):
        download_instruments("nobody")


@pytest.mark.parametrize("name", ["polygon", "yahoo"])
def test_instruments_are_downloaded_from_a_vendors_server(context, monkeypatch, name):
    vendor = next(one for one in VENDORS if name == one.NAME)
    with served(vendor, ReferenceSource, monkeypatch):
        symbols = list(vendor.SYMBOLS)
        added = download_instruments(name, symbols=symbols, context=context)
        assert added.dataset == name
        assert added.new >= len(symbols)
        again = download_instruments(name, symbols=symbols, context=context)
        assert (again.new, again.revised) == (0, 0)
    truth = {row["symbol"]: row for row in vendor.true_instruments(symbols).to_pylist()}
    for symbol in symbols:
        found = find_instrument(symbol, lake=context.lake)
        assert found.name == truth[symbol]["name"]
        assert found.asset_class == truth[symbol]["asset_class"]


def test_a_former_symbol_that_contradicts_what_is_known_is_left_out_and_said():
    lake = MemoryLake()
    store_aliases(lake, "mine", aliases((FUND, "symbol", "FB", day("2020-01-02"), None)), NOW)
    other = [
        {"instrument": "x", "figi": "x", "symbol": "X", "asset_class": "equity"},
        {"instrument": "x", "figi": "x", "symbol": "XOLD", "delisted": day("2010-01-04")},
    ]
    added = fetch_instruments(Vendor(*POLYGON.pages, other), "polygon", lake, NOW)
    assert added.new == 4
    assert [one for one in added.left_out if one.startswith("FB: A vendor would call two things")]
    assert canonical_symbol("XOLD", "polygon", lake=lake) == "X"


def test_two_listed_things_of_one_symbol_are_asked_about():
    lake = MemoryLake()
    for figi in (META, FUND):
        row = {"instrument": figi, "figi": figi, "symbol": "META", "asset_class": "equity"}
        fetch_instruments(Vendor([row]), "polygon", lake, NOW)
    with pytest.raises(InvalidInput, match=f"several instruments.*{META}.*{FUND}"):
        find_instrument("META", lake=lake)
    assert find_instrument(f"META~{FUND}", lake=lake).instrument == FUND
