"""The one file that imports arch here: the model confidence set."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import MissingExtra
from workbench.forecast.evaluation.accuracy import losses_per_origin
from workbench.forecast.evaluation.results import ConfidenceSet

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.forecast.evaluation.origins import RollingOrigins

    Floats = npt.NDArray[np.float64]

__all__ = ["model_confidence_set"]

FEWEST_WINDOWS = 100
"""Windows that do not overlap below which the bootstrap drops too many: 8.5% of four at 50."""


def model_confidence_set(
    windows: RollingOrigins,
    rng: np.random.Generator,
    *,
    step: int | None = None,
    loss: str = "absolute",
    size: float = 0.05,
    draws: int = 1_000,
) -> ConfidenceSet:
    """The forecasters among which the best is, with probability 1 − `size`.

    Hansen, Lunde and Nason, "The model confidence set", Econometrica 79 (2011), by arch: the
    maximum statistic, and a stationary bootstrap over windows that do not overlap, two to a
    block on average. (Over all windows, in blocks as long as they are, it rejected up to 13%
    of true nulls where the horizon was a fiftieth of the origins.)

    Parameters
    ----------
    windows : RollingOrigins
        What was said and what came.
    rng : numpy.random.Generator
        Where the bootstrap comes from.
    step : int, optional
        One step of the horizon; the mean over all by default.
    loss : {"absolute", "squared", "quantile", "crps"}
        What is compared.
    size : float
        Who has a p-value below is out.
    draws : int
        Histories of the bootstrap.

    Returns
    -------
    ConfidenceSet
        Without anyone where the origins hold fewer than 100 windows of this reach.

    Raises
    ------
    MissingExtra
        If arch is not installed.
    """
    reach = step or windows.horizon
    table = np.column_stack(
        [losses_per_origin(windows, name, step, loss) for name in windows.names]
    )
    if reach * FEWEST_WINDOWS > len(table):
        nothing: dict[str, float] = dict.fromkeys(windows.names, float("nan"))
        return ConfidenceSet(
            loss=loss, size=size, p_values=nothing, included=[], method="not testable"
        )
    distinct = _distinct(table)
    p_values = _p_values(table[::reach, distinct], rng, size=size, draws=draws)
    known = {windows.names[column]: p_values[at] for at, column in enumerate(distinct)}
    for column, name in enumerate(windows.names):  # who says the same has the same p-value
        if name not in known:
            twin = next(c for c in distinct if np.array_equal(table[:, c], table[:, column]))
            known[name] = known[windows.names[twin]]
    ordered = {name: known[name] for name in windows.names}
    return ConfidenceSet(
        loss=loss,
        size=size,
        p_values=ordered,
        included=[name for name, p_value in ordered.items() if p_value > size],
        method="maximum statistic, stationary bootstrap over windows that do not overlap",
    )


def _distinct(table: Floats) -> list[int]:
    """The first of all columns that are the same: their difference has no variance."""
    kept: list[int] = []
    for column in range(table.shape[1]):
        if not any(np.array_equal(table[:, column], table[:, other]) for other in kept):
            kept.append(column)
    return kept


def _p_values(losses: Floats, rng: np.random.Generator, *, size: float, draws: int) -> list[float]:
    if losses.shape[1] == 1:
        return [1.0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from arch.bootstrap import MCS  # noqa: PLC0415  heavy: arch
    except ImportError:
        raise MissingExtra("arch", "for the model confidence set", "forecast") from None
    found = MCS(losses, size=size, reps=draws, block_size=2, method="max", seed=rng)
    found.compute()
    p_values = found.pvalues["Pvalue"].sort_index()
    return [float(value) for value in p_values]
