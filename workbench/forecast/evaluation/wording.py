"""An evaluation in words: whether the model beats repeat-last, and whether that is luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.forecast.evaluation.results import Comparison, Scores

__all__ = ["SIZE", "in_words", "p_in_words"]

SIZE = 0.05
"""The p-value below which a better forecast is called more than luck."""


def p_in_words(p_value: float) -> str:
    """A p-value to three digits, and never as zero.

    Parameters
    ----------
    p_value : float
        No NaN.

    Returns
    -------
    str
    """
    return f"p = {p_value:.3f}" if p_value >= 0.0005 else "p < 0.001"


def in_words(
    naive: Scores,
    model: Scores,
    *,
    skill: float,
    pinball_skill: float,
    origins: int,
    tested: Comparison,
) -> str:
    """Say what an evaluation found.

    Parameters
    ----------
    naive, model : Scores
        Repeat-last and the model.
    skill, pinball_skill : float
        Of the mean absolute error and of the quantile loss.
    origins : int
        Windows.
    tested : Comparison
        The model against repeat-last over all steps, by absolute error.

    Returns
    -------
    str
        Two or three sentences.
    """
    numbers = f"mean absolute error {model.mae:,.4g} against {naive.mae:,.4g}, skill {skill:+.1%}"
    over = f"over {origins:,} overlapping held-out forecasts"
    spread = f"Its quantiles are {'better' if pinball_skill > 0 else 'no better'}: "
    spread += f"quantile loss {pinball_skill:+.1%}."
    if not skill > 0:
        return f"{model.name} does not beat repeat-last ({numbers}) {over}. {spread}"
    nearer = f"{model.name} is nearer than repeat-last ({numbers}) {over}"
    return f"{nearer}; {_luck(tested)}. {spread}"


def _luck(tested: Comparison) -> str:
    if tested.method == "not testable":
        return (
            f"whether this is more than luck is not testable: {tested.windows} independent windows"
        )
    if math.isnan(tested.p_value):
        return f"against luck it cannot be tested: {tested.verdict}"
    by = f"one-sided {tested.verdict}, Diebold-Mariano over {tested.windows:,} windows"
    if tested.p_value < SIZE:
        return f"this is more than luck explains ({by})"
    return f"this does not beat repeat-last beyond luck ({by})"
