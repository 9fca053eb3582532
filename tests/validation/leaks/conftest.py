import numpy as np
import pandas as pd
import pytest

BARS = 160


@pytest.fixture(scope="session")
def prices():
    """Three random walks over 160 weekdays."""
    moves = np.random.default_rng(11).normal(0.0003, 0.015, (BARS, 3))
    days = pd.bdate_range("2021-01-01", periods=BARS, name="time")
    return pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), days, ["A", "B", "C"])
