"""What the columns of a frame mean: time, symbol, and the fields of a bar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.domain import OHLCV
from workbench.errors import AmbiguousFrame, InvalidInput, UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

__all__ = ["ADJUSTED", "Columns", "field_of", "read_columns"]

ADJUSTED = "adjusted close"

NAMES = {
    "time": "time, date, datetime, timestamp, ts, ds, day, session, open time, trade date,"
    " index, unnamed 0",
    "symbol": "symbol, ticker, sym, tic, asset, instrument, security, code, unique id",
    "open": "open, open price, px open",
    "high": "high, high price, px high",
    "low": "low, low price, px low",
    "close": "close, close price, price, last, px last, settle",
    "volume": "volume, vol, base volume, px volume",
    ADJUSTED: "adj close, adjclose, adjusted close, close adj, adjusted",
}
"""Meaning → the names in use, in lower case with one space between words."""
ALIASES = {name: meaning for meaning, names in NAMES.items() for name in re.split(", ?", names)}

LETTERS = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume", "t": "time"}
"""Only together: alone, C, V or L are symbols."""


@dataclass(frozen=True)
class Columns:
    """What each column of a flat frame was read as.

    Parameters
    ----------
    time : hashable or None
        The column of the time; None when it is the index.
    symbol : hashable or None
        The column of the symbol; None when there is none.
    fields : dict
        Field → column; empty when the columns are symbols.
    symbols : list
        The columns that are symbols, in a wide frame of closes.
    guessed : list of str
        What was guessed, as sentences.
    """

    time: Hashable | None
    symbol: Hashable | None
    fields: dict[str, Hashable]
    symbols: list[Hashable]
    guessed: list[str] = field(default_factory=list)


def field_of(name: object) -> str | None:
    """What a column of this name means, else None."""
    return ALIASES.get(re.sub(r"[\s_.:\-]+", " ", str(name).strip().lower()).strip())


def read_columns(
    frame: pd.DataFrame, given: Mapping[str, Hashable] | Sequence[Hashable] | None
) -> Columns:
    """Read the columns of a flat frame as bars.

    Parameters
    ----------
    frame : pandas.DataFrame
        One level of columns.
    given : mapping or sequence, optional
        Meaning → column (time, symbol, open, high, low, close, volume), or the list of the
        columns that are symbols. What is given is not guessed.

    Returns
    -------
    Columns
        What each was read as.

    Raises
    ------
    AmbiguousFrame
        If two readings are possible; names both and the argument that settles it.
    UnusableFrame
        If there is no time or no number.
    InvalidInput
        If `given` names a column that is not there.
    """
    mapped, listed = _given(frame, given)
    meaning = _meanings(frame)
    time = _time(frame, mapped, meaning)
    rest = [name for name in frame.columns if name != time]
    if listed:
        return Columns(time, None, {}, listed)
    symbol = _one_of("symbol", mapped, meaning)
    fields = _fields(rest, mapped, meaning)
    others = [n for n in rest if n != symbol and n not in fields.values() and _numeric(frame[n])]
    if "close" not in fields:
        return _wide(frame, time, symbol, others, fields)
    if symbol is None and others and "close" not in mapped and _could_be_symbols(fields):
        close = fields["close"]
        raise AmbiguousFrame(
            f"{close!r} beside {others[:3]} can be the closes of one symbol, or one symbol of many",
            cure=f"Say columns={{'close': {close!r}}} for one symbol, or list the symbols:"
            f" columns={[close, *others][:4]}",
        )
    return Columns(time, symbol, fields, [], _told(time, symbol, fields, others, mapped))


def _could_be_symbols(fields: dict[str, Hashable]) -> bool:
    """Whether these fields alone do not tell that a frame is of one symbol: LOW is one too."""
    prices = set(fields) - {"volume"}
    return "volume" not in fields and not {"open", "high", "low"} <= prices


def _given(
    frame: pd.DataFrame, given: Mapping[str, Hashable] | Sequence[Hashable] | None
) -> tuple[dict[str, Hashable], list[Hashable]]:
    if given is None:
        return {}, []
    mapped = dict(given) if hasattr(given, "keys") else {}
    listed = [] if mapped else list(given)
    for name in [*mapped.values(), *listed]:
        if name not in frame.columns and name not in frame.index.names:
            raise InvalidInput(
                "The frame has no such column",
                seen=name,
                cure=f"It has: {', '.join(map(str, frame.columns[:20]))}",
            )
    unknown = set(mapped) - {"time", "symbol", *OHLCV}
    if unknown:
        raise InvalidInput(
            "columns maps what bars do not have",
            seen=sorted(unknown),
            cure="Use time, symbol, open, high, low, close and volume",
        )
    return mapped, listed


def _meanings(frame: pd.DataFrame) -> dict[str, list[Hashable]]:
    """Meaning → the columns whose name says so."""
    found: dict[str, list[Hashable]] = {}
    for name in frame.columns:
        meaning = field_of(name)
        if meaning:
            found.setdefault(meaning, []).append(name)
    if not found.get("close"):
        letters = {str(name).lower(): name for name in frame.columns}
        if {"o", "h", "l", "c"} <= set(letters):
            pairs = ((LETTERS[one], name) for one, name in letters.items() if one in LETTERS)
            found |= {meaning: [name] for meaning, name in pairs}
    return found


def _time(
    frame: pd.DataFrame, mapped: dict[str, Hashable], meaning: dict[str, list[Hashable]]
) -> Hashable | None:
    if "time" in mapped:
        return mapped["time"] if mapped["time"] in frame.columns else None
    if isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex):
        return None
    if meaning.get("time"):
        return _one_of("time", mapped, meaning)
    typed = [name for name in frame.columns if _is_time(frame[name])]
    if typed:
        return _one_of("time", mapped, {"time": typed})
    if not isinstance(frame.index, pd.RangeIndex) and frame.index.dtype == object:
        return None
    raise UnusableFrame(
        "The frame has no usable time: neither its index nor a column holds dates",
        seen=[str(name) for name in frame.columns[:8]],
        cure="Set a DatetimeIndex, or say columns={'time': NAME}",
    )


def _one_of(
    what: str, mapped: dict[str, Hashable], meaning: dict[str, list[Hashable]]
) -> Hashable | None:
    if what in mapped:
        return mapped[what]
    candidates = meaning.get(what, [])
    if len(candidates) > 1:
        raise AmbiguousFrame(
            f"The {what} can be {candidates[0]!r} or {candidates[1]!r}",
            seen=[str(name) for name in candidates],
            cure=f"Say columns={{{what!r}: {candidates[0]!r}}} or another of them",
        )
    return candidates[0] if candidates else None


def _fields(
    rest: list[Hashable], mapped: dict[str, Hashable], meaning: dict[str, list[Hashable]]
) -> dict[str, Hashable]:
    inside = {key: [n for n in names if n in rest] for key, names in meaning.items()}
    plain, adjusted = inside.get("close", []), inside.get(ADJUSTED, [])
    if "close" not in mapped and plain and adjusted:
        raise AmbiguousFrame(
            f"The close can be {plain[0]!r}, as traded, or {adjusted[0]!r}, adjusted for dividends",
            cure=f"Say columns={{'close': {adjusted[0]!r}}} (open, high and low are then adjusted"
            f" alike) or columns={{'close': {plain[0]!r}}}",
        )
    if not plain:
        inside["close"] = adjusted
    found = {name: _one_of(name, mapped, inside) for name in OHLCV}
    return {name: column for name, column in found.items() if column is not None}


def _wide(
    frame: pd.DataFrame,
    time: Hashable | None,
    symbol: Hashable | None,
    others: list[Hashable],
    fields: dict[str, Hashable],
) -> Columns:
    """No column is a close: the columns are symbols, unless another one says otherwise."""
    if symbol is not None:
        if len(others) == 1 and not fields:
            guess = [f"close: the only other number, {others[0]!r}"]
            return Columns(time, symbol, {"close": others[0]}, [], guess)
        raise UnusableFrame(
            "The frame has a symbol column and no close",
            seen=[str(name) for name in frame.columns[:8]],
            cure="Say columns={'close': NAME}",
        )
    symbols = [n for n in frame.columns if n in others or n in fields.values()]
    if not symbols:
        raise UnusableFrame(
            "The frame has no column of numbers",
            seen=[str(name) for name in frame.columns[:8]],
            cure="Give numbers, or say columns={'close': NAME}",
        )
    shown = ", ".join(map(str, symbols[:4])) + (" …" if len(symbols) > 4 else "")
    return Columns(time, None, {}, symbols, [f"symbols: the {len(symbols)} columns {shown}"])


def _told(
    time: Hashable | None,
    symbol: Hashable | None,
    fields: dict[str, Hashable],
    others: list[Hashable],
    mapped: dict[str, Hashable],
) -> list[str]:
    read = {"time": time, "symbol": symbol, **fields}
    told = [
        f"{what}: the column {name!r}"
        for what, name in read.items()
        if name is not None and what not in mapped and str(name).lower() != what
    ]
    return told + ([f"not read: {', '.join(map(str, others))}"] if others else [])


def _numeric(column: pd.Series[Any]) -> bool:
    if pd.api.types.is_bool_dtype(column):
        return False
    return pd.api.types.is_numeric_dtype(column) or _mostly_numbers(column)


def _mostly_numbers(column: pd.Series[Any]) -> bool:
    """Whether a column of text was meant as numbers; a bad one is told later, by its row."""
    if column.dtype != object and not pd.api.types.is_string_dtype(column):
        return False
    return bool(pd.to_numeric(column.head(100), errors="coerce").notna().mean() > 0.5)


def _is_time(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column))
