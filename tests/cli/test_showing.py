"""What a person sees of a result: all of it that says something, within the terminal's width."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
from typing import Any, ClassVar

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field
from rich.console import Console

from workbench.cli.showing import show
from workbench.cli.tables import drawn
from workbench.domain import Number, Result

WIDTH = 80
LONG = "a sentence of many words that goes on and on until nobody reads it any more"


def printed(frame: pd.DataFrame, rows: int = 40, width: int = WIDTH) -> str:
    written = io.StringIO()
    console = Console(file=written, width=width)
    console.print(drawn(frame, console, rows))
    return written.getvalue()


def headings(text: str) -> list[str]:
    head = text.partition("─")[0].splitlines()
    return "".join(head).split()


class Rows(Result):
    """Records for the wire, all rows in memory."""

    headline: ClassVar[tuple[str, ...]] = ("bars", "said")

    bars: int
    said: str = ""
    records: list[dict[str, Any]]
    every: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        return self.every


def test_columns_without_a_value_are_left_out():
    frame = pd.DataFrame(
        {"a": [1, 2], "b": [math.nan] * 2, "c": [None] * 2, "d": ["", ""], "e": [pd.NaT] * 2}
    )
    frame["f"] = [[], []]
    assert headings(printed(frame)) == ["a"]


def test_what_is_missing_in_one_row_is_a_dash_in_it():
    frame = pd.DataFrame({"a": [1.5, math.nan], "b": [None, "x"], "c": [pd.NaT, pd.Timestamp(0)]})
    first, second = printed(frame).splitlines()[-2:]
    assert first.split() == ["1.5", "–", "–"]
    assert second.split() == ["–", "x", "1970-01-01"]


@pytest.mark.parametrize(
    ("moments", "shown"),
    [
        (["2024-03-01", "2024-03-04"], "2024-03-01"),
        (["2024-03-01 09:30", "2024-03-04"], "2024-03-01 09:30"),
        (["2024-03-01 09:30", "2024-03-04 00:00:05"], "2024-03-01 09:30:00"),
        (["2024-03-01 09:30+00:00", "2024-03-04 10:00+00:00"], "2024-03-01 09:30Z"),
    ],
)
@pytest.mark.parametrize("form", ["moments", "texts"])
def test_no_more_of_the_time_of_day_is_shown_than_there_is(moments, shown, form):
    times = [pd.Timestamp(moment) for moment in moments]
    values = times if form == "moments" else [time.isoformat() for time in times]
    text = printed(pd.DataFrame({"when": values})).splitlines()
    assert text[2].strip() == shown


def test_numbers_are_read_at_a_glance_and_tiny_ones_are_not_nothing():
    frame = pd.DataFrame({"n": [1234567.0, 0.25, 0.00001234, 0.0]})
    assert printed(frame).split()[-4:] == ["1,234,567", "0.25", "1.23e-05", "0"]


def test_a_few_rows_that_are_too_wide_become_blocks():
    frame = pd.DataFrame([{f"column_{n}": "x" * 15 for n in range(12)}] * 2)
    frame["empty"] = ""
    lines = printed(frame).splitlines()
    assert [line.split() for line in lines[:2]] == [["column_0", "x" * 15], ["column_1", "x" * 15]]
    assert len(lines) == 12 + 1 + 12


def test_of_many_rows_that_are_too_wide_the_last_columns_are_named():
    frame = pd.DataFrame([{f"c{n}": "x" * 15 for n in range(12)}] * 60)
    text = printed(frame)
    assert headings(text) == ["c0", "c1", "c2", "c3"]
    told = " ".join(text.split())
    assert "20 more rows" in told
    assert "Not shown: c4, c5, c6, c7, c8, c9, c10, c11; --json has all." in told


def test_long_text_is_wrapped_before_a_column_is_given_up():
    frame = pd.DataFrame({"name": ["abc"] * 9, "said": [LONG] * 9, "value": [1.0] * 9})
    text = printed(frame, width=60)
    assert headings(text) == ["name", "said", "value"]
    first, second = text.splitlines()[2:4]
    assert f"{first} {second}".split() == ["abc", *LONG.split()[:10], "1", *LONG.split()[10:]]


words = st.text(st.sampled_from("abc [/]_é株"), max_size=70)
cells = st.one_of(st.none(), st.integers(), words, st.datetimes(), st.booleans(), st.floats())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, min_size=6, max_size=6), min_size=1, max_size=6), st.data())
def test_no_table_is_wider_than_the_terminal(rows, data):
    width = data.draw(st.integers(50, 120))
    frame = pd.DataFrame(rows, columns=["a", "some_name", "c", "another_long_name", "e", "f"])
    assert all(len(line) <= width for line in printed(frame, width=width).splitlines())


def test_a_result_longer_than_the_wire_shows_what_crosses_it(capsys):
    times = pd.date_range("2024-01-01", periods=100)
    frame = pd.DataFrame({"time": times, "close": range(100)})
    records = json.loads(frame.tail(3).to_json(orient="records", date_format="iso"))
    show(Rows(bars=100, records=records, every=frame))
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[-3:]] == [
        "97",
        "98",
        "99",
    ]


def test_long_sentences_go_on_under_where_they_began(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    show(Rows(bars=1, said=LONG, records=[], every=pd.DataFrame()))
    head, bars, *said = capsys.readouterr().out.splitlines()
    assert (head, bars) == ("Rows", "  bars  1")
    assert said[0].startswith("  said  a sentence")
    assert len(said) > 1
    assert all(line.startswith(" " * 8) and len(line) <= 50 for line in said[1:])


def test_json_is_one_document_without_nan(capsys):
    class Told(Result):
        number: Number
        when: dt.date

    show(Told(number=math.nan, when=dt.date(2024, 1, 1)), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"number": None, "when": "2024-01-01"}
