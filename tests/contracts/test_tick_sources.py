"""Every source of trades and quotes keeps the same promises."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from vendors import rows_of, served, vendors_with

from workbench.domain import QUOTE_COLUMNS, TRADE_COLUMNS
from workbench.errors import AccessRefused, BadAnswer, NotEntitled, QuotaExhausted, UnknownName
from workbench.ports import TickSource

at = datetime.fromisoformat
MINUTES = at("2024-03-11T13:30"), at("2024-03-11T13:34")
KINDS = {"trades": TRADE_COLUMNS, "quotes": QUOTE_COLUMNS}
LASTING = {
    "html": BadAnswer,
    "bad_key": AccessRefused,
    "not_entitled": NotEntitled,
    "quota": QuotaExhausted,
}


@pytest.fixture(params=vendors_with(TickSource))
def stand(request, monkeypatch):
    with served(request.param, TickSource, monkeypatch) as opened:
        yield opened


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def ticks(stand, kind, start, end, symbol=None):
    symbol = symbol or stand.vendor.SYMBOLS[0]
    return rows_of(getattr(stand.source(), kind)(symbol, start, end), KINDS[kind])


def truth(stand, kind, start, end):
    return getattr(stand.vendor, f"true_{kind}")(stand.vendor.SYMBOLS[0], start, end)


def nanoseconds(rows):
    """The stamps as they left the vendor, since 1970."""
    return rows["time"].cast(pa.int64()).to_numpy() * 1000 + rows["nanosecond"].to_numpy()


def test_the_pages_together_are_the_truth(stand, kind):
    expected = truth(stand, kind, *MINUTES)
    assert expected.num_rows > 20
    assert ticks(stand, kind, *MINUTES).equals(expected.combine_chunks())


def test_they_arrive_in_more_than_one_page_in_order_of_time(stand, kind):
    pages = list(getattr(stand.source(), kind)(stand.vendor.SYMBOLS[0], *MINUTES))
    assert len(pages) > 1
    stamps = nanoseconds(pa.concat_tables(pages))
    assert all(before <= after for before, after in pairwise(stamps))


def test_what_a_microsecond_cannot_hold_is_kept(stand, kind):
    rows = ticks(stand, kind, *MINUTES)
    rest = rows["nanosecond"].to_numpy()
    assert rest.min() >= 0
    assert rest.max() <= 999
    assert np.any(rest % 10)
    assert np.array_equal(nanoseconds(rows), nanoseconds(truth(stand, kind, *MINUTES)))


def test_the_start_belongs_to_the_period_and_the_end_does_not(stand, kind):
    start, end = at("2024-03-11T13:31"), at("2024-03-11T13:32")
    rows = ticks(stand, kind, start, end)
    stamps = rows["time"].to_pylist()
    assert stamps[0] == start, "the server has one exactly at the full minute"
    assert stamps[-1] < end
    assert rows.equals(truth(stand, kind, start, end).combine_chunks())


@pytest.mark.parametrize("middle", ["13:30:00", "13:31:00", "13:32:17.001"])
def test_splitting_the_period_does_not_change_the_rows(stand, kind, middle):
    start, end = MINUTES
    cut = at(f"2024-03-11T{middle}")
    parts = [ticks(stand, kind, start, cut), ticks(stand, kind, cut, end)]
    assert pa.concat_tables(parts).combine_chunks().equals(ticks(stand, kind, start, end))


def test_a_closed_market_has_no_ticks(stand, kind):
    sunday = at("2024-03-10T13:30"), at("2024-03-10T13:34")
    assert ticks(stand, kind, *sunday).num_rows == 0


def test_an_unknown_symbol_is_named(stand, kind):
    stand.needs("unknown")
    with pytest.raises(UnknownName) as failure:
        ticks(stand, kind, *MINUTES, symbol=stand.vendor.UNKNOWN)
    assert failure.value.name == stand.vendor.UNKNOWN


@pytest.mark.parametrize("fault", ["dropped", "truncated", "unavailable", "too_many"])
@pytest.mark.parametrize("after", [0, 1])
def test_what_passes_is_tried_again_until_the_answer_is_complete(stand, kind, fault, after):
    stand.fail(fault, times=3, after=after)
    assert ticks(stand, kind, *MINUTES).equals(truth(stand, kind, *MINUTES).combine_chunks())


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("after", [0, 1])
def test_what_lasts_is_said_at_once(stand, kind, fault, after):
    stand.fail(fault, times=99, after=after)
    with pytest.raises(LASTING[fault]):
        ticks(stand, kind, *MINUTES)
    assert len(stand.server.asked) == after + 1
