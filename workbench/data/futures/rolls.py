"""When to leave one contract for the next, decided with what was known.

A roll is decided after the close of one bar and carried out at the close of a later one, the next
on which both contracts have a price. Bars that come afterwards change neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from workbench.data.calendars import open_calendar
from workbench.domain import Timeframe
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import xarray as xr

    Numbers = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

__all__ = ["Roll", "RollRule", "find_rolls", "sessions_left"]

RollRule = Literal["volume", "open_interest", "calendar"]
DEFAULTS: dict[str, tuple[int, int]] = {
    "volume": (1, 0),
    "open_interest": (1, 1),
    "calendar": (5, 0),
}
"""Rule → sessions before the end by which it has rolled, and bars until its numbers are known: an
exchange publishes open interest on the morning after."""


@dataclass(frozen=True)
class Roll:
    """One roll.

    Parameters
    ----------
    decided, done : int
        The bar after whose close it was decided, and that at whose close it was carried out.
    old, new : int
        The contracts, by their place in the chain.
    rule : str
        ``volume``, ``open_interest`` or ``calendar``; ``expiry`` where the contract would have
        ended before the rule spoke.
    """

    decided: int
    done: int
    old: int
    new: int
    rule: str


def sessions_left(times: npt.NDArray[np.datetime64], chain: pd.DataFrame, calendar: str) -> Counts:
    """How many sessions come after each bar up to the last day on which a contract can be held.

    Parameters
    ----------
    times : numpy.ndarray of datetime64, shape (time,)
        The bars.
    chain : pandas.DataFrame
        The contracts, as `contract_chain` gives them.
    calendar : str
        The exchange: its sessions are known in advance.

    Returns
    -------
    numpy.ndarray of int64, shape (time, contracts)
        Zero on the last day, negative after it. The last day is that of trading, or the session
        before the first notice where that comes earlier.
    """
    opened = open_calendar(calendar, times.min())
    bars = np.searchsorted(opened.sessions, times.astype("datetime64[D]"), side="right")
    ends = np.searchsorted(
        opened.sessions, chain["expires"].to_numpy().astype("datetime64[D]"), side="right"
    )
    notice = chain["first_notice"].to_numpy().astype("datetime64[D]")
    before = np.searchsorted(opened.sessions, notice, side="left")
    last = np.where(np.isnat(notice), ends, np.minimum(ends, before))
    left: Counts = last[None, :] - bars[:, None]
    return left


def find_rolls(
    bars: xr.Dataset,
    left: Counts,
    *,
    rule: RollRule = "volume",
    sessions_before: int | None = None,
    lag: int | None = None,
) -> tuple[Counts, list[Roll]]:
    """Walk through the bars and roll from contract to contract.

    By volume and by open interest the roll goes to the later contract that has most of it, once
    that is more than the present contract has; by the calendar to the next contract with a price.

    Parameters
    ----------
    bars : xarray.Dataset
        Closes, and what the rule asks for, dims (time, symbol) in the order of the chain.
    left : numpy.ndarray of int64, shape (time, contracts)
        As `sessions_left` gives it.
    rule : {"volume", "open_interest", "calendar"}
        What decides.
    sessions_before : int, optional
        The roll is carried out this many sessions before the last day on which the contract can be
        held: at the latest by volume and open interest (default 1), always by the calendar
        (default 5).
    lag : int, optional
        Bars until a volume or an open interest is known; 1 for open interest by default.

    Returns
    -------
    tuple of (numpy.ndarray of int64, list of Roll)
        For each bar the contract that was held into its close, −1 before the first and after the
        last; and the rolls in order.

    Raises
    ------
    InvalidInput
        If the bars lack what the rule asks for.
    NoData
        If no bar has a price, or a contract ended before there was another to roll into.
    """
    deadline, behind = DEFAULTS[rule]
    deadline = deadline if sessions_before is None else sessions_before
    # The bar after a daily one lies in the next session, after an intraday one in the same.
    daily = not Timeframe.parse(bars.attrs.get("timeframe", "1d")).is_intraday
    alarm = deadline + 1 if daily else deadline
    closes = bars["close"].to_numpy()
    size = _sizes(bars, rule, behind if lag is None else lag)
    held = np.full(len(closes), -1, dtype=np.int64)
    start, now = _first(closes, left, size, deadline)
    rolls: list[Roll] = []
    pending: tuple[int, int, str] | None = None
    for bar in range(start, len(closes)):
        held[bar] = now
        if pending is not None and np.isfinite(closes[bar, [now, pending[1]]]).all():
            rolls.append(Roll(pending[0], bar, now, pending[1], pending[2]))
            now, pending = pending[1], None
        wanted = _wanted(closes[bar], left[bar], size[bar], now, alarm, rule)
        if wanted is not None and (pending is None or wanted[0] != pending[1]):
            pending = (bar, *wanted)
        if left[bar, now] < 0:
            held[bar:] = -1
            later = np.isfinite(closes[bar:, left[bar] > left[bar, now]])
            _refuse_gap(bars, now, bar, goes_on=bool(later.any()))
            break
    return held, rolls


def _sizes(bars: xr.Dataset, rule: RollRule, lag: int) -> Numbers:
    """What decides, as known at each bar; all NaN by the calendar."""
    if rule == "calendar":
        return np.full(bars["close"].shape, np.nan)
    if rule not in bars:
        raise InvalidInput(
            f"The bars have no {rule.replace('_', ' ')}",
            seen=sorted(map(str, bars.data_vars)),
            cure="Roll by another rule: 'calendar' needs the last days only",
        )
    known = bars[rule].to_numpy().astype(np.float64)
    shifted = np.full_like(known, np.nan)
    shifted[lag:] = known[: len(known) - lag]
    return shifted


def _first(closes: Numbers, left: Counts, size: Numbers, deadline: int) -> tuple[int, int]:
    """The first bar on which a contract can be held, and that contract."""
    able = np.isfinite(closes) & (left > deadline)
    if not able.any():
        raise NoData(
            "No contract has a price before it ends",
            seen=f"{closes.shape[0]} bars of {closes.shape[1]} contracts",
            cure="Check the last days of the contracts and the dates of the bars",
        )
    bar = int(np.argmax(able.any(axis=1)))
    return bar, _largest(size[bar], np.flatnonzero(able[bar]))


def _wanted(
    closes: Numbers, left: Counts, size: Numbers, now: int, alarm: int, rule: RollRule
) -> tuple[int, str] | None:
    """The contract to go to after this bar, and why; None to stay."""
    later = np.flatnonzero(np.isfinite(closes) & (left > left[now]) & (left > alarm))
    if not len(later):
        return None
    largest = _largest(size, later)
    if size[largest] > size[now]:
        return largest, rule
    if left[now] <= alarm:
        return largest, "calendar" if rule == "calendar" else "expiry"
    return None


def _largest(size: Numbers, among: npt.NDArray[np.intp]) -> int:
    """Of some contracts the one with most; the nearest where nothing is known."""
    known = np.where(np.isnan(size[among]), -np.inf, size[among])
    return int(among[np.argmax(known)])


def _refuse_gap(bars: xr.Dataset, now: int, bar: int, *, goes_on: bool) -> None:
    """A chain may end, and may not break off."""
    if goes_on:
        raise NoData(
            f"{bars['symbol'].to_numpy()[now]} ended before there was a bar on which it and a later"
            " contract both have a price",
            seen=str(bars["time"].to_numpy()[bar]),
            cure="Add the bars of the contract that follows, or begin after this date",
        )
