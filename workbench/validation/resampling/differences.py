"""Whether one Sharpe ratio is larger than another: Ledoit and Wolf (2008)."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.errors import InvalidInput, NoData, OutOfRange, TooLittleHistory, UnknownName
from workbench.validation.resampling.blocks import block_lengths, draw_index
from workbench.validation.resampling.longrun import long_run_covariance
from workbench.validation.resampling.results import SharpeDifference

__all__ = ["sharpe_difference"]

Floats = npt.NDArray[np.float64]
Method = Literal["bootstrap", "hac"]

METHODS = ("bootstrap", "hac")
FEWEST = 20


def sharpe_difference(
    first: Any,
    second: Any,
    rng: np.random.Generator | None = None,
    *,
    method: Method = "bootstrap",
    block: int | None = None,
    draws: int = 4_999,
    level: float = 0.95,
) -> SharpeDifference:
    """Test whether two Sharpe ratios of the same bars are equal.

    Ledoit and Wolf, Journal of Empirical Finance 15 (2008). The returns may be correlated with
    each other, heavy-tailed and dependent through time, for which the classical test (Jobson
    and Korkie 1981; Memmel 2003) is wrong. Sharpe ratios here have ``ddof=0``, as there.

    Parameters
    ----------
    first, second : array_like, shape (time,)
        Simple returns of the same bars; a bar where either is NaN is left out.
    rng : numpy.random.Generator, optional
        Where the bootstrap comes from; needed by it.
    method : {"bootstrap", "hac"}
        The studentised circular block bootstrap, better on small samples; or the normal
        approximation with the prewhitened Parzen kernel.
    block : int, optional
        Bars in a block; by default the longer of the two automatic lengths (`block_lengths`).
    draws : int
        Draws of the bootstrap, 100 or more.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    SharpeDifference
        Per bar; the p-value is two-sided.

    Raises
    ------
    InvalidInput
        If the lengths differ, or the bootstrap has no generator.
    TooLittleHistory
        If fewer than 20 bars are shared.
    NoData
        If a series is constant: it has no Sharpe ratio.
    OutOfRange
        If `block`, `draws` or `level` cannot be used.
    UnknownName
        If there is no such method.
    """
    returns = _shared(first, second)
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    if not 0 < level < 1:
        raise OutOfRange("level", level, cure="Give a share between 0 and 1, such as 0.95")
    sharpes = returns.mean(axis=0) / returns.std(axis=0)
    difference = float(sharpes[0] - sharpes[1])
    error = _standard_error(returns)
    drawn: dict[str, Any] = {}
    if error == 0.0:  # one series is the other
        p_value, reach = 1.0, 0.0
    elif method == "hac":
        p_value = 2.0 * NormalDist().cdf(-abs(difference) / error)
        reach = NormalDist().inv_cdf((1 + level) / 2)
    else:
        length = _block(returns, block)
        samples = _drawn(returns, difference, rng, length, draws)
        p_value = (1 + np.count_nonzero(samples >= abs(difference) / error)) / (1 + draws)
        reach = float(np.quantile(samples, level))
        drawn = {"block": float(length), "draws": draws, "samples": samples}
    return SharpeDifference(
        first=sharpes[0],
        second=sharpes[1],
        difference=difference,
        standard_error=error,
        low=difference - reach * error,
        high=difference + reach * error,
        level=level,
        p_value=p_value,
        method=method,
        bars=len(returns),
        **drawn,
    )


def _shared(first: Any, second: Any) -> Floats:
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise InvalidInput(
            "The two series are not of the same bars",
            seen=f"{one.shape} and {other.shape}",
            cure="Align them first, for example with pandas.concat",
        )
    both = np.column_stack([one, other])
    both = np.ascontiguousarray(both[~np.isnan(both).any(axis=1)])
    if len(both) < FEWEST:
        raise TooLittleHistory(FEWEST, len(both), "A test of two Sharpe ratios")
    if (np.ptp(both, axis=0) == 0).any():
        raise NoData("A series is constant and has no Sharpe ratio", cure="Give one that varies")
    return both


def _block(returns: Floats, block: int | None) -> int:
    if block is None:
        return max(round(block_lengths(returns[:, at])["circular"]) for at in (0, 1))
    if not 1 <= block <= len(returns) // 2:
        raise OutOfRange("block", block, 1, len(returns) // 2)
    return block


def _drawn(
    returns: Floats, difference: float, rng: np.random.Generator | None, block: int, draws: int
) -> Floats:
    if rng is None:
        raise InvalidInput(
            "The bootstrap needs a generator",
            cure="Give rng=numpy.random.default_rng(1), or method='hac'",
        )
    if draws < 100:
        raise OutOfRange("draws", draws, 100)
    samples = np.empty(draws)
    _studentised(returns, difference, rng, block, samples)
    return samples


def _standard_error(returns: Floats) -> float:
    """Of the difference, by the delta method and the prewhitened long-run covariance."""
    moments = np.column_stack([returns, returns**2])
    centred = moments - moments.mean(axis=0)
    slope = _gradient(moments.mean(axis=0))
    variance = float(slope @ long_run_covariance(centred) @ slope) / len(returns)
    return math.sqrt(max(variance, 0.0))


@kernel
def _gradient(moments: Floats) -> Floats:
    """Of the difference in the two means and the two means of squares; equation 4."""
    slope = np.empty(4)
    for at in range(2):
        mean, square = moments[at], moments[2 + at]
        sign = 1.0 - 2.0 * at
        slope[at] = sign * square / (square - mean**2) ** 1.5
        slope[2 + at] = -sign * 0.5 * mean / (square - mean**2) ** 1.5
    return slope


@kernel
def _studentised(
    returns: Floats,
    difference: float,
    rng: np.random.Generator,
    block: int,
    out: Floats,
) -> None:
    """``|Δ* − Δ| / s(Δ*)`` of each draw, s from the sums of its blocks; section 3.2.2."""
    bars = returns.shape[0]
    blocks = bars // block
    index = np.empty(bars, dtype=np.int64)
    for draw in range(out.size):
        draw_index(rng, bars, float(block), index, stationary=False)
        moments = np.zeros(4)
        for at in range(bars):
            for which in range(2):
                value = returns[index[at], which]
                moments[which] += value / bars
                moments[2 + which] += value * value / bars
        slope = _gradient(moments)
        variance = 0.0
        for number in range(blocks):
            total = 0.0
            for at in range(number * block, (number + 1) * block):
                for which in range(2):
                    value = returns[index[at], which]
                    total += slope[which] * (value - moments[which])
                    total += slope[2 + which] * (value * value - moments[2 + which])
            variance += total * total / block
        error = math.sqrt(variance / blocks / bars)
        found = 0.0
        for which in range(2):
            spread = math.sqrt(moments[2 + which] - moments[which] ** 2)
            found += (1.0 - 2.0 * which) * moments[which] / spread
        out[draw] = abs(found - difference) / error
