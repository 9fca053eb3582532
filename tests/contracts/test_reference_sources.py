"""Every source of reference data keeps the same promises."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from vendors import rows_of, served, vendors_with

from workbench.domain import (
    ACTION_COLUMNS,
    FUNDAMENTAL_COLUMNS,
    INSTRUMENT_COLUMNS,
    AssetClass,
    CorporateAction,
)
from workbench.errors import AccessRefused, BadAnswer, NotEntitled, QuotaExhausted, UnknownName
from workbench.ports import ReferenceSource

at = datetime.fromisoformat
LONG = at("2010-01-01"), at("2025-01-01")
LASTING = {
    "html": BadAnswer,
    "bad_key": AccessRefused,
    "not_entitled": NotEntitled,
    "quota": QuotaExhausted,
}
ASKED = ("instruments", "actions", "fundamentals")


@pytest.fixture(params=vendors_with(ReferenceSource))
def stand(request, monkeypatch):
    with served(request.param, ReferenceSource, monkeypatch) as opened:
        yield opened


def instruments(stand, symbols=None, **how):
    return rows_of(stand.source().instruments(symbols, **how), INSTRUMENT_COLUMNS)


def actions(stand, symbols, start, end):
    return rows_of(stand.source().actions(symbols, start, end), ACTION_COLUMNS)


def fundamentals(stand, symbols, start, end):
    return rows_of(stand.source().fundamentals(symbols, start, end), FUNDAMENTAL_COLUMNS)


def ask(stand, what, symbols):
    """Any of the three, for symbols."""
    if what == "instruments":
        return instruments(stand, symbols)
    return {"actions": actions, "fundamentals": fundamentals}[what](stand, symbols, *LONG)


def of(rows, symbol, *columns):
    """The rows of a symbol in an order of their own."""
    keys = [(name, "ascending") for name in columns]
    return rows.filter(pc.equal(rows["symbol"], symbol)).sort_by(keys).combine_chunks()


def test_instruments_are_the_truth(stand):
    expected = stand.vendor.true_instruments(stand.vendor.SYMBOLS)
    found = instruments(stand, stand.vendor.SYMBOLS)
    assert found.num_rows == expected.num_rows
    for symbol in stand.vendor.SYMBOLS:
        assert of(found, symbol, "symbol", "delisted").to_pylist() == (
            of(expected, symbol, "symbol", "delisted").to_pylist()
        )
    assert set(found["asset_class"].to_pylist()) <= {str(one) for one in AssetClass}


def test_actions_are_the_truth(stand):
    symbols = stand.vendor.SYMBOLS
    found = actions(stand, symbols, *LONG)
    expected = pa.concat_tables([stand.vendor.true_actions(one, *LONG) for one in symbols])
    assert {"split", "dividend"} <= set(expected["kind"].to_pylist())
    assert set(found["kind"].to_pylist()) <= {str(one) for one in CorporateAction}
    assert found.num_rows == expected.num_rows
    for symbol in symbols:
        assert of(found, symbol, "time", "kind", "amount").to_pylist() == (
            of(expected, symbol, "time", "kind", "amount").to_pylist()
        )


def test_an_action_belongs_to_the_period_that_begins_at_its_ex_date(stand):
    symbol = stand.vendor.SYMBOLS[0]
    days = sorted(set(stand.vendor.true_actions(symbol, *LONG)["time"].to_pylist()))
    assert len(days) > 3
    found = actions(stand, [symbol], days[1], days[3])["time"].to_pylist()
    assert set(found) == set(days[1:3])


def test_fundamentals_are_the_truth(stand):
    stand.needs("fundamentals")
    symbol = stand.vendor.SYMBOLS[0]
    expected = stand.vendor.true_fundamentals(symbol, *LONG)
    found = fundamentals(stand, [symbol], *LONG)
    keys = ("time", "item", "form", "fiscal_period")
    assert expected.num_rows > 5
    assert of(found, symbol, *keys).to_pylist() == of(expected, symbol, *keys).to_pylist()


def test_a_fact_is_filed_after_its_period(stand):
    stand.needs("fundamentals")
    rows = fundamentals(stand, [stand.vendor.SYMBOLS[0]], *LONG)
    assert pc.all(pc.greater(rows["filed_at"], rows["time"])).as_py()
    assert rows["value"].null_count == 0


def test_fundamentals_are_asked_for_by_the_day_on_which_they_were_filed(stand):
    stand.needs("fundamentals")
    symbol = stand.vendor.SYMBOLS[0]
    days = sorted(set(stand.vendor.true_fundamentals(symbol, *LONG)["filed_at"].to_pylist()))
    found = fundamentals(stand, [symbol], days[1], days[3])["filed_at"].to_pylist()
    assert set(found) == set(days[1:3])


@pytest.mark.parametrize("what", ASKED)
def test_an_unknown_symbol_is_named(stand, what):
    stand.needs("unknown", what)
    with pytest.raises(UnknownName) as failure:
        ask(stand, what, [stand.vendor.UNKNOWN])
    assert failure.value.name == stand.vendor.UNKNOWN


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("fault", ["dropped", "truncated", "unavailable", "too_many"])
def test_what_passes_is_tried_again_until_the_answer_is_complete(stand, what, fault):
    stand.needs(what)
    expected = ask(stand, what, stand.vendor.SYMBOLS)
    stand.fail(fault, times=3, after=1)
    assert ask(stand, what, stand.vendor.SYMBOLS).equals(expected)


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_said_at_once(stand, what, fault):
    stand.needs(what)
    stand.fail(fault, times=99)
    with pytest.raises(LASTING[fault]):
        ask(stand, what, stand.vendor.SYMBOLS)
    assert len(stand.server.asked) == 1
