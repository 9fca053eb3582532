"""Every source of bars keeps the same promises, also on the worst day of its vendor."""

from __future__ import annotations

import traceback
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from vendors import rows_of, served, vendors_with

from workbench.data import open_calendar
from workbench.domain import BAR_COLUMNS, Timeframe
from workbench.errors import (
    AccessRefused,
    BadAnswer,
    Cancelled,
    NotEntitled,
    QuotaExhausted,
    ServiceUnavailable,
    UnknownName,
)
from workbench.ports import BarSource
from workbench.wire import pausing

DAY = Timeframe.parse("1d")
at = datetime.fromisoformat
SPRING = at("2024-03-04"), at("2024-03-16")
"""New York's clocks went forward on Sunday, 10 March 2024."""
AUTUMN = at("2024-10-28"), at("2024-11-09")
"""And back on Sunday, 3 November 2024."""
PASSING = ("dropped", "truncated", "unavailable", "too_many")
LASTING = {
    "html": BadAnswer,
    "bad_key": AccessRefused,
    "not_entitled": NotEntitled,
    "quota": QuotaExhausted,
}


@pytest.fixture(params=vendors_with(BarSource))
def stand(request, monkeypatch):
    with served(request.param, BarSource, monkeypatch) as opened:
        yield opened


def bars(stand, symbols, timeframe, start, end):
    return rows_of(stand.source().bars(symbols, timeframe, start, end), BAR_COLUMNS)


def truth(stand, symbols, timeframe, start, end):
    return pa.concat_tables([stand.vendor.truth(one, timeframe, start, end) for one in symbols])


def of(rows, symbol):
    return rows.filter(pc.equal(rows["symbol"], symbol)).combine_chunks()


def period(timeframe):
    """Some hundred bars at most, across a change of the clocks where days are long."""
    start = at("2024-03-06")
    if not timeframe.is_intraday:
        return at("2024-01-01"), at("2024-12-01")
    return start, start + timedelta(days=1 if timeframe.seconds < 3600 else 8)


def test_what_the_vendor_states(stand):
    facts = stand.source().facts
    assert facts.name == stand.vendor.NAME
    assert facts.title
    assert facts.licence
    assert facts.survivorship
    for text in stand.vendor.TIMEFRAMES:
        assert text in facts.timeframes or Timeframe.parse(text).unit in facts.timeframes


def test_the_pages_together_are_the_truth(stand):
    for text in stand.vendor.TIMEFRAMES:
        timeframe = Timeframe.parse(text)
        start, end = period(timeframe)
        found = bars(stand, stand.vendor.SYMBOLS, timeframe, start, end)
        expected = truth(stand, stand.vendor.SYMBOLS, timeframe, start, end)
        assert expected.num_rows > 10
        for symbol in stand.vendor.SYMBOLS:
            assert of(found, symbol).equals(of(expected, symbol)), (text, symbol)
        assert found.num_rows == expected.num_rows


def test_pages_arrive_in_order(stand):
    symbol = stand.vendor.SYMBOLS[0]
    pages = list(stand.source().bars([symbol], DAY, *period(DAY)))
    times = pa.concat_tables(pages)["time"].to_pylist()
    assert all(before < after for before, after in pairwise(times))


def test_the_start_belongs_to_the_period_and_the_end_does_not(stand):
    symbol = stand.vendor.SYMBOLS[0]
    for text in stand.vendor.TIMEFRAMES:
        timeframe = Timeframe.parse(text)
        times = truth(stand, [symbol], timeframe, *period(timeframe))["time"].to_pylist()
        found = bars(stand, [symbol], timeframe, times[2], times[6])["time"].to_pylist()
        assert found == times[2:6]
        tick = timedelta(seconds=1)
        found = bars(stand, [symbol], timeframe, times[2] + tick, times[6] + tick)
        assert found["time"].to_pylist() == times[3:7]


@pytest.mark.parametrize("share", [0.0, 0.31, 0.5, 0.83])
def test_splitting_the_period_does_not_change_the_rows(stand, share):
    symbol = stand.vendor.SYMBOLS[0]
    for text in stand.vendor.TIMEFRAMES:
        timeframe = Timeframe.parse(text)
        start, end = period(timeframe)
        middle = (start + share * (end - start)).replace(microsecond=0)
        parts = [
            bars(stand, [symbol], timeframe, start, middle),
            bars(stand, [symbol], timeframe, middle, end),
        ]
        whole = bars(stand, [symbol], timeframe, start, end)
        assert pa.concat_tables(parts).combine_chunks().equals(whole)


def test_an_empty_period_has_no_rows(stand):
    symbol = stand.vendor.SYMBOLS[0]
    assert bars(stand, [symbol], DAY, SPRING[0], SPRING[0]).num_rows == 0
    saturday = at("2024-03-09T12:00"), at("2024-03-09T13:00")
    assert bars(stand, [symbol], DAY, *saturday).num_rows == 0


