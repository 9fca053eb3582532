"""How often luck alone would have done as well, counting every trial.

Against the trials of its own question a result is judged by their bootstrap maxima. Against all
trials on the same data, questions of other lengths and dates included, it is judged by the
largest of their maxima draw by draw, at the coarsest blocks, of which every question has the
same number. The multipliers belong to the blocks of a question, not to the calendar. Questions
that are nearly the same (last night's data and tonight's) have nearly the same blocks and
draws, and are counted nearly once. Others are drawn as if they were independent, while they
share data: as their statistics lean the same way, independence overstates how often one of them
is reached (Šidák 1967; Slepian 1962), and were they to lean opposite ways, it would understate
a p-value p by p²/2 at most. Trials whose returns are not known add their own tail each
(Bonferroni).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from workbench.validation.significance import Maxima

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.ports import QuestionRecord
    from workbench.validation.trials.recording import Recorded

__all__ = ["best_by_luck", "p_on_data", "p_on_question"]

_NORMAL = NormalDist()


def p_on_question(recorded: Recorded) -> float:
    """The family-wise p-value of a trial among all trials of its question.

    Parameters
    ----------
    recorded : Recorded
        As `record_trial` gives it.

    Returns
    -------
    float
        From 1/1001 to 1; NaN without returns.
    """
    if recorded.maxima is None or math.isnan(recorded.statistic):
        return math.nan
    known = recorded.maxima.p_value(recorded.statistic)
    return min(1.0, known + recorded.record.unmeasured * _tail(recorded.statistic))


def p_on_data(statistic: float, records: Sequence[QuestionRecord]) -> float:
    """The family-wise p-value of a trial among all trials of several questions.

    Parameters
    ----------
    statistic : float
        The studentised mean of the trial.
    records : sequence of QuestionRecord
        The questions on the same data, its own included.

    Returns
    -------
    float
        From 1/1001 to 1; NaN without a statistic or without maxima.
    """
    read = [Maxima.from_bytes(record.maxima) for record in records if record.maxima]
    drawn = [one.maxima[-1] for one in read if not math.isinf(one.observed)]
    if math.isnan(statistic) or not drawn:
        return math.nan
    largest = np.max(drawn, axis=0)
    known = (1 + int(np.count_nonzero(largest >= statistic))) / (1 + largest.size)
    waiting = sum(record.unmeasured for record in records)
    return float(min(1.0, known + waiting * _tail(statistic)))


def best_by_luck(trials: float, bars: int, quantile: float = 0.5) -> float:
    """The best Sharpe ratio per bar that independent trials without skill have.

    Parameters
    ----------
    trials : float
        Independent trials, at least 1.
    bars : int
        Length of each.
    quantile : float
        Of the distribution of the best: 0.5 is what half of all lucky questions exceed.

    Returns
    -------
    float
        Φ⁻¹(q^(1/trials)) / √bars, by the normal limit of the studentised mean.
    """
    below = quantile ** (1 / max(trials, 1.0))
    return _NORMAL.inv_cdf(below) / math.sqrt(bars)


def _tail(statistic: float) -> float:
    return 1 - _NORMAL.cdf(statistic)
