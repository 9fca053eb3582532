"""What can be attained: the best that anybody can do who knows the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.sources.process import YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.data.sources.process import Column, Path

__all__ = ["attainable", "attainable_of_pair", "r_squared", "sharpe_of_holding"]


def sharpe_of_holding(path: Path) -> float:
    """Sharpe ratio of a year of who holds all the time, without interest.

    Parameters
    ----------
    path : Path
        Whose true moments are averaged over its sessions.

    Returns
    -------
    float
    """
    total = path.expected.var() + path.variance.mean()
    return float(path.expected.mean() / np.sqrt(total) * np.sqrt(YEAR))


def r_squared(path: Path) -> float:
    """Share of the variance of simple returns that is foreseen.

    Parameters
    ----------
    path : Path
        Whose true moments are averaged over its sessions.

    Returns
    -------
    float
        From 0 to 1.
    """
    foreseen = path.expected.var()
    return float(foreseen / (foreseen + path.variance.mean()))


def attainable(path: Path) -> float:
    """The highest Sharpe ratio of a year that trading this alone can have, without costs.

    Who knows the mean m and the variance v of the next return does best with the weight
    m / (m² + v), which attains √(z / (1 - z)) for z = E[m² / (m² + v)] (W. Ferson and A. Siegel,
    "The efficient use of conditioning information in portfolios", Journal of Finance 56, 2001).

    Parameters
    ----------
    path : Path
        Over whose sessions the mean is taken.

    Returns
    -------
    float
    """
    squares = path.expected**2
    return _ratio(squares / (squares + path.variance))


def attainable_of_pair(legs: Sequence[Path], covariance: Column) -> float:
    """As `attainable`, for who trades two legs at once.

    Parameters
    ----------
    legs : sequence of Path
        Two.
    covariance : numpy.ndarray
        Of their simple returns, given what is known at the close before.

    Returns
    -------
    float
    """
    first, second = legs
    a = first.variance + first.expected**2
    b = second.variance + second.expected**2
    c = covariance + first.expected * second.expected
    squares = b * first.expected**2 + a * second.expected**2
    squares -= 2 * c * first.expected * second.expected
    return _ratio(squares / (a * b - c**2))


def _ratio(gains: Column) -> float:
    share = float(gains.mean())
    return float(np.sqrt(share / (1 - share) * YEAR))
