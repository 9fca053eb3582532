"""What the data know too early, told by when each number became known.

Each check wants its evidence. Without it the answer is ``cannot tell``, with what would be needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import xarray as xr

from workbench.domain import OHLCV
from workbench.validation.leaks.kinds import LeakKind
from workbench.validation.leaks.results import LeakCheck, LeakFinding
from workbench.validation.leaks.wording import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = ["Said", "data_checks"]

BACKFILLED_AFTER = np.timedelta64(7, "D")
"""Later than any vendor's delay after a close."""
FREE = ("none", "free", "point-in-time")
SURVIVORS = ("survivors only", "none of which has ended", "none of which has ever left")
KNOWN_AT = "known_at"


class Said(NamedTuple):
    """What one check says, and the leak that it found."""

    check: LeakCheck
    finding: LeakFinding | None = None


def data_checks(bars: Any) -> list[Said]:
    """Look for leaks of the data, whatever is done with them.

    Parameters
    ----------
    bars : xarray.Dataset
        As `load_bars` gives them. ``attrs["survivorship"]`` or a coordinate ``member`` (and
        ``member_known_at``, when that was decided) tell of the universe; the coordinates
        ``known_at`` (along time, or time and symbol) and ``listed`` (along symbol) of back-filled
        history; a coordinate ``<figure>_known_at`` of each further variable.

    Returns
    -------
    list of Said
        Universe, stamps, history and figures, in this order.
    """
    if not isinstance(bars, xr.Dataset) or "time" not in bars.dims:
        what = "an xarray.Dataset of bars with its coordinates: workbench.bars(table)"
        return [Said(_unknown(name, "The frame has no knowledge times.", what)) for name in _CHECKS]
    return [check(bars, name) for name, check in _CHECKS.items()]


def _survivors(bars: xr.Dataset, name: str) -> Said:
    told = str(bars.attrs.get("survivorship", "")).strip()
    low = told.lower()
    gone = _left_again(bars)
    if said := _chosen_later(bars, name):
        return said
    if any(word in low for word in SURVIVORS):
        return _found(
            name,
            LeakKind.SURVIVORS,
            told,
            where=stamp(bars["time"].to_numpy()[0]),
            bar=0,
            column=", ".join(str(symbol) for symbol in bars["symbol"].to_numpy()[:5]),
            cure="Use a universe through time, with those that left: make_universe, get_universe.",
        )
    if low.rstrip(".") in FREE:
        return Said(_clean(name, f"The dataset says: {told}"))
    if gone:
        return Said(_clean(name, f"Membership through time is known; {gone} symbols left again."))
    return Said(
        _unknown(
            name,
            told or "Nothing says how these symbols were chosen.",
            "membership through time (the coordinate member of a universe) with those that left",
        )
    )


def _chosen_later(bars: xr.Dataset, name: str) -> Said | None:
    """The first bar with a member that nobody could know to be one yet."""
    chosen = f"member_{KNOWN_AT}"
    if chosen not in bars.coords or "member" not in bars.coords or KNOWN_AT not in bars.coords:
        return None
    early = bars["member"].astype(bool) & (bars[chosen] > bars[KNOWN_AT])
    places = np.argwhere(early.transpose("time", "symbol").to_numpy())
    if not len(places):
        return None
    at, column = (int(place) for place in places[0])
    symbol, time = str(bars["symbol"].to_numpy()[column]), bars["time"].to_numpy()[at]
    moment = bars[chosen].broadcast_like(early).transpose("time", "symbol").to_numpy()[at, column]
    return _found(
        name,
        LeakKind.SURVIVORS,
        f"{symbol} is a member at {time!s:.10}, which was decided on {moment!s:.10}; so it is with"
        f" {len(places):,} memberships.",
        where=stamp(time),
        bar=at,
        column=f"member of {symbol}",
        cure="Use a universe through time, with those that left: make_universe, get_universe.",
    )


def _left_again(bars: xr.Dataset) -> int:
    """How many members of a universe through time left it before the end."""
    if "member" not in bars.coords or bars["member"].dims != ("time", "symbol"):
        return 0
    member = bars["member"].to_numpy().astype(bool)
    return int((member.any(axis=0) & ~member[-1]).sum())


def _stamps(bars: xr.Dataset, name: str) -> Said:
    if KNOWN_AT not in bars.coords or bars[KNOWN_AT].dims != ("time",):
        needs = "the coordinate known_at: when each bar is complete"
        return Said(_unknown(name, "Nothing says when a bar is complete.", needs))
    time, known = bars["time"].to_numpy(), bars[KNOWN_AT].to_numpy()
    early = np.flatnonzero(known[:-1] > time[1:])
    if not len(early):
        return Said(_clean(name, "Each bar is complete before the next one opens."))
    at = int(early[0])
    return _found(
        name,
        LeakKind.STAMPED_AT_START,
        f"The bar at {time[at]!s:.19} is complete at {known[at]!s:.19}, after the next one has"
        f" opened at {time[at + 1]!s:.19}; so it is with {len(early):,} bars.",
        where=stamp(time[at]),
        bar=at,
        column="known_at",
        cure="Trade at the first open after known_at, or load longer bars.",
    )


