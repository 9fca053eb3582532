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
    Told = Callable[[float, float, str], None]

__all__ = ["Learned", "Split", "Training", "learn", "models_in_training", "train"]

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

    @classmethod
    def seen(cls, bars: int, validation_split: float) -> Split:
        """Where a training cut of which it is known how much it has seen.

        Parameters
        ----------
        bars : int
            How many it learned from, the choice of the epoch included.
        validation_split : float
            The share that was held out.

        Returns
        -------
        Split
            That of `of`, whatever the series has gained since: what comes after these bars is
            left to evaluate.
        """
        whole = bars
        while whole - round(whole * validation_split) // 2 < bars:
            whole += 1
        return cls(whole - round(whole * validation_split), bars)


@dataclass(frozen=True, eq=False)
class Learned:
    """A network that has learned, before anything has judged it.

    Parameters
    ----------
    model : Network
        The best epoch.
    fit : Fit
        Losses and why it ended.
    windows : tuple of int
        How many windows were learned from, and how many chose the epoch.
    """

    model: Network
    fit: Fit
    windows: tuple[int, int]


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


def learn(
    values: Floats,
    architecture: Architecture,
    schedule: Schedule,
    split: Split,
    *,
    on_progress: Told,
    on_epoch: Callable[[int, float], None] | None = None,
    checkpoint: Path | None = None,
) -> Learned:
    """Train a network on the first part of a series; the second chooses the epoch.

    Parameters
    ----------
    values : numpy.ndarray, shape (time,)
        Closes, finite; those after the second part say only whether the series stays positive.
    architecture : Architecture
        The shape of the network.
    schedule : Schedule
        How long and how fast it learns.
    split : Split
        Where the parts end.
    on_progress : callable
        Takes ``(epochs done, epochs, message)``; what it raises ends the training.
    on_epoch : callable, optional
        Takes the number of each epoch, from 1, and its validation loss as a share of that of
        repeat-last, so that networks of other input sizes compare; what it raises ends the
        training.
    checkpoint : Path, optional
        A file that keeps the state after each epoch; a training that finds it goes on from it.

    Returns
    -------
    Learned
        The network and its losses.

    Raises
    ------
    TooLittleHistory
        If not one window fits into a part.
    InvalidInput
        If the series does not move, or the training diverges.
    MissingExtra
        If a library of the extra 'forecast' is not installed.
    StoreError
        If the checkpoint is damaged.
    """
    transform = transform_of(values)
    path = transformed(values[: split.evaluation], transform)
    learned = _samples(path[: split.validation], architecture)
    chosen_by = _samples(path[max(0, split.validation - architecture.input_size) :], architecture)
    told = None
    if on_epoch is not None:
        idle = float(np.abs(chosen_by.targets).mean()) / 2  # of quantiles that are all 0

        def told(epoch: int, loss: float) -> None:
            on_epoch(epoch, loss / idle)

    with _counted():
        fit = fit_network(
            architecture,
            learned,
            chosen_by,
            schedule,
            on_progress,
            checkpoint=checkpoint,
            on_epoch=told,
        )
    windows = (len(learned.inputs), len(chosen_by.inputs))
    return Learned(Network(architecture, fit.graphs, transform), fit, windows)


def train(
    values: Floats,
    architecture: Architecture,
    schedule: Schedule,
    *,
    validation_split: float,
    on_progress: Told,
    season: int = 1,
    split: Split | None = None,
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
    split : Split, optional
        Where to cut, if not by the share.
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
    split = split or Split.of(len(values), validation_split, architecture)
    learned = learn(
        values, architecture, schedule, split, on_progress=on_progress, checkpoint=checkpoint
    )
    naive = fit_repeat_last(values[: split.evaluation], architecture.horizon)
    evaluation = evaluate(
        learned.model,
        naive,
        values,
        split.evaluation,
        quantiles=architecture.quantiles,
        name=title_of(architecture.kind),
        season=season,
    )
    evaluation = _decided(evaluation, values, split.evaluation)
    return Training(
        learned.model, learned.fit, split, evaluation, learned.windows, schedule, validation_split
    )


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
