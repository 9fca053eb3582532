"""Frames and files as a source of bars, whatever shape they have."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from workbench.data import bars
from workbench.data.sources import TableSource
from workbench.domain import BAR_COLUMNS, Adjust, Timeframe
from workbench.errors import InvalidInput, NoData, UnknownName, UnusableFrame

DAY = Timeframe.parse("1d")
ALWAYS = dt.datetime.fromisoformat("1990-01-01"), dt.datetime.fromisoformat("2040-01-01")
DATES = pd.to_datetime(["2024-01-02", "2024-01-03", "2024-01-04"])
LONG = pd.DataFrame(
    {
        "date": [*DATES, *DATES[:2]],
        "ticker": ["B", "B", "B", "A", "A"],
        "open": [1.0, 2.0, 3.0, 7.0, 8.0],
        "high": [2.0, 3.0, 4.0, 9.0, 9.5],
        "low": [0.5, 1.5, 2.5, 6.0, 7.5],
        "close": [1.5, 2.5, 3.5, 8.0, 9.0],
        "volume": [10, 20, 30, 70, 0],
    }
)
ROWS = [
    ("A", DATES[0], 7.0, 9.0, 6.0, 8.0, 70.0),
    ("A", DATES[1], 8.0, 9.5, 7.5, 9.0, 0.0),
    ("B", DATES[0], 1.0, 2.0, 0.5, 1.5, 10.0),
    ("B", DATES[1], 2.0, 3.0, 1.5, 2.5, 20.0),
    ("B", DATES[2], 3.0, 4.0, 2.5, 3.5, 30.0),
]


def rows(source, symbols=None, timeframe=DAY, period=ALWAYS):
    pages = list(source.bars(symbols or source.symbols, timeframe, *period))
    assert all(page.schema.names == list(BAR_COLUMNS) for page in pages)
    return [tuple(row.values()) for page in pages for row in page.to_pylist()]


@pytest.mark.parametrize(
    "convert",
    [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas],
    ids=["pandas", "polars", "arrow"],
)
def test_a_long_frame_of_any_library(convert):
    assert rows(TableSource(convert(LONG), currency="USD")) == ROWS


@pytest.mark.parametrize("name", ["long.csv", "long.csv.gz", "long.parquet", "long.feather"])
def test_a_file_of_any_format(tmp_path, name):
    path = tmp_path / name
    write = {"csv": LONG.to_csv, "parquet": LONG.to_parquet, "feather": LONG.to_feather}
    kind = name.split(".")[1]
    write[kind](path, **({"index": False} if kind == "csv" else {}))
    assert rows(TableSource(path)) == rows(TableSource(str(path))) == ROWS


def test_a_folder_of_files_called_after_their_symbols(tmp_path):
    for symbol, part in LONG.groupby("ticker"):
        part.drop(columns="ticker").to_csv(tmp_path / f"{symbol}.csv", index=False)
    assert rows(TableSource(tmp_path)) == ROWS


def test_a_mapping_of_frames_and_files(tmp_path):
    of_a = LONG[LONG["ticker"] == "A"].drop(columns="ticker")
    of_b = LONG[LONG["ticker"] == "B"].drop(columns="ticker")
    of_a.to_csv(tmp_path / "prices.csv", index=False)
    source = TableSource({"A": tmp_path / "prices.csv", "B": of_b})
    assert rows(source) == ROWS
    assert rows(source, ["B"]) == ROWS[2:]


def test_bars_in_the_hand_come_back_as_rows():
    assert rows(TableSource(bars(LONG))) == ROWS


def test_what_a_table_does_not_have_is_null():
    wide = pd.DataFrame({"A": [8.0, 9.0], "C": [np.nan, 5.0]}, index=DATES[:2])
    assert rows(TableSource(wide)) == [
        ("A", DATES[0], None, None, None, 8.0, None),
        ("A", DATES[1], None, None, None, 9.0, None),
        ("C", DATES[1], None, None, None, 5.0, None),
    ]


def test_the_facts_are_those_of_the_tables():
    source = TableSource(LONG, calendar="XNYS", currency="EUR", survivorship="Today's members.")
    facts = source.facts
    assert (facts.timeframes, facts.calendar, facts.currency) == (("1d",), "XNYS", "EUR")
    assert facts.survivorship == "Today's members."
    assert facts.adjust is Adjust.VENDOR
    assert any("timeframe" in sentence for sentence in source.guessed)


def test_minutes_are_instants_in_utc():
    frame = pd.DataFrame(
        {"close": [1.0, 2.0, 3.0]}, index=pd.date_range("2024-03-11 09:30", periods=3, freq="min")
    )
    source = TableSource({"A": frame}, tz="America/New_York", timeframe="1m")
    found = rows(source, timeframe=Timeframe.parse("1m"))
    assert [row[1] for row in found] == list(
        pd.date_range("2024-03-11 13:30", periods=3, freq="min")
    )


def test_long_tables_come_in_pages(monkeypatch):
    monkeypatch.setattr("workbench.data.sources.tables.PAGE_ROWS", 2)
    pages = list(TableSource(LONG).bars(["B", "A"], DAY, *ALWAYS))
    assert [page.num_rows for page in pages] == [2, 1, 2]


def test_refusals_name_the_cure(tmp_path):
    source = TableSource(LONG)
    with pytest.raises(UnknownName, match="Choose one of: A, B"):
        rows(source, ["A", "Z"])
    with pytest.raises(InvalidInput, match="Ask for 1d"):
        rows(source, timeframe=Timeframe.parse("1h"))
    with pytest.raises(NoData, match="no such file"):
        TableSource(tmp_path / "none.csv")
    with pytest.raises(NoData, match="There is no table"):
        TableSource(tmp_path)
    with pytest.raises(InvalidInput, match="same symbol"):
        TableSource({"first": LONG, "second": LONG})
    with pytest.raises(UnusableFrame):
        TableSource(LONG.assign(close="x"))
    with pytest.raises(NoData, match="There is no table"):
        TableSource({})
    days = LONG[LONG["ticker"] == "B"].drop(columns="ticker")
    with pytest.raises(InvalidInput, match="one timeframe"):
        TableSource(
            {
                "B": days,
                "W": days.assign(date=pd.to_datetime(["2024-01-05", "2024-01-12", "2024-01-19"])),
            }
        )


def test_thirty_six_stocks_of_a_vendor(shared):
    """Its adjusted close adjusts open, high and low alike; Apple's first is known."""
    folder = shared / "data/prices/us_daily_adjusted"
    source = TableSource(folder, columns={"close": "adjusted_close"}, calendar="XNYS")
    assert len(source.symbols) == 36
    assert source.facts.adjust is Adjust.ALL
    first = rows(source, ["AAPL"])[0]
    assert first[1] == pd.Timestamp("1999-11-01")
    assert first[5] == pytest.approx(0.596878742448)
    assert first[2] == pytest.approx(80.0 * 0.596878742448 / 77.62)
