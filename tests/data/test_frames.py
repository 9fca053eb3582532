"""Frames at the door: what is understood, what is said, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.data import bars
from workbench.errors import AmbiguousFrame, InvalidInput, OutOfRange, UnknownName, UnusableFrame


def guessed(made, word):
    return [sentence for sentence in made.attrs["guessed"] if sentence.startswith(word)]


def test_wide_closes(wide):
    made = bars(wide)
    assert made["close"].dims == ("time", "symbol")
    assert made["symbol"].to_numpy().tolist() == ["AAPL", "C", "LOW"]
    np.testing.assert_array_equal(made["close"].to_numpy(), wide.to_numpy())
    assert list(made.data_vars) == ["close"]
    assert guessed(made, "symbols: the 3 columns AAPL, C, LOW")
    assert made.attrs["timeframe"] == "1d"
    assert made.attrs["adjust"] == "vendor"


def test_long_is_the_same_as_wide(wide, long):
    xr.testing.assert_equal(bars(long), bars(wide))
    assert "symbol: the column 'Ticker'" in bars(long).attrs["guessed"]


def test_rows_of_long_in_any_order(long):
    shuffled = long.sample(frac=1, random_state=3)
    xr.testing.assert_equal(bars(shuffled).sortby("symbol"), bars(long).sortby("symbol"))


def test_an_index_of_time_and_symbol(wide, long):
    by_both = long.set_index(["Date", "Ticker"]).sort_index()
    xr.testing.assert_equal(bars(by_both), bars(wide))


def test_one_symbol(ohlcv):
    made = bars(ohlcv)
    assert list(made.data_vars) == ["open", "high", "low", "close", "volume"]
    assert made.sizes == {"time": 5, "symbol": 1}
    assert made["volume"].dtype == np.float64


@pytest.mark.parametrize("fields_first", [True, False])
def test_fields_and_symbols_as_two_levels_of_columns(ohlcv, fields_first):
    frame = pd.concat({"AAPL": ohlcv, "MSFT": ohlcv * 2}, axis=1)
    made = bars(frame.swaplevel(axis=1).sort_index(axis=1) if fields_first else frame)
    assert made["symbol"].to_numpy().tolist() == ["AAPL", "MSFT"]
    np.testing.assert_array_equal(made["high"].sel(symbol="MSFT"), ohlcv["High"] * 2)


def test_other_libraries(wide, long):
    pl = pytest.importorskip("polars", reason="the extra 'dev' is not installed")
    pa = pytest.importorskip("pyarrow")
    for frame in (pl.from_pandas(long), pl.from_pandas(long).lazy(), pa.Table.from_pandas(long)):
        xr.testing.assert_equal(bars(frame), bars(wide))


def test_xarray(wide):
    made = bars(wide)
    assert bars(made) is made
    xr.testing.assert_equal(bars(made["close"]), made)
    xr.testing.assert_equal(bars(made.reset_coords(drop=True)), made)
    stacked = made.reset_coords(drop=True).to_array("field")
    xr.testing.assert_equal(bars(stacked), made)


def test_a_series_is_one_symbol(wide):
    assert bars(wide["AAPL"])["symbol"].to_numpy().tolist() == ["AAPL"]


def test_letters_are_fields_only_together(ohlcv, wide):
    assert list(bars(ohlcv.set_axis(list("ohlcv"), axis=1)).data_vars)[3] == "close"
    assert bars(wide[["C"]])["symbol"].to_numpy().tolist() == ["C"]


def test_what_is_given_is_not_guessed(long):
    renamed = long.set_axis(["when", "who", "px"], axis=1)
    made = bars(
        renamed,
        columns={"time": "when", "symbol": "who", "close": "px"},
        timeframe="1d",
        calendar="XNYS",
        currency="USD",
    )
    assert made.attrs["guessed"] == []
    assert made["currency"].to_numpy().tolist() == ["USD"] * 3
    assert str(made["known_at"].to_numpy()[0]) == "2024-01-02T21:00:00.000000000"


def test_columns_may_list_the_symbols(wide):
    frame = wide.rename(columns={"C": "close"})
    assert bars(frame, columns=["AAPL", "close"])["symbol"].to_numpy().tolist() == ["AAPL", "close"]


def test_without_a_calendar_a_day_is_known_at_its_end(wide):
    made = bars(wide)
    assert set(made["calendar"].to_numpy()) == {"24/5"}
    assert str(made["known_at"].to_numpy()[0]) == "2024-01-03T00:00:00.000000000"
    weekend = wide.set_axis(pd.date_range("2024-01-05", periods=5))
    assert set(bars(weekend)["calendar"].to_numpy()) == {"24/7"}


def test_rows_out_of_order_are_sorted_and_that_is_said(wide):
    made = bars(wide.iloc[::-1])
    xr.testing.assert_equal(made, bars(wide))
    assert guessed(made, "order")


def test_an_adjusted_close_needs_a_word_and_adjusts_its_bar_alike(ohlcv):
    frame = ohlcv.assign(**{"Adj Close": ohlcv["Close"] / 2})
    with pytest.raises(AmbiguousFrame, match=r"columns=\{'close': 'Adj Close'\}"):
        bars(frame)
    adjusted = bars(frame, columns={"close": "Adj Close"})
    assert adjusted.attrs["adjust"] == "all"
    np.testing.assert_allclose(adjusted["high"].to_numpy()[:, 0], ohlcv["High"] / 2)
    np.testing.assert_array_equal(adjusted["volume"].to_numpy()[:, 0], ohlcv["Volume"])
    traded = bars(frame, columns={"close": "Close"})
    assert traded.attrs["adjust"] == "none"
    np.testing.assert_array_equal(traded["close"].to_numpy()[:, 0], ohlcv["Close"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(ticker="A", symbol="B"), "symbol"),
        (lambda f: f.reset_index(names="date").assign(timestamp=f.index), "time"),
        (lambda f: f[["Close"]].assign(C=1.0), "one symbol of many"),
        (lambda f: f.assign(Price=1.0), "close"),
    ],
)
def test_two_readings_are_refused(ohlcv, change, words):
    with pytest.raises(AmbiguousFrame, match=words) as caught:
        bars(change(ohlcv.copy()))
    assert "columns=" in caught.value.cure


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.reset_index(drop=True), "no usable time"),
        (lambda f: f.iloc[:0], "empty"),
        (lambda f: f.astype(str).replace("10.0", "ten").assign(Close="x"), "no number"),
        (lambda f: f.assign(Close=[1, 2, np.inf, 4, 5]), "infinite, in row 2"),
        (lambda f: f.assign(Close=[1, -2, 3, 4, 5]), "negative, in row 1"),
        (lambda f: f.assign(Close=[1, 2, 3, 0, 5]), "zero, in row 3"),
        (lambda f: f.assign(Close=np.nan), "no number"),
        (lambda f: f.assign(Volume=-1), "negative"),
        (lambda f: pd.concat([f, f.iloc[[1, 2]]]), r"rows \[1, 2, 5\]"),
        (lambda f: f.set_axis([*f.index[:4], pd.NaT]), "time is missing"),
    ],
)
def test_what_cannot_be_bars_is_refused_with_its_place(ohlcv, change, words):
    with pytest.raises(UnusableFrame, match=words) as caught:
        bars(change(ohlcv.copy()), columns={"close": "Close"})
    assert caught.value.cure


def test_duplicates_of_time_and_symbol_are_refused(long):
    with pytest.raises(UnusableFrame, match="time and symbol"):
        bars(pd.concat([long, long.iloc[[0]]]))


def test_no_frame_at_all():
    for thing in (np.ones((3, 2)), 7, [1, 2]):
        with pytest.raises(UnusableFrame, match="no frame"):
            bars(thing)


def test_arguments_that_cannot_be_used(wide):
    with pytest.raises(InvalidInput, match="no such column"):
        bars(wide, columns={"close": "MSFT"})
    with pytest.raises(InvalidInput, match="columns maps"):
        bars(wide, columns={"last": "C"})
    with pytest.raises(InvalidInput, match="timeframe"):
        bars(wide, timeframe="daily")
    with pytest.raises(UnknownName, match="calendar"):
        bars(wide, calendar="NOWHERE")


def test_a_day_on_which_the_exchange_was_closed_is_refused(wide):
    holiday = wide.set_axis([pd.Timestamp("2024-01-01"), *wide.index[1:]])
    with pytest.raises(UnusableFrame, match="2024-01-01"):
        bars(holiday, calendar="XNYS")


def test_a_day_beyond_the_calendar_is_refused(wide):
    with pytest.raises(OutOfRange, match="24/5"):
        bars(wide.set_axis(pd.bdate_range("2090-01-02", periods=5)))
