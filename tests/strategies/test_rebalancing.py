"""When a portfolio is rebalanced, against dates of the calendar on the wall."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.errors import OutOfRange
from workbench.strategies.rebalancing import LONGEST, is_last_of, is_rebalanced


def _bars(time, calendar=None, timeframe="1d"):
    close = xr.DataArray(
        np.ones((len(time), 1)), {"time": time, "symbol": ["A"]}, ("time", "symbol")
    )
    bars = xr.Dataset({"close": close}, attrs={"timeframe": timeframe})
    return bars if calendar is None else bars.assign_coords(calendar=("symbol", [calendar]))


def _dates(flags):
    return [f"{day:%m-%d}" for day in flags.indexes["time"][flags.to_numpy()]]


WEEKDAYS = pd.bdate_range("2023-12-28", "2024-04-03")


def test_the_first_bar_of_a_period_is_one():
    assert _dates(is_rebalanced(_bars(WEEKDAYS), "month")) == ["01-01", "02-01", "03-01", "04-01"]
    assert _dates(is_rebalanced(_bars(WEEKDAYS), "quarter")) == ["01-01", "04-01"]
    assert _dates(is_rebalanced(_bars(WEEKDAYS), "year")) == ["01-01"]
    assert _dates(is_rebalanced(_bars(WEEKDAYS[:8]), "week")) == ["01-01", "01-08"]
    assert is_rebalanced(_bars(WEEKDAYS), "bar").all()


def test_every_n_bars_does_not_depend_on_where_the_data_begin():
    whole = _dates(is_rebalanced(_bars(WEEKDAYS, "XNYS"), 5))
    later = _dates(is_rebalanced(_bars(WEEKDAYS[17:], "XNYS"), 5))
    assert whole[-len(later) :] == later
    assert len(whole) == pytest.approx(len(WEEKDAYS) / 5, abs=1.5)


def test_n_bars_are_sessions_of_the_exchange():
    holidays = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29"])
    sessions = WEEKDAYS[~WEEKDAYS.isin(holidays)]  # of New York
    flags = is_rebalanced(_bars(sessions, "XNYS"), 4).to_numpy().nonzero()[0]
    assert set(np.diff(flags)) == {4}


def test_n_bars_of_a_day_without_sessions_are_intervals_of_the_clock():
    time = pd.date_range("2024-01-01", periods=12, freq="1h")
    flags = is_rebalanced(_bars(time, timeframe="1h"), 4)
    assert [stamp.hour for stamp in time[flags.to_numpy()]] == [4, 8]


def test_a_number_of_bars_is_one_or_more():
    with pytest.raises(OutOfRange, match="every"):
        is_rebalanced(_bars(WEEKDAYS), 0)


def test_the_last_session_of_a_month_is_known_on_the_day():
    """Good Friday, 29 March 2024, had no session in New York."""
    sessions = WEEKDAYS[WEEKDAYS != "2024-03-29"]
    assert _dates(is_last_of(_bars(sessions, "XNYS"), "month")) == [
        "12-29",
        "01-31",
        "02-29",
        "03-28",
    ]
    assert _dates(is_last_of(_bars(WEEKDAYS), "month"))[-1] == "03-29"
    today = WEEKDAYS[WEEKDAYS <= "2024-03-28"]
    assert _dates(is_last_of(_bars(today, "XNYS"), "month"))[-1] == "03-28"


@pytest.mark.parametrize("every", ["week", "month", "quarter", "year"])
def test_no_period_is_longer_than_it_says(every):
    flags = is_rebalanced(_bars(pd.date_range("2019-01-01", "2024-12-31")), every)
    assert np.diff(flags.to_numpy().nonzero()[0]).max() == LONGEST[every]
