"""Rows as a lake keeps them: in order, and only where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Ranks = list[npt.NDArray[np.int64]]

__all__ = [
    "SORTED_BY",
    "check_rows",
    "in_order",
    "ordered_by",
    "ordered_with_ranks",
    "ranks_of",
    "same_as_before",
]

SORTED_BY = ("dataset", "symbol", "time", "known_at")
"""The order in which rows lie and are read, as far as a table has these columns."""

NULL_RANK = np.iinfo(np.int64).min


def check_rows(rows: pa.Table, where: dict[str, str]) -> None:
    """Refuse rows that the same `where` would not replace.

    Parameters
    ----------
    rows : pyarrow.Table
        What is to be written.
    where : dict
        Column → value.

    Raises
    ------
    InvalidInput
        If a row has another value in a column of `where`.
    """
    for column, value in where.items():
        others = set(rows[column].unique().to_pylist()) - {value}
        if others:
            raise InvalidInput(
                f"Rows to be written have another {column} than {value!r}",
                seen=sorted(map(str, others)),
            )


def in_order(rows: pa.Table) -> pa.Table:
    """The rows sorted by `SORTED_BY`, as far as they have these columns."""
    return ordered_by(rows, [name for name in SORTED_BY if name in rows.column_names])


def ordered_by(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The rows sorted by some columns; rows that are equal in all of them keep their order.

    Parameters
    ----------
    rows : pyarrow.Table
        Any number; rows that are sorted already are returned as they are.
    keys : sequence of str
        Columns of text, times or whole numbers, the most important first. Null comes first.

    Returns
    -------
    pyarrow.Table
        The same rows.
    """
    return ordered_with_ranks(rows, keys)[0]


def ordered_with_ranks(rows: pa.Table, keys: Sequence[str]) -> tuple[pa.Table, Ranks]:
    """The rows as `ordered_by` gives them, and what `ranks_of` says of them in that order."""
    ranks = ranks_of(rows, keys)
    if _are_sorted(ranks):
        return rows, ranks
    places = np.lexsort(ranks[::-1])
    return rows.take(pa.array(places)), [rank[places] for rank in ranks]


def ranks_of(rows: pa.Table, keys: Sequence[str]) -> Ranks:
    """For each key an array of whole numbers that sorts as the column does, null first."""
    return [_ranks(rows[name].combine_chunks()) for name in keys]


def same_as_before(ranks: Ranks) -> npt.NDArray[np.bool_]:
    """Whether each row has the keys of the row before it; the first has not.

    Parameters
    ----------
    ranks : list of numpy.ndarray, each of shape (rows,)
        As `ranks_of` gives them, at least one.

    Returns
    -------
    numpy.ndarray of bool, shape (rows,)
        True where every key is the same.
    """
    same = np.ones(len(ranks[0]), dtype=bool)
    same[:1] = False
    for rank in ranks:
        if rank.strides != (0,):
            same[1:] &= rank[1:] == rank[:-1]
    return same


def _are_sorted(ranks: Ranks) -> bool:
    if not ranks or len(ranks[0]) < 2:
        return True
    undecided: npt.NDArray[np.bool_] | None = None
    for rank in (rank for rank in ranks if rank.strides != (0,)):  # one value decides nothing
        before, after = rank[:-1], rank[1:]
        falls = after < before
        if bool((falls if undecided is None else falls & undecided).any()):
            return False
        same = after == before
        undecided = same if undecided is None else undecided & same
        if not undecided.any():
            return True
    return True


def _ranks(column: pa.Array) -> npt.NDArray[np.int64]:
    if column.null_count == len(column):
        return np.broadcast_to(np.int64(NULL_RANK), len(column))
    if pa.types.is_dictionary(column.type) or _is_text(column.type):
        return _text_ranks(column)
    whole = column.cast(pa.int32()) if pa.types.is_date(column.type) else column
    ranks: npt.NDArray[np.int64] = _filled(whole.cast(pa.int64()), NULL_RANK)
    return ranks


def _text_ranks(column: pa.Array) -> npt.NDArray[np.int64]:
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    if len(encoded.dictionary) == 1 and not column.null_count:
        return np.broadcast_to(np.int64(0), len(column))
    places = pc.sort_indices(encoded.dictionary).to_numpy()
    codes: npt.NDArray[np.int64] = _filled(encoded.indices.cast(pa.int64()), -1)
    if not column.null_count and (places[1:] > places[:-1]).all():
        return codes  # the dictionary is sorted: a code is a rank
    rank_of_code = np.empty(len(places) + 1, dtype=np.int64)
    rank_of_code[places] = np.arange(len(places))
    rank_of_code[-1] = NULL_RANK
    ranks: npt.NDArray[np.int64] = rank_of_code[codes]
    return ranks


def _filled(column: pa.Array, value: int) -> npt.NDArray[np.int64]:
    filled = column.fill_null(value) if column.null_count else column
    numbers: npt.NDArray[np.int64] = filled.to_numpy()
    return numbers


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
