"""What the checks say of real prices, of hand-made ones, and what is kept of what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from workbench import registry
from workbench.context import current
from workbench.data import bars, load_bars
from workbench.data.quality import (
    CHECKS,
    Check,
    Severity,
    check_bars,
    check_quality,
    check_rows,
    list_quarantine,
    quarantine,
    repair_dataset,
    schema_of,
    sift,
    table_faults,
)
from workbench.data.quality.operations import Repairable
from workbench.data.quality.pandera import TABLES
from workbench.data.quality.repairing import knowledge_of
from workbench.data.quality.robust import longest_by_chance, tick_of
from workbench.data.quality.rules import RULES, WITHOUT_RULE
from workbench.domain import ACTION_COLUMNS, Timeframe
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.store import MemoryLake

DAY = Timeframe.parse("1d")
NOW = datetime.fromisoformat("2024-03-01T12:00")


def rows_of(closes, times, symbol="A", **fields):
    """Flat bars: open, high and low are the close unless they are given."""
    made = {name: fields.get(name, closes) for name in ("open", "high", "low")}
    made |= {"close": closes, "volume": fields.get("volume", np.full(len(closes), 1e6))}
    columns = {name: pa.array(values, pa.float64()) for name, values in made.items()}
    stamps = pa.array(np.asarray(times, dtype="datetime64[us]"))
    return pa.table({"symbol": pa.array([symbol] * len(closes)), "time": stamps, **columns})


def days(start, end):
    exchange_calendars = pytest.importorskip("exchange_calendars")
    calendar = exchange_calendars.get_calendar("XNYS", start=start, end=end)
    return calendar.sessions.to_numpy("datetime64[us]")


def walk(count, sigma=0.01, seed=1):
    """A random walk from 100 with a tick of a cent."""
    returns = np.random.default_rng(seed).normal(0, sigma, count)
    return (100 * np.exp(np.cumsum(returns))).round(2)


def said(report):
    return [(one.check.value, one.symbol, str(one.start.date())) for one in report.findings]


# --- the vocabulary -------------------------------------------------------------------------


def test_every_check_has_a_function_that_says_what_it_looks_for():
    assert set(CHECKS) == set(Check)
    assert all(function.__doc__ for function in CHECKS.values())
    assert all(function.__name__ == check.value for check, function in CHECKS.items())


def test_every_check_has_a_rule_or_says_what_to_do_instead():
    assert list(get_args(Repairable)) == sorted(RULES)
    assert set(RULES) | set(WITHOUT_RULE) == set(Check)
    assert not set(RULES) & set(WITHOUT_RULE)


# --- real prices ----------------------------------------------------------------------------

KNOWN_SPLITS_5 = [
    ("split_shaped", "AAPL", "2000-06-21"),
    ("split_shaped", "AAPL", "2005-02-28"),
    ("split_shaped", "MSFT", "2003-02-18"),
]
"""As the manifest of us-tech-5 names them; AAPL's fall of 52% on 2000-09-29 is real."""

UNEXPLAINED_36 = {
    # A stock dividend of one share of class C for each share of class A, which the file lacks.
    ("split_shaped", "GOOGL", "2014-04-03"),
    # The recapitalisation of 2000: 1.748 new shares for one.
    ("split_shaped", "F", "2000-08-03"),
    # A hundredth of the volume of the sessions around it.
    ("volume_unit", "F", "2017-05-12"),
    ("volume_unit", "INTC", "2000-12-01"),
}
"""What is wrong with the 36 stocks themselves."""


@pytest.fixture(scope="module")
def stocks(shared):
    """Raw bars of 36 stocks, and their splits."""
    parts, actions = [], []
    for path in sorted((shared / "data/prices/us_daily_adjusted").glob("*.csv.gz")):
        frame = pd.read_csv(path, parse_dates=["timestamp"])
        frame = frame.assign(symbol=path.name.removesuffix(".csv.gz"), time=frame["timestamp"])
        parts.append(frame[["symbol", "time", "open", "high", "low", "close", "volume"]])
        splits = frame[frame["split_coefficient"] != 1].assign(kind="split")
        actions.append(splits.rename(columns={"split_coefficient": "ratio"}))
    columns = ["symbol", "time", "kind", "ratio"]
    rows = pd.concat(parts).astype({"volume": float})
    return (
        pa.Table.from_pandas(rows, preserve_index=False),
        pa.Table.from_pandas(pd.concat(actions)[columns], preserve_index=False),
    )


def test_every_real_split_is_found_when_actions_are_withheld(stocks):
    rows, actions = stocks
    found = set(said(check_rows(rows, timeframe="1d", calendar="XNYS")))
    # HON 1.011 and 1.032 and PFE 1.054 are spin-offs: no ratio of shares.
    real = {
        ("split_shaped", one["symbol"], str(one["time"].date()))
        for one in actions.to_pylist()
        if not 0.8 < one["ratio"] < 1.25
    }
    assert len(real) == 31
    assert found == real | UNEXPLAINED_36


