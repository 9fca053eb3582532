"""The verbs of features, on real prices and on one's own."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.features import closes, compute_feature, list_features, quick_analysis, rsi, sma
from workbench.registry import call


def own_bars(closes: np.ndarray) -> pd.DataFrame:
    days = pd.bdate_range("2020-01-01", periods=len(closes))
    return pd.DataFrame({"MINE": closes}, index=pd.DatetimeIndex(days, name="time"))


@pytest.mark.parametrize(
    ("path", "trend", "recommendation"),
    [
        (np.linspace(100, 200, 300) ** 1.5, "bullish", "hold"),  # RSI 100 takes a point away
        (np.linspace(200, 100, 300) ** 1.5, "bearish", "hold"),
        (100 + np.sin(np.arange(300)), "neutral", "hold"),
    ],
)
def test_labels_follow_their_rules(path, trend, recommendation):
    seen = quick_analysis(own_bars(path)).analysis
    assert (seen.trend, seen.recommendation) == (trend, recommendation)
    assert seen.price == path[-1]


def test_a_calm_end_of_a_wild_year_is_low_volatility():
    steps = np.r_[np.random.default_rng(1).normal(0, 0.03, 280), np.full(25, 1e-4)]
    seen = quick_analysis(own_bars(100 * np.exp(steps.cumsum()))).analysis
    assert seen.volatility == "low"
    assert seen.volatility_rank < 0.05


def test_quick_analysis_of_a_real_symbol():
    seen = quick_analysis("sp500-20:AAPL", use_gpu=True, end_date=dt.date(2019, 6, 30))
    assert seen.session == dt.date(2019, 6, 28)
    assert set(seen.rules) == {"trend", "volatility", "recommendation"}
    assert any("CPU" in note for note in seen.notes)
    assert any("Survivors" in note for note in seen.notes)
    assert "history" not in json.loads(seen.model_dump_json())
    assert seen.to_frame().loc["rsi", "value"] == seen.analysis.rsi
    assert seen.plot() is not None
    assert "AAPL at 2019-06-28" in repr(seen)


def test_quick_analysis_refuses_what_it_cannot_say():
    with pytest.raises(InvalidInput, match="Choose one"):
        quick_analysis("sp500-20:AAPL,MSFT")
    with pytest.raises(TooLittleHistory, match="200"):
        quick_analysis(own_bars(np.arange(1.0, 100.0)))
    with pytest.raises(UnknownName, match="Did you mean 'AAPL'"):
        quick_analysis("AAPLE")


def test_a_list_of_features_is_a_table():
    table = list_features().to_frame()
    assert table.loc["sma", "parameters"] == "window=20"
    assert "sma" in repr(list_features())


def test_compute_feature_warms_up_before_the_start():
    made = call(
        "compute_feature",
        {"feature": "rsi", "dataset": "sp500-20:AAPL,KO", "start_date": "2022-12-01", "limit": 2},
    )
    assert made.undefined == 0
    assert len(made.table) == 4
    whole = compute_feature("rsi", "sp500-20:AAPL,KO")
    pd.testing.assert_frame_equal(made.to_frame(), whole.to_frame()["2022-12-01":])
    assert made.plot() is not None


def test_nan_is_null_on_the_wire():
    made = compute_feature("sma", own_bars(np.arange(1.0, 6.0)), parameters={"window": 3})
    table = json.loads(made.model_dump_json())["table"]
    assert [row["values"]["sma"] for row in table] == [None, None, 2.0, 3.0, 4.0]


def test_a_function_of_ones_own_is_a_feature():
    bars = own_bars(np.arange(1.0, 6.0))
    made = compute_feature(lambda bars: closes(bars) * 2, bars)
    assert made.feature == "lambda"
    assert made.to_frame()["MINE"].tolist() == [2, 4, 6, 8, 10]
    assert compute_feature(sma, bars).feature == "sma"


def test_several_variables_stand_side_by_side():
    made = compute_feature("bollinger", "sp500-20:AAPL", parameters={"window": 5})
    assert made.to_frame().columns.get_level_values(0).tolist() == ["lower", "middle", "upper"]
    assert made.plot() is not None


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"feature": "rsii"}, UnknownName, "Did you mean 'rsi'"),
        ({"parameters": {"window": 1}}, OutOfRange, "from 2 to"),
        ({"parameters": {"length": 5}}, UnknownName, "window"),
        ({"start_date": "2031-01-01"}, OutOfRange, "2022-12-28"),
        ({"start_date": "1980-01-01"}, OutOfRange, "1990-01-02"),
        ({"start_date": "2020-01-02", "end_date": "2019-01-01"}, InvalidInput, "Exchange"),
        ({"limit": 0}, OutOfRange, "limit"),
    ],
)
def test_bad_input_says_what_to_do(arguments, error, message):
    with pytest.raises(error, match=message):
        call("compute_feature", {"feature": "rsi", "dataset": "sp500-20:AAPL", **arguments})


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: 1.0,
        lambda bars: closes(bars).mean("time"),
        lambda bars: closes(bars)[1:],
        lambda bars: xr.Dataset({"a": ("time", bars["time"].to_numpy())}),
    ],
)
def test_a_function_that_returns_something_else_is_refused(broken):
    with pytest.raises(InvalidInput, match="did not return values along"):
        compute_feature(broken, own_bars(np.arange(1.0, 6.0)))


def test_what_is_no_feature():
    with pytest.raises(InvalidInput, match="list_features"):
        compute_feature(3, "sp500-20:AAPL")


def test_the_feature_is_the_function():
    bars = own_bars(100 + np.sin(np.arange(50)))
    panel = xr.DataArray(bars, dims=("time", "symbol"))
    made = compute_feature("rsi", bars).to_frame()
    np.testing.assert_array_equal(made, rsi(panel))
