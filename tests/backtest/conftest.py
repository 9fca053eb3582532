from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.context import Context
from workbench.context.resources import Resources
from workbench.store import MemoryLedger


@pytest.fixture
def ledger():
    return MemoryLedger()


@pytest.fixture
def context(ledger):
    return Context(
        clock=lambda: datetime(2024, 5, 1, tzinfo=UTC), resources=Resources(ledger=ledger)
    )


@pytest.fixture
def make_bars():
    def make(seed=0, bars=300, symbols=4, *, opens=True, holes=0.0):
        rng = np.random.default_rng(seed)
        close = 50 * np.exp(np.cumsum(rng.normal(0.0002, 0.02, (bars, symbols)), axis=0))
        missing = rng.random(close.shape) < holes
        missing[0] = False
        values = {"close": np.where(missing, np.nan, close)}
        if opens:
            opened = close * np.exp(rng.normal(0, 0.005, close.shape))
            values = {"open": np.where(missing, np.nan, opened)} | values
        time = pd.bdate_range("2020-01-01", periods=bars, name="time")
        return xr.Dataset(
            {name: (("time", "symbol"), table) for name, table in values.items()},
            {"time": time, "symbol": [f"S{number}" for number in range(symbols)]},
            {"timeframe": "1d"},
        )

    return make


@pytest.fixture
def prices(make_bars):
    """Closes as a user has them: a DataFrame."""
    return make_bars(3, opens=False)["close"].to_pandas()
