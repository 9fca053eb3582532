"""Every drawn series by its symbol: which process it is, and all of its sessions."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.data.sources.candles import candles
from workbench.data.sources.edges import Momentum, Pair, TurnOfMonth
from workbench.data.sources.processes import Garch, Gbm, Heston, Merton, Regimes
from workbench.errors import UnknownName

if TYPE_CHECKING:
    from workbench.data.sources.process import Column, Days, Path, Process

__all__ = ["CALENDAR", "PROCESSES", "all_days", "drawn", "generator_of", "process_of"]

CALENDAR = "XNYS"
FIRST_DAY = np.datetime64("1990-01-02")
"""Every series begins here, at 100, however late it is asked for."""

SYMBOL = re.compile(r"^(?P<code>[A-Z-]+)-(?P<number>[1-9][0-9]{0,5})(?P<leg>[AB]?)$")

PROCESSES: dict[str, type[Process]] = {
    "gbm": Gbm,
    "heston": Heston,
    "merton": Merton,
    "regimes": Regimes,
    "garch": Garch,
    "momentum": Momentum,
    "pair": Pair,
    "calendar": TurnOfMonth,
}


def process_of(symbol: str) -> Process:
    """The process that a symbol names, with its numbers as they come.

    Parameters
    ----------
    symbol : str
        Such as ``HESTON-3`` or ``EDGE-PAIR-1B``.

    Returns
    -------
    Process

    Raises
    ------
    UnknownName
        If it names none.
    """
    found = SYMBOL.match(symbol)
    codes = {kind.code: kind for kind in PROCESSES.values()}
    kind = codes.get(found["code"]) if found else None
    if found is None or kind is None or (kind is Pair) != bool(found["leg"]):
        examples = [f"{code}-1{'A' if one is Pair else ''}" for code, one in codes.items()]
        raise UnknownName("drawn series", symbol, examples)
    return Pair(leg="A" if found["leg"] == "A" else "B") if kind is Pair else kind()


def drawn(symbol: str, process: Process, seed: int) -> tuple[Days, dict[str, Column], Path]:
    """All sessions of a series: their dates, their bars, their truth.

    Parameters
    ----------
    symbol : str
        Decides the randomness, with the seed; both legs of a pair share their path's.
    process : Process
        What is drawn.
    seed : int
        Of all series.

    Returns
    -------
    tuple
        Dates, name → array, and the path.
    """
    days = all_days()
    path = process.path(generator_of(seed, symbol.rstrip("AB")), days)
    return days, candles(path, generator_of(seed, symbol, "candles")), path


def generator_of(seed: int, *key: str) -> np.random.Generator:
    """Randomness that belongs to a key and to nothing else.

    Parameters
    ----------
    seed : int
        Of all series.
    *key : str
        What it is for.

    Returns
    -------
    numpy.random.Generator
    """
    digest = hashlib.sha256("\n".join(key).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


@lru_cache(maxsize=1)
def all_days() -> Days:
    """The sessions of every series, to the end of the calendar."""
    sessions = open_calendar(CALENDAR).sessions
    return sessions[sessions >= FIRST_DAY]
