"""From a dataset of contracts to a continuous future as a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.data.futures.results import ContinuousReport, RollFacts
from workbench.data.instruments import open_master
from workbench.data.loading import load_bars

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.context import Context
    from workbench.data.futures.splicing import ContinuousSeries
    from workbench.domain import DatasetRef, Period
    from workbench.ports import Lake

__all__ = ["continuous_report", "last_days", "load_contracts"]

OPEN_INTEREST = "open_interest"


def load_contracts(dataset: DatasetRef, period: Period, context: Context) -> xr.Dataset:
    """Bars of contracts, with the open interest where a Dataset is given that has it.

    Parameters
    ----------
    dataset : str or frame
        As `load_bars` takes it.
    period : Period
        The days that are wanted.
    context : Context
        Whose lake to read.

    Returns
    -------
    xarray.Dataset
        Dims (time, symbol).
    """
    made = load_bars(dataset, period.first, period.end, context=context)
    if OPEN_INTEREST in getattr(dataset, "data_vars", ()):
        made = made.assign({OPEN_INTEREST: dataset[OPEN_INTEREST].sel(time=made["time"])})
    return made


def last_days(
    chain: xr.Dataset,
    lake: Lake,
    expiries: Mapping[str, Any] | None,
    first_notices: Mapping[str, Any] | None,
) -> pd.DataFrame:
    """When contracts end: as given, else as the instruments of the lake tell.

    Parameters
    ----------
    chain : xarray.Dataset
        The contracts.
    lake : Lake
        Where the instruments lie.
    expiries, first_notices : mapping or None
        Symbol → day.

    Returns
    -------
    pandas.DataFrame
        Index symbol; columns ``expires`` and ``first_notice``.

    Raises
    ------
    UnknownName
        If an end is not given and no instrument tells it.
    """
    if expiries is None:
        master = open_master(lake)
        expiries = {
            symbol: master.find(symbol).expires for symbol in map(str, chain["symbol"].to_numpy())
        }
    days = pd.Series(dict(expiries), dtype=object)
    notices = pd.Series(dict(first_notices or {}), dtype=object).reindex(days.index)
    return pd.DataFrame({"expires": days, "first_notice": notices})


def continuous_report(series: ContinuousSeries, chain: xr.Dataset, limit: int) -> ContinuousReport:
    """A continuous series as a result whose records are the newest `limit` bars.

    Parameters
    ----------
    series : ContinuousSeries
        Bars and rolls.
    chain : xarray.Dataset
        The contracts that it is made of.
    limit : int
        The most records.

    Returns
    -------
    ContinuousReport
        With everything in memory.
    """
    bars = series.bars.isel(symbol=0)
    fields = [str(name) for name in bars.data_vars]
    frame = bars[[*fields, "contract"]].reset_coords("contract").to_dataframe()
    shown = frame[["contract", *fields]].tail(limit).astype(object)
    shown = shown.where(shown.notna(), None).reset_index()
    shown["time"] = [stamp.isoformat() for stamp in shown["time"]]
    rolls = series.rolls.rename(columns={"from": "old", "to": "new"})
    raw = chain["close"].sel(time=bars["time"], symbol=bars["contract"])
    held = list(dict.fromkeys(frame["contract"]))
    return ContinuousReport(
        name=str(bars["symbol"].item()),
        contracts=held,
        contract=held[-1],
        start=frame.index[0].to_pydatetime(),
        end=frame.index[-1].to_pydatetime(),
        bars=len(frame),
        left_out=max(0, len(frame) - limit),
        roll=bars.attrs["roll"],
        adjust=bars.attrs["splice"],
        anchored_at=bars.attrs["anchored_at"],
        rolls=[RollFacts(**row) for row in rolls.to_dict("records")],
        records=shown.to_dict("records"),
        series=series,
        raw=raw.reset_coords(drop=True).to_pandas(),
    )