def test_an_unknown_symbol_is_named(stand):
    stand.needs("unknown")
    with pytest.raises(UnknownName) as failure:
        bars(stand, [stand.vendor.UNKNOWN], DAY, *SPRING)
    assert failure.value.name == stand.vendor.UNKNOWN


def test_a_symbol_without_bars_has_no_rows(stand):
    stand.needs("quiet")
    assert bars(stand, [stand.vendor.QUIET], DAY, *SPRING).num_rows == 0


@pytest.mark.parametrize(
    ("start", "end", "last_day"), [(*SPRING, date(2024, 3, 15)), (*AUTUMN, date(2024, 11, 8))]
)
def test_daily_stamps_land_on_their_session_when_the_clocks_change(stand, start, end, last_day):
    stamps = bars(stand, [stand.vendor.SYMBOLS[0]], DAY, start, end)["time"].to_numpy()
    sessions = open_calendar("XNYS").session_of(stamps.astype("datetime64[ns]"))
    weekdays = np.arange(np.datetime64(start, "D"), np.datetime64(last_day) + 1)
    weekdays = weekdays[np.is_busday(weekdays)]
    assert sessions.astype("datetime64[D]").tolist() == weekdays.tolist()
    assert len(weekdays) == 10


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("after", [0, 1])
def test_what_passes_is_tried_again_until_the_answer_is_complete(stand, fault, after):
    stand.fail(fault, times=3, after=after)
    found = bars(stand, stand.vendor.SYMBOLS, DAY, *period(DAY))
    expected = truth(stand, stand.vendor.SYMBOLS, DAY, *period(DAY))
    for symbol in stand.vendor.SYMBOLS:
        assert of(found, symbol).equals(of(expected, symbol))
    assert len(stand.waits) >= 3


def test_a_server_that_asks_to_wait_is_waited_for(stand):
    stand.fail("too_many", times=4, after=1)
    stand.server.retry_after_seconds = "7"
    found = bars(stand, stand.vendor.SYMBOLS, DAY, *period(DAY))
    assert found.num_rows == truth(stand, stand.vendor.SYMBOLS, DAY, *period(DAY)).num_rows
    assert sum(wait >= 7 for wait in stand.waits) == 4


def test_a_wait_can_be_stopped(stand):
    def stop(_seconds):
        raise Cancelled

    stand.fail("too_many", times=99)
    with pausing(stop), pytest.raises(Cancelled):
        bars(stand, stand.vendor.SYMBOLS, DAY, *SPRING)
    assert len(stand.server.asked) == 1


def test_pages_are_asked_for_one_at_a_time(stand):
    """So that a caller can keep what has come, show how far it is, and stop."""
    if stand.server is None:
        pytest.skip(f"{stand.vendor.NAME} is inside the process and asks nobody")
    pages = stand.source().bars(stand.vendor.SYMBOLS, DAY, *period(DAY))
    assert not stand.server.asked
    next(pages)
    so_far = len(stand.server.asked)
    assert list(pages)
    assert len(stand.server.asked) > so_far


@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_is_given_up(stand, fault):
    stand.fail(fault, times=99)
    with pytest.raises(ServiceUnavailable):
        bars(stand, stand.vendor.SYMBOLS, DAY, *SPRING)
    assert 1 < len(stand.server.asked) < 20


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("after", [0, 1])
def test_what_lasts_is_said_at_once(stand, fault, after):
    stand.fail(fault, times=99, after=after)
    with pytest.raises(LASTING[fault]) as failure:
        bars(stand, stand.vendor.SYMBOLS, DAY, *SPRING)
    assert failure.value.cure
    assert len(stand.server.asked) == after + 1


def test_no_key_is_refused_before_anything_is_asked(stand, monkeypatch):
    stand.needs("bad_key")
    for name in stand.vendor.KEYS:
        monkeypatch.delenv(name)
    source = stand.source()
    with pytest.raises(AccessRefused) as failure:
        bars(stand, stand.vendor.SYMBOLS, DAY, *SPRING)
    assert failure.value.setting in stand.vendor.KEYS
    assert source.facts.name == stand.vendor.NAME
    assert not stand.server.asked


@pytest.mark.parametrize("fault", [*PASSING, *LASTING])
def test_the_key_is_never_shown(stand, fault, caplog, capfd):
    stand.needs("bad_key")
    stand.fail(fault, times=99)
    source = stand.source()
    with pytest.raises(Exception) as failure:  # noqa: PT011  whichever it is
        list(source.bars(stand.vendor.SYMBOLS, DAY, *SPRING))
    shown = "".join(traceback.format_exception(failure.value))
    printed = capfd.readouterr()
    words = [shown, repr(failure.value), str(failure.value.__dict__), repr(source), caplog.text]
    words += [printed.out, printed.err, repr(source.facts), repr(vars(source))]
    for secret in stand.vendor.SECRETS:
        assert len(secret) > 8
        assert not [word for word in words if secret in word]
