"""Value at risk and expected shortfall, from a sample of losses or in closed form.

Conventions of the room: a loss is positive and a gain negative; the tail is the
probability of a worse loss, so 0.05 means what is often called 95% VaR. Losses are in
whatever unit the caller uses, money or fractions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["TailRisk", "check_tail", "empirical_tail", "normal_tail"]

STANDARD_NORMAL = NormalDist()


@dataclass(frozen=True)
class TailRisk:
    """Value at risk and expected shortfall of one tail.

    Parameters
    ----------
    tail : float
        Probability of a loss beyond `var`.
    var, es : float
        Losses, positive; negative where even the tail is a gain.
    var_error, es_error : float
        Standard errors of the estimate; 0 where it is exact for its model.
    """

    tail: float
    var: float
    es: float
    var_error: float = 0.0
    es_error: float = 0.0

    def interval(self, confidence: float) -> dict[str, tuple[float, float]]:
        """Normal confidence intervals ``{"var": (low, high), "es": (low, high)}``."""
        reach = STANDARD_NORMAL.inv_cdf((1 + confidence) / 2)
        return {
            "var": (self.var - reach * self.var_error, self.var + reach * self.var_error),
            "es": (self.es - reach * self.es_error, self.es + reach * self.es_error),
        }


def empirical_tail(losses: npt.ArrayLike, tail: float = 0.05) -> TailRisk:
    """The tail of a sample, of history or of a simulation.

    With n losses in falling order and k the whole part of ``n * tail``, the value at risk
    is the loss of rank k + 1, and the expected shortfall is the mean of the worst
    ``n * tail`` losses, the last counted by its fraction (Acerbi and Tasche, Journal of
    Banking & Finance 26, 2002): it is subadditive and never below the value at risk.

    Parameters
    ----------
    losses : array-like, shape (observations,)
        Positive for a loss. At least ``1 / tail`` of them, all finite.
    tail : float
        In (0, 0.5).

    Returns
    -------
    TailRisk
        With errors as if the losses were independent: of the value at risk from the order
        statistics one binomial deviation away, of the shortfall by Manistre and Hancock
        (North American Actuarial Journal 9, 2005).

    Raises
    ------
    OutOfRange
        If `tail` is not in (0, 0.5).
    InvalidInput
        If a loss is NaN or infinite.
    TooLittleHistory
        If there are fewer than ``1 / tail`` losses.
    """
    check_tail(tail)
    sample = np.asarray(losses, dtype=np.float64).ravel()
    if not np.isfinite(sample).all():
        bad = int((~np.isfinite(sample)).sum())
        raise InvalidInput("A loss is not finite", seen=f"{bad} of {sample.size}", cure="Drop it")
    expected = sample.size * tail
    if expected < 1:
        raise TooLittleHistory(math.ceil(1 / tail), sample.size, f"A tail of {tail:g}")
    whole = int(expected + 1e-9)
    spread = math.sqrt(expected * (1 - tail))
    deepest = min(sample.size, int(expected + spread) + 2)
    worst = -np.partition(-sample, deepest - 1)[:deepest]
    worst[::-1].sort()
    var = float(worst[whole])
    es = float((worst[:whole].sum() + (expected - whole) * var) / expected)
    return TailRisk(
        tail=tail,
        var=var,
        es=es,
        var_error=_order_error(worst, expected, spread),
        es_error=_shortfall_error(worst[:whole], var, es, expected, tail),
    )


def normal_tail(mean: float, deviation: float, tail: float = 0.05) -> TailRisk:
    """The tail of a normal loss, in closed form.

    ``var = mean + deviation * z`` and ``es = mean + deviation * pdf(z) / tail`` with z the
    ``1 - tail`` quantile (McNeil, Frey and Embrechts, Quantitative Risk Management, 2015,
    examples 2.11 and 2.14).

    Parameters
    ----------
    mean, deviation : float
        Of the loss: the mean of the returns has the opposite sign.
    tail : float
        In (0, 0.5).

    Returns
    -------
    TailRisk
        Without errors: it is exact for its model.

    Raises
    ------
    OutOfRange
        If `tail` is not in (0, 0.5), or `deviation` is negative.
    """
    check_tail(tail)
    if not deviation >= 0:
        raise OutOfRange("deviation", deviation, 0)
    quantile = STANDARD_NORMAL.inv_cdf(1 - tail)
    return TailRisk(
        tail=tail,
        var=mean + deviation * quantile,
        es=mean + deviation * STANDARD_NORMAL.pdf(quantile) / tail,
    )


def check_tail(tail: float) -> None:
    """Refuse a tail probability outside (0, 0.5).

    Parameters
    ----------
    tail : float
        Probability of a worse loss.

    Raises
    ------
    OutOfRange
        If it is, or is NaN.
    """
    if not 0 < tail < 0.5:
        raise OutOfRange(
            "var_confidence",
            tail,
            cure="Give the probability of the tail, between 0 and 0.5: 0.05 for 95% value at risk",
        )


def _order_error(worst: npt.NDArray[np.float64], expected: float, spread: float) -> float:
    low = min(int(expected + spread), worst.size - 1)
    high = max(int(expected - spread), 0)
    return float(worst[high] - worst[low]) / 2


def _shortfall_error(
    beyond: npt.NDArray[np.float64], var: float, es: float, expected: float, tail: float
) -> float:
    spread = float(np.mean((beyond - beyond.mean()) ** 2))
    return math.sqrt((spread + (1 - tail) * (es - var) ** 2) / expected)
