"""What may be claimed, in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.validation.trials.holdouts import opened_words
from workbench.validation.trials.luck import p_on_data
from workbench.validation.trials.results import RelatedTrials

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.ports import DataScope
    from workbench.validation.trials.recording import Recorded

__all__ = ["LEVEL", "claim_of", "related_trials", "trial_line"]

LEVEL = 0.05
"""The family-wise error that is accepted."""


def claim_of(p_value: float) -> str:
    """What a family-wise p-value lets one say.

    Parameters
    ----------
    p_value : float
        NaN when it is not known.

    Returns
    -------
    str
        Some words without a capital and a full stop.
    """
    if math.isnan(p_value) or p_value > LEVEL:
        return "nothing is claimed"
    return "more than luck, all trials counted"


def trial_line(recorded: Recorded, p_value: float) -> str:
    """A trial, its number and its claim in one line.

    Parameters
    ----------
    recorded : Recorded
        As the ledger has it.
    p_value : float
        Family-wise, among all trials of the question.

    Returns
    -------
    str
        Such as ``trial 7 on this question; family-wise p = 0.31: nothing is claimed``.
    """
    if recorded.reason:
        return f"not counted ({recorded.reason}): nothing is claimed"
    number = f"trial {recorded.trial:,} on this question"
    opened = opened_words(recorded.record)
    number = f"{number}; {opened}" if opened else number
    if math.isnan(p_value):
        return f"{number}; no p-value: nothing is claimed"
    waiting = recorded.record.unmeasured
    old = f" ({waiting:,} of them without returns, each at its full p-value)" if waiting else ""
    return f"{number}; family-wise p = {p_value:.2g}{old}: {claim_of(p_value)}"


def related_trials(
    recorded: Recorded, scope: DataScope, *, context: Context
) -> RelatedTrials | None:
    """A trial among all trials on the same data.

    Parameters
    ----------
    recorded : Recorded
        The trial.
    scope : DataScope
        The data of its question.
    context : Context
        Whose ledger.

    Returns
    -------
    RelatedTrials or None
        None when no other question shares a symbol and dates with it.
    """
    found = context.ledger.related(scope.symbols, scope.start, scope.end)
    asked = [one for one in found if one.count]
    if not any(one.question != recorded.record.question for one in asked):
        return None
    p_value = p_on_data(recorded.statistic, asked)
    trials = sum(one.count for one in asked)
    known = "no p-value" if math.isnan(p_value) else f"family-wise p = {p_value:.2g}"
    return RelatedTrials(
        sentence=f"among all {trials:,} trials of {len(asked):,} questions on these symbols and"
        f" dates: {known}, {claim_of(p_value)}",
        p_value=p_value,
        trials=trials,
        questions=len(asked),
        unmeasured=sum(one.unmeasured for one in asked),
    )
