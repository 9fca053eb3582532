"""Weights and the history of what they are put in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

__all__ = ["Portfolio", "portfolio_of"]

FEWEST = 30
"""Below this a covariance or a quantile says nothing."""


@dataclass(frozen=True)
class Portfolio:
    """Positions, and the returns they have had.

    Parameters
    ----------
    returns : pandas.DataFrame
        Shape (time, symbols), simple returns without NaN.
    weights : numpy.ndarray, shape (symbols,)
        Fractions of `value`; negative for a short position, the rest is cash.
    value : float
        Money.
    """

    returns: pd.DataFrame
    weights: Array
    value: float

    @property
    def amounts(self) -> Array:
        """Money in each symbol."""
        return self.weights * self.value

    @cached_property
    def history(self) -> pd.Series:
        """The returns of these weights, rebalanced every period."""
        return pd.Series(self.returns.to_numpy() @ self.weights, index=self.returns.index)

    @cached_property
    def covariance(self) -> Array:
        """Of the returns, divided by observations - 1; shape (symbols, symbols)."""
        return np.atleast_2d(np.cov(self.returns.to_numpy(), rowvar=False))


def portfolio_of(
    returns: pd.DataFrame, weights: Mapping[str, float] | pd.Series, value: float, tail: float
) -> Portfolio:
    """Put weights and history together.

    Parameters
    ----------
    returns : pandas.DataFrame
        Shape (time, symbols), simple returns. Rows with a NaN in a held symbol are left out.
    weights : mapping or pandas.Series
        Symbol → fraction of `value`; those that are zero are left out.
    value : float
        Money.
    tail : float
        The tail that the history must be long enough for.

    Returns
    -------
    Portfolio
        Complete rows of the symbols that are held.

    Raises
    ------
    OutOfRange
        If `value` is not positive.
    InvalidInput
        If no weight differs from zero, or one is not finite.
    UnknownName
        If there are no returns of a symbol.
    TooLittleHistory
        If fewer than 30, or ``1 / tail``, rows are complete.
    """
    if not (math.isfinite(value) and value > 0):
        raise OutOfRange("value", value, cure="Give the worth of the portfolio, above zero")
    held = {str(name): float(weight) for name, weight in weights.items() if weight != 0}
    for name, weight in held.items():
        if name not in returns.columns:
            raise UnknownName("symbol in the returns", name, map(str, returns.columns))
        if not math.isfinite(weight):
            raise InvalidInput(
                f"The weight of {name} is not finite", seen=weight, cure="Correct it"
            )
    if not held:
        raise InvalidInput("The portfolio is empty", cure='Give weights, for example {"AAPL": 1.0}')
    complete = returns[list(held)].dropna()
    needs = max(FEWEST, math.ceil(1 / tail))
    if len(complete) < needs:
        raise TooLittleHistory(needs, len(complete), f"The risk of {', '.join(held)}")
    return Portfolio(complete, np.array(list(held.values())), value)