def test_no_real_split_is_found_when_actions_are_given(stocks):
    rows, actions = stocks
    report = check_rows(rows, timeframe="1d", calendar="XNYS", actions=actions)
    assert set(said(report)) == UNEXPLAINED_36
    assert (report.bars, report.missing, report.wrong, report.doubtful) == (193_267, 0, 0, 5)


def test_adjusted_prices_that_are_called_raw_are_found(stocks):
    """AAPL's rows with 2014-06-09's seven for one undone before it, as a vendor mixes them."""
    rows, actions = stocks
    frame = rows.to_pandas()
    frame = frame[frame["symbol"] == "AAPL"]
    early = frame["time"] < "2014-06-09"
    frame.loc[early, ["open", "high", "low", "close"]] /= 7.0
    mixed = pa.Table.from_pandas(frame, preserve_index=False)
    report = check_rows(mixed, timeframe="1d", calendar="XNYS", actions=actions)
    assert said(report) == [("adjustment", "AAPL", "2014-06-09")]
    assert "do not show" in report.findings[0].why


def test_us_tech_5_shows_its_splits_raw_and_nothing_adjusted():
    pytest.importorskip("deltalake")
    assert said(check_quality("us-tech-5", adjust="none")) == KNOWN_SPLITS_5
    assert said(check_quality("us-tech-5")) == []


def test_splits_that_the_lake_knows_are_no_finding(own_home):
    pytest.importorskip("deltalake")
    from workbench.data.actions import store_actions

    rows = [
        {"symbol": symbol, "time": datetime.fromisoformat(day), "kind": "split", "ratio": 2.0}
        for _, symbol, day in KNOWN_SPLITS_5
    ]
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in ACTION_COLUMNS.items()])
    store_actions(current().lake, "us-tech-5", pa.Table.from_pylist(rows, schema=schema), NOW)
    assert said(check_quality("us-tech-5", adjust="none")) == []


def test_us_indices_lack_the_volume_of_two_days():
    pytest.importorskip("deltalake")
    report = check_quality("us-indices")
    assert said(report) == [
        ("no_volume", "IXIC", "2015-05-12"),
        ("no_volume", "IXIC", "2018-01-09"),
    ]
    assert report.missing == 0


def test_crashes_in_sp500_20_are_notes_as_closes_tell_no_more():
    pytest.importorskip("deltalake")
    report = check_quality("sp500-20")
    assert {one.severity for one in report.findings} == {Severity.NOTE}
    assert said(report) == [
        ("split_shaped", "AAPL", "2000-09-29"),  # a warning on profits
        ("split_shaped", "AMD", "1992-06-18"),
        ("split_shaped", "AMD", "2016-04-22"),  # a rise by half after a licence to China
        ("split_shaped", "BBY", "2000-11-09"),
        ("split_shaped", "BBY", "2002-08-08"),
        ("split_shaped", "PG", "2000-03-07"),  # a warning on profits
        ("split_shaped", "UNH", "1996-07-11"),
    ]
    assert report.sound_share == 1.0


@pytest.mark.parametrize("timeframe", ["1d", "15m"])
def test_drawn_series_are_clean_whatever_drew_them(timeframe):
    """Brownian, stochastic volatility, jumps, regimes, clusters with fat tails: all are prices."""
    from workbench.data.sources import SyntheticSource

    symbols = [f"{code}-{number}" for code in ("GBM", "HESTON", "MERTON", "REGIMES", "GARCH")
               for number in (1, 2)]  # fmt: skip
    start = datetime.fromisoformat("2016-01-04" if timeframe == "1d" else "2019-02-04")
    end = datetime.fromisoformat("2019-05-01")
    pages = SyntheticSource(7).bars(symbols, Timeframe.parse(timeframe), start, end)
    report = check_rows(pa.concat_tables(list(pages)), timeframe=timeframe, calendar="XNYS")
    assert [str(one) for one in report.findings] == []
    assert report.sound_share == 1.0


