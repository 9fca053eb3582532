"""Symbols as each vendor writes them: from their documentation, not from our rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from workbench.data.instruments import (
    NOTATIONS,
    OptionContract,
    asset_class_of,
    canonical_symbol,
    vendor_symbol,
    vendor_symbols,
)
from workbench.data.instruments.notation import QUOTES
from workbench.domain import CURRENCIES, AssetClass
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.ports import BarSource, adapter_names

WRITTEN = [
    ("BRK.B", "polygon", "BRK.B"),
    ("BRK.B", "alpaca", "BRK.B"),
    ("BRK.B", "yahoo", "BRK-B"),
    ("BRK.B", "alpha_vantage", "BRK-B"),
    ("BRK.B", "ib", "BRK B"),
    ("KIM.PRL", "polygon", "KIMpL"),
    ("BAC.PRL", "yahoo", "BAC-PL"),
    ("BAC.PRL", "ib", "BAC PRL"),
    ("ACHR.WS", "yahoo", "ACHR-WT"),
    ("VOD@XLON", "yahoo", "VOD.L"),
    ("TSCO@XLON", "alpha_vantage", "TSCO.LON"),
    ("SHOP@XTSE", "alpha_vantage", "SHOP.TRT"),
    ("600104@XSHG", "alpha_vantage", "600104.SHH"),
    ("BBD.B@XTSE", "yahoo", "BBD-B.TO"),
    ("7203@XTKS", "yahoo", "7203.T"),
    ("BTC/USD", "polygon", "X:BTCUSD"),
    ("BTC/USD", "alpaca", "BTC/USD"),
    ("BTC/USD", "yahoo", "BTC-USD"),
    ("BTC/USD", "ib", "BTC.USD"),
    ("BTC/USDT", "ccxt", "BTC/USDT"),
    ("BTC/USDT:USDT", "ccxt", "BTC/USDT:USDT"),
    ("BTC/USDT:USDT", "alpaca", "BTCUSDT.P"),
    ("EUR/USD", "polygon", "C:EURUSD"),
    ("EUR/USD", "yahoo", "EURUSD=X"),
    ("USD/JPY", "alpaca", "USDJPY"),
    ("EUR/USD", "ib", "EUR.USD"),
    ("^SPX", "polygon", "I:SPX"),
    ("^SPX", "yahoo", "^GSPC"),
    ("^DJI", "ib", "INDU"),
    ("SPY251219C00650000", "polygon", "O:SPY251219C00650000"),
    ("SPY251219C00650000", "ib", "SPY   251219C00650000"),
    ("AAPL241220C00300000", "alpaca", "AAPL241220C00300000"),
    ("ESZ2026", "yahoo", "ESZ26.CME"),
    ("ESZ2026", "ib", "ESZ6"),
    ("CLF2027", "yahoo", "CLF27.NYM"),
    ("ES=F", "yahoo", "ES=F"),
]


@pytest.mark.parametrize(("symbol", "vendor", "text"), WRITTEN)
def test_a_symbol_is_written_and_read_as_the_vendor_does(symbol, vendor, text):
    assert vendor_symbol(symbol, vendor) == text
    on = "2026-11-22" if symbol.endswith("2026") else None
    known = asset_class_of(symbol)
    assert canonical_symbol(text, vendor, on=on, asset_class=known) == symbol


@pytest.mark.parametrize(
    ("symbol", "asset_class"),
    [
        ("AAPL", "equity"),
        ("BRK.B", "equity"),
        ("VOD@XLON", "equity"),
        ("BTC/USDT", "crypto"),
        ("BTC/EUR", "crypto"),
        ("EUR/USD", "fx"),
        ("XAU/USD", "fx"),
        ("^SPX", "index"),
        ("SPY251219C00650000", "option"),
        ("BTC/USD:BTC-261225-50000-C", "option"),
        ("BTC/USDT:USDT", "future"),
        ("ESZ2026", "future"),
        ("ES=F", "future"),
        ("a frame of mine", "unknown"),
    ],
)
def test_the_notation_tells_the_asset_class(symbol, asset_class):
    assert asset_class_of(symbol) is AssetClass(asset_class)


def test_our_own_symbols_are_read_kindly():
    assert canonical_symbol(" brk.b ", "symbol") == "BRK.B"
    assert canonical_symbol("ESZ26", "symbol") == "ESZ2026"
    assert canonical_symbol("ESZ98", "symbol") == "ESZ1998"
    assert canonical_symbol("JPY=X", "yahoo") == "USD/JPY"
    assert canonical_symbol("^IXIC", "yahoo") == "^COMP"


def test_many_symbols_at_once():
    asked = ["BTC/USD", "BRK.B", "BTC/USD"]
    assert vendor_symbols(asked, "yahoo") == {"BTC/USD": "BTC-USD", "BRK.B": "BRK-B"}


def test_a_year_of_one_digit_needs_a_date():
    with pytest.raises(InvalidInput, match="one digit"):
        canonical_symbol("ESZ6", "ib")
    assert canonical_symbol("ESZ6", "ib", on="2026-12-31") == "ESZ2026"
    assert canonical_symbol("ESZ6", "ib", on=dt.date(2027, 1, 1)) == "ESZ2036"
    assert canonical_symbol("ESU6", "ib", on="2026-11-22") == "ESU2036"  # September 2026 is over
    with pytest.raises(InvalidInput, match="it means ESZ2026"):
        vendor_symbol("ESZ2036", "ib", on="2026-11-22")


def test_base_and_quote_that_stand_together_are_told_apart():
    assert canonical_symbol("X:ARBUSD", "polygon") == "ARB/USD"
    assert canonical_symbol("X:BTCUSDT", "polygon") == "BTC/USDT"
    with pytest.raises(InvalidInput, match="alias table"):
        vendor_symbol("ARB/FDUSD", "polygon")
    assert not [(a, b) for a in QUOTES for b in QUOTES if a != b and a.endswith(b)]
    assert all(len(code) == 3 for code in CURRENCIES)


def test_a_plain_symbol_can_be_an_index_where_the_vendor_does_not_say():
    assert canonical_symbol("SPX", "ib") == "SPX"
    assert canonical_symbol("SPX", "ib", asset_class=AssetClass.INDEX) == "^SPX"


@pytest.mark.parametrize(
    ("symbol", "vendor", "words"),
    [
        ("ESZ2026", "ccxt", "no notation that is known for ESZ2026"),
        ("^SPX", "alpha_vantage", "no notation"),
        ("VOD@XLON", "polygon", "no notation"),
        ("VOD@XXXX", "yahoo", "no notation"),
        ("QQZ2026", "yahoo", "no notation"),  # an exchange that the table of roots does not know
        ("XYZ.P", "yahoo", "it means XYZ.PR"),
        ("^GSPC", "yahoo", r"it means \^SPX"),
        ("my frame", "yahoo", "not how the workbench writes"),
    ],
)
def test_what_a_vendor_cannot_be_asked_for_is_refused(symbol, vendor, words):
    with pytest.raises(InvalidInput, match=words):
        vendor_symbol(symbol, vendor)


def test_vendors_have_facts_and_adapters_without_them_speak_our_language():
    assert set(NOTATIONS) >= {"polygon", "alpaca", "yahoo", "alpha_vantage", "ib", "ccxt", "symbol"}
    assert all(len(one.about) > 100 for one in NOTATIONS.values())
    assert "synthetic" in adapter_names(BarSource)
    assert vendor_symbol("BRK.B", "synthetic") == "BRK.B"
    with pytest.raises(UnknownName, match="polygon"):
        vendor_symbol("AAPL", "quandl")


def test_an_option_is_read_and_written_as_the_clearing_house_does():
    option = OptionContract.parse("LAMR  150117C00052500")  # an example of the OCC's
    assert option == OptionContract("LAMR", dt.date(2015, 1, 17), "C", Decimal("52.5"))
    assert option.padded == "LAMR  150117C00052500"
    assert len(option.padded) == 21
    assert str(option) == "LAMR150117C00052500"
    for text in ("LAMR150132C00052500", "LAMR150117X00052500", "TOOLONG150117C00052500", "AAPL"):
        with pytest.raises(InvalidInput):
            OptionContract.parse(text)
    for strike in ("100000", "-1", "0.0001"):
        with pytest.raises(OutOfRange):
            OptionContract("SPY", dt.date(2026, 1, 16), "P", Decimal(strike))
    with pytest.raises(OutOfRange):
        OptionContract("SPY", dt.date(1999, 1, 16), "P", Decimal(1))
