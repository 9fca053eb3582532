"""Calendars against the published hours of exchanges."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from workbench.data import calendar_files, calendars, open_calendar
from workbench.errors import OutOfRange, UnknownName


def day(text):
    return np.datetime64(text)


def dates(*texts):
    return np.array(texts, dtype="datetime64[ns]")


@pytest.mark.parametrize(
    ("name", "session", "close"),
    [
        ("XNYS", "2024-01-02", "2024-01-02T21:00"),  # 16:00 in winter
        ("XNYS", "2024-07-02", "2024-07-02T20:00"),  # 16:00 in summer
        ("XNYS", "2024-07-03", "2024-07-03T17:00"),  # early close, nyse.com/markets/hours-calendars
        ("XNYS", "1990-01-02", "1990-01-02T21:00"),  # before the library's default window
        ("XLON", "2024-01-02", "2024-01-02T16:30"),
        ("24/7", "2024-01-06", "2024-01-07T00:00"),
        ("24/5", "2024-01-05", "2024-01-06T00:00"),
    ],
)
def test_closes(name, session, close):
    calendar = open_calendar(name)
    assert calendar.are_sessions(dates(session)).all()
    assert calendar.close_of(dates(session))[0] == day(close)


@pytest.mark.parametrize("closed", ["2024-01-01", "2024-01-06", "2001-09-11", "2012-10-29"])
def test_days_without_trading(closed):
    assert not open_calendar("XNYS").are_sessions(dates(closed)).any()


@pytest.mark.parametrize(
    ("name", "session", "opens"),
    [
        ("XNYS", "2024-03-08", "2024-03-08T14:30"),
        ("XNYS", "2024-03-11", "2024-03-11T13:30"),  # summer time since Sunday
        ("XLON", "2024-03-28", "2024-03-28T08:00"),
        ("XLON", "2024-04-02", "2024-04-02T07:00"),
        ("XTKS", "2024-03-11", "2024-03-11T00:00"),
        ("24/7", "2024-01-06", "2024-01-06T00:00"),
    ],
)
def test_opens_follow_the_clocks(name, session, opens):
    calendar = open_calendar(name)
    place = calendar.between(day(session), day(session))
    assert calendar.opens[place].tolist() == dates(opens).tolist()


def test_half_days_and_breaks_are_facts_of_a_session():
    calendar = open_calendar("XHKG")
    place = calendar.between(day("2024-12-23"), day("2024-12-24"))
    assert calendar.early_closes[place].tolist() == [False, True]
    breaks = calendar.break_starts[place]
    assert breaks[0] == day("2024-12-23T04:00")
    assert np.isnat(breaks[1])


def test_the_next_open_and_close():
    calendar = open_calendar("XNYS")
    instants = dates("2024-07-03T13:29", "2024-07-03T13:30", "2024-07-03T17:00", "2024-07-06T12:00")
    opens = dates("2024-07-03T13:30", *["2024-07-05T13:30"] * 2, "2024-07-08T13:30")
    closes = dates("2024-07-03T17:00", "2024-07-03T17:00", "2024-07-05T20:00", "2024-07-08T20:00")
    assert calendar.next_open(instants).tolist() == opens.tolist()
    assert calendar.next_close(instants).tolist() == closes.tolist()
    with pytest.raises(OutOfRange):
        calendar.next_open(dates("1960-01-04"))


def test_sessions_without_a_gap_are_one():
    weekdays = open_calendar("24/5")
    assert weekdays.next_close(dates("2024-01-03T12:00"))[0] == day("2024-01-06T00:00")
    assert weekdays.next_open(dates("2024-01-03T12:00"))[0] == day("2024-01-08T00:00")
    assert np.isnat(open_calendar("24/7").next_open(dates("2024-01-03T12:00")))[0]


def test_the_next_sessions_pass_over_weekends_and_holidays():
    found = open_calendar("XNYS").next_sessions(day("2023-12-28"), 3)
    assert found.tolist() == dates("2023-12-29", "2024-01-02", "2024-01-03").tolist()
    with pytest.raises(OutOfRange):
        open_calendar("XNYS").next_sessions(day("2040-12-20"), 100)


def test_a_calendar_of_the_past_century_can_be_asked_for():
    calendar = open_calendar("XNYS", day("1950-06-01"))
    assert calendar.sessions[0] < day("1950-01-01")
    with pytest.raises(OutOfRange, match="24/7"):
        open_calendar("24/7").close_of(dates("1950-06-01"))


def test_an_unknown_calendar_lists_the_others():
    with pytest.raises(UnknownName, match="24/5"):
        open_calendar("NYSE2")


def test_the_second_process_does_not_import_the_library():
    calendars._open.cache_clear()  # a test before may have kept it in a home of its own
    open_calendar("XNYS")
    code = (
        "import sys; from workbench.data.calendars import open_calendar; open_calendar('XNYS');"
        "sys.exit('exchange_calendars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_cache_of_before_the_opens_were_kept_is_built_anew(own_home):
    calendars._open.cache_clear()
    kept = calendar_files.kept_file("XLON", 1970)
    np.savez(kept, zone="Europe/London", sessions=dates("2024-01-02"), closes=dates("2024-01-02"))
    assert open_calendar("XLON").opens[-1] > day("2030-01-01")
    assert "opens" in np.load(kept)
    calendars._open.cache_clear()


@pytest.mark.parametrize("damage", [b"no archive", b"PK\x03\x04 half an archive", b""])
def test_a_damaged_cache_is_built_anew(own_home, damage):
    calendars._open.cache_clear()
    folder = own_home / "cache" / "calendars"
    folder.mkdir(parents=True)
    kept = calendar_files.kept_file("XLON", 1970)
    kept.write_bytes(damage)
    assert open_calendar("XLON").zone == "Europe/London"
    assert kept.stat().st_size > 1000
    calendars._open.cache_clear()
