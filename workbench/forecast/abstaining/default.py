"""The forecast of a series for which nobody has said how: repeat-last, until shown otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from workbench.forecast.abstaining.deciding import decide, undecided
from workbench.forecast.autoregression import AutoregressionLearner
from workbench.forecast.calibration import move_scales
from workbench.forecast.evaluation import rolling_origins
from workbench.forecast.evaluation.means import FEWEST_WINDOWS, windows_in
from workbench.forecast.naive import RepeatLast, fit_repeat_last
from workbench.forecast.scaling import transform_of, transformed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from workbench.forecast.abstaining.results import Decision
    from workbench.ports import Forecaster, Learner

    Floats = npt.NDArray[np.float64]

__all__ = ["AUTOREGRESSION", "Abstaining", "Default", "fit_default", "units_of"]

AUTOREGRESSION = "autoregression"
REPEAT_LAST = "repeat-last"
REFITS = 8
FEWEST_BEFORE = 120
"""Values before the first held-out forecast."""


@dataclass(frozen=True, eq=False)
class Abstaining:
    """A forecaster that departs from repeat-last only where it has shown that it may.

    Parameters
    ----------
    chosen : Forecaster
        Repeat-last, or the candidate that departs.
    decision : Decision
        Why.
    """

    chosen: Forecaster = field(repr=False)
    decision: Decision

    @property
    def input_size(self) -> int:
        """Values of history that one forecast needs."""
        return self.chosen.input_size

    @property
    def horizon(self) -> int:
        """Values that one forecast gives."""
        return self.chosen.horizon

    def predict(self, history: Floats, quantiles: Sequence[float]) -> Floats:
        """Forecast from the last values, as the chosen forecaster does.

        Parameters
        ----------
        history : numpy.ndarray, shape (series, time)
            No NaN.
        quantiles : sequence of float
            Probabilities in (0, 1).

        Returns
        -------
        numpy.ndarray, shape (series, horizon, quantiles)
            In the units of the history; where it abstains the median is the last value.
        """
        return self.chosen.predict(history, quantiles)


def fit_default(
    values: Floats, horizon: int, candidates: Mapping[str, Learner] | None = None
) -> Abstaining:
    """Fit candidates, hold out the last two thirds of the history, and decide.

    Every candidate is fitted eight times on what was before and forecasts until it is fitted
    again. The one with the lowest p-value departs, if that p-value, times the number of
    candidates, is below 5%; it is then fitted to the whole history.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        The history, no NaN.
    horizon : int
        Steps ahead.
    candidates : mapping, optional
        Name → learner; an autoregression by default.

    Returns
    -------
    Abstaining
        Repeat-last where no candidate shows skill, or too few windows could show it.

    Raises
    ------
    TooLittleHistory
        If the history is too short for repeat-last.
    InvalidInput
        If the series does not move.
    """
    learners = dict(candidates or {AUTOREGRESSION: AutoregressionLearner()})
    naive = fit_repeat_last(values, horizon)
    first = max(len(values) // 3, FEWEST_BEFORE + horizon)
    count = len(values) - horizon - first + 1
    if count < horizon * (FEWEST_WINDOWS - 1) + 1:
        windows = windows_in(max(0, count), horizon)
        return Abstaining(naive, undecided(next(iter(learners)), windows))
    held_out = rolling_origins(
        {REPEAT_LAST: RepeatLast(), **learners},
        values,
        first,
        horizon=horizon,
        quantiles=(0.5,),
        refit_every=-(-count // REFITS),
    )
    units = units_of(values)[None, first - 1 : len(values) - horizon]
    decisions = [decide(held_out, name, units, tried=len(learners)) for name in learners]
    best = min(decisions, key=lambda one: np.inf if np.isnan(one.p_value) else one.p_value)
    chosen = learners[best.candidate].fit(values, horizon) if best.departs else naive
    return Abstaining(chosen, best)


class Default:
    """`fit_default` as a `workbench.ports.Learner`."""

    def fit(self, history: Floats, horizon: int) -> Abstaining:
        """Repeat-last, until the history has shown otherwise."""
        return fit_default(history, horizon)


def units_of(values: Floats) -> Floats:
    """The step that volatility lets expect at each time, in units of the series, shape (time,)."""
    transform = transform_of(values)
    scales = move_scales(transformed(values, transform), 1)
    units: Floats = scales * values if transform == "log" else scales
    return units
