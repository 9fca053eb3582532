"""How much of a strategy is held: fixed, a percentage, a volatility, a fraction of Kelly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import OutOfRange
from workbench.strategies.declaration import as_strategy
from workbench.strategies.overlays import Overlay, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from workbench.ports import Sizer
    from workbench.strategies.rebalancing import Rebalance

    Floats = npt.NDArray[np.float64]

__all__ = ["Fixed", "Kelly", "Percent", "VolatilityTarget", "moments", "rebalanced", "sized"]


def sized(strategy: Any, by: Sizer, *, rebalance: Rebalance = "week") -> Overlay:
    """A strategy with another size; it has the parameters of the original.

    Parameters
    ----------
    strategy : Strategy or callable
        What is sized.
    by : Sizer
        `Fixed`, `Percent`, `VolatilityTarget`, `Kelly`, or anything that follows
        `workbench.ports.Sizer`.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the size is set again, besides the bars on which the strategy decides.

    Returns
    -------
    Overlay
        A strategy named ``<name>_sized``; backtest, leaks and live take it like any other.

    Examples
    --------
    >>> from workbench.registry import lookup
    >>> from workbench.strategies import VolatilityTarget, sized
    >>> calm = sized(lookup("strategy", "momentum"), VolatilityTarget(0.10))
    >>> calm.warm_up()
    127
    """
    inner = as_strategy(strategy)

    def weigh(held: Floats, returns: Floats) -> Floats:
        return by.size(held[0], returns[0])

    return _over(
        inner,
        "sized",
        lambda values: Recipe(((inner, values),), weigh, by.window, rebalance),
        [by, rebalance],
    )


def rebalanced(strategy: Any, *, band: float) -> Overlay:
    """A strategy whose orders wait until a weight has drifted beyond a band.

    Drift is measured from the weights set last, by closes, without costs. A symbol that is to be
    left is sold at once.

    Parameters
    ----------
    strategy : Strategy or callable
        What is rebalanced.
    band : float
        The distance of a weight from its target that is tolerated, a fraction of the account.

    Returns
    -------
    Overlay
        A strategy named ``<name>_rebalanced``.

    Raises
    ------
    OutOfRange
        If the band is negative or no number.
    """
    _demand("band", band, 0.0 <= band < math.inf, "Give a fraction of 0 or more")
    inner = as_strategy(strategy)
    return _over(
        inner,
        "rebalanced",
        lambda values: Recipe(((inner, values),), lambda held, _: held[0], band=band),
        band,
    )


@dataclass(frozen=True)
class Fixed:
    """The same weight for every symbol that is held, whatever the strategy gives it.

    Parameters
    ----------
    weight : float
        A fraction of the account, above 0.
    most : float
        What the sizes of all weights may add up to; beyond it they shrink alike.
    """

    weight: float
    most: float = 1.0

    def __post_init__(self) -> None:
        _demand("weight", self.weight, 0 < self.weight < math.inf, "Give a fraction above 0")

    @property
    def window(self) -> int:
        """No past is needed."""
        return 1

    def size(self, weights: Floats, returns: Floats) -> Floats:  # noqa: ARG002  a Sizer's
        """``±weight`` where the strategy holds something."""
        wanted = np.sign(weights) * self.weight
        gross = np.abs(wanted).sum(axis=1, keepdims=True)
        shrunk: Floats = wanted * np.minimum(1.0, self.most / np.where(gross > 0, gross, 1.0))
        return shrunk


@dataclass(frozen=True)
class Percent:
    """A share of what the strategy wants; the rest stays in cash.

    Parameters
    ----------
    share : float
        1 is the strategy itself; above 0.
    """

    share: float

    def __post_init__(self) -> None:
        _demand("share", self.share, 0 < self.share < math.inf, "Give a fraction above 0")

    @property
    def window(self) -> int:
        """No past is needed."""
        return 1

    def size(self, weights: Floats, returns: Floats) -> Floats:  # noqa: ARG002  a Sizer's
        """The share of every weight."""
        return weights * self.share


@dataclass(frozen=True)
class VolatilityTarget:
    """As much of a strategy as keeps its volatility where it is wanted.

    The strategy is multiplied by ``target / σ``, with σ the standard deviation of its own last
    returns (Moreira and Muir, Journal of Finance 72, 2017, scale by the variance; Harvey et al.,
    Journal of Portfolio Management 45, 2018, by the volatility, as here).

    Parameters
    ----------
    target : float
        Volatility, a fraction per year.
    window : int
        Past returns in σ; until half of them are known, and while the strategy has not moved,
        it has its own size.
    most : float
        The largest multiple.
    periods_per_year : float
        Bars in a year.
    """

    target: float
    window: int = 63
    most: float = 1.0
    periods_per_year: float = 252.0

    def __post_init__(self) -> None:
        _demand("target", self.target, 0 < self.target < math.inf, "Give a fraction above 0")
        _demand("window", self.window, self.window >= 2, "Give 2 returns or more")

    def size(self, weights: Floats, returns: Floats) -> Floats:
        """The weights at the volatility wanted."""
        _, deviation = moments(returns)
        known = deviation > 0
        yearly = np.where(known, deviation, 1.0) * math.sqrt(self.periods_per_year)
        multiple = np.minimum(self.most, np.where(known, self.target / yearly, 1.0))
        grown: Floats = weights * multiple[:, None]
        return grown


@dataclass(frozen=True)
class Kelly:
    """A fraction of the size that would have grown fastest.

    ``f = fraction · μ / σ²`` of the strategy's own last returns (Kelly, Bell System Technical
    Journal 35, 1956; Thorp, Handbook of Asset and Liability Management, 2006, for returns that
    are near normal). The estimate of μ is poor: half of Kelly or less is what is traded.

    Parameters
    ----------
    fraction : float
        Of the full size, above 0 and at most 1.
    window : int
        Past returns in μ and σ.
    most : float
        The largest multiple of the strategy.
    """

    fraction: float = 0.5
    window: int = 252
    most: float = 1.0

    def __post_init__(self) -> None:
        _demand("fraction", self.fraction, 0 < self.fraction <= 1, "Give a fraction from 0 to 1")
        _demand("window", self.window, self.window >= 2, "Give 2 returns or more")

    def size(self, weights: Floats, returns: Floats) -> Floats:
        """Nothing until half the window is known, and while the mean is not above zero."""
        mean, deviation = moments(returns)
        known = deviation > 0
        best = np.where(known, mean / np.where(known, deviation, 1.0) ** 2, 0.0)
        grown: Floats = weights * np.clip(self.fraction * best, 0.0, self.most)[:, None]
        return grown


def moments(returns: Floats) -> tuple[Floats, Floats]:
    """The mean and the standard deviation of the returns on each bar.

    Parameters
    ----------
    returns : numpy.ndarray, shape (time, window)
        As a `workbench.ports.Sizer` is given them.

    Returns
    -------
    mean, deviation : numpy.ndarray, shape (time,)
        NaN until half of a row is known, and two of it.
    """
    known = np.isfinite(returns)
    count = known.sum(axis=1)
    enough = count >= max(2, returns.shape[1] // 2)
    mean = np.where(known, returns, 0.0).sum(axis=1) / np.maximum(count, 1)
    squares = np.where(known, returns - mean[:, None], 0.0) ** 2
    variance = squares.sum(axis=1) / np.maximum(count - 1, 1)
    return np.where(enough, mean, np.nan), np.where(enough, np.sqrt(variance), np.nan)


def _over(inner: Any, word: str, recipe: Callable[[Any], Recipe], made_of: Any) -> Overlay:
    name = f"{inner.name}_{word}"
    return Overlay(name, inner.function, recipe, [inner.source_hash, word, made_of])


def _demand(name: str, value: float, holds: bool, cure: str) -> None:  # noqa: FBT001
    if not holds:
        raise OutOfRange(name, value, cure=cure)
