"""The way into training: libraries that are there, generators that are given back, one thread."""

from __future__ import annotations

import logging
import random
import warnings
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.forecast.learning import Fit, Samples, Schedule
    from workbench.forecast.networks.architecture import Architecture

__all__ = ["device_for", "fit_network", "has_cuda", "must_be_installed"]

LIBRARIES = ("torch", "neuralforecast", "onnx", "onnxruntime")


def fit_network(
    architecture: Architecture,
    training: Samples,
    validation: Samples,
    schedule: Schedule,
    on_progress: Callable[[float, float, str], None],
    *,
    checkpoint: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> Fit:
    """Train a network by the quantile loss and freeze its best epoch.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    training, validation : Samples
        What is learned from, and what chooses the epoch.
    schedule : Schedule
        How long and how fast.
    on_progress : callable
        Takes ``(epochs done, epochs, message)`` at least twice a second; what it raises ends
        the training.
    checkpoint : Path, optional
        A file that is written after each epoch; if it is there, the training goes on from it
        to the losses that it would have had without the interruption. It is taken away at the
        end.
    on_epoch : callable, optional
        Takes the number of each epoch, from 1, and its validation loss, those of an interrupted
        run too; what it raises ends the training.

    Returns
    -------
    Fit
        The best epoch, frozen, and the losses of all.

    Raises
    ------
    InvalidInput
        If the loss is not finite from the first epoch.
    MissingExtra
        If a library of the extra 'forecast' is not installed.
    StoreError
        If the checkpoint is damaged.
    """
    must_be_installed()
    with _own_randomness(), _one_thread():
        import torch  # noqa: PLC0415  heavy: torch

        from workbench.forecast.networks.learning import Learner  # noqa: PLC0415  heavy: torch
        from workbench.forecast.networks.neuralforecast import made  # noqa: PLC0415  heavy: torch

        _quieten()
        members = made(architecture, schedule.seed)
        torch.manual_seed(schedule.seed)
        learner = Learner(
            members, architecture.quantiles, schedule, on_progress, checkpoint, on_epoch
        )
        return learner.run(training, validation)


def must_be_installed() -> None:
    """Say which library of the extra is missing, before anything is loaded.

    Raises
    ------
    MissingExtra
        If one is.
    """
    for library in LIBRARIES:
        if not _is_there(library):
            raise MissingExtra(library, "to train networks", "forecast")


def has_cuda() -> bool:
    """Whether networks can be trained on a GPU here."""
    try:
        import torch  # noqa: PLC0415  heavy: torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def device_for(setting: str, *, use_gpu: bool) -> str:
    """Where to train: a GPU where there is one and it may be used.

    Parameters
    ----------
    setting : {"auto", "cpu", "cuda"}
        The setting ``device``.
    use_gpu : bool
        Whether the caller allows it.

    Returns
    -------
    str
        ``cpu`` or ``cuda``.

    Raises
    ------
    ConfigurationError
        If the setting insists on a GPU and there is none.
    """
    if setting == "cpu" or not use_gpu:
        return "cpu"
    if has_cuda():
        return "cuda"
    if setting == "cuda":
        raise ConfigurationError(
            "The setting device is 'cuda' and torch sees no GPU",
            cure="Set WORKBENCH_DEVICE=auto, or install the extra 'gpu' on a machine with one",
        )
    return "cpu"


def _is_there(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ValueError:  # a module without a specification
        return False


def _quieten() -> None:
    for name in ("lightning_fabric", "pytorch_lightning"):  # they set their level when imported
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def _own_randomness() -> Iterator[None]:
    """Give every global generator back as it was: the library seeds them all."""
    import torch  # noqa: PLC0415  heavy: torch

    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            random.setstate(of_python)
            np.random.set_state(of_numpy)  # noqa: NPY002


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small products gain nothing from more threads and lose a hundredfold on a busy machine."""
    import torch  # noqa: PLC0415  heavy: torch

    before: Any = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
