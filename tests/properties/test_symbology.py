"""Laws of symbols: what a vendor is asked for comes back as what was meant."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.instruments import (
    NOTATIONS,
    Alias,
    OptionContract,
    asset_class_of,
    canonical_symbol,
    load_aliases,
    store_aliases,
    vendor_symbol,
)
from workbench.data.instruments.notation import MONTH_CODES, QUOTES
from workbench.domain import ALIAS_COLUMNS, CURRENCIES
from workbench.errors import InvalidInput
from workbench.store import MemoryLake

TICKERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=5)
COINS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=8)
SUFFIXES = st.sampled_from(["", ".A", ".B", ".PRA", ".PR", ".WS", ".U"])
SHARES = st.builds(str.__add__, TICKERS, SUFFIXES)
ABROAD = st.builds("{}@{}".format, TICKERS, st.sampled_from(["XLON", "XTSE", "XETR", "XPAR"]))
FX = st.lists(st.sampled_from(sorted(CURRENCIES)), min_size=2, max_size=2, unique=True).map(
    "/".join
)
CRYPTO = st.builds("{}/{}".format, COINS, st.sampled_from(QUOTES))
PERPETUALS = st.builds("{0}/{1}:{1}".format, COINS, st.sampled_from(["USDT", "USDC", "USD"]))
INDICES = st.builds("^{}".format, TICKERS)
OPTIONS = st.builds(
    OptionContract,
    TICKERS,
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from("CP"),
    st.decimals(0, 99999, places=3),
)
FUTURES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["ES", "NQ", "CL", "GC", "ZC", "6E", "SR3", "KC"]),
    st.sampled_from(MONTH_CODES),
    st.integers(1975, 2065),
)
SYMBOLS = st.one_of(SHARES, ABROAD, FX, CRYPTO, PERPETUALS, INDICES, OPTIONS.map(str), FUTURES)
HAS = {  # what each vendor must be able to say, whatever the generated name
    "symbol": (SHARES, ABROAD, FX, CRYPTO, PERPETUALS, INDICES, OPTIONS.map(str), FUTURES),
    "polygon": (SHARES, FX, INDICES, OPTIONS.map(str), FUTURES),
    "alpaca": (SHARES, FX, OPTIONS.map(str), INDICES),
    "yahoo": (SHARES, ABROAD, FX, OPTIONS.map(str), FUTURES),
    "alpha_vantage": (ABROAD, FX, OPTIONS.map(str), TICKERS),
    "ib": (SHARES, FX, OPTIONS.map(str), FUTURES, INDICES),
    "ccxt": (FX, CRYPTO, PERPETUALS),
}


def asked(symbol):
    """A day on which a future of this symbol was traded."""
    year = symbol[-4:]
    return dt.date(int(year), 1, 1) if symbol[-5:-4] in MONTH_CODES and year.isdigit() else None


@pytest.mark.parametrize("vendor", sorted(NOTATIONS))
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_there_and_back(vendor, data):
    symbol = canonical_symbol(data.draw(st.one_of(*HAS[vendor])), "symbol")
    text = vendor_symbol(symbol, vendor)
    known = asset_class_of(symbol)
    assert canonical_symbol(text, vendor, on=asked(symbol), asset_class=known) == symbol


@pytest.mark.parametrize("vendor", sorted(NOTATIONS))
@settings(max_examples=100, deadline=None)
@given(SYMBOLS)
def test_a_vendor_is_never_asked_for_something_else(vendor, symbol):
    try:
        text = vendor_symbol(symbol, vendor)
    except InvalidInput:
        return  # refused, which is the other way to keep the law
    known = asset_class_of(symbol)
    assert canonical_symbol(text, vendor, on=asked(symbol), asset_class=known) == symbol


@settings(max_examples=100, deadline=None)
@given(OPTIONS)
def test_an_option_comes_back(option):
    assert OptionContract.parse(option.padded) == option
    assert OptionContract.parse(option.compact) == option
    assert len(option.padded) == 21
    assert option.strike == Decimal(option.compact[-8:]) / 1000


DAYS = st.one_of(
    st.none(), st.integers(0, 40).map(lambda n: dt.date(2020, 1, 1) + n * dt.timedelta(1))
)
ROWS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("AB"), DAYS, DAYS), min_size=1, max_size=8
)


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_no_day_has_two_owners_of_an_alias(rows):
    lake, written = MemoryLake(), 0
    for number, (instrument, alias, since, until) in enumerate(rows):
        row = dict(zip(ALIAS_COLUMNS, (instrument, "v", alias, since, until), strict=True))
        try:
            at = dt.datetime.fromisoformat("2026-01-01") + dt.timedelta(days=number)
            store_aliases(lake, "mine", pa.Table.from_pylist([row], schema=SCHEMA), at)
            written += 1
        except InvalidInput:
            continue
    assert written or rows[0][2] > rows[0][3]
    kept = [Alias.of_row(one) for one in load_aliases(lake).to_pylist()]
    days = [dt.date(2019, 1, 1), *(dt.date(2020, 1, 1) + n * dt.timedelta(1) for n in range(42))]
    for alias in "AB":
        for day in days:
            assert sum(one.alias == alias and one.covers(day) for one in kept) <= 1


SCHEMA = pa.schema(
    [(name, pa.string() if name in {"instrument", "vendor", "alias"} else pa.date32())
     for name in ALIAS_COLUMNS]
)  # fmt: skip
