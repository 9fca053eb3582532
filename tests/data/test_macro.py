"""Macroeconomic series: vintages, stated lags, and joins that never look ahead."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from workbench import registry
from workbench.data import bars
from workbench.data.fundamentals import (
    add_macro,
    get_macro,
    load_macro,
    macro_asof,
    macro_of_frame,
    store_macro,
    vintages,
)
from workbench.errors import InvalidInput, NoData, UnknownName, UnusableFrame
from workbench.store import MemoryLake

ANSWER = yaml.safe_load((Path(__file__).parents[1] / "answers" / "macro_vintages.yaml").read_text())
AT = datetime.fromisoformat
PUBLISHED = pd.DataFrame(ANSWER["published"], columns=["date", "realtime_start", "GDP"]).astype(
    {"date": str, "realtime_start": str}
)


@pytest.fixture
def series():
    return macro_of_frame(PUBLISHED)


def sessions(*days):
    frame = pd.DataFrame({"SPY": 1.0}, index=pd.DatetimeIndex(days))
    return bars(frame, timeframe="1d", calendar="XNYS")


def told(changes):
    return [
        [f"{row.known_at:%Y-%m-%d %H:%M}", f"{row.time:%Y-%m-%d}", row.value]
        for row in changes.itertuples()
    ]


def known(table):
    return [f"{stamp:%Y-%m-%d %H:%M}" for stamp in table["known_at"].to_pylist()]


def test_the_newest_figure_as_worked_out_by_hand(series):
    assert told(vintages(series)) == ANSWER["newest"]
    until = vintages(series, as_of=AT("2024-03-01"))
    assert told(until) == ANSWER["newest"][:2]


def test_bars_see_what_was_published_before_their_close(series):
    days = sessions("2024-01-25", "2024-01-26", "2024-04-25", "2024-04-26", "2024-05-31")
    made = macro_asof(series, ["GDP"], days)
    np.testing.assert_array_equal(made["GDP"], [np.nan, 3.3, 3.2, 1.6, 1.3])
    assert made["GDP"].dims == ("time",)
    fresh = macro_asof(series, ["GDP"], days, max_age_days=110)["GDP"]
    np.testing.assert_array_equal(fresh, [np.nan, np.nan, np.nan, np.nan, np.nan])
    restricted = macro_asof(series, ["GDP"], days, as_of=AT("2024-04-01"))["GDP"]
    np.testing.assert_array_equal(restricted, [np.nan, 3.3, 3.2, 3.2, 3.2])
    with pytest.raises(UnknownName, match="GDP"):
        macro_asof(series, ["GPD"], days)


@pytest.mark.parametrize(
    ("dates", "lag_days", "expected"),
    [
        # A daily figure from the end of its day in New York.
        (["2024-01-02", "2024-01-03", "2024-01-04"], 0, "2024-01-03 05:00"),
        # A monthly one, stamped with the first: the end of January and ten days.
        (["2024-01-01", "2024-02-01", "2024-03-01"], 10, "2024-02-11 05:00"),
        # Stamped with the last day of the month it is the same.
        (["2024-01-31", "2024-02-29", "2024-03-31"], 10, "2024-02-11 05:00"),
        (["2024-01-01", "2024-04-01", "2024-07-01"], 30, "2024-05-01 04:00"),
        (["2020-01-01", "2021-01-01", "2022-01-01"], 1, "2021-01-02 05:00"),
        # A week that begins with its stamp ends six days later.
        (["2024-01-01", "2024-01-08", "2024-01-15"], 0, "2024-01-08 05:00"),
        # Quarters and years that begin in between end when they have lasted.
        (["2024-02-01", "2024-05-01", "2024-08-01"], 0, "2024-05-01 04:00"),
        (["2020-10-01", "2021-10-01", "2022-10-01"], 0, "2021-10-01 04:00"),
        # The last session of a month is its end: 2024-03-29 was Good Friday.
        (["2024-03-28", "2024-04-30", "2024-05-31"], 0, "2024-04-01 04:00"),
        (["2024-01-15", "2024-02-15", "2024-03-15"], 0, "2024-02-15 05:00"),
        # Half a day later.
        (["2024-01-02", "2024-01-03", "2024-01-04"], 0.5, "2024-01-03 17:00"),
    ],
)
def test_a_stated_lag_counts_from_the_end_of_the_period(dates, lag_days, expected):
    frame = pd.DataFrame({"date": dates, "x": [1.0, 2.0, 3.0]})
    first = known(macro_of_frame(frame, lag_days=lag_days))[0]
    assert first == expected


def test_without_vintages_a_lag_must_be_stated():
    frame = PUBLISHED.drop(columns="realtime_start")
    for lag_days in (None, -1):
        with pytest.raises(InvalidInput, match="lag_days=30"):
            macro_of_frame(frame, lag_days=lag_days)


def test_a_vintage_with_a_time_is_the_moment_itself():
    frame = PUBLISHED.assign(realtime_start="2024-01-25T08:30:00-05:00")
    assert set(known(macro_of_frame(frame))) == {"2024-01-25 13:30"}


def test_several_series_in_one_table():
    wide = pd.DataFrame({"month": ["2024-01", "2024-02"], "CPI": [1.0, np.nan], "PPI": [3.0, 4.0]})
    made = macro_of_frame(wide, lag_days=15, unit="percent")
    assert [(row["symbol"], row["value"]) for row in made.to_pylist()] == [
        ("CPI", 1.0), ("PPI", 3.0), ("PPI", 4.0),
    ]  # fmt: skip
    assert set(made["unit"].to_pylist()) == {"percent"}
    long = pd.DataFrame({"day": ["2024-01-02"] * 2, "Land": ["A", "B"], "Kurs": [1.0, 2.0]})
    columns = {"symbol": "Land", "value": "Kurs"}
    made = macro_of_frame(long, columns=columns, lag_days=0)
    assert made["symbol"].to_pylist() == ["A", "B"]


@pytest.mark.parametrize(
    ("frame", "columns", "error", "words"),
    [
        (pd.DataFrame({"x": [1.0]}), None, UnusableFrame, "column of dates"),
        (pd.DataFrame({"date": ["2024-01-02"], "note": ["a"]}), None, UnusableFrame, "not told"),
        (pd.DataFrame({"date": ["2024-01-02"], "value": ["a"]}), None, UnusableFrame, "no number"),
        (pd.DataFrame({"date": ["2024-01-02"]}), {"value": "x"}, UnknownName, "column"),
        (pd.DataFrame({"date": ["2024-01-02"]}), {"price": "x"}, UnknownName, "meaning"),
    ],
)
def test_a_table_that_cannot_be_read_is_told(frame, columns, error, words):
    with pytest.raises(error, match=words):
        macro_of_frame(frame, columns=columns, lag_days=1)


def test_every_vintage_is_kept_and_again_changes_nothing(series):
    lake = MemoryLake()
    how = {"has_vintages": True}
    first = store_macro(lake, "fred", series, recorded_at=AT("2024-06-01"), **how)
    again = store_macro(lake, "fred", series, recorded_at=AT("2024-07-01"), **how)
    assert (first.new, first.revised) == (2, 3)
    assert (again.new, again.revised, again.unchanged) == (0, 0, 5)
    assert told(vintages(load_macro(lake, ["GDP"]))) == ANSWER["newest"]
    assert load_macro(lake, ["GDP"], as_of=AT("2024-03-01")).num_rows == 2


def test_a_figure_that_changes_in_a_file_without_vintages_is_a_revision_of_today():
    """The lag says when a period was first published, not when it was revised."""
    lake = MemoryLake()
    frame = pd.DataFrame({"date": ["2024-01-01", "2024-02-01"], "CPI": [3.1, 3.2]})
    for at, value in (("2024-03-20", 3.2), ("2024-04-20", 3.2), ("2024-05-20", 3.5)):
        made = macro_of_frame(frame.assign(CPI=[3.1, value]), lag_days=15)
        store_macro(lake, "own", made, recorded_at=AT(at), has_vintages=False)
    assert told(vintages(load_macro(lake, ["CPI"]))) == [
        ["2024-02-16 05:00", "2024-01-01", 3.1],
        ["2024-03-16 05:00", "2024-02-01", 3.2],
        ["2024-05-20 00:00", "2024-02-01", 3.5],
    ]


@pytest.fixture
def file(own_home, tmp_path):
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    path = tmp_path / "gdp.csv"
    PUBLISHED.to_csv(path, index=False)
    return str(path)


def test_a_series_is_added_and_shown_as_it_was_known(file):
    added = add_macro("gdp", file, unit="percent")
    assert (added.series, added.new, added.revised) == (["gdp"], 2, 3)
    assert "As the file says" in added.known
    shown = get_macro(["gdp"], as_of=date(2024, 3, 1))
    assert shown.to_frame()["gdp"].to_dict() == {pd.Timestamp("2023-10-01"): 3.2}
    assert shown.records == [
        {"series": "gdp", "time": "2023-10-01T00:00:00", "value": 3.2, "unit": "percent",
         "known_at": "2024-02-29T05:00:00"},
    ]  # fmt: skip
    newest = get_macro(["gdp"])
    assert newest.to_frame()["gdp"].tolist() == [3.4, 1.3]
    assert newest.beside(sessions("2024-04-25", "2024-04-26"))["gdp"].to_numpy().tolist() == [
        3.2,
        1.6,
    ]
    assert newest.plot() is not None
    json.loads(newest.model_dump_json())


def test_what_is_not_there_is_told(own_home, file):
    with pytest.raises(NoData, match="macro add"):
        get_macro(["gdp"])
    add_macro("gdp", file)
    with pytest.raises(UnknownName, match="gdp"):
        get_macro(["gpd"])
    with pytest.raises(NoData, match="known by then"):
        get_macro(["gdp"], as_of=date(2020, 1, 1))


def test_a_file_without_a_figure_is_told(own_home, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("date,value,vintage\n2024-01-01,,2024-02-01\n")
    with pytest.raises(NoData, match="no figure"):
        add_macro("empty", str(path))


def test_two_datasets_with_the_same_series_are_told(file, tmp_path):
    both = tmp_path / "both.csv"
    PUBLISHED.assign(CPI=1.0).to_csv(both, index=False)
    add_macro("one", str(both))
    add_macro("two", str(both))
    with pytest.raises(InvalidInput, match="dataset=NAME"):
        get_macro(["GDP"])
    assert get_macro(["GDP"], dataset="two").count == 2


@pytest.mark.parametrize(
    ("file_name", "arguments", "series", "period", "figure", "known_at"),
    [
        (
            "vix_daily.csv",
            {"columns": {"value": "CLOSE"}},
            "vix",
            "1990-01-03",
            18.19,
            "1990-01-04",
        ),
        ("us10y_monthly.csv", {}, "us10y", "1953-05-01", 3.05, "1953-06-01"),
        ("gold_monthly.csv", {}, "gold", "1833-02-01", 18.93, "1833-03-01"),
        (
            "fx_monthly.csv",
            {"columns": {"symbol": "Country", "value": "Exchange rate"}},
            "Australia",
            "1971-01-01",
            0.8944,
            "1971-02-01",
        ),
        ("sp500_shiller_monthly.csv", {}, "Earnings", "1871-02-01", 0.4, "1871-03-01"),
    ],
)
def test_real_series_from_a_wire(
    shared, own_home, file_name, arguments, series, period, figure, known_at
):
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    name = file_name.partition("_")[0]
    path = str(shared / "data" / "macro" / file_name)
    registry.call("add_macro", {"name": name, "path": path, "lag_days": 0, **arguments})
    asked = {"series": [series], "start_date": period, "end_date": period}
    shown = registry.call("get_macro", asked)
    assert [record["value"] for record in shown.records] == [figure]
    assert shown.records[0]["known_at"][:10] == known_at