# --- calendars ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "first", "last", "timeframe", "count"),
    [
        # 24 hours of 366 days.
        ("24/7", "2024-01-01", "2024-12-31", "1h", 24 * 366),
        # Four whole days and Friday to 21:00, 52 times, and Monday and Tuesday.
        ("24/5", "2024-01-01", "2024-12-31", "1h", 52 * (4 * 24 + 21) + 48),
        # Two hours and a half before the break and three after it.
        ("XHKG", "2024-01-08", "2024-01-12", "30m", 5 * (5 + 6)),
        # 2024-07-03 closes at 13:00: 7 half-hours in place of 13.
        ("XNYS", "2024-07-01", "2024-07-05", "30m", 3 * 13 + 7),
    ],
)
def test_a_whole_grid_is_whole_and_one_bar_less_is_missed(calendar, first, last, timeframe, count):
    from workbench.data.quality.hours import expected_bars

    starts, _ = expected_bars(
        calendar, np.datetime64(first), np.datetime64(last), Timeframe.parse(timeframe)
    )
    assert len(starts) == count
    closes = walk(count, 0.002)
    rows = rows_of(closes, starts, high=closes * 1.001, low=closes * 0.999)
    whole = check_rows(rows, timeframe=timeframe, calendar=calendar)
    assert (said(whole), whole.bars, whole.sound_share) == ([], count, 1.0)
    place = count // 2
    less = pa.concat_tables([rows.slice(0, place), rows.slice(place + 1)])
    report = check_rows(less, timeframe=timeframe, calendar=calendar)
    assert [one.check for one in report.findings] == [Check.MISSING_BARS]
    assert report.findings[0].start == starts[place].astype("datetime64[us]").item()
    assert report.missing == 1


def test_hours_that_begin_on_the_hour_are_the_grid_of_the_vendor():
    """Trading begins at 9:30 and the bar of 9:00 holds its first half-hour; as Polygon has it."""
    times = [
        np.datetime64(f"{day}T{hour:02}:00")
        for day in ("2024-01-08", "2024-01-09", "2024-01-10")
        for hour in range(14, 21)  # 9:00 to 15:00 in New York
    ]
    rows = rows_of(walk(len(times), 0.003), times)
    assert said(check_rows(rows, timeframe="1h", calendar="XNYS")) == []
    gap = rows.filter(pa.array([time != np.datetime64("2024-01-09T17:00") for time in times]))
    assert said(check_rows(gap, timeframe="1h", calendar="XNYS")) == [
        ("missing_bars", "A", "2024-01-09")
    ]


