"""The return series of a question's best trials: one Parquet file a question, 1,000 rows at most.

A row is a trial: ``family, point, subject, parameters, sharpe`` and ``returns``, a list of float32.
A file is never changed: a new one is written, and the question's row then names it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.errors import InvalidInput, StoreError
from workbench.ports import BestTrial, KeptSeries
from workbench.store.ledger.points import hash_of
from workbench.store.sql import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["KEPT", "SeriesFiles", "best_rows", "kept_series", "rows_of"]

KEPT = 1_000
"""Series that a question keeps."""

_SCHEMA = pa.schema(
    [
        ("family", pa.string()),
        ("point", pa.int64()),
        ("subject", pa.string()),
        ("parameters", pa.string()),
        ("sharpe", pa.float64()),
        ("returns", pa.list_(pa.float32())),
    ]
)


class SeriesFiles:
    """Reads and writes the files.

    Parameters
    ----------
    folder : pathlib.Path
        Where they lie; made when it is first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str | None) -> pa.Table:
        """The rows of a file; none when it is not on this machine."""
        if not name or not (self._folder / name).is_file():
            return _SCHEMA.empty_table()
        return pq.read_table(self._folder / name, schema=_SCHEMA)

    def write(self, question: str, rows: pa.Table) -> str:
        """Write a new file.

        Parameters
        ----------
        question : str
            Whose series they are.
        rows : pyarrow.Table
            As `rows_of` makes them.

        Returns
        -------
        str
            The file's name.

        Raises
        ------
        StoreError
            If the folder cannot be written.
        """
        name = f"{question}-{uuid.uuid4().hex[:12]}.parquet"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows, self._folder / name, compression="zstd")
        except OSError as error:
            raise StoreError(
                f"The return series of trials cannot be written: {error}",
                seen=str(self._folder),
                cure="Make room on the disk and make the folder writable",
            ) from error
        return name

    def remove(self, name: str | None) -> None:
        """Delete a file that no row names any more."""
        if name:
            (self._folder / name).unlink(missing_ok=True)


def rows_of(family: str, kept: KeptSeries) -> pa.Table:
    """Series as rows of a file.

    Parameters
    ----------
    family : str
        What the trials share, as `workbench.store.ledger.tables.family_of` names it.
    kept : KeptSeries
        Trials and their returns.

    Returns
    -------
    pyarrow.Table
        One row a trial.

    Raises
    ------
    InvalidInput
        If there is not one series for each trial.
    """
    returns = np.ascontiguousarray(kept.returns, np.float32)
    if returns.ndim != 2 or len(returns) != len(kept.trials):
        raise InvalidInput(
            "Kept series need one row of returns for each trial",
            seen=f"{len(kept.trials)} trials, returns of shape {returns.shape}",
            cure="Give returns of shape (trials, bars)",
        )
    ends = np.arange(len(returns) + 1, dtype=np.int32) * returns.shape[1]
    columns = {
        "family": [family] * len(returns),
        "point": [hash_of(one.parameters) for one in kept.trials],
        "subject": [one.subject for one in kept.trials],
        "parameters": [to_json(one.parameters) for one in kept.trials],
        "sharpe": [one.sharpe for one in kept.trials],
        "returns": pa.ListArray.from_arrays(pa.array(ends), pa.array(returns.ravel())),
    }
    return pa.table(columns, schema=_SCHEMA)


def best_rows(tables: Sequence[pa.Table], most: int = KEPT) -> pa.Table:
    """The rows with the highest Sharpe ratios, equal trials once, the best first."""
    together = pa.concat_tables(tables)
    order = pc.sort_indices(together, [("sharpe", "descending")])
    together = together.take(order)
    names = zip(together["family"].to_pylist(), together["point"].to_pylist(), strict=True)
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    return together.take(pa.array(sorted(first.values())[:most], pa.int64()))


def kept_series(rows: pa.Table) -> KeptSeries | None:
    """Rows as trials and returns; None when there is no row.

    Series of another length than the best one's are left out.
    """
    lengths = pc.list_value_length(rows["returns"])
    if not len(lengths):
        return None
    rows = rows.filter(pc.equal(lengths, lengths[0]))
    values = rows["returns"].combine_chunks().flatten()
    trials = [
        BestTrial(row["subject"], from_json(row["parameters"]), row["sharpe"])
        for row in rows.drop_columns("returns").to_pylist()
    ]
    return KeptSeries(tuple(trials), np.asarray(values).reshape(len(trials), -1))
