from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from pydantic import TypeAdapter

from workbench.domain import Period, Session, as_session
from workbench.errors import InvalidInput

DAY = dt.date(2020, 1, 31)


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        "2020-01-31",
        dt.datetime(2020, 1, 31, 9, tzinfo=dt.UTC),
        pd.Timestamp("2020-01-31 16:00"),
    ],
)
def test_a_session_is_its_date_however_it_is_given(value):
    day = as_session("start_date", value)
    assert day == DAY
    assert type(day) is dt.date


def test_what_was_not_given_stays_so():
    assert as_session("start_date", None) is None


@pytest.mark.parametrize("value", ["31.1.2020", "", "2020-13-01", 20200131, float("nan")])
def test_anything_else_is_refused(value):
    with pytest.raises(InvalidInput, match=r"start_date names no day.*2020-01-31"):
        as_session("start_date", value)


def test_on_the_wire_it_is_a_date():
    assert TypeAdapter(Session).json_schema() == {"type": "string", "format": "date"}


def test_a_period_includes_its_last_day():
    period = Period.of("2020-01-01", DAY)
    assert (period.first, period.last) == (dt.date(2020, 1, 1), DAY)
    assert period.end == dt.date(2020, 2, 1)
    assert Period.of(DAY, DAY).last == DAY


def test_an_open_period_has_no_end():
    assert Period.of().end is None


def test_reversed_dates_are_refused():
    with pytest.raises(InvalidInput, match=r"2020-01-31 to 2020-01-30.*Exchange"):
        Period.of("2020-01-31", "2020-01-30")
