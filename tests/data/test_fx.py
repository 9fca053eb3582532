"""Conversion into another currency, by what was known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import bars
from workbench.data.currencies import whole_currency
from workbench.data.fx import convert_currency, pairs_between, rates_known
from workbench.errors import InvalidInput, OutOfRange, UnknownName

DAYS = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-04"])


def shares(currency, closes=(100.0, 100.0, 100.0), calendar="XLON", symbol="A"):
    frame = pd.DataFrame({symbol: closes}, index=DAYS[: len(closes)])
    return bars(frame, timeframe="1d", calendar=calendar, currency=currency)


def pairs(index=DAYS, calendar="24/5", timeframe="1d", **closes):
    """Bars of pairs, EURUSD=[…] for EUR/USD."""
    frame = pd.DataFrame(closes, index=index)
    frame.columns = [f"{name[:3]}/{name[3:]}" for name in frame]
    return bars(frame, timeframe=timeframe, calendar=calendar)


def closes(made):
    return made["close"][:, 0].to_numpy()


def test_a_rate_is_used_on_the_day_after_it_was_known():
    """London closes at 16:30; the pair's day ends at midnight UTC."""
    rates = pairs(GBPUSD=[1.25, 1.5, 2.0])
    made = convert_currency(shares("GBP"), rates, "USD")
    np.testing.assert_array_equal(closes(made), [np.nan, 125.0, 150.0])
    assert made["currency"].to_numpy().tolist() == ["USD"]
    assert made.attrs["unconverted"] == ["A: no rate from GBP to USD was known at 1 of 3 bars"]


def test_inverse_and_crossed_rates():
    rates = pairs(index=DAYS - pd.Timedelta(days=1), EURUSD=[1.25] * 3, USDJPY=[150.0] * 3,
                  EURCHF=[0.95] * 3)  # fmt: skip
    moments = shares("USD")["known_at"].to_numpy()

    def rate(base, quote):
        return rates_known(rates, base, quote, moments)[0]

    assert rate("EUR", "USD") == 1.25
    assert rate("USD", "EUR") == 0.8
    assert rate("EUR", "JPY") == pytest.approx(187.5)  # through the dollar
    assert rate("JPY", "EUR") == pytest.approx(1 / 187.5)
    assert rate("CHF", "USD") == pytest.approx(1.25 / 0.95)  # through the euro
    assert rate("USD", "USD") == 1.0
    with pytest.raises(UnknownName, match=r"CHF/JPY.*pairs of both with USD or EUR"):
        rate("CHF", "JPY")  # two crossings are one too many


@pytest.mark.parametrize(
    ("quoted", "into", "expected"),
    [
        ("GBX", "GBP", 1.0),
        ("GBp", "GBP", 1.0),
        ("GBP", "GBX", 10_000.0),
        ("GBX", "USD", 1.25),
        ("USD", "GBX", 8_000.0),
        ("ZAc", "ZAR", 1.0),
        ("ILA", "ILS", 1.0),
        ("GBX", "GBp", 100.0),
        ("usd", "GBX", 8_000.0),
    ],
)
def test_pence_and_cents(quoted, into, expected):
    rates = pairs(index=DAYS - pd.Timedelta(days=1), GBPUSD=[1.25] * 3)
    made = convert_currency(shares(quoted), rates, into)
    np.testing.assert_allclose(closes(made), [expected] * 3)
    assert made["currency"].to_numpy().tolist() == [into]


def test_symbols_of_several_currencies_meet_in_one():
    frame = pd.DataFrame({"A": [100.0] * 3, "B": [100.0] * 3, "C": [100.0] * 3}, index=DAYS)
    given_bars = bars(frame, timeframe="1d", calendar="XLON").assign_coords(
        currency=("symbol", ["USD", "EUR", "GBX"])
    )
    given_bars = given_bars.assign(volume=given_bars["close"], open=given_bars["close"] / 2)
    rates = pairs(index=DAYS - pd.Timedelta(days=1), EURUSD=[1.25] * 3, GBPUSD=[1.5] * 3)
    made = convert_currency(given_bars, rates, "EUR")
    np.testing.assert_allclose(made["close"][0], [80.0, 100.0, 1.2])
    np.testing.assert_allclose(made["open"][0], [40.0, 50.0, 0.6])
    np.testing.assert_allclose(made["volume"][0], [100.0] * 3)
    assert made.attrs["unconverted"] == []


