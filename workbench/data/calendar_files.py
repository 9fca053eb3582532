"""The hours of exchanges: built by the library once, then kept on disk.

The library takes a second to import and another to build a calendar, so what it knows of an
exchange is kept under ``WORKBENCH_HOME/cache``. A file that cannot be read, or was written when
less was kept, is built anew.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import UnknownName
from workbench.settings import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import ModuleType

__all__ = ["HOURS", "hours_of_exchange", "kept_file"]

HOURS = (
    "sessions", "opens", "closes", "break_starts", "break_ends", "early_closes", "late_opens",
)  # fmt: skip
"""The arrays of a calendar, one value for each session."""

UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def hours_of_exchange(name: str, first_year: int, last_year: int, others: Iterable[str]) -> Any:
    """The zone and the `HOURS` of an exchange.

    Parameters
    ----------
    name : str
        Its market identifier code.
    first_year, last_year : int
        The calendar is to reach from the first day of one to the last day of the other, or as
        far as the exchange's rules are known.
    others : iterable of str
        Calendars that need no library, for the message.

    Returns
    -------
    dict
        ``zone``, a text, and one array for each of `HOURS`: dates, instants in naive UTC (NaT
        where there is no break), and whether a session closes early or opens late.

    Raises
    ------
    UnknownName
        If there is no such exchange.
    """
    kept = kept_file(name, first_year)
    if kept is not None and kept.is_file():
        with contextlib.suppress(*UNREADABLE), np.load(BytesIO(kept.read_bytes())) as arrays:
            return {"zone": str(arrays["zone"]), **{part: arrays[part] for part in HOURS}}
    hours = _built(name, first_year, last_year, others)
    if kept is not None:
        _keep(hours, kept)
    return hours


def kept_file(name: str, first_year: int) -> Path | None:
    """Where a calendar is kept; None where nothing can be kept."""
    key = f"{name.replace('/', '-')}-{first_year}-{version('exchange_calendars')}.npz"
    try:
        return cache_folder("calendars") / key
    except OSError:
        return None


def _built(name: str, first_year: int, last_year: int, others: Iterable[str]) -> dict[str, Any]:
    import exchange_calendars  # noqa: PLC0415  heavy: exchange_calendars
    import pandas as pd  # noqa: PLC0415  heavy: pandas

    if name not in exchange_calendars.get_calendar_names():
        raise UnknownName("calendar", name, {*others, *exchange_calendars.get_calendar_names()})
    low, high = _bounds(exchange_calendars, name)
    made = exchange_calendars.get_calendar(
        name,
        start=max(pd.Timestamp(first_year, 1, 1), low or pd.Timestamp.min),
        end=min(pd.Timestamp(last_year, 12, 31), high or pd.Timestamp.max),
    )
    instants = {
        part: getattr(made, part).dt.tz_localize(None).to_numpy("datetime64[ns]")
        for part in ("opens", "closes", "break_starts", "break_ends")
    }
    return {
        "zone": str(made.tz),
        "sessions": made.sessions.to_numpy("datetime64[D]"),
        **instants,
        "early_closes": made.sessions.isin(made.early_closes),
        "late_opens": made.sessions.isin(made.late_opens),
    }


def _bounds(library: ModuleType, name: str) -> tuple[object, object]:
    """The first and last date for which the library knows the rules of an exchange."""
    dispatcher = library.calendar_utils.global_calendar_dispatcher
    factory = dispatcher._calendar_factories[dispatcher.resolve_alias(name)]  # noqa: SLF001
    return factory.bound_min(), factory.bound_max()


def _keep(hours: dict[str, Any], path: Path) -> None:
    half_done = path.with_suffix(f".{os.getpid()}-{id(hours)}.part.npz")
    with contextlib.suppress(OSError):
        np.savez(half_done, **hours)
        half_done.replace(path)
