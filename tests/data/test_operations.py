"""The verbs of data, as a notebook and as a wire call them."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from workbench import registry
from workbench.data import add_dataset, get_bars, list_datasets, load_bars
from workbench.errors import InvalidInput, NoData, StoreError, UnusableFrame

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "prices.csv"
    days = pd.bdate_range("2024-01-02", periods=30)
    close = np.linspace(10, 12, 30).round(2)
    table = pd.DataFrame({"Date": days, "Open": close, "Close": close, "Volume": 1000})
    table.to_csv(path, index=False)
    return path


def test_list_datasets_is_a_table():
    listed = list_datasets()
    frame = listed.to_frame()
    assert frame.loc["sp500-20", "symbols"] == 20
    assert frame.loc["us-tech-5", "start"] == date(2000, 3, 1)
    assert frame.loc["us-indices", "rows"] == 10_062
    assert "sp500-20" in repr(listed)
    json.loads(listed.model_dump_json())


def test_get_bars_sends_the_newest_and_keeps_all():
    report = get_bars("us-tech-5:AAPL", date(2005, 1, 3), date(2005, 12, 30), limit=2)
    assert report.bars == 252
    assert report.left_out == 250
    assert [record["time"][:10] for record in report.records] == ["2005-12-29", "2005-12-30"]
    assert report.records[-1]["close"] == 71.89  # the end is included, as in the original
    assert report.dataset.sizes["time"] == 252
    assert len(report.to_frame()) == 252
    assert "Survivors only" in repr(report)


def test_missing_values_are_null_on_the_wire():
    frame = pd.DataFrame(
        {"A": [1.0, np.nan], "B": [2.0, 3.0]}, index=pd.DatetimeIndex(["2024-01-02", "2024-01-03"])
    )
    sent = json.loads(get_bars(frame).model_dump_json())
    assert [(one["symbol"], one["close"]) for one in sent["records"]] == [
        ("A", 1.0), ("B", 2.0), ("B", 3.0),
    ]  # fmt: skip
    assert sent["guessed"]
    assert "dataset" not in sent


def test_get_bars_from_a_wire():
    arguments = {"dataset": "AAPL", "start_date": "2020-01-02", "end_date": "2020-01-03"}
    report = registry.call("get_bars", arguments)
    assert report.bars == 2
    with pytest.raises(InvalidInput):
        registry.call("get_bars", {"dataset": "AAPL", "limit": 0})


def test_a_plot_is_drawn():
    assert get_bars("us-tech-5", date(2012, 1, 3), date(2012, 12, 31)).plot() is not None


def test_ones_own_file_becomes_a_dataset_for_every_door(own_home, csv):
    added = add_dataset("mine", str(csv), title="My prices", currency="EUR", calendar="24/5")
    assert added.symbols == ["MINE"]
    assert added.rows == 30
    assert "timeframe: 1d" in repr(added)
    assert "mine" in registry.names("dataset")
    assert list_datasets().to_frame().loc["mine", "title"] == "My prices"
    made = load_bars("mine")
    assert list(made.data_vars) == ["open", "close", "volume"]
    assert made["currency"].to_numpy().tolist() == ["EUR"]
    assert load_bars("MINE").attrs["dataset"] == "mine"
    np.testing.assert_allclose(made["close"][-1, 0], 12.0)


def test_a_dataset_is_replaced_only_on_demand(own_home, csv):
    add_dataset("mine", str(csv))
    with pytest.raises(InvalidInput, match="replace"):
        add_dataset("mine", str(csv))
    table = pd.read_csv(csv).assign(Close=99.0)
    table.to_csv(csv, index=False)
    add_dataset("mine", str(csv), replace=True)
    assert set(load_bars("mine")["close"].to_numpy()[:, 0]) == {99.0}
    assert load_bars("mine").sizes["time"] == 30


def test_parquet_and_semicolons(own_home, csv, tmp_path):
    table = pd.read_csv(csv, parse_dates=["Date"])
    table.to_parquet(tmp_path / "p.parquet")
    table.to_csv(tmp_path / "s.csv", sep=";", index=False)
    for name, file in (("p", "p.parquet"), ("s", "s.csv")):
        assert add_dataset(name, str(tmp_path / file)).rows == 30


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("sp500-20", InvalidInput, "Choose another name"),
        ("My Prices", InvalidInput, "lower-case"),
        ("../etc", InvalidInput, "lower-case"),
    ],
)
def test_a_name_that_cannot_be_used(own_home, csv, name, error, words):
    with pytest.raises(error, match=words):
        add_dataset(name, str(csv))


def test_a_file_that_cannot_be_used(own_home, tmp_path):
    with pytest.raises(NoData, match="no such file"):
        add_dataset("mine", str(tmp_path / "none.csv"))
    (tmp_path / "prices.docx").write_text("")
    with pytest.raises(InvalidInput, match="suffix"):
        add_dataset("mine", str(tmp_path / "prices.docx"))
    for text in ("", "a\n1\n", '"open\n', "Date,Close\n2024-01-02,ten\n"):
        (tmp_path / "bad.csv").write_text(text)
        with pytest.raises(UnusableFrame):
            add_dataset("mine", str(tmp_path / "bad.csv"))
    (tmp_path / "bad.parquet").write_bytes(b"no parquet")
    with pytest.raises(UnusableFrame, match="cannot be read"):
        add_dataset("mine", str(tmp_path / "bad.parquet"))


def test_rows_that_have_left_the_lake_are_told(own_home, csv):
    import shutil

    add_dataset("mine", str(csv))
    shutil.rmtree(own_home / "lake")
    with pytest.raises(StoreError, match="Add it again"):
        load_bars("mine")
