"""Ticks as a report and as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.ticks.results import TickReport

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["tick_frame", "tick_report"]


def tick_report(rows: pa.Table, dataset: str, symbol: str, kind: str, limit: int) -> TickReport:
    """The report of ticks in order of time, the first of them as records."""
    shown = tick_frame(rows.slice(0, limit)).reset_index()
    shown["time"] = [stamp.isoformat(timespec="nanoseconds") for stamp in shown["time"]]
    records = shown.astype(object).where(shown.notna(), None).to_dict("records")
    count = rows.num_rows
    return TickReport(
        dataset=dataset,
        symbol=symbol,
        kind=kind,
        ticks=count,
        first=rows["time"][0].as_py() if count else None,
        last=rows["time"][count - 1].as_py() if count else None,
        left_out=max(0, count - limit),
        records=records,
        table=rows,
    )


def tick_frame(rows: pa.Table) -> pd.DataFrame:
    """Ticks with their time in nanoseconds as index."""
    micro = rows["time"].to_numpy().astype("datetime64[ns]")
    nano = rows["nanosecond"].fill_null(0).to_numpy().astype("timedelta64[ns]")
    frame: pd.DataFrame = rows.drop_columns(["time", "nanosecond"]).to_pandas()
    return frame.set_axis(pd.DatetimeIndex(np.asarray(micro + nano), name="time"))
