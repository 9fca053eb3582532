"""How symbols move together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory
from workbench.risk.composition import diversification_ratio
from workbench.risk.results import (
    CorrelationReport,
    Correlations,
    CorrelationSummary,
    DiversificationMetrics,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from workbench.risk.results import Level

__all__ = ["check_symbols", "correlation_report", "pair_correlations"]

FEWEST = 3
MOST_SYMBOLS = 100


def check_symbols(symbols: Sequence[str]) -> None:
    """Refuse a list that has no pairs, is too long, or names a symbol twice.

    Parameters
    ----------
    symbols : sequence of str
        What a caller wrote; case does not matter.

    Raises
    ------
    OutOfRange
        If there are fewer than 2 or more than 100.
    InvalidInput
        If a symbol is given twice.
    """
    if not 2 <= len(symbols) <= MOST_SYMBOLS:
        raise OutOfRange("The number of symbols", len(symbols), 2, MOST_SYMBOLS)
    upper = [symbol.upper() for symbol in symbols]
    twice = sorted({symbol for symbol in upper if upper.count(symbol) > 1})
    if twice:
        raise InvalidInput("A symbol is given twice", seen=twice, cure="Give each symbol once")


def correlation_report(
    returns: pd.DataFrame, *, period_days: int, dataset: str = "", notes: list[str] | None = None
) -> CorrelationReport:
    """Pearson correlations of returns, and what they say of diversification.

    Parameters
    ----------
    returns : pandas.DataFrame
        Shape (time, symbols), two symbols at least. Only rows without NaN count.
    period_days : int
        The period that was asked for, in calendar days.
    dataset : str
        Where the returns come from.
    notes : list of str, optional
        What else the report says.

    Returns
    -------
    CorrelationReport
        NaN for a symbol whose return never changes.

    Raises
    ------
    TooLittleHistory
        If there are fewer than three common returns.
    """
    common = returns.dropna()
    if len(common) < FEWEST:
        raise TooLittleHistory(FEWEST, len(common), "A correlation of these symbols")
    matrix = common.corr()
    pairs = _pairs(matrix.to_numpy())
    return CorrelationReport(
        correlation_matrix=matrix.to_dict(),
        summary_statistics=_summary(pairs),
        diversification_metrics=_diversification(common, pairs),
        period_days=period_days,
        first_session=common.index[0].date(),
        last_session=common.index[-1].date(),
        observations=len(common),
        standard_error=len(common) ** -0.5,
        dataset=dataset,
        notes=notes or [],
    )


def pair_correlations(returns: pd.DataFrame) -> Correlations:
    """Average and highest correlation of the positions.

    Parameters
    ----------
    returns : pandas.DataFrame
        Shape (time, symbols), without NaN.

    Returns
    -------
    Correlations
        NaN and ``undefined`` for a single position.
    """
    matrix = returns.corr().to_numpy().copy()
    pairs = _pairs(matrix)
    if not pairs.size:
        return Correlations(
            avg_correlation=np.nan,
            highest_correlation=np.nan,
            highest_pair=None,
            correlation_risk="undefined",
        )
    matrix[np.tril_indices_from(matrix)] = -np.inf
    matrix[np.isnan(matrix)] = -np.inf
    row, column = np.unravel_index(matrix.argmax(), matrix.shape)
    average = float(pairs.mean())
    return Correlations(
        avg_correlation=average,
        highest_correlation=float(pairs.max()),
        highest_pair=(str(returns.columns[row]), str(returns.columns[column])),
        correlation_risk=_level(average),
    )


def _pairs(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The defined correlations above the diagonal."""
    above: npt.NDArray[np.float64] = matrix[np.triu(np.isfinite(matrix), k=1)]
    return above


def _summary(pairs: npt.NDArray[np.float64]) -> CorrelationSummary:
    if not pairs.size:
        return CorrelationSummary(average=np.nan, max=np.nan, min=np.nan, median=np.nan)
    return CorrelationSummary(
        average=float(pairs.mean()),
        max=float(pairs.max()),
        min=float(pairs.min()),
        median=float(np.median(pairs)),
    )


def _diversification(
    returns: pd.DataFrame, pairs: npt.NDArray[np.float64]
) -> DiversificationMetrics:
    count = returns.shape[1]
    average = float(pairs.mean()) if pairs.size else np.nan
    shared = 1 + (count - 1) * average
    equal = np.full(count, 1 / count)
    return DiversificationMetrics(
        effective_assets=count / (1 + average) if average > -1 else np.nan,
        diversification_ratio=1 - average,
        concentration_risk=_level(average),
        effective_independent_assets=count / shared if shared > 0 else np.nan,
        choueifaty_ratio=diversification_ratio(returns.cov().to_numpy(), equal),
    )


def _level(average: float) -> Level:
    if np.isnan(average):
        return "undefined"
    if average < 0.5:
        return "low"
    return "moderate" if average < 0.7 else "high"
