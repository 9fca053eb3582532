"""Reported facts: read from every shape, restated, put together, and never joined too early."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xarray as xr
import yaml

from workbench import registry
from workbench.context import current
from workbench.data import bars
from workbench.data.fundamentals import (
    add_fundamentals,
    download_fundamentals,
    facts_asof,
    facts_of_companyfacts,
    facts_of_frame,
    facts_of_polygon,
    figures,
    get_fundamentals,
    load_facts,
    published_at,
    store_facts,
)
from workbench.domain import FUNDAMENTAL_COLUMNS
from workbench.errors import (
    AmbiguousFrame,
    BadAnswer,
    InvalidInput,
    NoData,
    UnknownName,
    UnusableFrame,
)
from workbench.store import MemoryLake

ANSWER = yaml.safe_load(
    (Path(__file__).parents[1] / "answers" / "trailing_twelve_months.yaml").read_text()
)
AT = datetime.fromisoformat


@pytest.fixture
def body():
    """The answer's statements in the layout of the SEC's company facts."""
    tags: dict = {}
    for number, (tag, start, end, value, form, filed) in enumerate(ANSWER["statements"]):
        fact = {"end": str(end), "val": value, "accn": f"0000000001-23-{number:06}"}
        fact |= {"fy": filed.year, "fp": "FY" if "K" in form else "Q1", "form": form}
        fact |= {"filed": str(filed)} | ({"start": str(start)} if start else {})
        described = tags.setdefault(tag, {"label": tag, "description": "…", "units": {"USD": []}})
        described["units"]["USD"].append(fact)
    return {"cik": 1, "entityName": "Worked Inc.", "facts": {"us-gaap": tags}}


@pytest.fixture
def facts(body):
    return facts_of_companyfacts(body, "ACME")


def told(changes):
    return [
        [f"{row.known_at:%Y-%m-%d %H:%M}", f"{row.time:%Y-%m-%d}", row.value]
        for row in changes.itertuples()
    ]


@pytest.mark.parametrize("span", ["ttm", "quarter", "year"])
def test_figures_as_put_together_by_hand(facts, span):
    assert told(figures(facts, ["net_income"], span=span)) == ANSWER["figures"][span]
    assert told(figures(facts, ["assets"], span=span)) == ANSWER["assets"]


def sessions(*days, symbols=("ACME",)):
    frame = pd.DataFrame(dict.fromkeys(symbols, 1.0), index=pd.DatetimeIndex(days))
    return bars(frame, timeframe="1d", calendar="XNYS")


def test_the_session_after_a_filing_date_is_the_first_to_see_it(facts):
    made = facts_asof(
        facts, ["net_income"], sessions("2023-02-14", "2023-02-15", "2023-02-16", "2023-06-15")
    )
    expected = [np.nan, np.nan, 100.0, 108.0]  # the restatement of 06-15 is not known on 06-15
    np.testing.assert_array_equal(made["net_income"].to_numpy()[:, 0], expected)


def test_a_bar_of_the_very_moment_sees_it(facts):
    moments = pd.DatetimeIndex(["2023-02-16 04:59:59", "2023-02-16 05:00:00"])
    made = facts_asof(
        facts,
        ["assets"],
        xr.Dataset(coords={"time": moments, "symbol": ["ACME"], "known_at": ("time", moments)}),
    )
    np.testing.assert_array_equal(made["assets"].to_numpy()[:, 0], [np.nan, 500.0])


def test_a_stale_figure_is_none(facts):
    days = sessions("2024-07-01", "2025-01-02")
    fresh = facts_asof(facts, ["net_income"], days)["net_income"].to_numpy()[:, 0]
    np.testing.assert_array_equal(fresh, [122.0, np.nan])  # 367 and 552 days after 2023-06-30
    forever = facts_asof(facts, ["net_income"], days, max_age_days=None)["net_income"]
    np.testing.assert_array_equal(forever.to_numpy()[:, 0], [122.0, 122.0])


def test_what_is_learned_after_as_of_is_left_out_even_for_later_bars(facts):
    made = facts_asof(facts, ["net_income"], sessions("2023-12-29"), as_of=AT("2023-06-01"))
    assert made["net_income"].item() == 108.0


def test_a_symbol_without_facts_is_nan_and_an_item_without_is_told(facts):
    made = facts_asof(facts, ["assets"], sessions("2023-03-01", symbols=("OTHER", "ACME")))
    np.testing.assert_array_equal(made["assets"], [[np.nan, 500.0]])
    with pytest.raises(UnknownName, match="NetIncomeLoss"):
        figures(facts, ["NetIncomeLos"])
    with pytest.raises(InvalidInput, match="ttm"):
        figures(facts, ["assets"], span="decade")


def test_two_units_are_not_mixed(facts):
    other = facts.set_column(
        facts.column_names.index("unit"), "unit", pa.array(["EUR"] * facts.num_rows, pa.string())
    )
    both = pa.concat_tables([facts, other])
    with pytest.raises(AmbiguousFrame, match="EUR"):
        figures(both, ["assets"])
    assert told(figures(both, ["assets"], unit="EUR")) == ANSWER["assets"]


@pytest.mark.parametrize(
    ("filed", "known"),
    [
        ("2024-01-31", "2024-02-01 05:00"),  # a date alone: the end of the day in winter
        ("2024-07-31", "2024-08-01 04:00"),  # in summer
        ("2024-03-09", "2024-03-10 05:00"),  # the clocks change after this midnight
        ("2024-11-02", "2024-11-03 04:00"),
        ("2024-01-31 21:05", "2024-01-31 21:05"),  # a moment is what it says
    ],
)
def test_when_a_filing_became_known(filed, known):
    stamps = np.array([filed], "datetime64[us]")
    assert published_at(stamps)[0] == np.datetime64(known)
    late = published_at(stamps, delay_seconds=900)[0]
    assert late - np.datetime64(known) == np.timedelta64(15, "m")


def test_where_the_day_of_a_filing_ends_can_be_said():
    tokyo = published_at(np.array(["2024-01-31"], "datetime64[us]"), zone="Asia/Tokyo")
    assert tokyo[0] == np.datetime64("2024-01-31 15:00")


def report(**change):
    """The specification's example, cut to one item of a flow and one balance."""
    return {
        "tickers": ["SITE"],
        "start_date": "2022-01-03",
        "end_date": "2022-04-03",
        "filing_date": "2022-05-04",
        "fiscal_period": "Q1",
        "fiscal_year": "2022",
        "timeframe": "quarterly",
        "source_filing_url": "https://api.polygon.io/v1/reference/sec/filings/0001650729-22-000010",
        "financials": {
            "balance_sheet": {"assets": {"label": "Assets", "unit": "USD", "value": 2407400000}},
            "income_statement": {"revenues": {"label": "R", "unit": "USD", "value": 805300000}},
        },
        **change,
    }


