"""Numbers that can be prices, or a sentence that says which cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["checked_numbers", "refuse_duplicates"]


def checked_numbers(frame: pd.DataFrame, field: str) -> npt.NDArray[np.float64]:
    """The values of some columns as float64; NaN is no bar.

    Parameters
    ----------
    frame : pandas.DataFrame
        The columns.
    field : str
        What they hold; a volume may be zero, a price may not.

    Returns
    -------
    numpy.ndarray of float64, shape of `frame`

    Raises
    ------
    UnusableFrame
        If a value is no number, infinite, negative, or a price of zero, or if a column has
        no number at all.
    """
    values = np.column_stack([_numbers(frame[name]) for name in frame.columns])
    _refuse(np.isinf(values), frame, "is infinite")
    _refuse(values < 0, frame, "is negative")
    if field == "volume":
        return values
    _refuse(values == 0, frame, "is a price of zero")
    empty = np.isnan(values).all(axis=0)
    if empty.any():
        raise UnusableFrame(
            "A column has no number at all",
            seen=str(frame.columns[int(np.flatnonzero(empty)[0])]),
            cure="Drop it: frame.dropna(axis=1, how='all')",
        )
    return values


def refuse_duplicates(
    times: npt.NDArray[np.datetime64], symbols: pd.Series[Any] | None, rows: pd.Index[Any]
) -> None:
    """Refuse two bars of one symbol at one time.

    Parameters
    ----------
    times : numpy.ndarray of datetime64[ns]
        Of each row.
    symbols : pandas.Series or None
        Of each row; None where there is one symbol.
    rows : pandas.Index
        Of the frame.

    Raises
    ------
    UnusableFrame
        If there are such; names the first rows.
    """
    keys = pd.DataFrame({"time": times})
    if symbols is not None:
        keys["symbol"] = symbols.to_numpy()
    twice = keys.duplicated(keep=False).to_numpy()
    if not twice.any():
        return
    first = keys[twice].head(3)
    named = [" ".join(str(value) for value in row) for row in first.itertuples(index=False)]
    cure = "Keep one of each: frame.drop_duplicates(…)"
    if symbols is None:
        cure += ", or say columns={'symbol': NAME} if another column tells them apart"
    raise UnusableFrame(
        f"{int(twice.sum())} of {len(rows)} rows share their time"
        + (" and symbol" if symbols is not None else "")
        + f": rows {np.flatnonzero(twice)[:3].tolist()}",
        seen=named,
        cure=cure,
    )


def _numbers(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    numbers = pd.to_numeric(column, errors="coerce")
    bad = (numbers.isna() & column.notna()).to_numpy()
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise UnusableFrame(
            f"The column {column.name!r} has a value that is no number, in row {at}",
            seen=column.iloc[at],
            cure="Clean it first: pandas.to_numeric(frame[…], errors='coerce') makes it missing",
        )
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _refuse(bad: npt.NDArray[np.bool_], frame: pd.DataFrame, what: str) -> None:
    if not bad.any():
        return
    row, column = (int(at[0]) for at in np.nonzero(bad))
    raise UnusableFrame(
        f"A value of the column {frame.columns[column]!r} {what}, in row {row}"
        f" ({frame.index[row]}); there are {int(bad.sum())}",
        seen=frame.iloc[row, column],
        cure="Correct it, or make it missing (NaN)",
    )
