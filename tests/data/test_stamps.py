"""Time as vendors write it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.data import bars
from workbench.errors import AmbiguousFrame, InvalidInput, UnusableFrame

DATES = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"]


def read(stamps, **how):
    frame = pd.DataFrame({"AAPL": np.arange(len(stamps)) + 1.0}, index=stamps)
    return [str(time)[:19] for time in bars(frame, **how)["time"].to_numpy()]


DAYS = [f"{date}T00:00:00" for date in DATES]


@pytest.mark.parametrize("stamp", ["00:00", "05:00", "14:30", "21:00", "23:59:59.999"])
def test_vendors_stamp_the_same_session_differently(stamp):
    zoned = pd.DatetimeIndex([f"{date} {stamp}" for date in DATES], tz="UTC")
    assert read(zoned, calendar="XNYS") == DAYS


def test_the_midnight_of_the_exchange_through_a_change_of_clocks():
    local = pd.DatetimeIndex(["2024-03-08", "2024-03-11"], tz="America/New_York")
    expected = ["2024-03-08T00:00:00", "2024-03-11T00:00:00"]
    assert read(local, calendar="XNYS") == expected
    assert read(local.tz_convert("UTC"), calendar="XNYS") == expected  # 05:00, then 04:00


def test_the_midnight_of_tokyo_is_the_day_before_in_utc():
    tokyo = pd.DatetimeIndex(["2024-01-04", "2024-01-05"], tz="Asia/Tokyo")
    expected = ["2024-01-04T00:00:00", "2024-01-05T00:00:00"]
    assert read(tokyo) == expected
    assert read(tokyo.tz_convert("UTC"), calendar="XTKS") == expected


def test_intraday_is_converted_to_utc_and_refused_without_a_zone():
    local = pd.date_range("2024-01-02 09:30", periods=3, freq="5min")
    with pytest.raises(UnusableFrame, match="tz='UTC'"):
        read(local)
    expected = ["2024-01-02T14:30:00", "2024-01-02T14:35:00", "2024-01-02T14:40:00"]
    assert read(local, tz="America/New_York") == expected
    assert read(local.tz_localize("America/New_York")) == expected
    assert read(local, tz="UTC")[0] == "2024-01-02T09:30:00"


def test_an_intraday_bar_is_known_at_its_end():
    stamps = pd.date_range("2024-01-02 14:30", periods=3, freq="5min", tz="UTC")
    made = bars(pd.DataFrame({"A": [1.0, 2.0, 3.0]}, index=stamps))
    assert made.attrs["timeframe"] == "5m"
    assert str(made["known_at"].to_numpy()[0]) == "2024-01-02T14:35:00.000000000"


def test_a_zone_that_does_not_exist_and_a_time_that_never_was():
    local = pd.date_range("2024-03-10 01:30", periods=3, freq="30min")
    with pytest.raises(InvalidInput, match="Mars"):
        read(local, tz="Mars/Olympus")
    with pytest.raises(InvalidInput, match="02:00"):
        read(local, tz="America/New_York")


@pytest.mark.parametrize(
    "stamps",
    [
        DATES,
        [pd.Timestamp(date).date() for date in DATES],
        [int(date.replace("-", "")) for date in DATES],
        [pd.Timestamp(date).timestamp() for date in DATES],
        [int(pd.Timestamp(date).timestamp() * 1000) for date in DATES],
        [pd.Timestamp(date).value for date in DATES],
        pd.PeriodIndex(DATES, freq="D"),
        ["1/2/2024", "1/3/2024", "1/4/2024", "1/5/2024", "1/16/2024"],
        ["Jan 2, 2024", "Jan 3, 2024", "Jan 4, 2024", "Jan 5, 2024", "Jan 8, 2024"],
        [f"{date}T00:00:00Z" for date in DATES],
    ],
    ids=["iso", "date", "yyyymmdd", "s", "ms", "ns", "period", "us", "english", "zulu"],
)
def test_dates_in_many_writings(stamps):
    frame = pd.DataFrame({"date": list(stamps), "AAPL": np.arange(5) + 1.0})
    made = bars(frame, timeframe="1d", calendar="24/7")
    found = [str(time)[:19] for time in made["time"].to_numpy()]
    assert found[:4] == DAYS[:4]


def test_text_that_can_be_day_first_or_month_first_is_refused():
    with pytest.raises(AmbiguousFrame, match=r"2024-01-02.*2024-02-01"):
        read(["1/2/2024", "2/2/2024", "3/2/2024"])


@pytest.mark.parametrize("stamps", [[3, 1, 2], ["soon", "later", "never"]])
def test_what_is_no_date_is_refused(stamps):
    frame = pd.DataFrame({"date": stamps, "close": [1.0, 2.0, 3.0]})
    with pytest.raises(UnusableFrame):
        bars(frame)


@pytest.mark.parametrize(
    ("freq", "timeframe"),
    [("min", "1m"), ("15min", "15m"), ("h", "1h"), ("D", "1d"), ("W-FRI", "1w"), ("MS", "1M")],
)
def test_the_timeframe_is_read_from_the_distance(freq, timeframe):
    stamps = pd.date_range("2024-01-01", periods=8, freq=freq, tz="UTC")
    assert bars(pd.DataFrame({"A": np.ones(8)}, index=stamps)).attrs["timeframe"] == timeframe


def test_a_longer_bar_is_not_known_before_its_period_has_ended():
    weeks = pd.DatetimeIndex(["2024-01-08", "2024-01-16"])  # Monday; Tuesday after a holiday
    made = bars(pd.DataFrame({"A": [1.0, 2.0]}, index=weeks), timeframe="1w", calendar="XNYS")
    assert str(made["known_at"].to_numpy()[0])[:16] == "2024-01-12T21:00"
    months = pd.DatetimeIndex(["2024-01-01", "2024-02-01"])
    made = bars(pd.DataFrame({"A": [1.0, 2.0]}, index=months), calendar="XNYS")
    assert str(made["known_at"].to_numpy()[1])[:16] == "2024-02-29T21:00"