@pytest.mark.parametrize(
    ("accepted", "filed_at"),
    [
        (None, "2022-05-04"),  # a date alone
        ("20220504160512", "2022-05-04 20:05:12"),  # New York to UTC
        ("2022-05-04T16:05:12Z", "2022-05-04 20:05:12"),  # the specification: New York
        ("20220503180000", "2022-05-04 10:00"),  # after 17:30: published at 06:00 of the next day
    ],
)
def test_a_report_of_polygon_is_known_when_edgar_published_it(accepted, filed_at):
    table = facts_of_polygon([report(acceptance_datetime=accepted)])
    assert set(table["filed_at"].to_pylist()) == {AT(filed_at)}


def test_late_acceptance_without_a_filing_date_counts_from_the_next_business_day():
    change = {"acceptance_datetime": "20220506180000", "filing_date": None}  # a Friday evening
    table = facts_of_polygon([report(**change)])
    assert set(table["filed_at"].to_pylist()) == {AT("2022-05-09")}


def test_computed_and_undated_reports_of_polygon():
    assert facts_of_polygon([report(timeframe="ttm")]).num_rows == 0
    undated = facts_of_polygon([report(filing_date=None)])
    assert undated["filed_at"].null_count == 2
    assert figures(undated, ["assets"]).empty  # nobody can say when it was known


