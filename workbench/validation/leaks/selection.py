"""Whether a choice was made on the bars that should judge it, as far as the ledger knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xarray as xr

from workbench.validation.leaks.kinds import LeakKind
from workbench.validation.leaks.knowledge import Said
from workbench.validation.leaks.results import LeakCheck, LeakFinding
from workbench.validation.trials import looks_at, scope_of

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.ports import Holdout, Opening

__all__ = ["selection_check"]

_NAME = "hold-out"
_CURE = "Keep the bars that come with keep_holdout, and choose on those before them alone."


def selection_check(bars: Any, context: Context) -> Said:
    """Ask the ledger whether bars that were kept out have been chosen on.

    Parameters
    ----------
    bars : xarray.Dataset
        As `load_bars` gives them; the symbols count, and the dates of the last hold-out.
    context : Context
        Whose ledger.

    Returns
    -------
    Said
        A leak where trials saw the hold-out or it was opened twice; ``cannot tell`` where none
        is kept.
    """
    if not isinstance(bars, xr.Dataset) or "symbol" not in bars.dims or not bars.sizes["time"]:
        return Said(_check("cannot tell", "The frame has no symbols.", "bars of known symbols"))
    scope = scope_of(bars)
    kept = context.ledger.holdouts(scope.symbols)
    if not kept:
        why = "No hold-out is kept of these symbols: nothing says which bars should judge."
        return Said(_check("cannot tell", why, "keep_holdout before the first trial"))
    holdout = kept[0]
    day = f"{holdout.start:%Y-%m-%d}"
    if holdout.start > scope.end:
        return Said(_check("clean", f"The bars end before the hold-out of {day}."))
    looks = looks_at(context.ledger, holdout.symbols, holdout.start, scope.end)
    openings = context.ledger.openings(holdout.symbols, holdout.start, scope.end)
    if looks or len(openings) > 1:
        return _found(holdout, looks, openings)
    state = f"opened once, on {openings[0].at:%Y-%m-%d}" if openings else "never opened"
    return Said(_check("clean", f"The hold-out of {day} was {state}, and no other trial saw it."))


def _found(holdout: Holdout, looks: int, openings: list[Opening]) -> Said:
    parts = [f"{looks:,} trials saw bars of it"] if looks else []
    parts += [f"it was opened {len(openings)} times"] if len(openings) > 1 else []
    why = f"The hold-out of {holdout.start:%Y-%m-%d} does not judge: {' and '.join(parts)}."
    finding = LeakFinding(
        kind=LeakKind.HOLD_OUT,
        where=holdout.start.replace(tzinfo=None),
        column=", ".join(holdout.symbols[:5]),
        evidence=why,
        cure=_CURE,
    )
    return Said(_check("leak", why), finding)


def _check(verdict: Any, why: str, needs: str = "") -> LeakCheck:
    return LeakCheck(name=_NAME, verdict=verdict, why=why, needs=needs)
