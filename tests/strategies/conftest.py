import numpy as np
import pandas as pd
import pytest
import xarray as xr


@pytest.fixture
def bars():
    """Three random walks over four hundred weekdays."""
    rng = np.random.default_rng(11)
    close = 100 * np.exp(np.cumsum(rng.normal(0.0003, 0.015, (400, 3)), axis=0))
    time = pd.bdate_range("2020-01-01", periods=400, name="time")
    return xr.Dataset(
        {"close": (("time", "symbol"), close)}, {"time": time, "symbol": ["A", "B", "C"]}
    )