@pytest.mark.parametrize(
    "change",
    [{"financials": {"balance_sheet": {"assets": {}}}}, {"tickers": []}, {"end_date": "x"}],
)
def test_a_report_against_the_specification_is_told(change):
    with pytest.raises(BadAnswer, match="Polygon"):
        facts_of_polygon([report(**change)])


def test_the_example_of_polygons_specification(shared):
    specification = json.loads((shared / "fixtures/polygon/rest-openapi.json").read_text())
    answer = specification["paths"]["/vX/reference/financials"]["get"]["responses"]["200"]
    example = answer["content"]["application/json"]["example"]["results"]
    table = facts_of_polygon(example, "SITE")
    assert table.column_names == list(FUNDAMENTAL_COLUMNS)
    rows = {row["item"]: row for row in table.to_pylist()}
    assert rows["assets"]["value"] == 2407400000
    assert rows["assets"]["period_start"] is None
    assert rows["revenues"]["period_start"] == AT("2022-01-03")
    assert rows["basic_earnings_per_share"]["unit"] == "USD / shares"
    assert rows["assets"]["source_id"] == "0001650729-22-000010"
    assert told(figures(table, ["revenue"], span="quarter")) == [
        ["2022-05-05 04:00", "2022-04-03", rows["revenues"]["value"]]
    ]


def test_the_layout_of_company_facts(body, facts):
    assert facts.column_names == list(FUNDAMENTAL_COLUMNS)
    assert facts.num_rows == len(ANSWER["statements"])
    assets = facts.filter(pa.compute.equal(facts["item"], "Assets"))
    assert assets["period_start"].null_count == 3
    body["facts"]["us-gaap"]["Assets"]["units"]["USD"][0].pop("filed")
    with pytest.raises(BadAnswer, match="companyfacts"):
        facts_of_companyfacts(body, "ACME")
    with pytest.raises(BadAnswer):
        facts_of_companyfacts({"detail": "none"}, "ACME")


TABLE = pd.DataFrame(
    {
        "ticker": ["ACME"] * len(ANSWER["statements"]),
        "tag": [one[0] for one in ANSWER["statements"]],
        "start": [one[1] and str(one[1]) for one in ANSWER["statements"]],
        "period_end": [str(one[2]) for one in ANSWER["statements"]],
        "value": [one[3] for one in ANSWER["statements"]],
        "filed": [str(one[5]) for one in ANSWER["statements"]],
    }
)


def test_a_table_of_ones_own_says_the_same():
    made = facts_of_frame(TABLE)
    for span, expected in ANSWER["figures"].items():
        assert told(figures(made, ["NetIncomeLoss"], span=span)) == expected


def test_a_table_may_say_itself_when_a_fact_was_known():
    known = TABLE.drop(columns="filed").assign(known_at="2023-09-01T12:30:00Z")
    assert told(figures(facts_of_frame(known), ["Assets"])) == [
        ["2023-09-01 12:30", "2023-03-31", 510]
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE.drop(columns="filed"), "no column filed_at"),
        (TABLE.drop(columns="ticker"), "no column symbol"),
        (TABLE.assign(filed=None), "when they were known"),
        (TABLE.assign(value="many"), "no number"),
    ],
)
def test_a_table_that_cannot_be_read_is_told(table, words):
    with pytest.raises(UnusableFrame, match=words):
        facts_of_frame(table)


def test_the_same_facts_again_change_nothing(facts):
    lake = MemoryLake()
    first = store_facts(lake, "sec", facts, recorded_at=AT("2024-01-01"))
    again = store_facts(lake, "sec", facts, recorded_at=AT("2024-02-01"))
    assert (first.new, first.revised) == (13, 0)
    assert (again.new, again.revised, again.unchanged) == (0, 0, 13)
    assert told(figures(load_facts(lake, ["ACME"]), ["net_income"])) == ANSWER["figures"]["ttm"]


