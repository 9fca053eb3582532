"""What is not known yet changes nothing: the law that every backtest stands on."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workbench.backtest import simulate
from workbench.data import bars as read_bars
from workbench.registry import lookup

BARS = 60
SMALL = {
    "momentum": {"lookback": 12, "skip": 2, "top": 2},
    "moving_average_cross": {"fast": 3, "slow": 7},
    "mean_reversion": {"window": 8, "entry_z": 1.2, "exit_z": 0.2, "max_hold": 9},
    "buy_and_hold": {},
    "enhanced_momentum": {
        "lookback": 8, "horizon": 2, "train": 20, "sample_every": 1, "embargo": 1, "top": 2,
        "rebalance": "week",
    },
    "ensemble": {"members": "random_entry,mean_reversion,equal_weight", "window": 10},
    "equal_weight": {"rebalance": "week"},
    "momentum_score": {"lookback": 8, "short": 2, "minimum_score": 0.3, "top": 2},
    "neural_arbitrage": {"window": 40, "horizon": 3, "edge": 0.0, "top": 1, "rebalance": "week"},
    "neural_trend": {
        "window": 40, "horizon": 3, "confidence": 0.5, "allow_short": True, "rebalance": "week",
    },
    "pairs": {"formation": 30, "window": 10, "reform": "week", "level": 1.0, "entry_z": 0.8},
    "random_entry": {"entry_probability": 0.3, "hold": 4, "short_share": 0.5, "seed": 3},
    "swing": {
        "fast": 3, "slow": 6, "rsi_window": 3, "atr_window": 3, "pullback": 0.2, "rsi_high": 95.0,
        "oversold": 60.0, "stop_atr": 1.0, "trail": 0.05, "risk": 0.02, "max_hold": 5,
    },
    "time_series_momentum": {"lookback": 12, "volatility_centre": 3, "rebalance": "week"},
}  # fmt: skip
"""Every built-in strategy with parameters that make it trade within the bars."""

seeds = st.integers(0, 2**32 - 1)
cuts = st.integers(2, BARS - 2)
slow = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])


def panel(seed: int) -> xr.Dataset:
    """Random walks with opens, some bars missing."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.03, (BARS, 3)), axis=0))
    opened = close * np.exp(rng.normal(0, 0.01, close.shape))
    missing = rng.random(close.shape) < 0.03
    missing[0] = False
    volume = rng.lognormal(12, 0.5, close.shape)
    return xr.Dataset(
        {
            "open": (("time", "symbol"), np.where(missing, np.nan, opened)),
            "close": (("time", "symbol"), np.where(missing, np.nan, close)),
            "volume": (("time", "symbol"), np.where(missing, np.nan, volume)),
        },
        {"time": pd.bdate_range("2021-01-01", periods=BARS), "symbol": ["A", "B", "C"]},
        {"timeframe": "1d"},
    )


def whole(bars: xr.Dataset) -> xr.Dataset:
    """The same bars with each hole filled by the price before it."""
    return bars.map(lambda field: field.copy(data=field.to_pandas().ffill().to_numpy()))


def with_another_future(bars: xr.Dataset, cut: int) -> xr.Dataset:
    """The same bars up to `cut`, other prices after it."""
    later = xr.DataArray(np.arange(BARS) > cut, dims="time", coords={"time": bars["time"]})
    return bars.where(~later, bars * 1.7 + 3).assign_attrs(bars.attrs)


def test_every_built_in_strategy_is_held_to_the_law():
    from workbench.registry import names

    built_in = {
        name
        for name in names("strategy")
        if lookup("strategy", name).__module__.startswith("workbench.strategies.")
    }
    assert built_in == set(SMALL)


@pytest.mark.parametrize("name", SMALL)
@given(seed=seeds, cut=cuts)
@example(seed=2541, cut=10)
@slow
def test_changing_the_future_leaves_the_past_unchanged(name, seed, cut):
    strategy, bars = lookup("strategy", name), panel(seed)
    reports = [
        simulate(strategy, given, parameters=SMALL[name])
        for given in (bars, with_another_future(bars, cut))
    ]
    until = bars.indexes["time"][cut]  # by date: a bar without any price is no bar of the report
    for table in ("equity", "weights", "returns"):
        first, second = (getattr(report, table).loc[:until] for report in reports)
        assert first.equals(second)
    first, second = (report.orders[report.orders["time"] <= until] for report in reports)
    assert first.equals(second)


@pytest.mark.parametrize("name", SMALL)
@given(seed=seeds)
@slow
def test_a_row_is_the_call_on_the_window_that_ends_there(name, seed):
    strategy, bars = lookup("strategy", name), panel(seed)
    needs = strategy.warm_up(SMALL[name])
    whole = strategy.targets(bars, SMALL[name])
    memory = None
    for bar in range(BARS):
        window = bars.isel(time=slice(max(0, bar + 1 - needs), bar + 1))
        row, memory = strategy.advance(window, memory, SMALL[name])
        np.testing.assert_allclose(row, whole.isel(time=bar), rtol=1e-12)


@pytest.mark.parametrize("name", SMALL)
@given(seed=seeds)
@slow
def test_what_is_no_member_is_not_held(name, seed):
    strategy, bars = lookup("strategy", name), read_bars(whole(panel(seed)))
    spells = np.repeat(np.random.default_rng(seed).random((BARS // 10, 3)) < 0.5, 10, axis=0)
    universe = bars.assign_coords(member=(("time", "symbol"), spells))
    held = simulate(strategy, universe, parameters=SMALL[name]).weights.to_numpy()
    assert (held[1:][~spells[:-1]] == 0).all()  # sold at the open after it has left


@given(seed=seeds, scale=st.floats(0.01, 100))
@slow
def test_an_account_of_another_size_earns_the_same_return(seed, scale):
    bars = panel(seed)
    reports = [
        simulate(
            lookup("strategy", "mean_reversion"),
            bars,
            initial_cash=cash,
            parameters=SMALL["mean_reversion"],
        )
        for cash in (1e5, 1e5 * scale)
    ]
    first, second = (report.results.total_return for report in reports)
    assert first == pytest.approx(second, rel=1e-9, abs=1e-12)
