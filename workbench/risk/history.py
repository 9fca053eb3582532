"""The returns that a report looks back on, from a dataset by name or a frame."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.data import load_bars
from workbench.errors import InvalidInput, UnknownName
from workbench.features import simple_returns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import xarray as xr

    from workbench.context import Context
    from workbench.domain import DatasetRef

__all__ = ["History", "benchmark_returns", "held_returns"]


@dataclass(frozen=True)
class History:
    """Returns of some symbols, and what must be said of them.

    Parameters
    ----------
    returns : pandas.DataFrame
        Shape (time, symbols), simple returns of one bar; NaN where a price is missing.
    dataset : str
        Where they come from.
    notes : list of str
        Survivorship, currencies.
    """

    returns: pd.DataFrame
    dataset: str
    notes: list[str]


def held_returns(
    dataset: DatasetRef,
    symbols: Sequence[str],
    days: int,
    last: dt.date | None,
    context: Context,
) -> History:
    """The returns of some symbols over the last calendar days.

    Parameters
    ----------
    dataset : str or frame
        Where the prices come from; a name without symbols is asked for these only.
    symbols : sequence of str
        The columns of the result, named as here.
    days : int
        Calendar days back from the last bar.
    last : datetime.date, optional
        The last session that counts.
    context : Context
        Whose lake to read.

    Returns
    -------
    History
        The first of the returns is that of the first bar inside the period.

    Raises
    ------
    UnknownName
        If the dataset or a symbol does not exist.
    """
    whole = not isinstance(dataset, str) or ":" in dataset
    bars = _closes(dataset if whole else f"{dataset}:{','.join(symbols)}", last, context)
    spelled = {str(name).upper(): str(name) for name in bars["symbol"].to_numpy()}
    for symbol in symbols:
        if symbol.upper() not in spelled:
            raise UnknownName("symbol in this dataset", symbol, spelled.values())
    chosen = bars.sel(symbol=[spelled[symbol.upper()] for symbol in symbols])
    returns = simple_returns(chosen).assign_coords(symbol=list(symbols))
    since = chosen["time"].to_numpy()[-1] - np.timedelta64(days, "D")
    recent = returns.sel(time=returns["time"] > since)
    return History(
        recent.transpose("time", "symbol").to_pandas(),
        str(bars.attrs.get("dataset", "a frame")),
        _notes(chosen),
    )


def benchmark_returns(benchmark: DatasetRef, context: Context) -> pd.Series:
    """The returns of a benchmark over all its history, named after its symbol.

    Parameters
    ----------
    benchmark : str or frame
        One symbol.
    context : Context
        Whose lake to read.

    Returns
    -------
    pandas.Series
        Simple returns of one bar, index time.

    Raises
    ------
    InvalidInput
        If there are several symbols.
    UnknownName
        If nothing has this name.
    """
    bars = _closes(benchmark, None, context)
    names = [str(name) for name in bars["symbol"].to_numpy()]
    if len(names) != 1:
        raise InvalidInput("A benchmark is one symbol", seen=names, cure=f"Choose one: {names[0]}")
    return simple_returns(bars).isel(symbol=0, drop=True).to_series().rename(names[0])


def _closes(dataset: DatasetRef, last: dt.date | None, context: Context) -> xr.Dataset:
    end = last and last + dt.timedelta(days=1)
    return load_bars(dataset, end=end, fields=["close"], context=context)


def _notes(bars: xr.Dataset) -> list[str]:
    survivorship = bars.attrs.get("survivorship")
    notes = [f"Survivorship: {survivorship}"] if survivorship else []
    currencies = sorted({str(one) for one in bars["currency"].to_numpy()})
    if len(currencies) > 1:
        notes.append(
            f"Prices are in {', '.join(currencies)}: each return is in its own currency and the "
            "risk of exchange rates is not in these figures."
        )
    return notes