def test_what_a_vendor_changes_silently_is_known_from_the_day_it_was_seen(facts):
    """The value of a filing of 2023 changes in the vendor's answer in 2024."""
    lake = MemoryLake()
    store_facts(lake, "sec", facts, recorded_at=AT("2024-01-01"))
    values = [111.0 if value == 63.0 else value for value in facts["value"].to_pylist()]
    place = facts.column_names.index("value")
    changed = facts.set_column(place, "value", pa.array(values, pa.float64()))
    wrote = store_facts(lake, "sec", changed, recorded_at=AT("2024-03-01"))
    assert (wrote.new, wrote.revised, wrote.unchanged) == (0, 1, 12)
    later = [["2024-03-01 00:00", "2023-06-30", 170]]  # 111 + 104 - 45
    held = load_facts(lake, ["ACME"])
    assert told(figures(held, ["net_income"])) == ANSWER["figures"]["ttm"] + later
    before = load_facts(lake, ["ACME"], as_of=AT("2024-02-01"))
    assert told(figures(before, ["net_income"])) == ANSWER["figures"]["ttm"]


def test_a_late_correction_of_an_old_filing_is_no_restatement(facts):
    """December's assets: 500 as filed, 490 as restated; the vendor later corrects the 500."""
    lake = MemoryLake()
    december = facts.filter(pa.compute.equal(facts["time"], AT("2022-12-31")))
    assets = december.filter(pa.compute.equal(december["item"], "Assets"))
    store_facts(lake, "sec", assets, recorded_at=AT("2024-01-01"))
    first = assets.slice(0, 1).set_column(
        assets.column_names.index("value"), "value", pa.array([505.0])
    )
    assert store_facts(lake, "sec", first, recorded_at=AT("2024-01-10")).revised == 1
    assert [row[2] for row in told(figures(load_facts(lake, ["ACME"]), ["assets"]))] == [500, 490]


def test_a_statement_without_a_filing_date_is_known_when_it_was_recorded():
    lake = MemoryLake()
    undated = facts_of_polygon([report(filing_date=None)])
    for at, expected in (("2024-01-01", (2, 0)), ("2024-02-01", (0, 0))):
        wrote = store_facts(lake, "polygon", undated, recorded_at=AT(at))
        assert (wrote.new, wrote.revised) == expected
    assert told(figures(load_facts(lake, ["SITE"]), ["assets"])) == [
        ["2024-01-01 00:00", "2022-04-03", 2407400000]
    ]


@pytest.fixture
def file(own_home, tmp_path, body):
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    path = tmp_path / "CIK0000000001.json"
    path.write_text(json.dumps(body))
    return str(path)


def test_facts_are_added_and_shown_as_they_were_known(file):
    added = add_fundamentals(file, symbol="ACME")
    assert (added.dataset, added.new, added.symbols) == ("sec", 13, ["ACME"])
    assert add_fundamentals(file, symbol="ACME").unchanged == 13
    shown = get_fundamentals(["ACME"], ["net_income", "assets"], as_of=date(2023, 6, 1))
    assert shown.to_frame().groupby("item")["value"].last().to_dict() == {
        "assets": 510, "net_income": 108,
    }  # fmt: skip
    assert shown.beside(sessions("2023-12-29"))["net_income"].item() == 108
    assert shown.plot() is not None
    assert shown.records[-1]["known_at"] == "2023-05-02T04:00:00"
    json.loads(shown.model_dump_json())


def test_from_a_wire(file):
    registry.call("add_fundamentals", {"path": file, "symbol": "ACME"})
    asked = {"symbols": ["ACME"], "items": ["net_income"], "span": "quarter", "limit": 2}
    shown = registry.call("get_fundamentals", asked)
    assert [record["value"] for record in shown.records] == [30, 33]
    assert (shown.count, shown.left_out) == (6, 4)
    with pytest.raises(NoData, match="known by then"):
        get_fundamentals(["ACME"], ["net_income"], as_of=date(2022, 1, 1))
    with pytest.raises(UnknownName, match="ACME"):
        get_fundamentals(["NONE"], ["net_income"])


def test_two_datasets_with_the_same_company_are_told(file):
    add_fundamentals(file, symbol="ACME")
    add_fundamentals(file, symbol="ACME", dataset="mine")
    with pytest.raises(InvalidInput, match="dataset=NAME"):
        get_fundamentals(["ACME"], ["assets"])
    assert get_fundamentals(["ACME"], ["assets"], dataset="mine").count == 2


def test_an_empty_lake_says_how_to_bring_facts(own_home):
    with pytest.raises(NoData, match="fundamentals add"):
        get_fundamentals(["ACME"], ["assets"])


