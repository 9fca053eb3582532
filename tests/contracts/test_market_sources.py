"""Every source of what a market shows now keeps the same promises."""

from __future__ import annotations

import pytest
from vendors import rows_of, served, vendors_with

from workbench.domain import SNAPSHOT_COLUMNS
from workbench.errors import (
    AccessRefused,
    BadAnswer,
    NotEntitled,
    QuotaExhausted,
    ServiceUnavailable,
    UnknownName,
)
from workbench.ports import MarketSource

PASSING = ("dropped", "truncated", "unavailable", "too_many")
LASTING = {
    "html": BadAnswer,
    "bad_key": AccessRefused,
    "not_entitled": NotEntitled,
    "quota": QuotaExhausted,
}


@pytest.fixture(params=vendors_with(MarketSource))
def stand(request, monkeypatch):
    with served(request.param, MarketSource, monkeypatch) as opened:
        yield opened


def ask(stand, what):
    source = stand.source()
    return source.status() if what == "status" else source.snapshots(stand.vendor.SYMBOLS)


def test_the_status_is_the_vendors(stand):
    status = stand.source().status()
    assert status == stand.vendor.STATUS
    assert status.status in {"open", "closed", "pre_market", "after_hours"}
    assert status.at.tzinfo is None


def test_snapshots_are_the_truth_in_the_order_asked(stand):
    for symbols in (stand.vendor.SYMBOLS, stand.vendor.SYMBOLS[::-1]):
        found = rows_of([stand.source().snapshots(symbols)], SNAPSHOT_COLUMNS)
        assert found["symbol"].to_pylist() == list(symbols)
        assert found.to_pylist() == stand.vendor.true_snapshots(symbols).to_pylist()


def test_an_unknown_symbol_is_named(stand):
    stand.needs("unknown")
    with pytest.raises(UnknownName) as failure:
        stand.source().snapshots([stand.vendor.SYMBOLS[0], stand.vendor.UNKNOWN])
    assert failure.value.name == stand.vendor.UNKNOWN


@pytest.mark.parametrize("what", ["status", "snapshots"])
@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_tried_again(stand, what, fault):
    expected = ask(stand, what)
    stand.fail(fault, times=3)
    assert ask(stand, what) == expected


@pytest.mark.parametrize("what", ["status", "snapshots"])
@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_is_given_up(stand, what, fault):
    stand.fail(fault, times=99)
    with pytest.raises(ServiceUnavailable):
        ask(stand, what)


@pytest.mark.parametrize("what", ["status", "snapshots"])
@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_said_at_once(stand, what, fault):
    stand.fail(fault, times=99)
    with pytest.raises(LASTING[fault]):
        ask(stand, what)
    assert len(stand.server.asked) == 1
