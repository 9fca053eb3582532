import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.strategies import strategy


def market_of(close, opens=None):
    """Bars of given closes, shape (time, symbol)."""
    close = np.asarray(close, float)
    close = close[:, None] if close.ndim == 1 else close
    values = {"close": close} if opens is None else {"open": opens, "close": close}
    return xr.Dataset(
        {name: (("time", "symbol"), table) for name, table in values.items()},
        {
            "time": pd.bdate_range("2010-01-01", periods=len(close), name="time"),
            "symbol": [f"S{at}" for at in range(close.shape[1])],
        },
        {"timeframe": "1d"},
    )


@pytest.fixture
def make_market():
    return market_of


@pytest.fixture
def trending():
    """Returns that follow the last one: a pattern that a permutation destroys."""

    def make(seed=0, bars=500, phi=0.5, symbols=1, drift=0.0):
        rng = np.random.default_rng(seed)
        noise, moves = rng.normal(0, 0.01, (bars, symbols)), np.zeros((bars, symbols))
        for at in range(1, bars):
            moves[at] = phi * moves[at - 1] + noise[at]
        return market_of(50 * np.exp(np.cumsum(moves + drift, axis=0)))

    return make


@strategy("last_move_of_these_tests", warm_up=lambda p: p.lookback + 1)
def last_move(bars, *, lookback: int = 1, sign: int = 1):
    """Long (or short, by `sign`) what rose over the last bars; flat what fell."""
    rose = bars["close"] > bars["close"].shift(time=lookback)
    return (rose if sign > 0 else ~rose).astype(float) / bars.sizes["symbol"]


@pytest.fixture
def follower():
    return last_move
