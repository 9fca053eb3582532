"""How far a measure of returns can be trusted: bootstrap intervals."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.errors import OutOfRange, UnknownName
from workbench.validation.metrics import Measure
from workbench.validation.resampling.blocks import chosen_block
from workbench.validation.resampling.results import Interval, Intervals
from workbench.validation.resampling.sampling import jackknifed, measured, sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["METHODS", "bca_quantiles", "bootstrap_intervals"]

Floats = npt.NDArray[np.float64]
Method = Literal["bca", "percentile"]

METHODS = ("bca", "percentile")
MOST_GROUPS = 200
"""Groups that the jackknife of the acceleration leaves out, at most."""
FEWEST_DRAWS = 100


def bootstrap_intervals(
    returns: Any,
    periods_per_year: float,
    rng: np.random.Generator,
    *,
    measures: Sequence[Measure | str] = tuple(Measure),
    level: float = 0.95,
    method: Method = "bca",
    draws: int = 2_000,
    block: float | None = None,
) -> Intervals:
    """Intervals of measures of returns, by the stationary bootstrap.

    Its blocks keep the dependence between neighbouring bars, which single bars would lose.

    Parameters
    ----------
    returns : array_like, shape (time,)
        Simple returns; NaN is left out.
    periods_per_year : float
        Bars in a year.
    rng : numpy.random.Generator
        Where the histories come from.
    measures : sequence of Measure
        All by default.
    level : float
        Share of histories within, in (0, 1).
    method : {"bca", "percentile"}
        Bias-corrected and accelerated (Efron, JASA 82, 1987), the acceleration by a jackknife of
        blocks; or the plain quantiles of the draws.
    draws : int
        How many histories, 100 or more.
    block : float, optional
        Mean length of the blocks in bars; by default that of `block_lengths`.

    Returns
    -------
    Intervals
        One a measure; NaN where it is not defined. A draw on which it is not is left out.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 10 returns.
    OutOfRange
        If `level`, `draws` or `block` cannot be used.
    UnknownName
        If there is no such method.
    """
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    if not 0 < level < 1:
        raise OutOfRange("level", level, cure="Give a share between 0 and 1, such as 0.95")
    if draws < FEWEST_DRAWS:
        raise OutOfRange("draws", draws, FEWEST_DRAWS)
    values = np.asarray(returns, dtype=np.float64)
    values = np.ascontiguousarray(values[~np.isnan(values)])
    length = chosen_block(values, "stationary", block)
    asked = [Measure(one) for one in measures]
    found = measured(values, asked, periods_per_year)
    samples = sampled(
        values,
        asked,
        periods_per_year,
        rng,
        draws=draws,
        block=length,
    )
    tails = np.tile([(1 - level) / 2, (1 + level) / 2], (len(asked), 1))
    if method == "bca":
        group = max(round(length), math.ceil(values.size / MOST_GROUPS))
        left_out = jackknifed(values, asked, periods_per_year, group)
        tails = np.array(
            [
                bca_quantiles(samples[:, at], found[at], left_out[:, at], level)
                for at in range(len(asked))
            ]
        )
    return Intervals(
        method=method,
        level=level,
        draws=draws,
        block=length,
        bars=values.size,
        measures={
            str(one): _interval(found[at], samples[:, at], tails[at])
            for at, one in enumerate(asked)
        },
        samples={str(one): samples[:, at] for at, one in enumerate(asked)},
    )


def bca_quantiles(
    samples: Floats, found: float, left_out: Floats, level: float
) -> tuple[float, float]:
    """Which quantiles of the draws bound the bias-corrected and accelerated interval.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), equations 14.10 to 14.15.

    Parameters
    ----------
    samples : ndarray, shape (draws,)
        The measure on each draw; NaN is left out.
    found : float
        The measure of the history.
    left_out : ndarray, shape (groups,)
        The measure without one group after the other.
    level : float
        Share within, in (0, 1).

    Returns
    -------
    low, high : float
        Shares in [0, 1]; NaN where every draw lies on one side, or no draw is defined.
    """
    known = samples[~np.isnan(samples)]
    if not known.size or math.isnan(found):
        return math.nan, math.nan
    below = (np.count_nonzero(known < found) + np.count_nonzero(known <= found)) / (2 * known.size)
    if not 0 < below < 1:
        return math.nan, math.nan
    normal = NormalDist()
    bias, acceleration = normal.inv_cdf(below), _acceleration(left_out)
    shares = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        moved = bias + normal.inv_cdf(tail)
        shares.append(normal.cdf(bias + moved / (1 - acceleration * moved)))
    return shares[0], shares[1]


def _acceleration(left_out: Floats) -> float:
    known = left_out[~np.isnan(left_out)]
    if known.size < 2 or np.ptp(known) == 0:
        return 0.0
    apart = known.mean() - known
    return float((apart**3).sum() / (6.0 * (apart**2).sum() ** 1.5))


def _interval(found: float, samples: Floats, tails: Any) -> Interval:
    known = samples[~np.isnan(samples)]
    low = high = error = math.nan
    if known.size > 1 and not np.isnan(tails).any():
        low, high = np.quantile(known, tails).tolist()
        error = float(known.std(ddof=1))
    return Interval(estimate=float(found), low=low, high=high, standard_error=error)
