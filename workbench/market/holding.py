"""What happens to a position while it is held: interest, splits and payments, margin."""

from __future__ import annotations

from workbench.compute import kernel

__all__ = ["held_for", "room", "short_of_margin"]


@kernel
def held_for(value: float, years: float, carry: tuple[float, float, float]) -> tuple[float, float]:
    """What holding a position for some time costs.

    Parameters
    ----------
    value : float
        Of the position when the time begins; below 0 for a short one.
    years : float
        How long.
    carry : tuple of float
        `Costs.carry`: fractions a year; borrow and funding count here.

    Returns
    -------
    tuple of float
        Borrow fee paid, funding paid (below 0: received).
    """
    borrow, funding, _ = carry
    return (-value * borrow * years if value < 0 else 0.0), value * funding * years


@kernel
def room(value: float, others: float, leverage: float) -> float:
    """The largest exposure in one symbol that leverage leaves, a fraction of the account.

    Parameters
    ----------
    value : float
        Of the account, above 0.
    others : float
        The values of all other positions, short ones taken positively.
    leverage : float
        `workbench.market.Margin.leverage`.

    Returns
    -------
    float
        At least 0.
    """
    return max(leverage - others / value, 0.0)


@kernel
def short_of_margin(value: float, gross: float, maintenance: float) -> bool:
    """Whether an account must be closed out.

    Parameters
    ----------
    value, gross : float
        Of the account; of all positions, short ones taken positively.
    maintenance : float
        `workbench.market.Margin.maintenance`.

    Returns
    -------
    bool
        False without a position.
    """
    return gross > 0 and value < maintenance * gross