def test_files_of_every_shape(own_home, tmp_path, file):
    reports = tmp_path / "reports.json"
    reports.write_text(json.dumps({"results": [report()], "status": "OK"}))
    assert add_fundamentals(str(reports)).dataset == "polygon"
    table = tmp_path / "table.csv"
    TABLE.to_csv(table, index=False)
    assert add_fundamentals(str(table)).dataset == "own"
    with pytest.raises(InvalidInput, match="symbol"):
        add_fundamentals(file)
    reports.write_text("[]")
    with pytest.raises(UnusableFrame, match="neither"):
        add_fundamentals(str(reports))
    reports.write_text("<html>")
    with pytest.raises(UnusableFrame, match="no JSON"):
        add_fundamentals(str(reports))
    with pytest.raises(NoData, match="no such file"):
        add_fundamentals(str(tmp_path / "none.json"))


class Reports:
    """A source of two pages, which breaks off after the first when it is told to."""

    broken = False

    def fundamentals(self, symbols, start, end):
        self.asked = (symbols, start, end)
        yield facts_of_polygon([report(tickers=symbols)])
        if self.broken:
            raise BadAnswer("The source answered nonsense")
        later = {"end_date": "2022-07-03", "start_date": "2022-04-04", "filing_date": "2022-08-03"}
        yield facts_of_polygon([report(tickers=symbols, **later)])


@pytest.fixture
def source(monkeypatch, own_home):
    made = Reports()
    monkeypatch.setattr("workbench.data.fundamentals.bringing.adapter", lambda *_: made)
    return made


def test_a_download_keeps_what_arrives_under_our_own_symbol(source):
    added = download_fundamentals(["BRK.B"], "polygon", date(2022, 1, 1), date(2022, 12, 31))
    assert (added.new, added.symbols) == (4, ["BRK.B"])
    assert source.asked[1:] == (AT("2022-01-01"), AT("2023-01-01"))
    assert download_fundamentals(["BRK.B"]).unchanged == 4
    assert get_fundamentals(["BRK.B"], ["assets"]).count == 2


def test_a_period_without_reports_is_told(source, monkeypatch):
    monkeypatch.setattr(source, "fundamentals", lambda *_: iter(()))
    with pytest.raises(NoData, match="no report"):
        download_fundamentals(["SITE"])


def test_an_interrupted_download_keeps_its_pages(source):
    source.broken = True
    with pytest.raises(BadAnswer):
        download_fundamentals(["SITE"])
    assert load_facts(current().lake, ["SITE"]).num_rows == 2
    source.broken = False
    added = download_fundamentals(["SITE"])
    assert (added.new, added.unchanged) == (2, 2)


@pytest.fixture
def polygon(monkeypatch, own_home):
    from vendors import polygon, served

    from workbench.ports import ReferenceSource

    with served(polygon, ReferenceSource, monkeypatch) as stand:
        yield stand


def test_from_a_vendor_through_the_lake_to_the_bars(polygon):
    """Apple's fiscal 2024; the fourth quarter, never filed alone, was 94.93 billion USD."""
    symbol, period = polygon.vendor.SYMBOLS[0], (date(2023, 1, 1), date(2024, 12, 31))
    added = download_fundamentals([symbol], "polygon", *period)
    truth = polygon.vendor.true_fundamentals(symbol, AT("2023-01-01"), AT("2025-01-01"))
    assert added.new == truth.num_rows
    assert download_fundamentals([symbol], "polygon", *period).unchanged == truth.num_rows
    quarters = get_fundamentals([symbol], ["revenue"], span="quarter")
    assert told(quarters.figures) == [
        ["2024-02-02 11:00", "2023-12-30", 119_575e6],
        ["2024-05-03 10:00", "2024-03-30", 90_753e6],
        ["2024-08-03 04:00", "2024-06-29", 85_777e6],
        ["2024-11-02 04:00", "2024-09-28", 94_930e6],
    ]
    days = sessions("2024-11-01", "2024-11-04", symbols=(symbol,))
    beside = get_fundamentals([symbol], ["revenue"], span="year").beside(days)
    assert beside["revenue"].to_numpy()[:, 0].tolist() == [383_285e6, 391_035e6]
