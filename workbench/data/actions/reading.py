"""Corporate actions from a file of one's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from workbench.data.actions.shaping import SCHEMA
from workbench.domain import ACTION_COLUMNS, CorporateAction
from workbench.errors import UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["actions_of_frame"]

NAMES = {
    "symbol": "symbol, ticker",
    "time": "time, date, ex date, exdate, ex dividend date, timestamp, index, unnamed 0",
    "kind": "kind, type, action, ca type",
    "ratio": "ratio, split ratio, factor",
    "amount": "amount, cash, cash amount, value, rate",
    "currency": "currency",
    "into": "into, new symbol, target",
    "declared_at": "declared at, declared, declaration date, announced, announcement date",
    "record_at": "record at, record date",
    "paid_at": "paid at, pay date, payment date, payable date",
    "source_id": "source id, id",
    "known_at": "known at",
}
"""Column → the headings in use, in lower case with one space between words."""
HEADINGS = {name: column for column, names in NAMES.items() for name in re.split(", ?", names)}

DIVIDENDS = {"dividends", "dividend", "dividend amount", "div"}
SPLITS = {"stock splits", "splits", "split", "split coefficient"}
"""Headings of a file with a row for each day, as yfinance and Alpha Vantage give it."""

KINDS = {
    "cash dividend": "dividend",
    "cd": "dividend",
    "forward split": "split",
    "reverse split": "split",
    "stock dividend": "split",
    "stock split": "split",
    "special cash": "special_dividend",
    "special": "special_dividend",
    "spinoff": "spin_off",
    "acquisition": "merger",
    "symbol change": "rename",
    "name change": "rename",
    "delisted": "delisting",
}
"""Further words for a `CorporateAction`."""

RATIO = re.compile(r"^\s*([0-9.]+)\s*(?::|/|for|-for-)\s*([0-9.]+)\s*$", re.IGNORECASE)


def actions_of_frame(frame: pd.DataFrame, symbol: str | None = None) -> pa.Table:
    """Read a frame as corporate actions.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each action, with headings such as symbol, ex date, kind, ratio (``4``,
        ``4:1`` or ``4-for-1``) and amount; or one row for each day with columns of dividends
        and splits, as yfinance and Alpha Vantage give them.
    symbol : str, optional
        Whose actions these are, where no column says it.

    Returns
    -------
    pyarrow.Table
        In `ACTION_COLUMNS`, with ``known_at`` where the frame has it.

    Raises
    ------
    UnusableFrame
        If a column is missing or a value cannot be read.
    """
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    words = {name: _words(name) for name in frame.columns}
    renamed = frame.rename(columns={n: HEADINGS[w] for n, w in words.items() if w in HEADINGS})
    rows = renamed if "kind" in renamed else _of_days(renamed, words)
    if symbol is not None:
        rows = rows.assign(symbol=symbol)
    for needed in ("symbol", "time"):
        if needed not in rows:
            raise UnusableFrame(
                f"The actions have no column that tells the {needed}",
                seen=[str(name) for name in frame.columns],
                cure="Name it symbol, or say symbol=…" if needed == "symbol" else "Name it date",
            )
    return _table(rows)


def _of_days(frame: pd.DataFrame, words: dict[Hashable, str]) -> pd.DataFrame:
    """The days of a file with columns of dividends and splits on which something happened."""
    parts = []
    for names, kind, column, nothing in (
        (DIVIDENDS, CorporateAction.DIVIDEND, "amount", (0.0,)),
        (SPLITS, CorporateAction.SPLIT, "ratio", (0.0, 1.0)),
    ):
        for name in [name for name, word in words.items() if word in names]:
            values = _numbers(frame[name])
            happened = values.notna() & ~values.isin(nothing)
            kept = [one for one in ("symbol", "time", "currency") if one in frame]
            parts.append(
                frame.loc[happened, kept].assign(kind=kind.value, **{column: values[happened]})
            )
    if not parts:
        raise UnusableFrame(
            "The file tells neither kinds of actions nor dividends and splits by day",
            seen=list(words),
            cure="Give columns symbol, date, kind, ratio and amount",
        )
    return pd.concat(parts, ignore_index=True)


def _table(rows: pd.DataFrame) -> pa.Table:
    made: dict[str, Any] = {}
    for name, kind in {**ACTION_COLUMNS, "known_at": "timestamp[us]"}.items():
        if name not in rows:
            continue
        if kind == "double":
            made[name] = pa.array(_numbers(rows[name]).to_numpy(float), from_pandas=True)
        elif kind == "timestamp[us]":
            made[name] = pa.array(_times(rows[name]), pa.timestamp("us"), from_pandas=True)
        else:
            made[name] = pa.array(_texts(rows[name], name), pa.string())
    names = [name for name in (*SCHEMA.names, "known_at") if name in made]
    return pa.table({name: made[name] for name in names})


def _texts(column: pd.Series[Any], name: str) -> list[str | None]:
    texts = [None if pd.isna(value) else str(value).strip() for value in column]
    if name != "kind":
        return [text or None for text in texts]
    words = [_words(text or "") for text in texts]
    return [KINDS.get(word, word.replace(" ", "_")) for word in words]


def _numbers(column: pd.Series[Any]) -> pd.Series[float]:
    """Numbers, or the quotient of a ratio written 4:1, 4/1 or 4-for-1."""
    text = column.astype(str)
    parts = text.str.extract(RATIO).astype(float)
    numbers = pd.to_numeric(column, errors="coerce").fillna(parts[0] / parts[1])
    wrong = numbers.isna() & column.notna() & (text.str.strip() != "")
    if wrong.any():
        raise UnusableFrame(
            f"A value of {column.name!r} is no number",
            seen=text[wrong].iloc[0],
            cure="Write 0.24, or a ratio such as 4:1",
        )
    return numbers


def _times(column: pd.Series[Any]) -> Any:
    try:
        stamps = pd.to_datetime(column.astype("string"), format="ISO8601", utc=True)
    except ValueError:
        raise UnusableFrame(
            f"A value of {column.name!r} is no date",
            seen=str(column.iloc[0]),
            cure="Write dates like 2020-01-31",
        ) from None
    return stamps.dt.tz_localize(None).to_numpy("datetime64[us]")


def _words(name: object) -> str:
    return re.sub(r"[\s_.\-]+", " ", str(name).strip().lower()).strip()
