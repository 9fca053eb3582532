"""Planted leaks are found, with the bar and the column; clean functions raise nothing."""

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InvalidInput
from workbench.validation.leaks import assert_causal, find_leaks

BARS = 160
DAYS = pd.bdate_range("2021-01-01", periods=BARS, name="time")


@pytest.fixture(scope="module")
def prices():
    rng = np.random.default_rng(11)
    moves = rng.normal(0.0003, 0.015, (BARS, 3))
    return pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), DAYS, ["A", "B", "C"])


def auxiliary():
    rng = np.random.default_rng(12)
    return pd.DataFrame({"time": DAYS[::5], "value": rng.normal(size=len(DAYS[::5]))})


def joined_forward(prices):
    left = pd.DataFrame({"time": prices.index})
    made = pd.merge_asof(left, AUXILIARY, on="time", direction="forward")
    return prices.mul(made["value"].to_numpy(), axis=0)


AUXILIARY = auxiliary()


def weekly_by_its_start(prices):
    weeks = prices.resample("W-MON", label="left", closed="left").last()
    return weeks.reindex(prices.index, method="ffill")


def fitted_on_all(prices):
    x = np.arange(len(prices))
    return prices.apply(lambda column: column - np.polyval(np.polyfit(x, column, 1), x))


def one_symbol_late(prices):
    made = prices.rolling(5).mean()
    made.iloc[-30:, 1] = prices["B"].shift(-1).iloc[-30:]
    return made


LEAKS = {
    "future window": lambda prices: prices.shift(-1) > prices,
    "three bars ahead": lambda prices: prices.shift(-3) / prices - 1,
    "centred window": lambda prices: prices.rolling(11, center=True).mean(),
    "full-sample scaling": lambda prices: (prices - prices.mean()) / prices.std(),
    "extremes of the sample": lambda prices: prices / prices.max(),
    "ranks of the sample": lambda prices: prices.rank(),
    "full-sample fit": fitted_on_all,
    "forward as-of join": joined_forward,
    "resample label": weekly_by_its_start,
    "back-fill": lambda prices: prices.where(prices > prices.rolling(5).mean()).bfill(),
    "one symbol, late": one_symbol_late,
    "the length alone": lambda prices: prices * 0 + len(prices),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_found(prices, name):
    report = find_leaks(LEAKS[name], prices)
    assert report.function == "leak", report
    finding = (
        next(one for one in report.findings if one.certain)
        if hasattr(report.findings[0], "certain")
        else report.findings[0]
    )
    assert str(finding.kind)
    assert "function" in {check.name for check in report.checks}


def test_the_report_names_the_bar_and_the_column(prices):
    report = find_leaks(LEAKS["future window"], prices)
    text = repr(report)
    assert "future window" in text
    assert "t+1" in text
    late = repr(find_leaks(one_symbol_late, prices))
    assert " B " in late


RNG_SEED = 5
CLEAN = {
    "past return": lambda prices: prices / prices.shift(5) - 1,
    "moving average": lambda prices: prices.rolling(20).mean(),
    "exponential": lambda prices: prices.ewm(span=10).mean(),
    "exponential, unadjusted": lambda prices: prices.ewm(span=10, adjust=False).mean(),
    "expanding": lambda prices: prices.expanding(5).mean(),
    "expanding z": lambda prices: (prices - prices.expanding(9).mean()) / prices.expanding(9).std(),
    "cross-sectional rank": lambda prices: prices.pct_change(10).rank(axis=1),
    "cross-sectional weights": lambda prices: prices.rank(axis=1).sub(2).div(3),
    "seeded entries": lambda prices: (
        prices * 0 + np.random.default_rng(RNG_SEED).random((BARS, 3))[: len(prices)]
    ),
    "drawdown": lambda prices: prices / prices.cummax() - 1,
    "volatility": lambda prices: prices.pct_change().rolling(15).std(),
    "shifted": lambda prices: prices.shift(1),
    "forward-filled": lambda prices: prices.where(prices > prices.shift(1)).ffill(),
    "month so far": lambda prices: prices.groupby(prices.index.to_period("M")).cummax(),
    "quantile": lambda prices: prices.rolling(30).quantile(0.9),
    "two parts": lambda prices: prices.rolling(5).mean() > prices.rolling(20).mean(),
    "nothing": lambda prices: prices * 0,
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_function_raises_nothing(prices, name):
    report = find_leaks(CLEAN[name], prices)
    assert report.function == "clean", report
    assert_causal(CLEAN[name], prices)


def test_chance_is_told_from_a_leak(prices):
    generator = np.random.default_rng(3)
    held = find_leaks(lambda frame: frame * generator.random(), prices)
    assert held.function == "clean"
    assert "started anew" in repr(held)
    unseeded = find_leaks(lambda frame: frame * np.random.default_rng().random(), prices)
    assert unseeded.function == "cannot tell"


def test_a_function_that_raises_is_refused(prices):
    def broken(frame):
        raise ZeroDivisionError("none")

    with pytest.raises(InvalidInput):
        find_leaks(broken, prices)
    with pytest.raises(AssertionError):
        assert_causal(LEAKS["future window"], prices)
