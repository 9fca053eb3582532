"""Frames of any library and layout, as one flat or one long pandas frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from workbench.data.columns import field_of
from workbench.domain import OHLCV
from workbench.errors import AmbiguousFrame, UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["as_pandas", "flat"]


def as_pandas(frame: Any) -> pd.DataFrame:
    """A pandas frame with the content of `frame`.

    Parameters
    ----------
    frame : object
        pandas frame or series, `pyarrow.Table`, xarray Dataset or DataArray, or a frame of
        polars or another library that narwhals knows.

    Returns
    -------
    pandas.DataFrame
        Not interpreted yet.

    Raises
    ------
    UnusableFrame
        If it is none of these, or empty.
    """
    made = _converted(frame)
    if made.empty:
        raise UnusableFrame(
            "The frame is empty", seen=made.shape, cure="Give at least one row and one column"
        )
    return made


def _converted(frame: Any) -> pd.DataFrame:
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, pd.Series):
        return frame.to_frame("close" if frame.name is None else frame.name)
    if isinstance(frame, xr.DataArray | xr.Dataset):
        return _of_xarray(frame)
    import narwhals as nw  # noqa: PLC0415  needed for other libraries only

    try:
        known = nw.from_native(frame)
    except TypeError:
        raise UnusableFrame(
            "This is no frame",
            seen=type(frame).__name__,
            cure="Give a pandas, polars, pyarrow or xarray object, or the name of a dataset",
        ) from None
    made: pd.DataFrame = (known.collect() if isinstance(known, nw.LazyFrame) else known).to_pandas()
    return made


def _of_xarray(array: xr.DataArray | xr.Dataset) -> pd.DataFrame:
    if isinstance(array, xr.DataArray):
        if array.ndim <= 2:
            time = next((dim for dim in array.dims if field_of(dim) == "time"), array.dims[0])
            made = array.transpose(time, ...).to_pandas()
            return made if isinstance(made, pd.DataFrame) else _converted(made)
        kind = next((dim for dim in array.dims if _are_fields(array[dim].to_numpy())), None)
        if kind is None:
            raise UnusableFrame(
                "No dimension of the array holds the fields of bars",
                seen=array.dims,
                cure="Give a dimension with open, high, low, close or volume",
            )
        array = array.to_dataset(dim=kind)
    numbers = array[[name for name in array.data_vars if field_of(name)]].reset_coords(drop=True)
    if not numbers.data_vars:
        raise UnusableFrame(
            "No variable of the Dataset is a field of bars",
            seen=list(array.data_vars),
            cure="Name its variables open, high, low, close and volume",
        )
    return numbers.to_dataframe().dropna(how="all").reset_index()


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one level of columns and of index.

    Columns of field × symbol, in either order, become a long frame with the columns time
    and symbol; an index of time × symbol becomes two columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any layout.

    Returns
    -------
    pandas.DataFrame
        The same content.

    Raises
    ------
    AmbiguousFrame
        If both column levels are fields.
    UnusableFrame
        If neither is, or there are more than two.
    """
    if isinstance(frame.columns, pd.MultiIndex):
        frame = _unstacked(frame)
    if isinstance(frame.index, pd.MultiIndex):
        names = _index_names(frame.index)
        frame = frame.rename_axis(index=names).reset_index()
    return frame


def _unstacked(frame: pd.DataFrame) -> pd.DataFrame:
    columns = frame.columns
    are = [_are_fields(columns.get_level_values(level)) for level in range(columns.nlevels)]
    if columns.nlevels != 2 or not any(are):
        raise UnusableFrame(
            "The levels of the columns are not fields and symbols",
            seen=[tuple(map(str, name)) for name in columns[:3]],
            cure="Use two levels, one of which holds open, high, low, close or volume",
        )
    if all(are):
        raise AmbiguousFrame(
            "Both levels of the columns can be fields of bars",
            seen=[tuple(map(str, name)) for name in columns[:3]],
            cure="Give a long frame with the columns time, symbol and close",
        )
    fields = are.index(True)
    frame = frame.rename_axis(index="time").set_axis(
        columns.set_names(["symbol", "symbol"]).set_names("field", level=fields), axis=1
    )
    long = frame.stack("symbol", future_stack=True)  # noqa: PD013  two levels, one stays
    return long.dropna(how="all").reset_index().rename_axis(columns=None)


def _are_fields(names: Any) -> bool:
    """Whether every name of a level is a field, close among them."""
    meanings = {field_of(name) for name in set(names)}
    price = {"close", "adjusted close"} & meanings
    return bool(price) and None not in meanings and not meanings & {"time", "symbol"}


def _index_names(index: pd.MultiIndex) -> list[Hashable]:
    """Names for an index of time × symbol that has none."""
    if index.nlevels != 2 or set(index.names) & set(OHLCV):
        raise UnusableFrame(
            "The index has levels other than time and symbol",
            seen=list(index.names),
            cure="Use frame.reset_index() and say columns={'time': …, 'symbol': …}",
        )
    if all(name is not None for name in index.names):
        return list(index.names)
    first_is_time = pd.api.types.is_datetime64_any_dtype(index.levels[0].dtype)
    return ["time", "symbol"] if first_is_time else ["symbol", "time"]
