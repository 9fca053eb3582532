"""Calendars against the published hours of exchanges."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from workbench.data import calendars, open_calendar
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
    open_calendar("XNYS")
    code = (
        "import sys; from workbench.data.calendars import open_calendar; open_calendar('XNYS');"
        "sys.exit('exchange_calendars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("damage", [b"no archive", b"PK\x03\x04 half an archive", b""])
def test_a_damaged_cache_is_built_anew(own_home, damage):
    calendars._open.cache_clear()
    folder = own_home / "cache" / "calendars"
    folder.mkdir(parents=True)
    kept = calendars._kept_file("XLON", 1970)
    kept.write_bytes(damage)
    assert open_calendar("XLON").zone == "Europe/London"
    assert kept.stat().st_size > 1000
    calendars._open.cache_clear()
