"""Where a limit order stands in the queue of its level, when the feed shows only totals.

Of a level one sees its size and its trades, not who cancelled. Trades take from the front. Of
what else disappears a model says how much stood before us:

- ``risk_averse``: nothing, unless the level is smaller than what we thought was ahead;
- ``power`` and ``log``: a share that grows with what is ahead, ``1 − f(behind) / (f(behind) +
  f(ahead))`` with ``f(x) = x^n`` or ``log(1 + x)``.

The models, and the rule that trades are not counted twice, are those of hftbacktest
(``RiskAdverseQueueModel``, ``ProbQueueModel``, "Order Fill" in its documentation), after
R. Tørnes (rigtorp.se, 2013, "Estimating order queue position").
"""

from __future__ import annotations

import math

from workbench.compute import kernel

__all__ = ["LOG", "POWER", "RISK_AVERSE", "after_change", "share_behind"]

RISK_AVERSE = 0
POWER = 1
LOG = 2


@kernel
def share_behind(ahead: float, behind: float, model: int, exponent: float) -> float:
    """The chance that what disappears stood behind us.

    Parameters
    ----------
    ahead, behind : float
        Lots before and after the order at its level.
    model : int
        `POWER` or `LOG`.
    exponent : float
        Of `POWER`.

    Returns
    -------
    float
        From 0 to 1; 1 where it is undefined.
    """
    if model == POWER:
        front, back = max(ahead, 0.0) ** exponent, max(behind, 0.0) ** exponent
    else:
        front, back = math.log1p(max(ahead, 0.0)), math.log1p(max(behind, 0.0))
    return back / (back + front) if back + front > 0 else 1.0


@kernel
def after_change(
    place: tuple[float, float], before: float, after: float, model: int, exponent: float
) -> float:
    """Lots ahead once the size of the level has changed.

    Parameters
    ----------
    place : tuple of float
        Lots ahead, and lots traded at the level since its last change.
    before, after : float
        Size of the level.
    model : int
        `RISK_AVERSE`, `POWER` or `LOG`.
    exponent : float
        Of `POWER`.

    Returns
    -------
    float
        Never more than the level holds.
    """
    ahead, traded = place
    gone = before - after - traded
    if model == RISK_AVERSE or gone < 0:
        return min(ahead, after)
    behind = before - ahead
    kept = share_behind(ahead, behind, model, exponent)
    moved = ahead - (1 - kept) * gone + min(behind - kept * gone, 0.0)
    return min(moved, after)
