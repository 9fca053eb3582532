"""From a series to a trained model and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.forecast.abstaining.deciding import decide
from workbench.forecast.abstaining.default import units_of
from workbench.forecast.evaluation.evaluating import evaluate
from workbench.forecast.learning import Samples
from workbench.forecast.naive import fit_repeat_last
from workbench.forecast.networks.architecture import title_of
from workbench.forecast.networks.fitting import fit_network
from workbench.forecast.networks.network import Network
from workbench.forecast.scaling import origins, scaled, transform_of, transformed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from workbench.forecast.learning import Fit, Schedule
    from workbench.forecast.networks.architecture import Architecture
    from workbench.forecast.results import Evaluation

    Floats = npt.NDArray[np.float64]

__all__ = ["Split", "Training", "models_in_training", "train"]

FEWEST_WINDOWS = 100

_lock = Lock()
_in_training = 0


@dataclass(frozen=True)
class Split:
    """Where a series is cut, as positions of the first bar of each later part.

    Parameters
    ----------
    validation : int
        Windows whose outcome lies wholly before it are learned from.
    evaluation : int
        Windows whose outcome lies between the two choose the epoch; what comes later is
        seen by nothing but the evaluation.
    """

    validation: int
    evaluation: int

    @classmethod
    def of(cls, bars: int, validation_split: float, architecture: Architecture) -> Split:
        """Hold out the last share of the bars: half chooses the epoch, half evaluates.

        Parameters
        ----------
        bars : int
            Length of the series.
        validation_split : float
            The share that is held out.
        architecture : Architecture
            How long a window is.

        Returns
        -------
        Split
            Where to cut.

        Raises
        ------
        TooLittleHistory
            If a part would be too short.
        """
        window = architecture.input_size + architecture.horizon
        needs = max(
            ceil((window + FEWEST_WINDOWS) / (1 - validation_split)),
            ceil(4 * architecture.horizon / validation_split),
        )
        if bars < needs:
            raise TooLittleHistory(needs, bars, "The training")
        held_out = round(bars * validation_split)
        return cls(bars - held_out, bars - held_out // 2)


@dataclass(frozen=True, eq=False)
class Training:
    """A trained model, how it learned and how it did.

    Parameters
    ----------
    model : Network
        The best epoch.
    fit : Fit
        Losses and why it ended.
    split : Split
        Where the series was cut.
    evaluation : Evaluation
        On the last part, beside repeat-last.
    windows : tuple of int
        How many windows were learned from, and how many chose the epoch.
    schedule : Schedule
        As it was asked for.
    validation_split : float
        The share that was not learned from.
    """

    model: Network
    fit: Fit
    split: Split
    evaluation: Evaluation
    windows: tuple[int, int]
    schedule: Schedule
    validation_split: float


def models_in_training() -> int:
    """How many trainings this process is busy with."""
    return _in_training


def train(
    values: Floats,
    architecture: Architecture,
    schedule: Schedule,
    *,
    validation_split: float,
    on_progress: Callable[[float, float, str], None],
    season: int = 1,
    checkpoint: Path | None = None,
) -> Training:
    """Train a network on one series and evaluate it on a tail it has not seen.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        Closes, finite.
    architecture : Architecture
        The shape of the network.
    schedule : Schedule
        How long and how fast it learns.
    validation_split : float
        The share at the end that is not learned from: its first half chooses the epoch,
        its second half evaluates.
    on_progress : callable
        Takes ``(epochs done, epochs, message)``; what it raises ends the training.
    season : int
        Steps of a season, for the seasonal naive forecast beside it; with 1 there is none.
    checkpoint : Path, optional
        A file that keeps the state after each epoch; a training that finds it goes on from it.

    Returns
    -------
    Training
        The model, its losses and its evaluation beside repeat-last.

    Raises
    ------
    TooLittleHistory
        If a part would be too short.
    InvalidInput
        If the series does not move.
    MissingExtra
        If a library of the extra 'forecast' is not installed.
    StoreError
        If the checkpoint is damaged.
    """
    split = Split.of(len(values), validation_split, architecture)
    transform = transform_of(values)
    path = transformed(values, transform)
    learned = _samples(path[: split.validation], architecture)
    start = split.validation - architecture.input_size
    chosen_by = _samples(path[start : split.evaluation], architecture)
    with _counted():
        fit = fit_network(
            architecture, learned, chosen_by, schedule, on_progress, checkpoint=checkpoint
        )
    model = Network(architecture, fit.graphs, transform)
    naive = fit_repeat_last(values[: split.evaluation], architecture.horizon)
    evaluation = evaluate(
        model,
        naive,
        values,
        split.evaluation,
        quantiles=architecture.quantiles,
        name=title_of(architecture.kind),
        season=season,
    )
    evaluation = _decided(evaluation, values, split.evaluation)
    windows = (len(learned.inputs), len(chosen_by.inputs))
    return Training(model, fit, split, evaluation, windows, schedule, validation_split)


def _decided(evaluation: Evaluation, values: Floats, first: int) -> Evaluation:
    """The evaluation, with whether the default may depart from repeat-last by this model."""
    origins = slice(first - 1, len(values) - evaluation.horizon)
    decision = decide(evaluation.windows, evaluation.model.name, units_of(values)[None, origins])
    return evaluation.model_copy(update={"decision": decision})


def _samples(path: Floats, architecture: Architecture) -> Samples:
    """Scaled windows and outcomes; windows without a move teach nothing and are left out."""
    history, future = origins(path, architecture.input_size, architecture.horizon)
    moves = np.abs(np.diff(history, axis=1)).max(axis=1) > 0
    if not moves.any():
        raise InvalidInput(
            "The series does not move: there is nothing to learn",
            seen=float(history[0, 0]),
            cure="Check the series for a halted or dead listing",
        )
    windows = scaled(history[moves], architecture.horizon)
    targets = (future[moves] - windows.last[:, None]) / windows.unit[:, None]
    return Samples(windows.inputs, targets)


class _counted:  # noqa: N801  used as a word in a with statement
    """Counts a training while it runs."""

    def __enter__(self) -> None:
        self._add(1)

    def __exit__(self, *_: object) -> None:
        self._add(-1)

    def _add(self, change: int) -> None:
        global _in_training  # noqa: PLW0603  the one count of this process
        with _lock:
            _in_training += change
