"""Phases of the day against the published hours of exchanges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import open_calendar
from workbench.data.sessions import VENUES, Phase, phase_of
from workbench.errors import OutOfRange


def phases(calendar, *texts):
    return phase_of(open_calendar(calendar), np.array(texts, "datetime64[ns]")).tolist()


@pytest.mark.parametrize(
    ("calendar", "instant", "phase"),
    [
        # nyse.com: core session 9:30 to 16:00, early 4:00, late until 20:00, Eastern Time.
        ("XNYS", "2024-03-08T08:59", "closed"),
        ("XNYS", "2024-03-08T09:00", "pre_market"),  # 4:00 EST
        ("XNYS", "2024-03-11T08:00", "pre_market"),  # 4:00 EDT: the clocks have changed
        ("XNYS", "2024-03-11T07:59", "closed"),
        ("XNYS", "2024-03-08T14:29:59", "pre_market"),
        ("XNYS", "2024-03-08T14:30", "regular"),
        ("XNYS", "2024-03-11T13:30", "regular"),
        ("XNYS", "2024-03-11T20:00", "after_hours"),
        ("XNYS", "2024-03-12T00:00", "closed"),  # 20:00 EDT
        ("XNYS", "2024-11-29T17:59", "regular"),  # the day after Thanksgiving closes at 13:00
        ("XNYS", "2024-11-29T18:00", "after_hours"),
        ("XNYS", "2024-11-29T22:00", "closed"),  # and the late session ends at 17:00
        ("XNYS", "2024-11-28T15:00", "closed"),  # Thanksgiving
        ("XNYS", "2024-11-30T15:00", "closed"),  # a Saturday
        ("NASDAQ", "2024-03-08T09:00", "pre_market"),
        # London: opening auction 7:50, continuous 8:00 to 16:30, closing auction to 16:35.
        ("XLON", "2024-07-01T06:50", "opening_auction"),
        ("XLON", "2024-07-01T07:00", "regular"),
        ("XLON", "2024-07-01T15:30", "closing_auction"),
        ("XLON", "2024-07-01T15:36", "after_hours"),
        ("XLON", "2024-07-01T15:40", "closed"),
        ("XLON", "2024-12-24T12:31", "closing_auction"),  # Christmas Eve closes at 12:30
        # Tokyo: 9:00 to 11:30 and 12:30 to 15:30, closing auction from 15:25 (2024-11-05).
        ("XTKS", "2024-11-06T00:00", "regular"),
        ("XTKS", "2024-11-06T02:30", "break"),
        ("XTKS", "2024-11-06T03:29", "break"),
        ("XTKS", "2024-11-06T03:30", "regular"),
        ("XTKS", "2024-11-06T06:24", "regular"),
        ("XTKS", "2024-11-06T06:25", "closing_auction"),
        ("XTKS", "2024-11-06T06:30", "closed"),
        ("XTKS", "2024-11-01T05:59", "regular"),  # until then it closed at 15:00
        ("XTKS", "2024-11-01T06:00", "closed"),
        # Hong Kong: 9:30 to 12:00 and 13:00 to 16:00; no afternoon on Christmas Eve.
        ("XHKG", "2024-12-23T01:00", "opening_auction"),
        ("XHKG", "2024-12-23T04:30", "break"),
        ("XHKG", "2024-12-23T08:05", "closing_auction"),
        ("XHKG", "2024-12-24T04:05", "closing_auction"),
        ("XHKG", "2024-12-24T06:00", "closed"),
        ("XSHG", "2024-07-01T01:20", "opening_auction"),  # 9:15 to 9:25
        ("XSHG", "2024-07-01T01:27", "closed"),
        ("XKRX", "2025-07-01T07:00", "after_hours"),  # until 18:00; what holds since June 2026
        ("XKRX", "2026-07-01T07:00", "closed"),  # is not known here
        ("24/7", "2024-07-06T03:00", "regular"),
        ("24/5", "2024-07-06T03:00", "closed"),
    ],
)
def test_the_published_hours(calendar, instant, phase):
    assert phases(calendar, instant) == [phase]


def test_hours_are_not_told_of_a_time_for_which_they_are_not_known():
    assert phases("XNYS", "2001-03-08T12:00", "2001-03-08T15:00") == ["closed", "regular"]


def test_instants_in_any_order_keep_their_place():
    found = phases("XNYS", "2024-07-02T21:00", "2024-01-02T10:00", "2024-07-02T14:00")
    assert found == [Phase.AFTER_HOURS, Phase.PRE_MARKET, Phase.REGULAR]


def test_what_lies_outside_the_calendar_is_refused():
    with pytest.raises(OutOfRange, match="XNYS"):
        phases("XNYS", "2055-01-01T00:00")


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["XNYS", "XLON", "XTKS", "XHKG", "XSHG", "XBOM"]),
    st.lists(st.integers(0, 366 * 24 * 60 - 1), min_size=1, max_size=50),
)
def test_dealing_is_going_on_when_the_library_says_so(name, minutes):
    """By its own list of the minutes of 2024."""
    import exchange_calendars
    import pandas as pd

    library = exchange_calendars.get_calendar(name, start="2023-12-20", end="2025-01-10")
    instants = np.datetime64("2024-01-01T00:00") + np.array(minutes).astype("timedelta64[m]")
    found = phase_of(open_calendar(name), instants)
    venue = VENUES.get(name)
    inside = venue is not None and (venue.closing_auction or (0, 0))[0] < 0
    dealing = (found == "regular") | ((found == "closing_auction") & inside)
    expected = pd.DatetimeIndex(instants, tz="UTC").isin(library.minutes)
    assert dealing.tolist() == expected.tolist()


def test_every_venue_is_a_calendar():
    import exchange_calendars

    assert set(VENUES) <= set(exchange_calendars.get_calendar_names())
