"""Laws of adjustment: what comes later changes nothing before it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import bars
from workbench.data.actions import adjust_bars, total_returns, unadjust_bars
from workbench.data.actions.shaping import SCHEMA

DAYS = 12
BASES = st.sampled_from(["prior_close", "ex_close"])
INDEX = pd.bdate_range("2024-01-02", periods=DAYS)


@st.composite
def histories(draw):
    """Closes of two symbols, some missing, with splits and dividends in order of nothing."""
    cells = st.one_of(st.floats(5, 500), st.just(np.nan))
    closes = np.array([[draw(cells) for _ in "AB"] for _ in range(DAYS)])
    closes[0] = np.where(np.isnan(closes).all(axis=0), 10.0, closes[0])
    closes[np.isnan(closes).all(axis=1)] = 10.0
    made = bars(pd.DataFrame(closes, index=INDEX, columns=["A", "B"]), timeframe="1d")
    happened = st.builds(
        lambda symbol, day, split, size: {
            "symbol": symbol,
            "time": INDEX[day].to_pydatetime(),
            "kind": "split" if split else "dividend",
            "ratio": size if split else None,
            "amount": None if split else size,
        },
        st.sampled_from("AB"),
        st.integers(0, DAYS - 1),
        st.booleans(),
        st.floats(0.1, 4.0),
    )
    rows = draw(st.lists(happened, max_size=8))
    volume = (("time", "symbol"), np.where(np.isnan(closes), np.nan, 100.0))
    made = made.assign(volume=volume).assign_attrs(adjust="none")
    return made, pa.Table.from_pylist(rows, schema=SCHEMA)


def relative(made):
    """Returns from close to close of each symbol, over days without a bar."""
    closes = made["close"].to_pandas()
    return (closes / closes.ffill().shift()).to_numpy()


def until(actions, day):
    keep = pa.compute.less(
        actions["time"], pa.scalar(INDEX[day].to_pydatetime(), pa.timestamp("us"))
    )
    return actions.filter(keep)


@settings(max_examples=40, deadline=None)
@given(histories(), BASES, st.integers(1, DAYS - 1))
def test_later_actions_do_not_change_earlier_returns(history, base, day):
    given_bars, actions = history
    whole = adjust_bars(given_bars, actions, "all", dividend_base=base)
    early = adjust_bars(given_bars, until(actions, day), "all", dividend_base=base)
    np.testing.assert_allclose(relative(whole)[:day], relative(early)[:day], rtol=1e-10)


@settings(max_examples=40, deadline=None)
@given(histories(), BASES, st.integers(2, DAYS))
def test_a_shorter_period_has_the_same_returns(history, base, days):
    given_bars, actions = history
    whole = adjust_bars(given_bars, actions, "all", dividend_base=base)
    part = adjust_bars(given_bars.isel(time=slice(days)), actions, "all", dividend_base=base)
    np.testing.assert_allclose(relative(whole)[:days], relative(part), rtol=1e-10)
    last, raw = (one["close"].to_pandas()[:days].ffill().iloc[-1] for one in (part, given_bars))
    np.testing.assert_allclose(last, raw)  # the factor is 1 at the last bar


@settings(max_examples=40, deadline=None)
@given(histories())
def test_returns_of_what_was_reinvested_at_the_ex_date_are_total_returns(history):
    given_bars, actions = history
    made = adjust_bars(given_bars, actions, "all", dividend_base="ex_close")
    np.testing.assert_allclose(
        relative(made) - 1, total_returns(given_bars, actions), rtol=1e-9, atol=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(histories())
def test_a_split_changes_no_value_traded(history):
    """Price times volume is the same money in any number of shares."""
    given_bars, actions = history
    made = adjust_bars(given_bars, actions, "splits")
    np.testing.assert_allclose(
        made["close"] * made["volume"], given_bars["close"] * given_bars["volume"], rtol=1e-10
    )


@settings(max_examples=40, deadline=None)
@given(histories())
def test_a_vendor_that_divided_by_every_split_is_undone(history):
    given_bars, actions = history
    late = {"symbol": "A", "time": INDEX[-1].to_pydatetime() + pd.Timedelta(days=9)}
    rows = [*actions.to_pylist(), {**late, "kind": "split", "ratio": 3.0}]
    splits = [row for row in rows if row["kind"] == "split"]
    by = np.ones(given_bars["close"].shape)
    for row in splits:
        by[row["time"] > INDEX, "AB".index(row["symbol"])] *= row["ratio"]
    divided = given_bars.assign(close=given_bars["close"] / by, volume=given_bars["volume"] * by)
    made = unadjust_bars(
        divided.assign_attrs(adjust="splits"), pa.Table.from_pylist(splits, schema=SCHEMA)
    )
    np.testing.assert_allclose(made["close"], given_bars["close"], rtol=1e-10)
    np.testing.assert_allclose(made["volume"], given_bars["volume"], rtol=1e-10)
