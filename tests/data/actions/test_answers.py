"""The factors, prices and returns of tests/answers/corporate_actions.yaml."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from workbench.data.actions import adjust_bars, delisting_returns, factors, total_returns

ANSWER = yaml.safe_load(
    (Path(__file__).parents[2] / "answers" / "corporate_actions.yaml").read_text()
)


def numbers(listed):
    return [np.nan if one is None else float(Fraction(str(one))) for one in listed]


@pytest.fixture
def given(panel):
    bars = ANSWER["bars"]
    days = [str(day) for day in bars["session"]]
    closes = {name: np.array(bars[name], dtype=float) for name in ("X", "Y")}
    return panel(closes, days=days, volume=float(bars["volume"]))


@pytest.fixture
def happened(actions):
    return actions(*ANSWER["actions"])


@pytest.mark.parametrize("base", ["prior_close", "ex_close"])
def test_adjusted_closes(given, happened, base):
    made = adjust_bars(given, happened, "all", dividend_base=base)
    expected = numbers(ANSWER["adjusted"][base])
    np.testing.assert_allclose(made["close"].sel(symbol="X")[:6], expected, rtol=1e-14)
    np.testing.assert_allclose(made["volume"].sel(symbol="X")[:6], ANSWER["volumes"])
    np.testing.assert_array_equal(made["close"].sel(symbol="Y"), given["close"].sel(symbol="Y"))
    assert (made.attrs["adjust"], made.attrs["unadjusted"]) == ("all", [])


def test_closes_adjusted_for_splits_alone(given, happened):
    made = adjust_bars(given, happened, "splits")
    expected = numbers(ANSWER["adjusted"]["splits"])
    np.testing.assert_allclose(made["close"].sel(symbol="X")[:6], expected, rtol=1e-15)
    np.testing.assert_allclose(made["volume"].sel(symbol="X")[:6], ANSWER["volumes"])


@pytest.mark.parametrize("base", ["prior_close", "ex_close"])
def test_the_factor_of_each_ex_date(given, happened, base):
    table = factors(given, happened, dividend_base=base)
    found = table.groupby("time")["price_factor"].prod()
    expected = {str(day): numbers([one])[0] for day, one in ANSWER["factors"][base].items()}
    assert {str(day.date()) for day in found.index} == set(expected)
    np.testing.assert_allclose(found, list(expected.values()), rtol=1e-14)
    before_all = table["cumulative_factor"].iloc[0]
    adjusted = numbers(ANSWER["adjusted"][base])
    np.testing.assert_allclose(before_all, adjusted[1] / 110, rtol=1e-14)


def test_total_returns_with_the_end_of_the_share(given, happened):
    made = total_returns(given, happened)
    np.testing.assert_allclose(
        made.sel(symbol="X"), numbers(ANSWER["total_returns"]), rtol=0, atol=1e-15
    )
    assert made.attrs == {"unvalued": [], "unknown_delistings": []}
    end = delisting_returns(given, happened).iloc[0]
    assert (end["received"], end["last_close"]) == (36, 45)


def test_reinvested_at_the_ex_date_adjusted_returns_are_total_returns(given, happened):
    made = adjust_bars(given, happened, "all", dividend_base="ex_close")["close"].sel(symbol="X")
    found = made.to_numpy()[1:6] / made.to_numpy()[:5] - 1
    np.testing.assert_allclose(found, numbers(ANSWER["total_returns"])[1:6], atol=1e-15)
