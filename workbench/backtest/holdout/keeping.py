"""Which bars are kept out, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.holdout.results import HoldoutReport
from workbench.data import load_bars
from workbench.errors import OutOfRange, TooLittleHistory
from workbench.ports import Holdout
from workbench.validation.trials import FEWEST_BARS, looks_at, opening_of, scope_of

if TYPE_CHECKING:
    import datetime as dt

    import xarray as xr

    from workbench.context import Context

__all__ = ["divided", "kept", "told"]

DAY = np.timedelta64(1, "D")


def kept(data: Any, share: float, start: dt.date | None, *, context: Context) -> HoldoutReport:
    """As `keep_holdout`."""
    if not 0 < share < 1:
        raise OutOfRange("share", share, cure="Give a part of the bars, such as 0.2")
    bars = load_bars(data, context=context)
    scope = scope_of(bars)
    symbols = tuple(sorted(scope.symbols))
    spent = context.ledger.openings(symbols, scope.start, scope.end)
    at = _first(bars, share, start, max((one.end for one in spent), default=None))
    asked = Holdout(
        symbols=symbols,
        timeframe=scope.timeframe,
        start=_utc(bars["time"].to_numpy()[at]),
        dataset=scope.dataset,
        caller=context.caller.value,
        at=context.now(),
    )
    standing = context.ledger.keep_holdout(asked)
    report = told(standing, bars, context)
    if standing == asked:
        return report
    fixed = f"It was fixed on {standing.at:%Y-%m-%d} by {_who(standing.caller)} and stands."
    return report.model_copy(update={"notes": [fixed, *report.notes]})


def told(holdout: Holdout, bars: xr.Dataset, context: Context) -> HoldoutReport:
    """What is known of a hold-out that is kept of these bars."""
    before, held = divided(holdout, bars)
    scope = scope_of(held)
    openings = context.ledger.openings(holdout.symbols, scope.start, scope.end)
    looks = looks_at(context.ledger, holdout.symbols, scope.start, scope.end)
    last = pd.Timestamp(before["time"].to_numpy()[-1])
    tried = context.ledger.related(holdout.symbols, scope_of(before).start, last.tz_localize("UTC"))
    state = f"opened {len(openings)} times" if len(openings) > 1 else "opened once"
    return HoldoutReport(
        sentence=(
            f"{scope.bars:,} bars from {scope.start:%Y-%m-%d} on are kept out"
            f" ({state if openings else 'closed'}): choose with bars until {last:%Y-%m-%d}."
        ),
        dataset=scope.dataset,
        symbols=list(scope.symbols),
        choose_until=last.date(),
        start=scope.start,
        end=scope.end,
        bars=scope.bars,
        kept_by=holdout.caller,
        kept_at=holdout.at,
        trials=sum(one.count for one in tried),
        looks=looks,
        openings=[opening_of(one) for one in openings],
        notes=[f"{looks:,} trials have seen bars of it: it is not blind."] if looks else [],
    )


def divided(holdout: Holdout, bars: xr.Dataset) -> tuple[xr.Dataset, xr.Dataset]:
    """The bars before a hold-out and those of it.

    Parameters
    ----------
    holdout : Holdout
        What is kept out.
    bars : xarray.Dataset
        All there are.

    Returns
    -------
    tuple of xarray.Dataset
        Before, and from its first bar on.

    Raises
    ------
    TooLittleHistory
        If the data end before it, or it has fewer than 60 bars.
    """
    times = bars["time"].to_numpy()
    at = int(np.searchsorted(times, np.datetime64(holdout.start.replace(tzinfo=None))))
    if not at or len(times) - at < FEWEST_BARS:
        raise TooLittleHistory(FEWEST_BARS, len(times) - at, "the hold-out")
    return bars.isel(time=slice(None, at)), bars.isel(time=slice(at, None))


def _first(bars: xr.Dataset, share: float, start: dt.date | None, spent: dt.datetime | None) -> int:
    """The first bar that is kept out: the first one of a day."""
    times = bars["time"].to_numpy()
    days = times.astype("datetime64[D]")
    free = (
        0
        if spent is None
        else int(np.searchsorted(times, np.datetime64(spent.replace(tzinfo=None)), "right"))
    )
    wanted = (
        int(np.searchsorted(days, np.datetime64(start)))
        if start is not None
        else len(times) - round(share * len(times))
    )
    at = max(free, wanted)
    if 0 < at < len(times) and days[at - 1] == days[at]:
        at = int(np.searchsorted(days, days[at] + DAY))
    if len(times) - at < FEWEST_BARS:
        purpose = "a hold-out of bars that nobody has opened" if free else "a hold-out"
        raise TooLittleHistory(FEWEST_BARS, len(times) - at, purpose)
    if at < FEWEST_BARS:
        raise TooLittleHistory(FEWEST_BARS, at, "choosing before the hold-out")
    return at


def _who(caller: str) -> str:
    return "an agent" if caller == "agent" else f"a {caller}"


def _utc(time: np.datetime64) -> dt.datetime:
    stamp: dt.datetime = pd.Timestamp(time).tz_localize("UTC").floor("us").to_pydatetime()
    return stamp
