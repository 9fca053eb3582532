"""Corporate actions in the files that people have."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from workbench.data.actions import actions_of_frame
from workbench.errors import UnusableFrame


def rows(frame, **how):
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in actions_of_frame(frame, **how).to_pylist()
    ]


def test_a_row_for_each_action():
    frame = pd.DataFrame(
        {
            "Ticker": ["AAPL", "AAPL", "BRK.B", "FB"],
            "Ex-Date": ["2020-08-31", "2021-02-05", "2010-01-21", "2022-06-09"],
            "Type": ["Stock Split", "cash dividend", "split", "symbol change"],
            "Ratio": ["4:1", None, "50-for-1", ""],
            "Amount": [None, 0.205, None, None],
            "Declaration Date": [None, "2021-01-27", None, None],
            "New Symbol": [None, None, None, "META"],
        }
    )
    assert rows(frame) == [
        {"symbol": "AAPL", "time": datetime.fromisoformat("2020-08-31"), "kind": "split",
         "ratio": 4.0},
        {"symbol": "AAPL", "time": datetime.fromisoformat("2021-02-05"), "kind": "dividend",
         "amount": 0.205, "declared_at": datetime.fromisoformat("2021-01-27")},
        {"symbol": "BRK.B", "time": datetime.fromisoformat("2010-01-21"), "kind": "split",
         "ratio": 50.0},
        {"symbol": "FB", "time": datetime.fromisoformat("2022-06-09"), "kind": "rename",
         "into": "META"},
    ]  # fmt: skip


def test_a_row_for_each_day_of_yfinance():
    index = pd.DatetimeIndex(["2020-08-28", "2020-08-31", "2020-11-06"], name="Date")
    frame = pd.DataFrame(
        {"Close": [1.0, 2.0, 3.0], "Dividends": [0, 0, 0.205], "Stock Splits": [0, 4.0, 0]},
        index=index,
    )
    found = rows(frame, symbol="AAPL")
    assert [(one["kind"], str(one["time"].date())) for one in found] == [
        ("dividend", "2020-11-06"), ("split", "2020-08-31"),
    ]  # fmt: skip


def test_a_split_of_one_for_one_is_none():
    frame = pd.DataFrame(
        {"timestamp": ["2020-08-28"], "dividend_amount": [0.0], "split_coefficient": [1.0]}
    )
    assert rows(frame, symbol="A") == []


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"date": ["2020-01-02"], "kind": ["split"], "ratio": [2]}, "symbol"),
        ({"symbol": ["A"], "kind": ["split"], "ratio": [2]}, "time"),
        ({"symbol": ["A"], "date": ["2020-01-02"], "ratio": [2]}, "neither kinds"),
        ({"symbol": ["A"], "date": ["2020-01-02"], "kind": ["split"], "ratio": ["two"]}, "number"),
        ({"symbol": ["A"], "date": ["soon"], "kind": ["split"], "ratio": [2]}, "no date"),
    ],
)
def test_what_cannot_be_read_is_named(columns, words):
    with pytest.raises(UnusableFrame, match=words):
        actions_of_frame(pd.DataFrame(columns))
