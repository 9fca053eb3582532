"""Corporate actions and bars, written short."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from workbench.data import bars
from workbench.data.actions.shaping import SCHEMA
from workbench.store import MemoryLake


@pytest.fixture
def lake():
    return MemoryLake()


@pytest.fixture
def actions():
    """Makes a table of actions from dicts."""

    def make(*rows, known_at=None):
        plain = [{**row, "time": pd.Timestamp(row["time"]).to_pydatetime()} for row in rows]
        table = pa.Table.from_pylist(plain, schema=SCHEMA)
        if known_at is None:
            return table
        moments = pa.array([pd.Timestamp(known_at).to_pydatetime()] * len(rows), pa.timestamp("us"))
        return table.append_column("known_at", moments)

    return make


@pytest.fixture
def panel():
    """Makes bars as traded from closes by symbol."""

    def make(closes, days="2024-01-02", currency="USD", volume=None, freq="B", **how):
        index = pd.DatetimeIndex(days) if isinstance(days, list) else None
        if index is None:
            count = len(next(iter(closes.values())))
            index = pd.date_range(days, periods=count, freq=freq)
        how = {"timeframe": "1d", "calendar": "XNYS", **how}
        made = bars(pd.DataFrame(closes, index=index), currency=currency, **how)
        made = made.assign_attrs(adjust="none")
        if volume is not None:
            made = made.assign(volume=(("time", "symbol"), np.full(made["close"].shape, volume)))
        return made

    return make