def test_extended_hours_are_said_once():
    times = pd.date_range("2024-01-08 09:00", "2024-01-12 23:59", freq="30min")
    times = times[times.hour * 2 + times.minute // 30 >= 18]  # from 4:00 in New York on
    rows = rows_of(walk(len(times), 0.002), times.to_numpy())
    report = check_rows(rows, timeframe="30m", calendar="XNYS")
    assert [(one.check, one.severity) for one in report.findings] == [
        (Check.OUTSIDE_SESSION, Severity.NOTE)
    ]
    assert report.sound_share == 1.0


def test_local_times_that_were_read_as_utc_are_found():
    """9:30 to 16:00 as if it were UTC: five hours early in winter."""
    times = [
        np.datetime64(f"{day}T09:30") + np.timedelta64(30 * number, "m")
        for day in ("2024-01-08", "2024-01-09", "2024-01-10")
        for number in range(13)
    ]
    report = check_rows(rows_of(walk(39, 0.002), times), timeframe="30m", calendar="XNYS")
    shifts = [one for one in report.findings if one.check is Check.CLOCK_SHIFT]
    assert [(one.factor, one.bars) for one in shifts] == [(-5 * 3600.0, 39)]


def test_weeks_and_months_are_counted_wherever_their_label_lies():
    fridays = pd.date_range("2023-01-06", periods=60, freq="W-FRI").to_numpy()
    rows = rows_of(walk(60, 0.03), fridays)
    assert said(check_rows(rows, timeframe="1w", calendar="XNYS")) == []
    less = pa.concat_tables([rows.slice(0, 20), rows.slice(22)])
    report = check_rows(less, timeframe="1w", calendar="XNYS")
    assert report.findings[0].seen == "2 weeks without a bar"
    ends = pd.date_range("2020-01-31", periods=48, freq="ME").to_numpy()
    assert said(check_rows(rows_of(walk(48, 0.05), ends), timeframe="1M", calendar="XNYS")) == []


def test_the_day_of_an_asian_exchange_is_its_own():
    """Tokyo opens at midnight UTC: its sessions are not cut in two."""
    from workbench.data.quality.hours import expected_bars

    starts, _ = expected_bars(
        "XTKS", np.datetime64("2024-02-05"), np.datetime64("2024-02-09"), Timeframe.parse("30m")
    )
    assert str(starts[0]) == "2024-02-05T00:00:00.000000000"
    rows = rows_of(walk(len(starts), 0.002), starts)
    assert said(check_rows(rows, timeframe="30m", calendar="XTKS")) == []


@pytest.mark.parametrize(
    ("timeframe", "times"),
    [
        ("2d", pd.date_range("2024-01-02", periods=20, freq="2D")),  # from which day on?
        ("5m", pd.to_datetime("2024-01-08 15:00") + pd.to_timedelta(np.arange(40) ** 2, "s")),
        ("30m", pd.date_range("2024-01-06 15:00", periods=4, freq="30min")),  # a Saturday
    ],
)
def test_where_no_grid_can_be_expected_no_bar_is_missed(timeframe, times):
    rows = rows_of(walk(len(times), 0.002), times.to_numpy())
    report = check_rows(rows, timeframe=timeframe, calendar="XNYS")
    assert report.missing == 0
    assert report.bars == len(times)
    assert report.coverage["A"].isna().all()


def test_a_split_between_two_sessions_is_found_in_their_half_hours():
    from workbench.data.quality.hours import expected_bars

    starts, dates = expected_bars(
        "XNYS", np.datetime64("2024-01-02"), np.datetime64("2024-02-16"), Timeframe.parse("30m")
    )
    later = dates >= np.datetime64("2024-01-24")
    close = walk(len(starts), 0.003)
    volume = np.random.default_rng(6).lognormal(12, 0.3, len(starts))
    rows = rows_of(
        np.where(later, close / 4, close), starts, volume=np.where(later, volume * 4, volume)
    )
    (found,) = check_rows(rows, timeframe="30m", calendar="XNYS").findings
    assert found.check is Check.SPLIT_SHAPED
    assert "4 for 1" in found.seen
    assert (str(found.start), str(found.end)) == ("2024-01-24 14:30:00", "2024-01-24 20:30:00")
    assert found.bars == 13


# --- what is unlikely -----------------------------------------------------------------------


def test_a_slow_series_is_not_stale_until_it_stands_longer_than_it_does():
    """Three closes of four are unchanged: twenty in a row happen, eighty do not."""
    rng = np.random.default_rng(3)
    steps = np.where(rng.random(750) < 0.75, 0.0, rng.choice([-0.25, 0.25], 750))
    close = 50 + np.cumsum(steps)
    times = days("2020-01-02", "2022-12-30")[:750]
    assert said(check_rows(rows_of(close, times), timeframe="1d", calendar="XNYS")) == []
    close[300:380] = close[299]
    found = check_rows(rows_of(close, times), timeframe="1d", calendar="XNYS").findings
    assert [one.check for one in found] == [Check.STALE]
    assert found[0].bars >= 80


@pytest.mark.parametrize(
    ("volume", "words"),
    [(np.nan, "without volume"), (0.0, "a volume of zero"), (5e5, "although it traded")],
)
def test_a_stale_close_tells_its_volume(volume, words):
    times = days("2021-01-04", "2021-12-31")
    close, traded = walk(len(times)), np.full(len(times), 1e6)
    close[100:110], traded[100:110] = close[99], volume
    report = check_rows(rows_of(close, times, volume=traded), timeframe="1d", calendar="XNYS")
    (found,) = [one for one in report.findings if one.check is Check.STALE]
    assert words in found.seen
    assert str(found).startswith("warning stale A 2021-05-27 to 2021-06-10")


def test_the_longest_run_of_coins_is_the_logarithm_of_their_number():
    """Of n fair coins the longest run of heads is near log2 n (Feller, XIII.7)."""
    flags = np.random.default_rng(0).random(1024) < 0.5
    assert longest_by_chance(flags, 0, 0.0, alarm=1.0) == pytest.approx(np.log2(1024), abs=1)


@pytest.mark.parametrize(
    ("prices", "tick"),
    [([10.01, 10.02], 0.01), ([100.0, 200.0], 100.0), ([1.0625, 2.125], 1e-4), ([np.pi], 0.0)],
)
def test_the_tick_is_read_from_the_prices(prices, tick):
    assert tick_of(np.array(prices)) == pytest.approx(tick)


def test_a_crash_on_ten_times_the_volume_is_no_split():
    close, times = walk(300), days("2021-01-04", "2022-06-30")[:300]
    close[150:] = (close[150:] / 2).round(2)
    volume = np.random.default_rng(2).lognormal(14, 0.1, 300)
    split = rows_of(close, times, volume=np.where(np.arange(300) < 150, volume, 2 * volume))
    assert said(check_rows(split, timeframe="1d", calendar="XNYS")) == [
        ("split_shaped", "A", str(times[150])[:10])
    ]
    volume[150:153] *= 10
    crash = rows_of(close, times, volume=volume)
    assert said(check_rows(crash, timeframe="1d", calendar="XNYS")) == []


def test_a_reverse_split_of_100_is_no_change_of_currency():
    """The volume tells: it is divided by 100 with the split, and stays with pence."""
    close, times = walk(300), days("2021-01-04", "2022-06-30")[:300]
    later = np.arange(300) >= 220
    volume = np.random.default_rng(2).lognormal(16, 0.3, 300)
    scaled = np.where(later, close * 100, close)
    pence = check_rows(rows_of(scaled, times, volume=volume), timeframe="1d", calendar="XNYS")
    assert {one.check for one in pence.findings} == {Check.CURRENCY_UNIT}
    divided = np.where(later, volume / 100, volume)
    split = check_rows(rows_of(scaled, times, volume=divided), timeframe="1d", calendar="XNYS")
    assert Check.SPLIT_SHAPED in {one.check for one in split.findings}
    assert Check.CURRENCY_UNIT not in {one.check for one in split.findings}


def test_a_series_without_volume_has_none_to_miss():
    times = days("2021-01-04", "2021-12-31")
    rows = rows_of(walk(len(times)), times, volume=np.full(len(times), np.nan))
    assert said(check_rows(rows, timeframe="1d", calendar="XNYS")) == []


# --- what came late -------------------------------------------------------------------------


def written(rows, moments):
    return rows.append_column("recorded_at", pa.array(moments, pa.timestamp("us")))


def test_a_first_download_and_one_that_reaches_further_back_are_no_back_fill():
    times = days("2023-01-03", "2023-06-30")
    rows = rows_of(walk(len(times)), times)
    first = datetime.fromisoformat("2024-01-01")
    assert not said(
        check_rows(written(rows, [first] * len(times)), timeframe="1d", calendar="XNYS")
    )
    older = [first + timedelta(days=30) if number < 40 else first for number in range(len(times))]
    assert not said(check_rows(written(rows, older), timeframe="1d", calendar="XNYS"))
    between = [
        first + timedelta(days=30) if number == 40 else first for number in range(len(times))
    ]
    report = check_rows(written(rows, between), timeframe="1d", calendar="XNYS")
    assert said(report) == [("back_fill", "A", str(times[40])[:10])]


def test_a_row_that_became_known_late_is_found_and_a_revision_is_not():
    times = days("2023-01-03", "2023-03-31")
    rows = rows_of(walk(len(times)), times)
    late = [None] * len(times)
    late[30] = datetime.fromisoformat("2023-09-01")
    given = rows.append_column("known_at", pa.array(late, pa.timestamp("us")))
    assert said(check_rows(given, timeframe="1d", calendar="XNYS")) == [
        ("back_fill", "A", str(times[30])[:10])
    ]
    own = rows.append_column("known_at", pa.nulls(len(times), pa.timestamp("us")))
    own = written(own, [datetime.fromisoformat("2023-04-01")] * len(times))
    revised = written(given.slice(30, 1), [datetime.fromisoformat("2023-09-01")])
    known = knowledge_of(pa.concat_tables([own, revised.select(own.column_names)]))
    assert known.num_rows == len(times)
    assert known["known_at"].null_count == len(times)


# --- the report -----------------------------------------------------------------------------


@pytest.fixture
def flawed():
    """A quarter of two symbols: B lacks all of February, A has a close above its high."""
    times = days("2023-01-03", "2023-03-31")
    one = walk(len(times), seed=4)
    high = one * 1.01
    high[10] = one[10] * 0.99
    a = rows_of(one, times, high=high, low=one * 0.98)
    b = rows_of(walk(len(times), seed=5), times, symbol="B")
    february = np.array([str(time)[5:7] == "02" for time in times])
    return pa.concat_tables([a, b.filter(pa.array(~february))])


def test_the_report_counts_every_bar_once(flawed):
    report = check_rows(flawed, timeframe="1d", calendar="XNYS", name="flawed")
    assert said(report) == [("crossed", "A", "2023-01-18"), ("missing_sessions", "B", "2023-02-01")]
    # 62 sessions in the quarter, 19 of them in February.
    assert (report.bars, report.missing, report.wrong, report.doubtful) == (124, 19, 1, 0)
    assert report.sound_share == pytest.approx(104 / 124)
    assert report.counts == {"crossed": {"A": 1}, "missing_sessions": {"B": 1}}
    assert "104 of 124 bars (83.87%) are there" in repr(report)


def test_coverage_is_the_share_of_each_period(flawed):
    weekly = check_rows(flawed, timeframe="1d", calendar="XNYS").coverage
    assert weekly["A"].eq(1).all()
    assert weekly["B"].loc[:"2023-01-23"].eq(1).all()
    assert weekly.loc["2023-01-30", "B"] == pytest.approx(2 / 5)  # Monday and Tuesday
    assert weekly["B"].loc["2023-02-06":"2023-02-20"].eq(0).all()
    assert weekly.loc["2023-02-27", "B"] == pytest.approx(3 / 5)


def test_nearly_all_is_not_shown_as_all():
    times = days("1990-01-02", "2019-12-31")
    close = walk(len(times), seed=7)
    high = close * 1.01
    high[5000] = close[5000] * 0.9
    rows = rows_of(close, times, high=high, low=close * 0.85)
    report = check_rows(rows, timeframe="1d", calendar="XNYS")
    assert report.wrong == 1
    assert "(99.98%)" in repr(report)
    more = report.model_copy(update={"sound_share": 0.999999})
    assert "(99.99%)" in repr(more)


def test_a_report_is_a_table_a_picture_and_json(flawed):
    report = check_rows(flawed, timeframe="1d", calendar="XNYS")
    frame = report.to_frame()
    assert frame[["check", "severity", "symbol", "bars"]].to_numpy().tolist() == [
        ["crossed", "error", "A", 1],
        ["missing_sessions", "warning", "B", 19],
    ]
    assert str(frame["start"][1]) == "2023-02-01"
    assert "lie between low and high" in report.to_frame(whole=True)["why"][0]
    sent = json.loads(report.limited(1).model_dump_json())
    assert (len(sent["findings"]), sent["left_out"]) == (1, 1)
    assert "coverage" not in sent
    assert len(report.limited(1).to_frame()) == 2
    assert len(report.plot().children) == 3
    with pytest.raises(UnknownName, match="symbol in this report"):
        report.plot("C")


def test_nothing_to_check_is_no_clean_report():
    empty = rows_of([], np.array([], dtype="datetime64[us]"))
    with pytest.raises(NoData, match="no bars to check"):
        check_rows(empty, timeframe="1d", calendar="XNYS")


def test_a_frame_and_its_bars_say_the_same(flawed):
    frame = flawed.to_pandas()
    made = bars(frame[frame["symbol"] == "B"], calendar="XNYS")
    report = check_quality(made)
    assert said(report) == [("missing_sessions", "B", "2023-02-01")]
    assert check_bars(made).findings == report.findings
    assert check_bars(made, calendar="24/7").missing > report.missing


def test_progress_is_told_and_can_end_it(flawed):
    told = []
    check_rows(flawed, timeframe="1d", calendar="XNYS", progress=lambda *news: told.append(news))
    assert [news[:2] for news in told] == [(0, 2), (1, 2), (2, 2)]


# --- sifting and quarantine -----------------------------------------------------------------

GOOD, NAN = (10.0, 11.0, 9.0, 10.5, 100.0), float("nan")
DELIVERED = [
    ("A", "2024-01-02", GOOD, None),
    ("A", "2024-01-03", (10.0, 9.0, 11.0, 10.0, 100.0), "high_below_low"),
    ("A", "2024-01-04", (10.0, 11.0, 9.0, 11.5, 100.0), "crossed"),
    ("A", "2024-01-05", (10.0, 11.0, 9.0, NAN, 100.0), "no_close"),
    ("A", "2024-01-06", GOOD, "closed_day"),  # a Saturday
    ("A", "2024-01-08", (0.0, 11.0, 0.0, 10.0, 100.0), "non_positive"),
    ("A", "2024-01-09", (10.0, 11.0, 9.0, float("inf"), 100.0), "no_close"),
    ("A", "2024-01-10", (10.0, 11.0, 9.0, 10.0, -1.0), "non_positive"),
    ("A", "2024-01-11", (10.0, 11.0, 9.0, 10.0, 100.0), "duplicate"),
    ("B", "2024-01-11", GOOD, None),
    ("A", "2024-01-11", GOOD, None),
    (None, "2024-01-12", GOOD, "no symbol or time"),
    ("A", "2024-01-15", GOOD, "closed_day"),  # Martin Luther King's day
    ("A", "2041-01-07", GOOD, "closed_day"),
    ("A", "2024-01-16", (10.0, 10.0000001, 10.0, 10.0000002, NAN), None),  # single precision
]


@pytest.fixture
def delivered():
    fields = np.array([row[2] for row in DELIVERED]).T
    names = ("open", "high", "low", "close", "volume")
    columns = {
        name: pa.array(one, from_pandas=True) for name, one in zip(names, fields, strict=True)
    }
    times = pa.array([datetime.fromisoformat(row[1]) for row in DELIVERED], pa.timestamp("us"))
    symbols = pa.array([row[0] for row in DELIVERED], pa.string())
    return pa.table({"symbol": symbols, "time": times, **columns})


def test_a_download_is_parted_by_what_cannot_be_right(delivered):
    good, bad = sift(delivered, DAY, "XNYS")
    expected = [reason for *_, reason in DELIVERED if reason]
    assert bad["reason"].to_pylist() == expected
    assert good.schema == delivered.schema
    assert good.num_rows + bad.num_rows == len(DELIVERED)
    assert sift(good, DAY, "XNYS")[1].num_rows == 0


def test_nothing_is_sifted_from_nothing(delivered):
    good, bad = sift(delivered.slice(0, 0), DAY, "XNYS")
    assert (good.num_rows, bad.num_rows, bad.column_names[-1]) == (0, 0, "reason")


def test_sunday_evening_belongs_to_the_week_of_foreign_exchange():
    times = np.array(["2024-01-05T20:00", "2024-01-06T12:00", "2024-01-07T22:00"], "datetime64[us]")
    _, bad = sift(rows_of(np.ones(3), times), Timeframe.parse("1h"), "24/5")
    assert bad["time"].to_pylist() == [datetime.fromisoformat("2024-01-06T12:00")]


def test_rejected_rows_are_kept_once_with_the_reason(delivered):
    lake = MemoryLake()
    _, bad = sift(delivered, DAY, "XNYS")
    assert quarantine(lake, "mine", "1d", bad, NOW, "vendor") == bad.num_rows
    assert quarantine(lake, "mine", "1d", bad, NOW + timedelta(days=1), "vendor") == 0
    assert quarantine(lake, "mine", "1d", bad.slice(0, 0), NOW, "vendor") == 0
    kept = lake.read("quarantine").to_pylist()
    assert sorted(one["reason"] for one in kept) == sorted(bad["reason"].to_pylist())
    assert {one["source"] for one in kept} == {"vendor"}


def test_the_quarantine_is_listed_and_filtered(delivered, own_home):
    pytest.importorskip("deltalake")
    assert list_quarantine().rows == []
    _, bad = sift(delivered, DAY, "XNYS")
    quarantine(current().lake, "mine", "1d", bad, NOW, "vendor")
    listed = list_quarantine("mine", limit=2)
    assert (len(listed.rows), listed.left_out) == (2, bad.num_rows - 2)
    assert listed.reasons["no_close"] == 2
    assert len(listed.to_frame()) == bad.num_rows
    assert list_quarantine("other").reasons == {}
    crossed = list_quarantine(reason="crossed", symbols=["A"]).rows
    assert [(one.close, one.dataset, one.recorded_at) for one in crossed] == [(11.5, "mine", NOW)]
    assert "no_close" in repr(listed)
    json.loads(listed.model_dump_json())


# --- repair ---------------------------------------------------------------------------------


@pytest.fixture
def mine(own_home, tmp_path):
    """A dataset of one's own in which one bar is a hundred times too high, in a lake on disk."""
    pytest.importorskip("deltalake")
    from workbench.data import add_dataset

    times = days("2023-01-03", "2023-06-30")
    close = walk(len(times), seed=9)
    frame = pd.DataFrame(
        {"Date": times, "Open": close, "High": close, "Low": close, "Close": close}
    )
    frame["Volume"] = 1e6
    frame.loc[60, ["Open", "High", "Low", "Close"]] *= 100
    frame.to_csv(tmp_path / "mine.csv", index=False)
    add_dataset("mine", str(tmp_path / "mine.csv"), calendar="XNYS", timeframe="1d")
    moment = datetime(2024, 3, 1, 12, tzinfo=UTC)
    return current().replace(clock=lambda: moment), str(times[60])[:10], close[60]


def test_a_repair_shows_first_and_changes_nothing(mine):
    context, day, close = mine
    report = repair_dataset("mine", "slip", context=context)
    assert (report.dry_run, report.bars, report.symbols) == (True, 1, ["MINE"])
    assert [(one.field, one.rule) for one in report.changes] == [
        (name, "rescale") for name in ("open", "high", "low", "close")
    ]
    assert report.changes[3].new == pytest.approx(close, rel=1e-12)
    assert "would change" in repr(report)
    assert report.to_frame()["rule"].tolist() == ["rescale"] * 4
    assert load_bars("mine", context=context)["close"].sel(time=day).item() == 100 * close
    assert "repairs" not in context.lake.tables()


def test_a_repair_is_a_revision_beside_the_old_value_and_is_recorded(mine):
    context, day, close = mine
    report = repair_dataset("mine", "slip", dry_run=False, context=context)
    assert not report.dry_run
    served = load_bars("mine", context=context)["close"].sel(time=day).item()
    assert served == pytest.approx(close, rel=1e-12)
    before = load_bars("mine", as_of="2024-02-28", context=context)
    assert before["close"].sel(time=day).item() == 100 * close
    records = context.lake.read("repairs").to_pylist()
    assert [one["field"] for one in records] == ["open", "high", "low", "close"]
    assert {one["by"] for one in records} == {"person"}
    assert {one["recorded_at"] for one in records} == {NOW}
    assert records[3]["old"] == 100 * close
    assert check_quality("mine", context=context).findings == []
    again = repair_dataset("mine", "slip", dry_run=False, context=context)
    assert (again.bars, len(context.lake.read("repairs"))) == (0, 4)


def test_what_no_rule_can_mend_says_what_to_do(mine):
    context, *_ = mine
    with pytest.raises(InvalidInput, match="Store the split as an action"):
        repair_dataset("mine", "split_shaped", context=context)
    with pytest.raises(InvalidInput, match="comes inside a package"):
        repair_dataset("us-tech-5", "slip", context=context)
    with pytest.raises(UnknownName):
        repair_dataset("nothing", "slip", context=context)


def mend(frame, check):
    """The frame after the repair of what one check finds in it."""
    from workbench.data.quality import repair

    rows = pa.Table.from_pandas(frame, preserve_index=False)
    found = check_rows(rows, timeframe="1d", calendar="XNYS").findings
    new, changes, _ = repair(frame, [one for one in found if one.check is check])
    keys = ["symbol", "time"]
    return new.set_index(keys).combine_first(frame.set_index(keys)), changes


def test_rules_exchange_widen_and_withdraw(flawed):
    frame = flawed.to_pandas()
    bad = frame.index[10]
    _, changes = mend(frame, Check.CROSSED)
    assert [(one.field, one.new) for one in changes] == [("high", frame.loc[bad, "close"])]
    frame.loc[bad, ["high", "low"]] = frame.loc[bad, "close"] * np.array([0.98, 1.02])
    right, _ = mend(frame, Check.HIGH_BELOW_LOW)
    assert (right["high"] >= right["low"]).all()
    frame.loc[bad, ["high", "low", "close"]] = [11.0, 0.0, 10.0]
    _, changes = mend(frame, Check.NON_POSITIVE)
    assert {one.field: one.new for one in changes} == dict.fromkeys(
        ["open", "high", "low", "close", "volume"]
    )


def test_a_clock_is_set_right():
    from workbench.data.quality import repair

    times = np.array(["2024-07-08T14:30", "2024-07-08T20:30"], "datetime64[us]")
    rows = rows_of(
        walk(13 * 4, 0.002),
        np.concatenate([
            np.datetime64(f"2024-07-0{day}T{14 if day == 8 else 13}:30")
            + np.arange(13) * np.timedelta64(30, "m")
            for day in (1, 2, 8, 9)
        ]),
    )  # fmt: skip
    found = check_rows(rows, timeframe="30m", calendar="XNYS").findings
    found = [one for one in found if one.check is Check.CLOCK_SHIFT]
    new, _, _ = repair(rows.to_pandas(), found)
    moved = new.set_index("time")["close"]
    assert moved.index[0] == pd.Timestamp("2024-07-08T13:30")
    assert moved.dropna().tolist() == rows["close"].to_pylist()[26:39]
    assert moved.loc[times[1]] != moved.loc[times[1]]  # no value where the clock was wrong


# --- schemas and doors ----------------------------------------------------------------------


def test_every_kind_of_table_has_a_schema():
    pytest.importorskip("pandera")
    for kind, columns in TABLES.items():
        assert list(schema_of(kind).columns) == list(columns)
        schema = pa.schema([(name, pa.type_for_alias(arrow)) for name, arrow in columns.items()])
        assert table_faults(schema.empty_table(), kind).empty
    with pytest.raises(UnknownName, match="kind of table"):
        schema_of("candles")


def test_a_schema_names_column_row_and_value(delivered):
    pytest.importorskip("pandera")
    faults = table_faults(delivered, "bars")
    found = {(one.check, one.row) for one in faults.itertuples()}
    assert ("low is not above high", 1) in found
    assert ("close is not above high", 2) in found
    assert ("not_nullable", 3) in found
    assert ("open is above zero", 5) in found
    assert ("volume is not negative", 7) in found
    assert faults[faults["row"] == 0].empty
    missing = table_faults(delivered.drop(["close"]), "bars")
    assert "column_in_dataframe" in set(missing["check"])
    actions = pa.table(
        {
            name: pa.array([value], pa.type_for_alias(TABLES["actions"][name]))
            for name, value in {
                **dict.fromkeys(TABLES["actions"]),
                "symbol": "A", "time": NOW, "kind": "giveaway", "ratio": -1.0, "currency": "usd",
            }.items()
        }
    )  # fmt: skip
    assert set(table_faults(actions, "actions")["column"]) == {"kind", "ratio", "currency"}


def test_the_wire_calls_the_same_functions():
    pytest.importorskip("deltalake")
    report = registry.call("check_quality", {"dataset": "us-indices:IXIC", "limit": 1}, current())
    assert (len(report.findings), report.left_out) == (1, 1)
    with pytest.raises(InvalidInput):
        registry.call("repair_dataset", {"dataset": "mine", "check": "beauty"}, current())
