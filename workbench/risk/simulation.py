"""Returns that might come: drawn from a model fitted to the moments of history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

__all__ = ["DRAWS", "FittedReturns", "ReturnModel", "fit", "simulate"]

VALUES_AT_ONCE = 4_000_000
"""Random numbers held at a time: 32 MB, whatever the number of paths."""


class ReturnModel(StrEnum):
    """How the returns of a period are drawn; each period is independent of the others."""

    NORMAL = "normal"
    """Multivariate normal with the mean and covariance of history."""
    STUDENT_T = "student_t"
    """Multivariate Student t with the same mean and covariance and the fat tails of history."""
    BOOTSTRAP = "bootstrap"
    """Whole days of history, drawn with replacement."""

    @classmethod
    def of(cls, name: str) -> ReturnModel:
        """The model of this name.

        Parameters
        ----------
        name : str
            ``normal``, ``student_t`` or ``bootstrap``.

        Returns
        -------
        ReturnModel
            The member.

        Raises
        ------
        UnknownName
            If there is none.
        """
        try:
            return cls(name)
        except ValueError:
            raise UnknownName("model of returns", str(name), [one.value for one in cls]) from None

    @property
    def caption(self) -> str:
        """What a report calls it."""
        return CAPTIONS[self]


CAPTIONS = {
    ReturnModel.NORMAL: "Monte Carlo, multivariate normal",
    ReturnModel.STUDENT_T: "Monte Carlo, multivariate Student t",
    ReturnModel.BOOTSTRAP: "historical, days drawn with replacement",
}


@dataclass(frozen=True)
class FittedReturns:
    """The moments of history.

    Parameters
    ----------
    history : numpy.ndarray, shape (observations, assets)
        Simple returns.
    mean : numpy.ndarray, shape (assets,)
        Their mean.
    factor : numpy.ndarray, shape (assets, assets)
        ``factor @ factor.T`` is their covariance, also where that is singular.
    degrees : float
        Degrees of freedom of the Student t, above 4; infinite where tails are not fat.
    """

    history: Array
    mean: Array
    factor: Array
    degrees: float


def fit(returns: Array, weights: Array) -> FittedReturns:
    """Fit mean, covariance and degrees of freedom by moments.

    The covariance (divided by ``observations - 1``) is factored by its eigenvalues, those
    below zero taken as zero, so that collinear assets are fine. A t with d degrees of
    freedom has the excess kurtosis ``6 / (d - 4)``, and so has any portfolio of a
    multivariate t: d is set by the kurtosis of this portfolio.

    Parameters
    ----------
    returns : numpy.ndarray, shape (observations, assets)
        Simple returns without NaN, two observations at least.
    weights : numpy.ndarray, shape (assets,)
        Of the portfolio.

    Returns
    -------
    FittedReturns
        Degrees of freedom are infinite where the tails are not fat.
    """
    covariance = np.atleast_2d(np.cov(returns, rowvar=False))
    values, vectors = np.linalg.eigh(covariance)
    return FittedReturns(
        history=returns,
        mean=returns.mean(axis=0),
        factor=vectors * np.sqrt(values.clip(min=0)),
        degrees=_degrees(returns @ weights),
    )


def simulate(
    fitted: FittedReturns,
    amounts: Array,
    *,
    model: ReturnModel,
    horizon: int,
    simulations: int,
    rng: np.random.Generator,
    progress: Callable[[float, float, str], None] = lambda *_: None,
) -> Array:
    """Losses of holding these amounts, untouched, for a number of periods.

    Each asset's returns compound; no return is below -100%. There is no scaling by the
    square root of time.

    Parameters
    ----------
    fitted : FittedReturns
        As `fit` makes it.
    amounts : numpy.ndarray, shape (assets,)
        Money in each asset, or weights; negative for a short position.
    model : ReturnModel
        How a period is drawn.
    horizon, simulations : int
        Periods and paths.
    rng : numpy.random.Generator
        The randomness.
    progress : callable
        Takes ``(done, total, message)``; may raise to stop.

    Returns
    -------
    numpy.ndarray, shape (simulations,)
        Positive for a loss, in the unit of `amounts`.
    """
    draw = DRAWS[model]
    losses = np.empty(simulations)
    batch = max(1, VALUES_AT_ONCE // amounts.size)
    for start in range(0, simulations, batch):
        progress(start, simulations, "simulating returns")
        size = min(batch, simulations - start)
        grown = np.ones((size, amounts.size))
        for _ in range(horizon):
            grown *= 1 + np.maximum(draw(fitted, size, rng), -1)
        losses[start : start + size] = (1 - grown) @ amounts
    progress(simulations, simulations, "simulated")
    return losses


def _normal(fitted: FittedReturns, size: int, rng: np.random.Generator) -> Array:
    return fitted.mean + rng.standard_normal((size, fitted.mean.size)) @ fitted.factor.T


def _student_t(fitted: FittedReturns, size: int, rng: np.random.Generator) -> Array:
    if np.isinf(fitted.degrees):
        return _normal(fitted, size, rng)
    mixing = np.sqrt((fitted.degrees - 2) / rng.chisquare(fitted.degrees, (size, 1)))
    deviations = rng.standard_normal((size, fitted.mean.size)) @ fitted.factor.T
    return fitted.mean + mixing * deviations


def _bootstrap(fitted: FittedReturns, size: int, rng: np.random.Generator) -> Array:
    days = rng.integers(len(fitted.history), size=size)
    return fitted.history[days]


DRAWS: dict[ReturnModel, Callable[[FittedReturns, int, np.random.Generator], Array]] = {
    ReturnModel.NORMAL: _normal,
    ReturnModel.STUDENT_T: _student_t,
    ReturnModel.BOOTSTRAP: _bootstrap,
}
"""Model → function that draws one period, shape (size, assets)."""


def _degrees(returns: Array) -> float:
    centred = returns - returns.mean()
    variance = float(np.mean(centred**2))
    if variance == 0:
        return np.inf
    excess = float(np.mean(centred**4)) / variance**2 - 3
    return 4 + 6 / excess if excess > 0 else np.inf
