"""Where to look next, by optuna's tree-structured Parzen estimator."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workbench.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from workbench.backtest.sweeps.searching import Axis

__all__ = ["suggestions"]

WORST = -1e9
"""What a combination without a number is worth."""


def suggestions(
    axes: Mapping[str, Axis], seed: int, batch: int
) -> Generator[list[dict[str, Any]], list[float], None]:
    """Suggest points without end; each batch is answered with its scores.

    Watanabe, "Tree-structured Parzen estimator" (2023), by optuna with its defaults; the
    points of a batch keep away from one another (``constant_liar``).

    Parameters
    ----------
    axes : mapping
        Parameter → where it is drawn from.
    seed : int
        Equal seeds and scores give equal points.
    batch : int
        Points at a time.

    Yields
    ------
    list of dict
        Points; `send` their scores, more is better, NaN where a point makes no sense.

    Raises
    ------
    MissingExtra
        If optuna is not installed.
    """
    try:
        import optuna  # noqa: PLC0415  heavy and optional: optuna
    except ImportError:
        raise MissingExtra("optuna", "for a guided search", "forecast") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    while True:
        trials = [study.ask() for _ in range(batch)]
        points = [
            {name: _asked(trial, name, axis) for name, axis in axes.items()} for trial in trials
        ]
        scores = yield points
        for trial, score in zip(trials, scores, strict=False):
            if math.isnan(score):
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, max(score, WORST))


def _asked(trial: Any, name: str, axis: Axis) -> Any:
    values = axis.values
    if not values:
        return trial.suggest_float(name, axis.low, axis.high)
    numbers = all(isinstance(value, int) and not isinstance(value, bool) for value in values)
    if numbers and list(values) == list(range(values[0], values[-1] + 1)):
        return trial.suggest_int(name, values[0], values[-1])
    return values[trial.suggest_int(f"{name} by place", 0, len(values) - 1)]
