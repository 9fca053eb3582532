"""Frames to be read as bars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

DAYS = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"])


@pytest.fixture
def wide():
    """Closes of three symbols, one of which is called like a field."""
    values = np.arange(15.0).reshape(5, 3) + 10
    return pd.DataFrame(values, index=DAYS, columns=["AAPL", "C", "LOW"])


@pytest.fixture
def long(wide):
    frame = wide.rename_axis("Date").reset_index()
    return frame.melt("Date", var_name="Ticker", value_name="Close")


@pytest.fixture
def ohlcv():
    close = np.array([10.0, 11.0, 12.0, 11.0, 13.0])
    columns = {"Open": close - 0.5, "High": close + 1, "Low": close - 1, "Close": close}
    return pd.DataFrame({**columns, "Volume": [100, 0, 300, 400, 500]}, index=DAYS)
