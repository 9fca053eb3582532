"""Where to look next and what is not worth its end, by optuna."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.forecast.optimizing.ranges import Axis, Point

__all__ = ["Study"]

_FIRST = 5
"""Whole trials before one is ended early."""
_WARM_UP = 2
"""Epochs that every trial has."""


class Study:
    """Suggestions that depend on the seed and on what has been told, and on nothing else.

    Watanabe, "Tree-structured Parzen estimator" (2023), by optuna with its defaults, sown anew
    for each trial: a study that is told again what an earlier one was goes on as that would have.
    A trial whose best epoch so far is worse than the median of the others at that epoch is not
    worth its end.

    Parameters
    ----------
    axes : mapping
        Parameter → where it is drawn from.
    seed : int
        Of the first trial; the others count on from it.

    Raises
    ------
    MissingExtra
        If optuna is not installed.
    """

    def __init__(self, axes: Mapping[str, Axis], seed: int) -> None:
        try:
            import optuna  # noqa: PLC0415  heavy and optional: optuna
        except ImportError:
            raise MissingExtra("optuna", "to search for options", "forecast") from None
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna, self._axes, self._seed = optuna, axes, seed
        self._places = {name: _distribution(axis, optuna) for name, axis in axes.items()}
        pruner = optuna.pruners.MedianPruner(_FIRST, _WARM_UP)
        self._study = optuna.create_study(direction="minimize", pruner=pruner)
        self._trial: Any = None

    def ask(self, number: int) -> Point:
        """What to try next.

        Parameters
        ----------
        number : int
            How many trials have been told.

        Returns
        -------
        dict
            Parameter → value.
        """
        self._study.sampler = self._optuna.samplers.TPESampler(seed=self._seed + number)
        self._trial = self._study.ask(self._places)
        return {
            name: axis.choices[self._trial.params[name]]
            if axis.choices
            else self._trial.params[name]
            for name, axis in self._axes.items()
        }

    def is_hopeless(self, epoch: int, loss: float) -> bool:
        """Whether the trial asked for is not worth its end, after the loss of an epoch."""
        self._trial.report(loss, epoch)
        return bool(self._trial.should_prune())

    def tell(self, point: Point, losses: Sequence[float], score: float | None) -> None:
        """What came of a trial, whoever asked for it.

        Parameters
        ----------
        point : dict
            What was tried.
        losses : sequence of float
            Of its epochs; none where it could not be tried.
        score : float or None
            Less is better; None for a trial that was ended early or could not be tried.
        """
        state = self._optuna.trial.TrialState
        ended = state.COMPLETE if score is not None else state.PRUNED if losses else state.FAIL
        if self._trial is not None:
            self._study.tell(self._trial, score, state=ended)
            self._trial = None
            return
        placed = {
            name: axis.choices.index(point[name]) if axis.choices else point[name]
            for name, axis in self._axes.items()
        }
        told = self._optuna.trial.create_trial(
            state=ended,
            value=score,
            params=placed,
            distributions=self._places,
            intermediate_values=dict(enumerate(losses, start=1)),
        )
        self._study.add_trial(told)


def _distribution(axis: Axis, optuna: Any) -> Any:
    if axis.choices:
        return optuna.distributions.CategoricalDistribution(range(len(axis.choices)))
    if isinstance(axis.low, int):
        return optuna.distributions.IntDistribution(axis.low, axis.high)
    return optuna.distributions.FloatDistribution(axis.low, axis.high, log=axis.logarithmic)
