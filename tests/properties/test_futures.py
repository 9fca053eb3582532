"""Laws of continuous futures: the past stays, and returns are those of an account."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.data import bars
from workbench.data.futures import continuous
from workbench.errors import NoData

SYMBOLS = ["XYF2024", "XYG2024", "XYH2024", "XYJ2024"]
HOW = st.fixed_dictionaries(
    {
        "roll": st.sampled_from(["volume", "open_interest", "calendar"]),
        "sessions_before": st.one_of(st.none(), st.integers(0, 6)),
    }
)


@st.composite
def chains(draw):
    """Two to four contracts over twenty to forty sessions, with holes, and their last days."""
    count, length = draw(st.integers(2, 4)), draw(st.integers(20, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    days = pd.bdate_range("2024-01-01", periods=length)
    walk = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (length, 1)), axis=0))
    close = walk * np.exp(rng.normal(0, 0.01, (length, count)) + np.arange(count) * 0.03)
    ends = np.sort(rng.choice(np.arange(8, length + 10), size=count, replace=False))
    close[np.arange(length)[:, None] > ends[None, :]] = np.nan
    close[rng.random(close.shape) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
    close[0] = 100.0
    made = bars(pd.DataFrame(close, index=days, columns=SYMBOLS[:count]), calendar="24/5")
    for name in ("volume", "open_interest"):
        size = rng.integers(0, 100, close.shape).astype(float)
        made[name] = (("time", "symbol"), np.where(np.isnan(close), np.nan, size))
    calendar = pd.bdate_range("2024-01-01", periods=length + 20)
    return made, dict(zip(SYMBOLS, calendar[ends], strict=False))


def spliced(chain, ends, **how):
    try:
        return continuous(chain, ends, **how)
    except NoData:
        assume(False)
        raise


@settings(max_examples=50, deadline=None)
@given(chains(), HOW, st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_what_comes_later_changes_no_roll_and_no_bar_of_the_past(made, how, cut, seed):
    chain, ends = made
    whole = spliced(chain, ends, anchor="first", **how)
    cut = min(cut, whole.bars.sizes["time"])
    last = whole.bars["time"].to_numpy()[cut - 1]
    other = chain.copy(deep=True)
    rng = np.random.default_rng(seed)
    later = chain["time"].to_numpy() > last
    for name in chain.data_vars:
        shaken = other[name].to_numpy()
        shaken[later] = rng.permuted(shaken[later], axis=1) * 2
    for changed in (chain.isel(time=~later), other):
        again = spliced(changed, ends, anchor="first", **how)
        for table in (whole.rolls, again.rolls):
            table.drop(table.index[table["date"] > last], inplace=True)  # noqa: PD002  both at once
        pd.testing.assert_frame_equal(whole.rolls, again.rolls)
        past = again.bars.isel(time=slice(cut))
        np.testing.assert_array_equal(past["contract"], whole.bars["contract"][:cut])
        np.testing.assert_array_equal(past["close"], whole.bars["close"][:cut])


@settings(max_examples=40, deadline=None)
@given(chains(), HOW)
def test_the_ratio_series_is_an_account_that_holds_and_rolls(made, how):
    chain, ends = made
    series = spliced(chain, ends, **how)
    closes = series.bars["close"].to_pandas().iloc[:, 0]
    rolls = {row["date"]: row for row in series.rolls.to_dict("records")}
    prices = chain["close"].to_pandas()
    contract = series.bars["contract"].to_numpy()[0]
    units, account = 1.0, {}
    for time in closes.index:
        account[time] = units * prices.loc[time, contract]
        if time in rolls:
            assert rolls[time]["from"] == contract
            contract = rolls[time]["to"]
            units = account[time] / prices.loc[time, contract]
    account = pd.Series(account)
    np.testing.assert_allclose(closes / closes.iloc[0], account / account.iloc[0], rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(chains(), HOW)
def test_the_difference_series_changes_as_the_contract_that_is_held(made, how):
    chain, ends = made
    series = spliced(chain, ends, adjust="difference", **how)
    closes = series.bars["close"].to_pandas().iloc[:, 0]
    prices = chain["close"].to_pandas().loc[closes.index]
    into = series.bars["contract"].to_numpy()
    for before, after, held in zip(closes.index[:-1], closes.index[1:], into[1:], strict=True):
        change = prices.loc[after, held] - prices.loc[before, held]
        assert closes[after] - closes[before] == pytest.approx(change, abs=1e-9, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(chains(), HOW)
def test_rolls_go_forward_and_end_in_time(made, how):
    chain, ends = made
    series = spliced(chain, ends, **how)
    table = series.rolls
    assert (table["decided"] < table["date"]).all()
    assert all(ends[row["from"]] < ends[row["to"]] for row in table.to_dict("records"))
    times = pd.DatetimeIndex(series.bars["time"].to_numpy())
    last = pd.DatetimeIndex([ends[name] for name in series.bars["contract"].to_numpy()])
    assert (times <= last).all()
    raw = spliced(chain, ends, adjust="none", **how).bars["close"].to_numpy()
    on_last = series.bars["contract"].to_numpy() == series.bars["contract"].to_numpy()[-1]
    np.testing.assert_allclose(series.bars["close"].to_numpy()[on_last], raw[on_last], rtol=1e-12)
