"""Ensemble: several strategies as one, weighted, by vote or by their risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from workbench.errors import InvalidInput
from workbench.registry import lookup
from workbench.strategies import overlays
from workbench.strategies.declaration import as_strategy
from workbench.strategies.facts import facts
from workbench.strategies.rebalancing import Rebalance  # noqa: TC001  a parameter's type
from workbench.strategies.sizing import moments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]

__all__ = ["combined", "ensemble"]

Method = Literal["weighted", "voting", "risk_parity"]


def _named(parameters: Any) -> overlays.Recipe:
    """The recipe of members that are given by name."""
    names = [name.strip() for name in parameters.members.split(",") if name.strip()]
    if not names or "ensemble" in names:
        raise InvalidInput(
            "An ensemble is made of other strategies, named with commas between",
            seen=parameters.members,
            cure='For example "momentum,mean_reversion"',
        )
    parts = [part for part in parameters.weights.split(",") if part.strip()]
    try:
        shares = [float(part) for part in parts] or None
    except ValueError:
        raise InvalidInput(
            "The weights of an ensemble are numbers with commas between",
            seen=parameters.weights,
            cure='For example "0.6,0.4"',
        ) from None
    members: tuple[Any, ...] = tuple((lookup("strategy", name), {}) for name in names)
    return overlays.Recipe(
        members,
        _weigher(parameters.method, _shares(shares, len(members))),
        parameters.window,
        parameters.rebalance,
    )


@overlays.strategy("ensemble", _named)
@facts(
    family="combination",
    risk="medium",
    sources=(
        "Timmermann, Handbook of Economic Forecasting 1 (2006), chapter 4",
        "Maillard, Roncalli and Teïletche, Journal of Portfolio Management 36 (2010)",
    ),
)
def ensemble(
    bars: xr.Dataset,
    *,
    members: str = "momentum,time_series_momentum,mean_reversion",
    method: Method = "risk_parity",
    weights: str = "",
    window: Annotated[int, Field(ge=2, le=1_260)] = 126,
    rebalance: Rebalance = "week",
) -> xr.DataArray:
    """Hold several strategies in one account: weighted, by vote, or by their risk.

    ``weighted`` gives each member its share. ``voting`` takes a side in a symbol where more than
    half of the members are on it, at the mean size of theirs. ``risk_parity`` gives each member a
    share inverse to the volatility of its own last `window` returns, before costs, so that none
    rules the account (Maillard, Roncalli and Teïletche, Journal of Portfolio Management 36,
    2010, for equal correlations); a member that has not traded gets none, and all are equal
    until one is known. Why combinations beat the choice of one: Timmermann, Handbook of
    Economic Forecasting 1 (2006).

    The members are strategies by name with their default parameters; `combined` takes the
    strategies themselves.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    members : str
        Names from `list_strategies`, with commas between.
    method : {"weighted", "voting", "risk_parity"}
        How they are combined.
    weights : str
        Shares for ``weighted``, with commas between, scaled to one; empty is equal shares.
    window : int
        Returns in the volatility of ``risk_parity``.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the weights are set again, besides the bars on which a member decides.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        Weights where a member decides or the calendar says so, NaN between.

    Raises
    ------
    InvalidInput
        If the members or the shares cannot be read, or do not fit.
    UnknownName
        If no strategy has a member's name.
    """
    given = {"members": members, "method": method, "weights": weights}
    return ensemble.targets(bars, {**given, "window": window, "rebalance": rebalance})


def combined(
    members: Sequence[Any] | Mapping[Any, Mapping[str, Any]],
    *,
    method: Method = "weighted",
    weights: Sequence[float] | None = None,
    window: int = 126,
    rebalance: Rebalance = "week",
) -> overlays.Overlay:
    """Several strategies as one, given as they are; see `ensemble`.

    Parameters
    ----------
    members : sequence, or mapping of strategy to parameters
        Strategies or functions of bars.
    method
        As in `ensemble`.
    weights : sequence of float, optional
        Shares for ``weighted``, scaled to one; equal by default.
    window, rebalance
        As in `ensemble`.

    Returns
    -------
    Overlay
        A strategy without parameters, named after its members.

    Raises
    ------
    InvalidInput
        If there is no member, or as many shares are not given as there are members.
    """
    pairs = members.items() if isinstance(members, Mapping) else [(one, {}) for one in members]
    made = tuple((as_strategy(one), dict(values)) for one, values in pairs)
    if not made:
        raise InvalidInput("An ensemble needs a member", seen=members, cure="Give strategies")
    shares = _shares(weights, len(made))
    name = "_and_".join(one.name for one, _ in made)

    def together(bars: xr.Dataset) -> xr.DataArray:
        return overlay.targets(bars)

    together.__doc__ = f"{', '.join(one.name for one, _ in made)}, combined ({method})."
    hashes = [(one.source_hash, values) for one, values in made]
    overlay = overlays.Overlay(
        name,
        together,
        lambda _: overlays.Recipe(made, _weigher(method, shares), window, rebalance),
        [hashes, method, shares.tolist(), window, rebalance],
    )
    return overlay


def _shares(given: Sequence[float] | None, count: int) -> Floats:
    shares = np.full(count, 1.0) if given is None else np.asarray(given, dtype=np.float64)
    total = np.abs(shares).sum()
    if len(shares) != count or not 0 < total < np.inf:
        raise InvalidInput(
            f"An ensemble of {count} needs {count} shares that are not all zero",
            seen=given,
            cure="Give one number for each member, or leave them out",
        )
    scaled: Floats = shares / total
    return scaled


def _weigher(method: str, shares: Floats) -> Callable[[Floats, Floats], Floats]:
    if method == "voting":
        return lambda held, _: _voted(held)
    if method == "risk_parity":
        return _risk_parity
    return lambda held, _: np.asarray(np.tensordot(shares, held, axes=1))


def _voted(held: Floats) -> Floats:
    sides = np.sign(held)
    side = np.sign(sides.sum(axis=0))
    agreed = (sides == side) & (side != 0)
    count = agreed.sum(axis=0)
    size = np.where(agreed, np.abs(held), 0.0).sum(axis=0) / np.maximum(count, 1)
    voted: Floats = np.where(count > len(held) / 2, side * size, 0.0)
    return voted


def _risk_parity(held: Floats, returns: Floats) -> Floats:
    spread = np.array([moments(member)[1] for member in returns])
    known = spread > 0
    inverse = np.where(known, 1.0 / np.where(known, spread, 1.0), 0.0)
    inverse[:, ~known.any(axis=0)] = 1.0
    mixed: Floats = np.einsum("mt,mts->ts", inverse / inverse.sum(axis=0), held)
    return mixed
