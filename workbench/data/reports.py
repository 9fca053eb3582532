"""Datasets and bars as results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.data.catalogue import broken_manifests, manifests
from workbench.data.results import BarsReport, DatasetFacts, DatasetList

if TYPE_CHECKING:
    import xarray as xr

    from workbench.data.manifest import Manifest

__all__ = ["bars_report", "dataset_list"]


def dataset_list() -> DatasetList:
    """Every dataset that has a manifest."""
    facts = [_facts(one) for one in manifests()]
    return DatasetList(datasets=facts, broken=broken_manifests())


def bars_report(made: xr.Dataset, limit: int) -> BarsReport:
    """Bars as a result whose records are the newest `limit` of them.

    Parameters
    ----------
    made : xarray.Dataset
        Bars as `load_bars` gives them.
    limit : int
        The most records; symbols of one time may be cut apart.

    Returns
    -------
    BarsReport
        With all bars in memory.
    """
    fields = [str(name) for name in made.data_vars]
    frame = made[fields].reset_coords(drop=True).to_dataframe().dropna(how="all")
    shown = frame.tail(limit).astype(object)
    shown = shown.where(shown.notna(), None).reset_index()
    shown["time"] = [stamp.isoformat() for stamp in shown["time"]]
    times = pd.DatetimeIndex(made["time"].to_numpy())
    return BarsReport(
        name=made.attrs["dataset"],
        symbols=[str(symbol) for symbol in made["symbol"].to_numpy()],
        fields=fields,
        timeframe=made.attrs["timeframe"],
        start=times[0].to_pydatetime(),
        end=times[-1].to_pydatetime(),
        bars=len(frame),
        left_out=max(0, len(frame) - limit),
        adjust=made.attrs["adjust"],
        survivorship=made.attrs["survivorship"],
        lake_version=made.attrs["lake_version"],
        guessed=made.attrs.get("guessed", []),
        records=shown[["time", "symbol", *fields]].to_dict("records"),
        dataset=made,
    )


def _facts(manifest: Manifest) -> DatasetFacts:
    start, end = manifest.span(tuple(manifest.universe))
    same = {"name", "title", "timeframe", "calendar", "currency", "survivorship", "source"}
    return DatasetFacts(
        **manifest.model_dump(include=same | {"licence", "aliases"}),
        symbols=list(manifest.universe),
        companions=list(manifest.companions),
        start=start,
        end=end,
        fields={str(name): unit for name, unit in manifest.fields.items()},
        adjust=manifest.adjust.value,
        rows=manifest.rows,
    )