def test_nothing_to_convert_is_the_identity():
    given_bars = shares("EUR")
    assert convert_currency(given_bars, pairs(EURUSD=[1.25] * 3), "EUR") is given_bars


def test_a_stale_rate_is_missing():
    rates = pairs(index=pd.DatetimeIndex(["2023-11-30", "2023-12-01"]), EURUSD=[1.25, 1.25])
    assert np.isnan(closes(convert_currency(shares("EUR"), rates, "USD"))).all()
    made = convert_currency(shares("EUR"), rates, "USD", oldest_days=45)
    np.testing.assert_allclose(closes(made), [125.0] * 3)
    with pytest.raises(OutOfRange):
        convert_currency(shares("EUR"), rates, "USD", oldest_days=0)


def test_an_unknown_currency_is_not_guessed():
    with pytest.raises(InvalidInput, match=r"bars\(frame, currency="):
        convert_currency(shares(""), pairs(EURUSD=[1.25] * 3), "USD")


def test_only_the_pairs_that_are_needed():
    there = ["EUR/USD", "GBP/USD", "USD/JPY", "AUD/USD"]
    assert pairs_between(["GBX", "USD", "EUR"], "EUR", there) == ["EUR/USD", "GBP/USD"]
    assert pairs_between(["EUR"], "EUR", []) == []


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0.2, 5), min_size=6, max_size=6),
    st.integers(0, 5),
    st.floats(0.2, 5),
)
def test_a_later_rate_changes_no_earlier_bar(numbers, changed, value):
    index = pd.bdate_range("2023-12-27", periods=6)
    frame = pd.DataFrame({"A": np.full(6, 100.0)}, index=index)
    given_bars = bars(frame, timeframe="1d", calendar="24/5", currency="EUR")
    other = [*numbers[:changed], value, *numbers[changed + 1 :]]
    first, second = (
        closes(convert_currency(given_bars, pairs(index=index, EURUSD=one), "USD"))
        for one in (numbers, other)
    )
    before = given_bars["known_at"].to_numpy() < given_bars["known_at"].to_numpy()[changed]
    np.testing.assert_array_equal(first[before], second[before])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.2, 5), min_size=3, max_size=3))
def test_there_and_back_again(numbers):
    rates = pairs(index=DAYS - pd.Timedelta(days=1), GBPUSD=numbers)
    back = convert_currency(convert_currency(shares("GBX"), rates, "USD"), rates, "GBX")
    np.testing.assert_allclose(closes(back), [100.0] * 3, rtol=1e-12)


def test_the_euro_took_the_place_of_eight_currencies_at_fixed_rates(shared):
    """Crossed through the dollar, monthly rates of 1999 to 2001 are those of Council Regulation
    (EC) No 2866/98."""
    table = pd.read_csv(shared / "data" / "macro" / "fx_monthly.csv", parse_dates=["Date"])
    fixed = {
        "ATS": ("Austria", 13.7603),
        "BEF": ("Belgium", 40.3399),
        "DEM": ("Germany", 1.95583),
        "ESP": ("Spain", 166.386),
        "FIM": ("Finland", 5.94573),
        "FRF": ("France", 6.55957),
        "NLG": ("Netherlands", 2.20371),
        "PTE": ("Portugal", 200.482),
    }
    wide = table.pivot_table(index="Date", columns="Country", values="Exchange rate")
    months = wide.loc["1999-02":"2001-11", ["Euro", *(country for country, _ in fixed.values())]]
    months.columns = ["USD/EUR", *(f"USD/{code}" for code in fixed)]
    rates = bars(months, timeframe="1M", calendar="24/7")
    moments = rates["known_at"].to_numpy()
    for code, (_, per_euro) in fixed.items():
        found = rates_known(rates, "EUR", code, moments, oldest_days=62)
        np.testing.assert_allclose(found, per_euro, rtol=5e-4)


@pytest.mark.parametrize(
    ("quoted", "whole"),
    [
        ("GBp", ("GBP", 100.0)),
        ("gbp", ("GBP", 1.0)),
        ("gbx", ("GBP", 100.0)),
        ("USD", ("USD", 1.0)),
        ("ILA", ("ILS", 100.0)),
        ("", ("", 1.0)),
    ],
)
def test_what_a_price_is_quoted_in(quoted, whole):
    assert whole_currency(quoted) == whole
