"""The one file that imports neuralforecast and torch: it trains networks.

The network and its loss are neuralforecast's; the loop is ours. The library's own loop makes
one epoch of each step for a single series (44 ms a step against 3 here, measured on two
cores), keeps the last epoch instead of the best, and cannot be stopped between steps.
"""

from __future__ import annotations

import logging
import random
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from workbench.forecast.nhits import Architecture

__all__ = ["Fit", "Samples", "Schedule", "device_for", "fit_nhits", "has_cuda"]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network learns.

    Parameters
    ----------
    epochs : int
        The most passes over the training windows.
    batch_size : int
        Windows per gradient step.
    learning_rate : float
        Of Adam.
    patience : int
        Epochs without a better validation loss before it stops.
    max_seconds : float
        Stops after the epoch in which this many seconds have passed; a run that this ends
        depends on the machine.
    seed : int
        Of the first weights and of the order of the windows.
    device : str
        ``cpu`` or ``cuda``.
    """

    epochs: int = 100
    batch_size: int = 32
    learning_rate: float = 1e-3
    patience: int = 5
    max_seconds: float = 60.0
    seed: int = 0
    device: str = "cpu"


@dataclass(frozen=True, eq=False)
class Samples:
    """Scaled windows, shape (n, input_size), and what followed them, shape (n, horizon)."""

    inputs: npt.NDArray[np.float64]
    targets: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """What a training gave.

    Parameters
    ----------
    weights : dict
        Parameter name → array, of the best epoch.
    train_losses, valid_losses : tuple of float
        Mean quantile loss of each epoch, in scaled units.
    best_epoch : int
        Counted from 1.
    stopped_by : str
        ``epochs``, ``early stopping`` or ``max_seconds``.
    seconds : float
        How long it took, without imports.
    """

    weights: dict[str, npt.NDArray[np.float32]] = field(repr=False)
    train_losses: tuple[float, ...]
    valid_losses: tuple[float, ...]
    best_epoch: int
    stopped_by: str
    seconds: float


def fit_nhits(
    architecture: Architecture,
    training: Samples,
    validation: Samples,
    schedule: Schedule,
    on_epoch: Callable[[int, int, str], None],
) -> Fit:
    """Train an N-HiTS by the quantile loss and keep its best epoch.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    training, validation : Samples
        What is learned from, and what chooses the epoch.
    schedule : Schedule
        How long and how fast.
    on_epoch : callable
        Takes ``(epochs done, epochs, message)``; what it raises ends the training.

    Raises
    ------
    MissingExtra
        If neuralforecast is not installed.
    """
    torch = _torch()
    with _own_randomness(torch), _one_thread(torch):
        network = _network(architecture, schedule.seed).to(schedule.device)
        torch.manual_seed(schedule.seed)
        learner = _Learner(torch, network, schedule)
        return learner.run(training, validation, on_epoch)


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


class _Learner:
    """One training run."""

    def __init__(self, torch: Any, network: Any, schedule: Schedule) -> None:
        self._torch = torch
        self._network = network
        self._schedule = schedule
        self._optimizer = torch.optim.Adam(
            network.parameters(), lr=schedule.learning_rate, fused=True
        )

    def run(
        self, training: Samples, validation: Samples, on_epoch: Callable[[int, int, str], None]
    ) -> Fit:
        schedule = self._schedule
        learned, checked = self._tensors(training), self._tensors(validation)
        train_losses: list[float] = []
        valid_losses: list[float] = []
        best: dict[str, Any] = {}
        started = monotonic()
        stopped_by = ""
        on_epoch(0, schedule.epochs, "training")
        while not stopped_by:
            train_losses.append(self._epoch(*learned))
            valid_losses.append(self._loss_of(*checked))
            if valid_losses[-1] == min(valid_losses):
                best = self._weights()
            done = len(valid_losses)
            on_epoch(done, schedule.epochs, f"validation loss {valid_losses[-1]:.4f}")
            stopped_by = self._reason_to_stop(valid_losses, monotonic() - started)
        best_epoch = int(np.argmin(valid_losses)) + 1
        return Fit(
            best,
            tuple(train_losses),
            tuple(valid_losses),
            best_epoch,
            stopped_by,
            monotonic() - started,
        )

    def _epoch(self, inputs: Any, targets: Any) -> float:
        torch, total = self._torch, 0.0
        self._network.train()
        order = torch.randperm(len(inputs)).to(inputs.device)
        for chosen in order.split(self._schedule.batch_size):
            loss = self._loss(inputs[chosen], targets[chosen])
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            total += loss.item() * len(chosen)
        return total / len(inputs)

    def _loss_of(self, inputs: Any, targets: Any) -> float:
        self._network.eval()
        with self._torch.no_grad():
            return float(self._loss(inputs, targets).item())

    def _loss(self, inputs: Any, targets: Any) -> Any:
        network = self._network
        quantiles = network(
            {
                "insample_y": inputs,
                "insample_mask": self._torch.ones_like(inputs),
                "futr_exog": None,
                "hist_exog": None,
                "stat_exog": None,
            }
        )
        return network.loss(y=targets, y_hat=network.loss.domain_map(quantiles))

    def _reason_to_stop(self, losses: list[float], seconds: float) -> str:
        since_best = len(losses) - 1 - int(np.argmin(losses))
        if since_best >= self._schedule.patience:
            return "early stopping"
        if len(losses) >= self._schedule.epochs:
            return "epochs"
        return "max_seconds" if seconds >= self._schedule.max_seconds else ""

    def _tensors(self, samples: Samples) -> tuple[Any, Any]:
        both = (samples.inputs, samples.targets)
        made = (self._torch.tensor(v, dtype=self._torch.float32)[:, :, None] for v in both)
        inputs, targets = (tensor.to(self._schedule.device) for tensor in made)
        return inputs, targets

    def _weights(self) -> dict[str, npt.NDArray[np.float32]]:
        state = self._network.state_dict()
        return {
            name: np.array(value.cpu().numpy(), dtype=np.float32)
            for name, value in state.items()
            if name.startswith("blocks.")
        }


def _network(shape: Architecture, seed: int) -> Any:
    from neuralforecast.losses.pytorch import MQLoss  # noqa: PLC0415  heavy: neuralforecast
    from neuralforecast.models import NHITS  # noqa: PLC0415  heavy: neuralforecast

    stacks = len(shape.pooling)
    return NHITS(
        h=shape.horizon,
        input_size=shape.input_size,
        loss=MQLoss(quantiles=list(shape.quantiles)),
        stack_types=stacks * ["identity"],
        n_blocks=stacks * [1],
        mlp_units=shape.layers * [[shape.hidden, shape.hidden]],
        n_pool_kernel_size=list(shape.pooling),
        n_freq_downsample=list(shape.downsample),
        random_seed=seed,
    )


def _torch() -> Any:
    """Torch, with neuralforecast imported quietly beside it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import neuralforecast  # noqa: F401, PLC0415  heavy: neuralforecast
            import torch  # noqa: PLC0415  heavy: torch
    except ImportError as error:
        raise MissingExtra(
            error.name or "neuralforecast", "to train networks", "forecast"
        ) from None
    for name in ("lightning_fabric", "pytorch_lightning"):  # they set their level when imported
        logging.getLogger(name).setLevel(logging.WARNING)
    return torch


@contextmanager
def _own_randomness(torch: Any) -> Iterator[None]:
    """Give every global generator back as it was: the library seeds them all."""
    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            random.setstate(of_python)
            np.random.set_state(of_numpy)  # noqa: NPY002


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    """Small products gain nothing from more threads and lose a hundredfold on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
