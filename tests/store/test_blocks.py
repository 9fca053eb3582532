"""How a table is cut into blocks of time, and what a reader skips."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.store import DeltaLake
from workbench.store.lake import blocks
from workbench.store.lake.blocks import FIRST, blocked, cuts

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")


def days(first, count):
    return np.datetime64(first, "us") + np.arange(count) * np.timedelta64(1, "D")


def test_few_rows_are_one_block():
    assert cuts(days("2020-01-01", 15), target=10) == []


def test_blocks_begin_with_years_where_they_can():
    assert cuts(days("2000-01-01", 3653), target=731) == [
        "20020101T000000", "20040101T000000", "20060101T000000", "20080101T000000",
    ]  # fmt: skip


def test_minutes_of_a_week_are_cut_by_the_day():
    minutes = np.datetime64("2024-03-04", "us") + np.arange(7 * 1440) * np.timedelta64(1, "m")
    made = cuts(minutes, target=2000)
    assert made
    assert all(name.endswith("T000000") for name in made)


def test_rows_of_one_moment_cannot_be_cut():
    assert cuts(np.repeat(np.datetime64("2024-03-04", "us"), 100), target=10) == []


@given(
    st.lists(st.integers(0, 4_000), min_size=1, max_size=300),
    st.integers(3, 40),
)
def test_every_row_has_one_block_and_blocks_follow_one_another(offsets, target):
    times = np.datetime64("2020-01-01", "us") + np.array(offsets) * np.timedelta64(6, "h")
    names = [FIRST, *cuts(times, target)]
    assert names == sorted(set(names))
    made = blocked(pa.table({"time": pa.array(times)}), names)
    spans = {}
    for time, block in zip(times, made["block"].to_pylist(), strict=True):
        low, high = spans.get(block, (time, time))
        spans[block] = (min(low, time), max(high, time))
    ordered = [spans[name] for name in names if name in spans]
    assert all(before[1] < after[0] for before, after in pairwise(ordered))


def bars(symbols, first, count, close=1.0):
    times = np.tile(days(first, count), len(symbols))
    return pa.table(
        {
            "dataset": pa.array(["x"] * len(times)),
            "symbol": pa.array(np.repeat(symbols, count).tolist()),
            "time": pa.array(times, pa.timestamp("us")),
            "close": pa.array(np.full(len(times), close)),
        }
    )


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of a hundred rows, so that a test needs few of them."""
    monkeypatch.setattr(blocks.cuts, "__defaults__", (100,))


def block_names(folder):
    return sorted(path.name for path in (folder / "bars").glob("block=*"))


@pytest.mark.usefixtures("small_blocks")
def test_a_large_table_is_cut_when_it_is_made_and_a_small_one_when_it_has_grown(tmp_path):
    large, small = DeltaLake(str(tmp_path / "large")), DeltaLake(str(tmp_path / "small"))
    rows = bars(["A", "B"], "2020-01-01", 200)
    large.append("bars", rows)
    assert len(block_names(tmp_path / "large")) > 2
    for start in range(0, rows.num_rows, 40):
        small.append("bars", rows.slice(start, 40))
    small.compact("bars")
    assert len(block_names(tmp_path / "small")) > 2
    assert small.read("bars").equals(large.read("bars"))
    for lake in (small, large):
        parts = list(lake.scan("bars", columns=["time"]))
        edges = [(part["time"].to_numpy().min(), part["time"].to_numpy().max()) for part in parts]
        assert all(one[1] < two[0] for one, two in pairwise(edges))


@pytest.mark.usefixtures("small_blocks")
def test_many_small_writes_leave_few_files(tmp_path):
    lake = DeltaLake(str(tmp_path))
    for day in range(30):
        lake.append("bars", bars(["A", "B", "C"], np.datetime64("2020-01-01") + day, 1))
    assert len(lake.files("bars")) <= 9
    assert lake.read("bars").num_rows == 90


def test_an_old_table_without_blocks_is_read_and_written(tmp_path):
    import deltalake

    lake = DeltaLake(str(tmp_path))
    deltalake.write_deltalake(str(tmp_path / "bars"), bars(["A"], "2020-01-01", 3))
    lake.append("bars", bars(["B"], "2020-01-01", 3))
    lake.replace("bars", bars(["A"], "2020-01-01", 1, close=7.0), where={"dataset": "x"})
    assert lake.read("bars")["close"].to_pylist() == [7.0]
    assert lake.compact("bars") == lake.version("bars")


OPS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "in": lambda a, b: a in b,
}


@pytest.fixture(scope="module")
def grouped(tmp_path_factory):
    """A table in several files of several row groups, with nulls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workbench.store.lake.delta.ROWS_PER_GROUP", 4)
        lake = DeltaLake(str(tmp_path_factory.mktemp("lake")))
        for symbol in "ACE":
            rows = bars([symbol], "2020-01-01", 10)
            numbers = [None if day == 5 else float(day) for day in range(10)]
            lake.append("bars", rows.set_column(3, "close", pa.array(numbers, pa.float64())))
    return lake, lake.read("bars").to_pylist()


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("symbol"), st.sampled_from([*OPS][:6]), st.sampled_from("ABCDEF")),
            st.tuples(
                st.just("close"), st.sampled_from([*OPS][:6]), st.integers(-1, 10).map(float)
            ),
            st.tuples(st.just("symbol"), st.just("in"), st.lists(st.sampled_from("ABCDEF"))),
        ),
        max_size=3,
    )
)
def test_skipping_row_groups_never_changes_the_answer(grouped, filters):
    lake, every = grouped
    expected = [
        row
        for row in every
        if all(row[name] is not None and OPS[op](row[name], value) for name, op, value in filters)
    ]
    assert lake.read("bars", filters=filters).to_pylist() == expected
