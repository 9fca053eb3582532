"""What signals ask for, and where stops and targets lie: the scalar rules.

They are those of ``Portfolio.from_signals`` of vectorbt 1.0 with ``upon_long_conflict="exit"``
and ``upon_short_conflict="exit"``: who is in does not add, an entry of the other side turns the
position over, entries of both sides are nothing. One thing is decided more carefully than by
default there: a bar with an entry and an exit of the same side is an exit.
"""

from __future__ import annotations

import numpy as np

from workbench.compute import kernel

__all__ = ["KEEP", "levels", "wanted"]

KEEP = 2
"""No order; beside 1 (be long), 0 (be out) and −1 (be short)."""


@kernel
def wanted(held: float, enter: bool, leave: bool, sell: bool, cover: bool) -> int:  # noqa: FBT001
    """What the signals of a bar ask for.

    Parameters
    ----------
    held : float
        The position; only its sign counts.
    enter, leave, sell, cover : bool
        Entry and exit of a long position, entry and exit of a short one.

    Returns
    -------
    int
        1, 0, −1 or `KEEP`.
    """
    enter, sell = enter and not leave, sell and not cover
    if enter and sell:
        enter = sell = False
    if enter and held <= 0:
        return 1
    if sell and held >= 0:
        return -1
    return 0 if (held > 0 and leave) or (held < 0 and cover) else KEEP


@kernel
def levels(
    side: float, filled: float, best: float, fractions: tuple[float, float, float]
) -> tuple[float, float]:
    """The prices of stop and target.

    Parameters
    ----------
    side : float
        1 for a long position, −1 for a short one.
    filled, best : float
        The price of the fill before slippage; the best since (`furthest`).
    fractions : tuple of float
        Stop-loss, take-profit and trailing stop (`Stops.fractions`); NaN for none.

    Returns
    -------
    tuple of float
        As `workbench.market.brackets.protective_exit` takes them; of two stops the nearer.
    """
    stop, take, trail = fractions
    fixed, following = filled * (1 - side * stop), best * (1 - side * trail)
    if np.isnan(fixed) or (not np.isnan(following) and side * following > side * fixed):
        fixed = following
    return fixed, filled * (1 + side * take)
