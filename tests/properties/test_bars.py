"""Laws of bars: the layout of a frame does not change what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import bars

PRICES = st.floats(0.01, 1e6, allow_nan=False)
SYMBOLS = st.lists(
    st.sampled_from(["AAPL", "C", "LOW", "V", "BRK-B", "7203", "btc/usd"]),
    min_size=1,
    max_size=4,
    unique=True,
)


@st.composite
def panels(draw):
    """Closes by day and symbol, some missing, no symbol or day without any."""
    symbols = draw(SYMBOLS)
    days = draw(st.lists(st.integers(0, 4000), min_size=2, max_size=8, unique=True))
    index = pd.Timestamp("2010-01-04") + pd.to_timedelta(sorted(days), unit="D")
    cells = st.one_of(PRICES, st.just(np.nan))
    rows = [[draw(cells) for _ in symbols] for _ in days]
    values = np.array(rows)
    values[np.isnan(values).all(axis=1)] = 1.0
    values[0] = np.where(np.isnan(values).all(axis=0), 1.0, values[0])
    return pd.DataFrame(values, index=pd.DatetimeIndex(index), columns=symbols)


def as_long(wide):
    return (
        wide.rename_axis("date").reset_index().melt("date", var_name="symbol", value_name="close")
    )


def same(one, other):
    xr.testing.assert_equal(one.sortby("symbol"), other.sortby("symbol"))


@settings(max_examples=40, deadline=None)
@given(panels(), st.randoms(use_true_random=False))
def test_wide_and_long_in_any_order_say_the_same(wide, random):
    expected = bars(wide, timeframe="1d")
    long = as_long(wide).dropna()
    same(bars(long, timeframe="1d"), expected)
    order = list(range(len(long)))
    random.shuffle(order)
    same(bars(long.iloc[order], timeframe="1d"), expected)


@settings(max_examples=25, deadline=None)
@given(panels())
def test_bars_come_back_as_they_went_in(wide):
    made = bars(wide, timeframe="1d")
    pd.testing.assert_frame_equal(
        made["close"].to_pandas(), wide, check_names=False, check_freq=False,
        check_column_type=False, check_index_type=False,
    )  # fmt: skip
    assert (made["known_at"] > made["time"]).all()
    same(bars(made["close"].to_pandas(), timeframe="1d"), made)


@settings(max_examples=25, deadline=None)
@given(panels())
def test_levels_of_columns_say_the_same(wide):
    expected = bars(wide, timeframe="1d")
    for keys in (["Close"], ["close"]):
        levels = pd.concat([wide], axis=1, keys=keys)
        same(bars(levels, timeframe="1d"), expected)
        same(bars(levels.swaplevel(axis=1), timeframe="1d"), expected)
