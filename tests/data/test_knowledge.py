"""Revisions stand beside the old value, and as_of chooses among them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.knowledge import latest, upsert
from workbench.store import MemoryLake

KEYS = ("symbol", "time")
FIRST, LATER, LATEST = map(datetime.fromisoformat, ("2024-02-01", "2024-03-01", "2024-04-01"))


def rows(*found, known_at=None):
    """Rows of (symbol, day, close)."""
    symbols, days, closes = zip(*found, strict=True)
    table = pa.table(
        {
            "symbol": list(symbols),
            "time": pa.array(
                [datetime.fromisoformat(f"2024-01-{day:02}") for day in days], pa.timestamp("us")
            ),
            "close": pa.array(closes, pa.float64()),
        }
    )
    if known_at is None:
        return table
    return table.append_column("known_at", pa.array(known_at, pa.timestamp("us")))


def write(lake, table, recorded_at=FIRST, **how):
    return upsert(lake, "bars", "mine", table, keys=KEYS, recorded_at=recorded_at, **how)


def closes(lake, as_of=None):
    return latest(lake.read("bars"), KEYS, as_of)["close"].to_pylist()


def test_what_is_written_again_changes_nothing():
    lake = MemoryLake()
    found = rows(("A", 2, 10.0), ("A", 3, None), ("B", 2, 30.0))
    assert write(lake, found).new == 3
    again = write(lake, found, LATER)
    assert (again.new, again.revised, again.unchanged) == (0, 0, 3)
    assert again.version == lake.version("bars") == 0


def test_a_revision_stands_beside_the_old_value():
    lake = MemoryLake()
    write(lake, rows(("A", 2, 10.0), ("A", 3, 11.0)))
    made = write(lake, rows(("A", 2, 10.5), ("A", 3, 11.0), ("A", 4, 12.0)), LATER)
    assert (made.new, made.revised, made.unchanged) == (1, 1, 1)
    assert closes(lake) == [10.5, 11.0, 12.0]
    assert closes(lake, as_of=LATER) == [10.5, 11.0, 12.0]
    assert closes(lake, as_of=FIRST) == [10.0, 11.0, 12.0]


def test_a_value_that_returns_is_a_revision_too():
    lake = MemoryLake()
    for close, moment in ((10.0, FIRST), (99.0, LATER), (10.0, LATEST)):
        write(lake, rows(("A", 2, close)), moment)
    assert [closes(lake, as_of=moment) for moment in (FIRST, LATER, LATEST)] == [
        [10.0], [99.0], [10.0],
    ]  # fmt: skip


def test_vintages_say_themselves_when_they_were_known():
    lake = MemoryLake()
    vintages = rows(("GDP", 1, 2.0), ("GDP", 1, 2.3), known_at=[FIRST, LATER])
    assert write(lake, vintages, LATEST).new == 1
    assert write(lake, vintages, LATEST).unchanged == 2
    assert closes(lake, as_of=datetime.fromisoformat("2024-01-31")) == []
    assert closes(lake, as_of=FIRST) == [2.0]
    assert closes(lake) == [2.3]


def test_a_vintage_may_arrive_before_older_ones():
    lake = MemoryLake()
    write(lake, rows(("GDP", 1, 2.3), known_at=[LATER]), LATEST)
    made = write(lake, rows(("GDP", 1, 2.0), known_at=[FIRST]), LATEST)
    assert made.new + made.revised == 1
    assert closes(lake, as_of=FIRST) == [2.0]
    assert closes(lake, as_of=LATER) == [2.3]


def test_what_was_looked_for_before_and_was_not_there_is_late():
    lake = MemoryLake()
    write(lake, rows(("A", 3, 11.0)))
    made = write(lake, rows(("A", 2, 10.0), ("A", 3, 11.5)), LATER, late=True)
    assert (made.new, made.revised) == (1, 1)
    assert closes(lake, as_of=FIRST) == [11.0]
    assert closes(lake, as_of=LATER) == [10.0, 11.5]


def test_nan_is_missing_and_missing_equals_missing():
    lake = MemoryLake()
    write(lake, rows(("A", 2, float("nan"))))
    assert write(lake, rows(("A", 2, None)), LATER).unchanged == 1
    assert lake.read("bars")["close"].null_count == 1


def test_another_dataset_is_another_thing():
    lake = MemoryLake()
    write(lake, rows(("A", 2, 10.0)))
    other = upsert(lake, "bars", "other", rows(("A", 2, 99.0)), keys=KEYS, recorded_at=LATER)
    assert other.new == 1


def test_a_column_that_came_later_is_missing_before():
    lake = MemoryLake()
    write(lake, rows(("A", 2, 10.0)))
    wider = rows(("A", 2, 10.0)).append_column("vwap", pa.array([9.9]))
    assert write(lake, wider, LATER).revised == 1
    assert lake.read("bars")["vwap"].to_pylist() == [None, 9.9]


downloads = st.lists(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(1, 4), st.sampled_from([1.0, 2.0, None])),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=5,
)


@given(downloads)
def test_as_of_any_download_shows_what_it_left(history):
    """The truth is a dict that each download writes into, remembered after each."""
    lake, truth, shown = MemoryLake(), {}, []
    for turn, found in enumerate(history):
        moment = FIRST + timedelta(days=turn)
        write(lake, rows(*found), moment)
        for thing, close in {(symbol, day): close for symbol, day, close in found}.items():
            truth.setdefault(thing, []).append((moment, close))
        shown.append(moment)
    everything = lake.read("bars")
    for moment in shown:
        seen = latest(everything, KEYS, moment)
        for symbol, time, close in zip(
            *(seen[name].to_pylist() for name in ("symbol", "time", "close")), strict=True
        ):
            told = truth[(symbol, time.day)]
            until_then = [value for when, value in told if when <= moment]
            assert close == (until_then[-1] if until_then else told[0][1])


@pytest.mark.parametrize("as_of", [None, FIRST])
def test_nothing_is_latest_of_nothing(as_of):
    nothing = rows(("A", 2, 1.0), known_at=[LATER]).slice(0, 0)
    assert latest(nothing, KEYS, as_of).num_rows == 0
