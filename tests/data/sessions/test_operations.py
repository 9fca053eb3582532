"""Market status and lists of sessions, as the doors call them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from workbench import registry
from workbench.context import current
from workbench.data.sessions import get_market_status, list_sessions, market_status
from workbench.data.sessions.status import vendor_status
from workbench.errors import BadAnswer, InvalidInput, NoData, OutOfRange, UnknownName
from workbench.ports import MarketStatus


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Vendor:
    """A vendor that says what it is told to."""

    def __init__(self, status):
        self.said = MarketStatus(
            status, datetime.fromisoformat("2024-07-02T15:00"), {"nyse": status}
        )

    def status(self):
        return self.said

    def snapshots(self, symbols):
        raise NotImplementedError


def test_the_original_tool_has_its_name_and_its_fields():
    at = current().replace(clock=lambda: utc("2024-07-03T12:00"))
    report = registry.call("get_market_status", {}, context=at)
    sent = json.loads(report.model_dump_json())
    assert sent["status"] == sent["session"] == "pre_market"
    assert sent["next_open"] == "2024-07-03T13:30:00Z"
    assert sent["next_close"] == "2024-07-03T17:00:00Z"  # the eve of Independence Day
    assert sent["half_day"] is True
    assert sent["source"] == "calendar"


def test_a_weekend_looks_ahead_to_monday():
    report = market_status("XNYS", utc("2024-07-06T12:00"))
    assert (report.status, report.session_date) == ("closed", date(2024, 7, 8))
    assert report.next_open == utc("2024-07-08T13:30")


def test_after_the_close_it_is_still_the_same_session():
    report = market_status("XNYS", utc("2024-07-03T23:00"))
    assert report.status == "closed"  # 19:00, and the late session ended at 17:00
    report = market_status("XNYS", utc("2024-07-03T20:00"))
    assert (report.status, report.session_date) == ("after_hours", date(2024, 7, 3))


def test_a_market_that_never_closes_has_no_next_open():
    report = market_status("24/7", utc("2024-07-06T12:00"))
    assert (report.status, report.next_open, report.next_close) == ("open", None, None)
    weekdays = market_status("24/5", utc("2024-07-03T12:00"))
    assert weekdays.next_close == utc("2024-07-06T00:00")


def test_a_time_in_another_zone_is_the_same_moment():
    from zoneinfo import ZoneInfo

    there = datetime(2024, 7, 2, 10, 0, tzinfo=ZoneInfo("America/New_York"))
    assert market_status("XNYS", there) == market_status("XNYS", utc("2024-07-02T14:00"))


def test_a_vendor_is_believed_and_the_calendar_adds_what_it_does_not_say():
    report = vendor_status(Vendor("closed"), "polygon", "XNYS")
    assert (report.status, report.source) == ("closed", "polygon")  # a halt, by the calendar open
    assert report.venues == {"nyse": "closed"}
    assert report.next_close == utc("2024-07-02T20:00")
    with pytest.raises(BadAnswer, match="dancing"):
        vendor_status(Vendor("dancing"), "polygon", "XNYS")


def test_unknown_calendars_and_sources_name_the_others():
    with pytest.raises(UnknownName, match="Did you mean 'NYSE'"):
        get_market_status(calendar="NYSE2")
    with pytest.raises(UnknownName, match="polygon"):
        get_market_status(source="nobody")


def test_half_days_of_new_york():
    """2024 by nyse.com/markets/hours-calendars: 3 July, 29 November, 24 December."""
    listed = list_sessions("XNYS", "2024-01-01", "2024-12-31", half_days_only=True)
    expected = [date(2024, 7, 3), date(2024, 11, 29), date(2024, 12, 24)]
    assert [one.session for one in listed.records] == expected
    assert (listed.sessions, listed.half_days, listed.left_out) == (252, 3, 0)
    assert listed.records[0].closes == utc("2024-07-03T17:00")
    assert listed.records[0].after_hours == utc("2024-07-03T21:00")
    assert listed.opens_by_auction


def test_a_list_is_cut_and_says_so():
    listed = list_sessions("XTKS", "2024-11-01", "2024-11-30", limit=3)
    assert listed.left_out == listed.sessions - 3
    first = listed.to_frame().iloc[0]
    assert first["break_start"] == utc("2024-11-01T02:30")
    assert "pre_market" not in first  # Tokyo has none
    assert "Tokyo" in repr(listed)


def test_without_dates_it_begins_today():
    at = current().replace(clock=lambda: utc("2024-07-01T12:00"))
    listed = list_sessions(context=at)
    assert (listed.start, listed.end) == (date(2024, 7, 1), date(2024, 7, 31))
    assert list_sessions(end_date="2024-07-31").start == date(2024, 7, 1)


def test_periods_that_cannot_be_listed():
    with pytest.raises(NoData, match="weekend"):
        list_sessions("XNYS", "2024-07-06", "2024-07-07")
    with pytest.raises(OutOfRange):
        list_sessions("XNYS", "2024-07-06", "2060-01-01")
    with pytest.raises(InvalidInput):
        list_sessions("XNYS", "2024-07-06", "2024-07-01")
