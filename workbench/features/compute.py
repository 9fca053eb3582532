"""A feature, by name or as an object, computed on bars and reported."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.errors import InvalidInput, OutOfRange
from workbench.features.declaration import Feature
from workbench.features.results import FeatureInfo, FeatureReport, FeatureRow
from workbench.registry import checked, lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.domain import FeatureRef

__all__ = ["describe", "feature_of", "report"]

GRACE = dt.timedelta(days=7)
"""A period may begin this long before the bars: weekends and holidays lie there."""


def feature_of(reference: FeatureRef) -> Feature[Any, Any]:
    """The feature that a name or an object means.

    Parameters
    ----------
    reference : str, Feature or callable
        A registered name, a feature, or a plain function of bars.

    Returns
    -------
    Feature
        Registered, or made for this call.

    Raises
    ------
    UnknownName
        If no feature has this name.
    InvalidInput
        If it is none of these.
    """
    found = lookup("feature", reference) if isinstance(reference, str) else reference
    if isinstance(found, Feature):
        return found
    if callable(found):
        return Feature(getattr(found, "__name__", "").strip("<>_").lower() or "unnamed", found)
    raise InvalidInput(
        "This is no feature",
        seen=type(found).__name__,
        cure="Give a name from list_features, or a function of bars that returns a DataArray",
    )


def describe(feature: Feature[Any, Any]) -> FeatureInfo:
    """A feature as a list shows it."""
    fields = feature.parameters.model_fields
    return FeatureInfo(
        name=feature.name,
        summary=feature.summary,
        parameters=feature.parameters.model_json_schema(),
        defaults={name: one.default for name, one in fields.items() if not one.is_required()},
        source_hash=feature.source_hash,
    )


def report(
    feature: Feature[Any, Any],
    bars: xr.Dataset,
    parameters: Mapping[str, Any] | None = None,
    *,
    start: dt.date | None = None,
    limit: int = 250,
) -> FeatureReport:
    """Compute a feature on all bars and report it from a date on.

    Parameters
    ----------
    feature : Feature
        What to compute.
    bars : xarray.Dataset
        Dims (time, symbol).
    parameters : mapping, optional
        Parameter → value; defaults for the others.
    start : datetime.date, optional
        The first bar that is reported; earlier ones warm the feature up.
    limit : int
        How many of the latest bars the report's table holds.

    Returns
    -------
    FeatureReport
        NaN where the feature is undefined.

    Raises
    ------
    UnknownName, OutOfRange, InvalidInput
        If a parameter cannot be used, `start` lies outside the bars (by more than a week
        before them), or the function does not return values along their time.
    """
    given = checked(feature.parameters, parameters or {}, f"feature {feature.name!r}")
    _check_start(start, bars)
    computed = _along(feature(bars, **dict(given)), bars, feature.name)
    values = computed.sel(time=slice(start and np.datetime64(start), None))
    times = pd.DatetimeIndex(values["time"])
    return FeatureReport(
        feature=feature.name,
        dataset=str(bars.attrs.get("dataset", "a frame")),
        parameters=given.model_dump(mode="json"),
        source_hash=feature.source_hash,
        symbols=[str(symbol) for symbol in values["symbol"].to_numpy()],
        first=times[0].to_pydatetime(),
        last=times[-1].to_pydatetime(),
        bars=len(times),
        undefined=sum(int(np.isnan(variable).sum()) for variable in values.values()),
        table=_rows(values.isel(time=slice(-limit, None))),
        notes=[f"Survivorship: {text}" for text in (bars.attrs.get("survivorship"),) if text],
        values=values,
    )


def _check_start(start: dt.date | None, bars: xr.Dataset) -> None:
    first, last = (pd.Timestamp(bars["time"].to_numpy()[row]).date() for row in (0, -1))
    if start and not first - GRACE <= start <= last:
        raise OutOfRange("start_date", str(start), first, last)


def _along(found: Any, bars: xr.Dataset, name: str) -> xr.Dataset:
    """What a function returned, as a Dataset along the bars' own time and symbols."""
    made = found.to_dataset(name=name) if isinstance(found, xr.DataArray) else found
    if not isinstance(made, xr.Dataset) or not _same_labels(made, bars):
        raise InvalidInput(
            f"The feature {name!r} did not return values along the time and symbols of its bars",
            seen=type(found).__name__,
            cure="Return a DataArray or Dataset with the dims and coordinates of bars['close']",
        )
    return made.drop_vars([label for label in made.coords if label not in {"time", "symbol"}])


def _same_labels(made: xr.Dataset, bars: xr.Dataset) -> bool:
    return all(
        set(variable.dims) == {"time", "symbol"} for variable in made.data_vars.values()
    ) and all(made.indexes[dim].equals(bars.indexes[dim]) for dim in ("time", "symbol"))


def _rows(values: xr.Dataset) -> list[FeatureRow]:
    frame = values.to_dataframe(dim_order=["time", "symbol"])
    return [
        FeatureRow(time=time, symbol=str(symbol), values={str(k): float(v) for k, v in row.items()})
        for (time, symbol), row in frame.iterrows()
    ]
