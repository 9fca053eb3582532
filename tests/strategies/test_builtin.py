"""What the built-in strategies do, on prices that fit in the head."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.registry import lookup


def _bars(**closes):
    time = pd.bdate_range("2020-01-01", periods=len(next(iter(closes.values()))), name="time")
    values = np.array(list(closes.values()), dtype=float).T
    return xr.Dataset(
        {"close": (("time", "symbol"), values)}, {"time": time, "symbol": list(closes)}
    )


def _held(name, bars, **parameters):
    return lookup("strategy", name).targets(bars, parameters).to_numpy()


def test_momentum_holds_the_best_that_rose():
    bars = _bars(A=[10, 10, 11, 12], B=[10, 10, 12, 9], C=[10, 10, 10, 9])
    held = _held("momentum", bars, lookback=2, top=2, rebalance="bar")
    assert np.isnan(held[:2]).all()
    assert held[2].tolist() == [0.5, 0.5, 0.0]
    assert held[3].tolist() == [0.5, 0.0, 0.0]


def test_momentum_trades_on_the_first_bar_of_a_month():
    bars = _bars(A=np.arange(10, 60))
    decided = bars["time"].to_index()[~np.isnan(_held("momentum", bars, lookback=2)[:, 0])]
    assert [f"{day:%m-%d}" for day in decided] == ["02-03", "03-02"]


def test_momentum_never_holds_more_than_all(bars):
    held = _held("momentum", bars, lookback=5, top=2, rebalance="bar")
    assert np.nanmax(np.nansum(held, axis=1)) <= 1


def test_mean_reversion_buys_a_fall_and_leaves_at_the_average():
    quiet = [100.0, 101.0] * 5
    bars = _bars(A=[*quiet, 80.0, 81.0, 100.0, 100.0])
    held = _held("mean_reversion", bars, window=10, entry_z=2.0, exit_z=0.5)[:, 0]
    assert np.isnan(held[:10]).all()
    assert held[10] == 1.0
    assert np.isnan(held[11])
    assert held[12] == 0.0


def test_mean_reversion_sells_short_only_where_allowed():
    bars = _bars(A=[*[100.0, 101.0] * 5, 120.0])
    assert _held("mean_reversion", bars, window=10)[-1, 0] == -1.0
    assert np.isnan(_held("mean_reversion", bars, window=10, allow_short=False)[-1, 0])


def test_mean_reversion_leaves_after_its_longest_hold():
    bars = _bars(A=[*[100.0, 101.0] * 5, 80.0, 79.0, 78.0, 60.0])
    held = _held("mean_reversion", bars, window=10, max_hold=2, exit_z=0.0)[:, 0]
    assert held[10] == 1.0
    assert held[12] == 0.0


def test_buy_and_hold_waits_for_a_price():
    bars = _bars(A=[1.0, 2.0, 3.0], B=[np.nan, 5.0, 6.0])
    held = _held("buy_and_hold", bars)
    assert held[:, 0].tolist() == [0.5, pytest.approx(np.nan, nan_ok=True)] * 1 + [
        pytest.approx(np.nan, nan_ok=True)
    ]
    assert held[1, 1] == 0.5
