"""Which trials stand once the best of them has been set aside, again and again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import InvalidInput
from workbench.validation.significance.maxima import Maxima
from workbench.validation.significance.results import Survivor, Survivors
from workbench.validation.significance.studentised import studentised_mean

__all__ = ["step_down"]

Floats = npt.NDArray[np.floating[Any]]


def step_down(
    returns: Floats,
    names: list[str] | None = None,
    *,
    longest_holding: int = 1,
    rest: Maxima | None = None,
    size: float = 0.05,
) -> Survivors:
    """The set of trials that beat luck, with a family-wise error of `size` for the whole set.

    StepM (Romano & Wolf 2005) in the form of adjusted p-values (Romano & Wolf 2016): the best
    trial is compared with the maximum over all, the second with the maximum over all but the
    best, and so on; no p-value is below that of a better trial. It finds at least what the
    comparison of each with the maximum over all finds.

    Parameters
    ----------
    returns : ndarray, shape (trials, bars)
        Simple returns; NaN is a bar without a position and counts as 0.
    names : list of str, optional
        Of the trials; their numbers without it.
    longest_holding : int
        Longest time a position was held, in bars.
    rest : Maxima, optional
        Trials of the same question that are not in `returns`, such as those of a sweep that
        keeps its best series only. They are never set aside; if it includes trials of
        `returns`, the answer errs on the side of luck.
    size : float
        The family-wise error that is allowed.

    Returns
    -------
    Survivors
        All trials with their adjusted p-values, best first.

    Raises
    ------
    InvalidInput
        If there are not as many names as trials, or `rest` has other bars.
    TooLittleHistory
        If there are fewer than 16 bars.
    """
    values = np.atleast_2d(np.asarray(returns))
    labels = [str(index) for index in range(len(values))] if names is None else list(names)
    if len(labels) != len(values):
        raise InvalidInput(
            f"{len(values)} trials need as many names", seen=len(labels), cure="Name each trial"
        )
    maxima = Maxima.empty(values.shape[1])
    if rest is not None:
        maxima.merge(rest)
    statistics = np.array([studentised_mean(one) for one in values])
    order = np.argsort(-statistics, kind="stable")  # NaN comes last
    alone = np.full(len(values), math.nan)
    for index in order[::-1]:
        maxima.add_returns(values[index], longest_holding)
        if not math.isnan(statistics[index]):
            alone[index] = maxima.p_value(float(statistics[index]))
    adjusted = np.maximum.accumulate(alone[order])
    rows = [
        Survivor(trial=labels[index], t_statistic=float(statistics[index]), p_value=float(p_value))
        for index, p_value in zip(order, adjusted, strict=True)
    ]
    return Survivors(size=size, trials=rows)
