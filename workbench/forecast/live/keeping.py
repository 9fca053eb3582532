"""The state of a live forecast as a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.data.panel import panel_of_arrays
from workbench.errors import StoreError
from workbench.forecast.series import Series

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["read", "written"]

FORMAT = 1


def written(path: str | Path, series: Series, said: Floats, names: dict[str, Any]) -> None:
    """Write bars, what the model said at each, and names, as one file or not at all.

    Parameters
    ----------
    path : str or Path
        Where.
    series : Series
        The bars.
    said : numpy.ndarray, shape (time, horizon, 3)
        What the model said.
    names : dict
        JSON values.
    """
    bars = series.bars
    facts = {
        "format": FORMAT,
        "name": series.name,
        "symbol": series.symbol,
        "calendar": str(bars["calendar"].to_numpy()[0]),
        "currency": str(bars["currency"].to_numpy()[0]),
        "attrs": {key: str(value) for key, value in bars.attrs.items()},
        **names,
    }
    half_done = Path(f"{path}.{os.getpid()}.part")
    with half_done.open("wb") as file:
        np.savez(file, facts=json.dumps(facts), times=series.times, closes=series.closes, said=said)
    half_done.replace(path)


def read(path: str | Path) -> tuple[Series, Floats, dict[str, Any]]:
    """What `written` has written.

    Parameters
    ----------
    path : str or Path
        Where.

    Returns
    -------
    series : Series
    said : numpy.ndarray, shape (time, horizon, 3)
    names : dict

    Raises
    ------
    StoreError
        If the file is missing, damaged or of another version.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            times, closes, said = file["times"], file["closes"], file["said"]
        _must_be_current(facts)
        bars = panel_of_arrays(
            times=times[-1:],
            symbols=[facts["symbol"]],
            values={"close": closes[-1:, None]},
            calendar=facts["calendar"],
            currency=facts["currency"],
            attrs=facts["attrs"],
        )
        return Series(facts["name"], closes, times, bars), said, facts
    except Exception as error:  # what a damaged archive raises has no common class
        raise StoreError(
            f"The live forecast cannot be read: {type(error).__name__}: {error}",
            seen=str(path),
            cure="The file is missing, damaged or of another version; begin anew from the bars",
        ) from error


def _must_be_current(facts: dict[str, Any]) -> None:
    if facts["format"] != FORMAT:
        raise ValueError(f"format {facts['format']}, not {FORMAT}")
