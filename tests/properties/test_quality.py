"""Laws of quality: every fault that is put into clean data is found, and nothing else is.

The clean data are drawn here with NumPy: geometric Brownian motion with a tick, an open that
moves overnight, a high and a low around both, and log-normal volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import exchange_calendars
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.quality import Check, check_rows

SYMBOLS = ("AAA", "BBB", "CCC")
SESSIONS = 320
SEEDS = st.integers(0, 2**32 - 1)
LOOK = settings(max_examples=12, deadline=None)


@dataclass
class Fault:
    """What was done to clean rows, and what should be said about it."""

    frame: pd.DataFrame
    symbol: str
    start: pd.Timestamp
    end: pd.Timestamp
    actions: pa.Table | None = None


@cache
def calendar():
    return exchange_calendars.get_calendar("XNYS", start="2022-01-01", end="2025-01-31")


def bars_of(rng, symbol, times, sigma, night):
    """Clean bars; `night` is the share of the variance that falls before the open."""
    count = len(times)
    before = rng.normal(0, sigma * np.sqrt(night), count)
    during = rng.normal(0, sigma * np.sqrt(1 - night), count)
    close = np.cumsum(before + during) + np.log(rng.uniform(30, 300))
    opened = close - during
    reach = np.abs(rng.normal(0, 0.4 * sigma, (2, count)))
    prices = {
        "open": opened,
        "high": np.maximum(opened, close) + reach[0],
        "low": np.minimum(opened, close) - reach[1],
        "close": close,
    }
    frame = pd.DataFrame({name: np.exp(values).round(2) for name, values in prices.items()})
    volume = np.exp(rng.normal(np.log(rng.uniform(1e5, 1e7)), 0.35, count)).round()
    return frame.assign(volume=volume, symbol=symbol, time=times)


def daily(rng):
    times = calendar().sessions[10 : 10 + SESSIONS].to_numpy("datetime64[us]")
    parts = [bars_of(rng, name, times, rng.uniform(0.008, 0.025), 0.2) for name in SYMBOLS]
    return pd.concat(parts, ignore_index=True)


def intraday(rng):
    """Half-hours of 60 sessions across the change of clocks of 2024-03-10, and across 2024-07-03,
    which was a half day."""
    parts = []
    for first, last in (("2024-02-12", "2024-04-05"), ("2024-06-24", "2024-07-12")):
        hours = calendar().schedule.loc[first:last, ["open", "close"]]
        starts = [
            pd.date_range(opens, closes, freq="30min", inclusive="left")
            for opens, closes in hours.itertuples(index=False)
        ]
        parts.append(np.concatenate([one.tz_localize(None).to_numpy() for one in starts]))
    # Between the two stretches lies a quarter without bars, which is a gap: the symbols differ.
    frames = [
        bars_of(rng, name, times.astype("datetime64[us]"), rng.uniform(0.002, 0.005), 0.0)
        for name, times in zip(("SPRING", "SUMMER"), parts, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)


def report_of(frame, timeframe="1d", **how):
    rows = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False)
    return check_rows(rows, timeframe=timeframe, calendar="XNYS", **how)


def somewhere(rng, frame, *, length=1, margin=45):
    """A symbol, and the labels of `length` of its rows, away from both ends."""
    symbol = str(rng.choice(frame["symbol"].unique()))
    own = frame.index[frame["symbol"] == symbol]
    first = int(rng.integers(margin, len(own) - margin - length))
    return symbol, own[first : first + length]


def fault(frame, symbol, labels, **also):
    times = frame.loc[labels, "time"]
    return Fault(frame, symbol, times.min(), times.max(), **also)


PRICES = ["open", "high", "low", "close"]


def a_duplicate(rng, frame):
    symbol, at = somewhere(rng, frame)
    again = frame.loc[at].assign(close=lambda rows: rows["low"])
    return fault(pd.concat([frame, again], ignore_index=True), symbol, at)


def a_close_that_is_missing(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, "close"] = np.nan
    return fault(frame, symbol, at)


def a_price_of_zero(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, rng.choice(["open", "low", "close"])] = rng.choice([0.0, -1.0])
    return fault(frame, symbol, at)


def high_and_low_exchanged(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, ["high", "low"]] = frame.loc[at, ["low", "high"]].to_numpy()
    return fault(frame, symbol, at)


def a_close_above_the_high(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, "close"] = frame.loc[at, "high"] * 1.002
    return fault(frame, symbol, at)


def a_bar_on_a_holiday(rng, frame):
    symbol, at = somewhere(rng, frame)
    days = pd.date_range(frame.loc[at, "time"].iloc[0], periods=10, freq="D")
    closed = next(day for day in days if not calendar().is_session(day))
    row = frame.loc[at].assign(time=closed)
    made = pd.concat([frame, row], ignore_index=True)
    return Fault(made, symbol, closed, closed)


def sessions_left_out(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(1, 8)))
    found = fault(frame, symbol, at)
    found.frame = frame.drop(index=at)
    return found


def a_close_that_stands_still(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(6, 20)))
    for name in PRICES:
        frame.loc[at, name] = frame.loc[at[0] - 1, "close"]
    if rng.random() < 0.5:
        frame.loc[at, "volume"] = 0.0
    return fault(frame, symbol, at)


def a_bad_print(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, PRICES] *= rng.choice([0.5, 0.6, 1.7, 2.5])
    return fault(frame, symbol, at)


def a_decimal_point(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, PRICES] *= rng.choice([0.01, 0.1, 10.0, 100.0])
    return fault(frame, symbol, at)


def a_decimal_point_in_one_field(rng, frame):
    symbol, at = somewhere(rng, frame)
    frame.loc[at, rng.choice(PRICES)] *= rng.choice([0.01, 0.1, 10.0, 100.0])
    return fault(frame, symbol, at)


def pence_for_pounds(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(4, 60)))
    frame.loc[at, PRICES] *= 100
    return fault(frame, symbol, at)


def closes_in_pence(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(4, 60)))
    frame.loc[at, "close"] *= 100
    return fault(frame, symbol, at)


def a_split_nobody_recorded(rng, frame):
    symbol, at = somewhere(rng, frame)
    own = (frame["symbol"] == symbol) & (frame["time"] >= frame.loc[at[0], "time"])
    ratio = rng.choice([2.0, 3.0, 4.0, 7.0, 1.5, 0.1, 0.05])
    frame.loc[own, PRICES] /= ratio
    frame.loc[own, "volume"] *= ratio
    return fault(frame, symbol, at)


def a_split_that_prices_do_not_show(rng, frame):
    symbol, at = somewhere(rng, frame)
    actions = pa.table(
        {
            "symbol": [symbol],
            "time": pa.array(frame.loc[at, "time"].to_numpy("datetime64[us]")),
            "kind": ["split"],
            "ratio": [float(rng.choice([2.0, 4.0, 0.1]))],
        }
    )
    return fault(frame, symbol, at, actions=actions)


def volume_that_is_missing(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(1, 6)))
    frame.loc[at, "volume"] = rng.choice([0.0, np.nan])
    return fault(frame, symbol, at)


def volume_in_lots(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(1, 60)))
    frame.loc[at, "volume"] /= 100
    return fault(frame, symbol, at)


def rows_filled_in_later(rng, frame):
    symbol, at = somewhere(rng, frame, length=int(rng.integers(1, 20)))
    written = frame["time"] + pd.Timedelta(days=1)
    written.loc[at] = frame["time"].max() + pd.Timedelta(days=int(rng.integers(10, 400)))
    return fault(frame.assign(recorded_at=written), symbol, at)


def half_hours_left_out(rng, frame):
    symbol, at = somewhere(rng, frame)
    found = fault(frame, symbol, at)
    found.frame = frame.drop(index=at)
    return found


def a_bar_at_night(rng, frame):
    symbol, at = somewhere(rng, frame)
    day = frame.loc[at, "time"].dt.normalize().iloc[0]
    night = day + pd.Timedelta(hours=22)  # 17:00 or 18:00 in New York
    made = pd.concat([frame, frame.loc[at].assign(time=night)], ignore_index=True)
    return Fault(made, symbol, night, night)


def summer_time_forgotten(rng, frame):
    """From the change of clocks on, the times are an hour late."""
    count = int(rng.integers(1, 15))
    spring = frame["symbol"] == "SPRING"
    days = frame.loc[spring, "time"].dt.normalize().unique()
    late = days[days > pd.Timestamp("2024-03-10")][:count]
    own = spring & frame["time"].dt.normalize().isin(late)
    frame.loc[own, "time"] += pd.Timedelta(hours=1)
    return fault(frame, "SPRING", frame.index[own])


OF_DAYS = {
    a_duplicate: Check.DUPLICATE,
    a_close_that_is_missing: Check.NO_CLOSE,
    a_price_of_zero: Check.NON_POSITIVE,
    high_and_low_exchanged: Check.HIGH_BELOW_LOW,
    a_close_above_the_high: Check.CROSSED,
    a_bar_on_a_holiday: Check.CLOSED_DAY,
    sessions_left_out: Check.MISSING_SESSIONS,
    a_close_that_stands_still: Check.STALE,
    a_bad_print: Check.SPIKE,
    a_decimal_point: Check.SLIP,
    a_decimal_point_in_one_field: Check.SLIP,
    pence_for_pounds: Check.CURRENCY_UNIT,
    closes_in_pence: Check.CURRENCY_UNIT,
    a_split_nobody_recorded: Check.SPLIT_SHAPED,
    a_split_that_prices_do_not_show: Check.ADJUSTMENT,
    volume_that_is_missing: Check.NO_VOLUME,
    volume_in_lots: Check.VOLUME_UNIT,
    rows_filled_in_later: Check.BACK_FILL,
}
OF_HALF_HOURS = {
    half_hours_left_out: Check.MISSING_BARS,
    a_bar_at_night: Check.OUTSIDE_SESSION,
    summer_time_forgotten: Check.CLOCK_SHIFT,
    a_duplicate: Check.DUPLICATE,
    a_price_of_zero: Check.NON_POSITIVE,
    a_close_above_the_high: Check.CROSSED,
    a_decimal_point: Check.SLIP,
    a_bad_print: Check.SPIKE,
}

ALSO = {
    # One wrong price is also outside of the high and low of its bar.
    Check.SLIP: {Check.CROSSED, Check.HIGH_BELOW_LOW},
    Check.CURRENCY_UNIT: {Check.CROSSED},
    Check.NON_POSITIVE: {Check.CROSSED},
}
"""What else is rightly said of the same bars."""


def name_of(maker):
    return maker.__name__


def agrees(found, made, check):
    """The fault is named on its own bars; all else is one of `ALSO` and on the same bars."""
    hits = [one for one in found if one.check is check]
    assert hits, [str(one) for one in found]
    assert {one.symbol for one in found} == {made.symbol}
    assert min(one.start for one in hits) == made.start
    assert max(one.end for one in hits) == made.end
    assert {one.check for one in found} <= {check} | ALSO.get(check, set()), list(map(str, found))
    assert all(made.start <= one.start <= one.end <= made.end for one in found)


@LOOK
@given(SEEDS)
def test_clean_days_are_found_clean(seed):
    report = report_of(daily(np.random.default_rng(seed)))
    assert report.findings == []
    assert report.sound_share == 1.0
    assert report.bars == SESSIONS * len(SYMBOLS)


@LOOK
@given(SEEDS)
def test_clean_half_hours_are_found_clean(seed):
    report = report_of(intraday(np.random.default_rng(seed)), "30m")
    assert report.findings == []
    assert report.sound_share == 1.0


@pytest.mark.parametrize("maker", OF_DAYS, ids=name_of)
@LOOK
@given(seed=SEEDS)
def test_a_fault_among_days_is_found_and_nothing_else(maker, seed):
    rng = np.random.default_rng(seed)
    made = maker(rng, daily(rng))
    agrees(report_of(made.frame, actions=made.actions).findings, made, OF_DAYS[maker])


@pytest.mark.parametrize("maker", OF_HALF_HOURS, ids=name_of)
@LOOK
@given(seed=SEEDS)
def test_a_fault_among_half_hours_is_found_and_nothing_else(maker, seed):
    rng = np.random.default_rng(seed)
    made = maker(rng, intraday(rng))
    agrees(report_of(made.frame, "30m").findings, made, OF_HALF_HOURS[maker])