def _history(bars: xr.Dataset, name: str) -> Said:
    revised = int(bars.attrs.get("revised") or 0)
    late, listed = _late_cells(bars), _unlisted_cells(bars)
    for cells, why in ((late, "became known"), (listed, "lie before its listing;")):
        if cells is not None and cells.any():
            return _backfilled(bars, name, cells, why)
    if revised:
        return _found(
            name,
            LeakKind.BACKFILLED,
            f"The values of {revised:,} bars became known after their own time.",
            column="close",
            cure="Load what was known then: load_bars(..., as_of=...).",
        )
    if listed is not None:
        return Said(_clean(name, "No bar lies before its symbol's listing or became known late."))
    needs = "listing dates (a coordinate listed along symbol), or known_at by time and symbol"
    return Said(_unknown(name, "Nothing says when the history of a symbol was written.", needs))


def _late_cells(bars: xr.Dataset) -> npt.NDArray[np.bool_] | None:
    if KNOWN_AT not in bars.coords:
        return None
    known = bars[KNOWN_AT].to_numpy()
    time = bars["time"].to_numpy()
    usual = np.median(np.diff(time)) if len(time) > 1 else np.timedelta64(1, "D")
    late = known - (time if known.ndim == 1 else time[:, None]) > usual + BACKFILLED_AFTER
    cells = late if late.ndim == 2 else np.repeat(late[:, None], bars.sizes["symbol"], axis=1)
    return np.asarray(cells & bars["close"].notnull().to_numpy())


def _unlisted_cells(bars: xr.Dataset) -> npt.NDArray[np.bool_] | None:
    if "listed" not in bars.coords or bars["listed"].dims != ("symbol",):
        return None
    early = bars["time"].to_numpy()[:, None] < bars["listed"].to_numpy()[None, :]
    return np.asarray(early & bars["close"].notnull().to_numpy())


def _backfilled(bars: xr.Dataset, name: str, cells: npt.NDArray[np.bool_], why: str) -> Said:
    at, column = (int(number[0]) for number in np.nonzero(cells))
    symbol = str(bars["symbol"].to_numpy()[column])
    time = bars["time"].to_numpy()[at]
    known = bars[KNOWN_AT].to_numpy() if why == "became known" else bars["listed"].to_numpy()
    moment = known[at] if len(known) == len(cells) and known.ndim == 1 else None
    moment = known[at, column] if known.ndim == 2 else moment
    moment = known[column] if moment is None else moment
    return _found(
        name,
        LeakKind.BACKFILLED,
        f"Bars of {symbol} from {time!s:.10} on {why} on {moment!s:.10}; so it is with"
        f" {int(cells.sum()):,} bars.",
        where=stamp(time),
        bar=at,
        column=f"close of {symbol}",
        cure="Drop the bars from before a symbol was listed, or load them as_of their own time.",
    )


def _figures(bars: xr.Dataset, name: str) -> Said:
    figures = [str(one) for one in bars.data_vars if str(one) not in OHLCV]
    if not figures:
        return Said(_clean(name, "The data hold prices and volumes only."))
    undated = [one for one in figures if f"{one}_{KNOWN_AT}" not in bars.coords]
    for one in figures:
        if one not in undated and (said := _known_early(bars, name, one)):
            return said
    if undated or KNOWN_AT not in bars.coords:
        why = f"Nothing says when {', '.join(undated or figures)} became known."
        needs = f"a coordinate {(undated or figures)[0]}_known_at by time and symbol, and known_at"
        return Said(_unknown(name, why, needs))
    return Said(_clean(name, "Every figure was known when its bar was."))


def _known_early(bars: xr.Dataset, name: str, figure: str) -> Said | None:
    """The first bar at which a figure stands that became known later."""
    if KNOWN_AT not in bars.coords:
        return None
    known = bars[f"{figure}_{KNOWN_AT}"]
    early = (known > bars[KNOWN_AT]) & bars[figure].notnull()
    early = early.transpose("time", ...)
    places = np.argwhere(early.to_numpy())
    if not len(places):
        return None
    at = int(places[0][0])
    symbol = str(bars["symbol"].to_numpy()[places[0][1]]) if early.ndim == 2 else ""
    moment = known.transpose(*early.dims).to_numpy()[tuple(places[0])]
    time = bars["time"].to_numpy()[at]
    column = f"{figure} of {symbol}" if symbol else figure
    return _found(
        name,
        LeakKind.RESTATED,
        f"{column} at {time!s:.10} became known on {moment!s:.10}; so it is with"
        f" {len(places):,} values.",
        where=stamp(time),
        bar=at,
        column=column,
        cure="Join on known_at: facts_asof takes the figure that was known at each bar.",
    )


def _found(name: str, kind: LeakKind, why: str, **facts: Any) -> Said:
    finding = LeakFinding(kind=kind, table="bars", evidence=why, **facts)
    return Said(LeakCheck(name=name, verdict="leak", why=why), finding)


def _clean(name: str, why: str) -> LeakCheck:
    return LeakCheck(name=name, verdict="clean", why=why)


def _unknown(name: str, why: str, needs: str) -> LeakCheck:
    return LeakCheck(name=name, verdict="cannot tell", why=why, needs=needs)


_CHECKS: dict[str, Callable[[xr.Dataset, str], Said]] = {
    "universe": _survivors,
    "stamps": _stamps,
    "history": _history,
    "figures": _figures,
}
