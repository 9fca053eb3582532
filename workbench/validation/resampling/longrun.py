"""The long-run covariance of a vector series: prewhitened Parzen kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["automatic_bandwidth", "long_run_covariance", "parzen_covariance"]

Floats = npt.NDArray[np.float64]

MOST_PERSISTENT = 0.97
"""Singular values of the prewhitening are cut here, so that it cannot explode."""


def long_run_covariance(centred: Floats) -> Floats:
    """The covariance that the mean of a series has in the long run, times its length.

    Andrews and Monahan, Econometrica 60 (1992): a first-order vector autoregression takes
    most of the dependence out, the Parzen kernel with the automatic bandwidth of Andrews,
    Econometrica 59 (1991), measures the rest, and the autoregression is put back.

    Parameters
    ----------
    centred : ndarray, shape (time, variables)
        With mean 0, without NaN.

    Returns
    -------
    ndarray, shape (variables, variables)
        Symmetric; scaled by ``n / (n − variables)``.
    """
    before, after = centred[:-1], centred[1:]
    fitted = np.linalg.lstsq(before, after, rcond=None)[0].T
    left, sizes, right = np.linalg.svd(fitted)
    damped = left @ np.diag(np.minimum(sizes, MOST_PERSISTENT)) @ right
    left_over = after - before @ damped.T
    undo = np.linalg.inv(np.eye(centred.shape[1]) - damped)
    within = parzen_covariance(left_over, automatic_bandwidth(left_over))
    whole: Floats = undo @ within @ undo.T
    return whole


def parzen_covariance(centred: Floats, bandwidth: float) -> Floats:
    """Autocovariances weighted by the Parzen kernel, scaled by ``n / (n − variables)``.

    Parameters
    ----------
    centred : ndarray, shape (time, variables)
        With mean 0, without NaN.
    bandwidth : float
        The lag, in bars, from which on the weights are 0.

    Returns
    -------
    ndarray, shape (variables, variables)
        Symmetric.
    """
    n, variables = centred.shape
    total: Floats = centred.T @ centred
    for lag in range(1, min(int(np.ceil(bandwidth)), n)):
        share = lag / bandwidth
        if share <= 0.5:
            weight = 1.0 - 6.0 * share**2 + 6.0 * share**3
        else:
            weight = 2.0 * (1.0 - share) ** 3
        cross = centred[lag:].T @ centred[:-lag]
        total = total + weight * (cross + cross.T)
    return total / (n - variables)


def automatic_bandwidth(centred: Floats) -> float:
    """The bandwidth of the Parzen kernel for series that are near first-order autoregressions.

    Andrews (1991), equations 6.2 and 6.4, all variables weighing the same.

    Parameters
    ----------
    centred : ndarray, shape (time, variables)
        Without NaN.

    Returns
    -------
    float
        Bars; not rounded.
    """
    n = len(centred)
    above, below = 0.0, 0.0
    for series in centred.T:
        own = series - series.mean()
        before, after = own[:-1] - own[:-1].mean(), own[1:] - own[1:].mean()
        square = float(before @ before)
        slope = float(before @ after) / square if square > 0 else 0.0
        slope = min(max(slope, -MOST_PERSISTENT), MOST_PERSISTENT)
        variance = float(np.mean((after - slope * before) ** 2))
        above += 4.0 * slope**2 * variance**2 / (1.0 - slope) ** 8
        below += variance**2 / (1.0 - slope) ** 4
    return 2.6614 * (above / below * n) ** 0.2 if below > 0 else 0.0
