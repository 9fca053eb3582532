"""What is covered, what is missing, and in which pieces it is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vendors.changing import moment

from workbench.data.downloads.coverage import (
    Covered,
    load_coverage,
    missing,
    record_coverage,
    united,
)
from workbench.data.downloads.planning import Piece, complete_until, expected_bars, pieces
from workbench.domain import Timeframe
from workbench.store import MemoryLake

DAY = Timeframe.parse("1d")


days = st.integers(0, 60).map(lambda number: moment("2024-01-01") + timedelta(days=number))
spans = st.tuples(days, days).map(sorted).map(tuple).filter(lambda span: span[0] < span[1])


@given(st.lists(spans, max_size=6), spans)
def test_what_is_missing_is_what_no_period_covers(covered, wanted):
    def each(span):
        return {span[0] + timedelta(days=n) for n in range((span[1] - span[0]).days)}

    gaps = missing(united(covered), *wanted)
    held = set().union(*map(each, covered))
    assert set().union(*map(each, gaps)) == each(wanted) - held
    assert gaps == united(gaps)


def test_coverage_is_remembered_by_dataset_and_kind():
    lake = MemoryLake()
    assert load_coverage(lake, "mine", "bars") == {}
    found = [Covered("A", moment("2024-01-01"), moment("2024-02-01"), 20)]
    for start, end in (("2024-02-01", "2024-03-01"), ("2024-05-01", "2024-06-01")):
        found.append(Covered("A", moment(start), moment(end), 0))
    record_coverage(lake, "mine", "bars", found, content="x", recorded_at=moment("2024-07-01"))
    assert load_coverage(lake, "mine", "bars") == {
        "A": [
            (moment("2024-01-01"), moment("2024-03-01")),
            (moment("2024-05-01"), moment("2024-06-01")),
        ]
    }
    assert load_coverage(lake, "mine", "actions") == load_coverage(lake, "other", "bars") == {}


def test_symbols_with_the_same_gap_are_asked_for_together():
    period = (moment("2024-01-01"), moment("2024-02-01"))
    covered = {"B": [(moment("2024-01-01"), moment("2024-01-15"))], "C": [period]}
    assert pieces(["A", "B", "C", "D", "E"], covered, period, DAY, together=2) == [
        Piece(("A", "D"), *period),
        Piece(("E",), *period),
        Piece(("B",), moment("2024-01-15"), period[1]),
    ]


def test_a_refresh_asks_again_and_says_what_was_there():
    period = (moment("2024-01-01"), moment("2024-02-01"))
    covered = {"A": [(moment("2023-01-01"), moment("2024-01-15"))]}
    assert pieces(["A"], covered, period, DAY, refresh=True) == [
        Piece(("A",), moment("2024-01-15"), period[1]),
        Piece(("A",), period[0], moment("2024-01-15"), again=True),
    ]


def test_a_year_of_minutes_is_asked_for_in_windows():
    minute = Timeframe.parse("1m")
    period = (moment("2024-01-01"), moment("2025-01-01"))
    made = pieces(["A"], {}, period, minute)
    assert len(made) == 12  # a month of minutes is 44,640
    assert united([(one.start, one.end) for one in made]) == [period]
    # 252 sessions of 390 minutes are 98,280
    assert sum(expected_bars(one, minute, "XNYS") for one in made) == pytest.approx(
        98_280, rel=0.01
    )
    assert expected_bars(Piece(("A", "B"), *period), DAY, "XNYS") == 2 * 252


@pytest.mark.parametrize(
    ("timeframe", "calendar", "now", "until"),
    [
        ("1d", "XNYS", "2024-03-08T20:59:59", "2024-03-08"),  # before the close of a Friday
        ("1d", "XNYS", "2024-03-08T21:00:00", "2024-03-11"),  # at the close: the next is Monday
        ("1d", "XNYS", "2024-03-11T20:00:00", "2024-03-12"),  # summer time has begun
        ("1d", "24/7", "2024-03-09T12:00:00", "2024-03-09"),
        ("1w", "XNYS", "2024-03-08T21:00:00", "2024-03-04"),
        ("1h", "24/7", "2024-03-08T20:59:59", "2024-03-08T20:00:00"),
        ("5m", "24/7", "2024-03-08T20:05:00", "2024-03-08T20:05:00"),
    ],
)
def test_what_is_not_complete_is_not_asked_for(timeframe, calendar, now, until):
    made = complete_until(Timeframe.parse(timeframe), calendar, moment(now), 0)
    assert made == moment(until)


def test_the_vendors_delay_counts():
    made = complete_until(DAY, "XNYS", moment("2024-03-08T21:10:00"), 900)
    assert made == moment("2024-03-08")
