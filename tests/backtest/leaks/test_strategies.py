"""Every strategy of ours passes: it decides by what was known."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.backtest.leaks import check_leaks
from workbench.registry import lookup, names

SMALL = {
    "buy_and_hold": {},
    "enhanced_momentum": {
        "lookback": 10, "horizon": 3, "train": 40, "sample_every": 5, "top": 2, "confidence": 0.3,
    },
    "ensemble": {"window": 20, "members": "mean_reversion,moving_average_cross"},
    "equal_weight": {"rebalance": "week"},
    "mean_reversion": {"window": 10, "entry_z": 1.0},
    "momentum": {"lookback": 12, "top": 2, "rebalance": "week"},
    "momentum_score": {"lookback": 10, "short": 3, "minimum_score": 0.3, "top": 2},
    "moving_average_cross": {"fast": 3, "slow": 9},
    "neural_arbitrage": {"window": 40, "horizon": 3, "edge": 0.0, "top": 2, "rebalance": "week"},
    "neural_trend": {"window": 40, "horizon": 3, "confidence": 0.5, "rebalance": "week"},
    "pairs": {"formation": 40, "reform": "month", "level": 0.2, "window": 15, "entry_z": 0.8},
    "random_entry": {"entry_probability": 0.2, "hold": 4},
    "swing": {"fast": 5, "slow": 15, "rsi_window": 5, "atr_window": 5, "oversold": 45.0},
    "time_series_momentum": {
        "lookback": 12, "volatility_centre": 10, "rebalance": "week",
    },
}  # fmt: skip
SLOW = ("enhanced_momentum", "ensemble", "swing")
BARS = 100
CUTS = 25  # after each fourth bar another future


@pytest.fixture(scope="module")
def bars():
    """Four walks that are pulled together, so that pairs and reversals exist."""
    rng = np.random.default_rng(1)
    shared = np.cumsum(rng.normal(0, 0.01, BARS))
    own = np.zeros((BARS, 4))
    for at in range(1, BARS):
        own[at] = 0.85 * own[at - 1] + rng.normal(0, 0.015, 4)
    close = 50 * np.exp(shared[:, None] + own)
    opened = close * np.exp(rng.normal(0, 0.005, close.shape))
    values = {
        "open": opened,
        "high": np.maximum(opened, close) * 1.004,
        "low": np.minimum(opened, close) * 0.996,
        "close": close,
        "volume": rng.lognormal(12, 0.5, close.shape),
    }
    return xr.Dataset(
        {name: (("time", "symbol"), table) for name, table in values.items()},
        {
            "time": pd.bdate_range("2020-01-01", periods=BARS, name="time"),
            "symbol": ["A", "B", "C", "D"],
        },
        {"timeframe": "1d"},
    )


def test_none_is_left_out():
    found = {name: lookup("strategy", name).function.__module__ for name in names("strategy")}
    assert set(SMALL) == {name for name, module in found.items() if module.startswith("workbench.")}


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW)) for one in SMALL]
)
def test_it_is_clean(bars, context, name):
    strategy = lookup("strategy", name)
    held = strategy.targets(bars, strategy.checked(SMALL[name]))
    assert np.nan_to_num(held.to_numpy()).any(), "it has to trade, or nothing is shown"
    cuts = 20 if name in SLOW else CUTS
    report = check_leaks(strategy, bars, parameters=SMALL[name], cuts=cuts, context=context)
    assert report.function == "clean", report
