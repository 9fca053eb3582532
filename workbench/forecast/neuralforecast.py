"""The one file that imports neuralforecast and torch: it trains networks.

The network and its loss are neuralforecast's; the loop is ours. The library's own loop makes
an epoch of every step of a single series (14 ms of processor time a step against 5 here, the
same network on one thread), scales by the level of the window instead of its volatility, and
keeps the last weights instead of the best.
"""

from __future__ import annotations

import logging
import random
import warnings
from contextlib import contextmanager
from math import inf, isfinite
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import ConfigurationError, InvalidInput, MissingExtra
from workbench.forecast.learning import Fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from workbench.forecast.learning import Samples, Schedule
    from workbench.forecast.nhits import Architecture

    Told = Callable[[float, float, str], None]

__all__ = ["device_for", "fit_nhits", "has_cuda"]

_SECONDS_BETWEEN_NEWS = 0.5


def fit_nhits(
    architecture: Architecture,
    training: Samples,
    validation: Samples,
    schedule: Schedule,
    on_progress: Told,
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
    on_progress : callable
        Takes ``(epochs done, epochs, message)`` at least twice a second; what it raises ends
        the training.

    Returns
    -------
    Fit
        The weights of the best epoch and the losses of all.

    Raises
    ------
    InvalidInput
        If the loss is not finite from the first epoch.
    MissingExtra
        If neuralforecast is not installed.
    """
    torch = _torch()
    with _own_randomness(torch), _one_thread(torch):
        network = _network(architecture, schedule.seed).to(schedule.device)
        torch.manual_seed(schedule.seed)
        return _Learner(torch, network, schedule, on_progress).run(training, validation)


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


class _Learner:
    """One training run."""

    def __init__(self, torch: Any, network: Any, schedule: Schedule, on_progress: Told) -> None:
        self._torch = torch
        self._network = network
        self._schedule = schedule
        self._on_progress = on_progress
        self._optimizer = torch.optim.Adam(
            network.parameters(), lr=schedule.learning_rate, fused=True
        )
        self._train_losses: list[float] = []
        self._valid_losses: list[float] = []
        self._told_at = self._started = monotonic()

    def run(self, training: Samples, validation: Samples) -> Fit:
        learned, checked = self._tensors(training), self._tensors(validation)
        best: dict[str, Any] = {}
        stopped_by = ""
        self._tell(0, "training", now=True)
        while not stopped_by:
            self._train_losses.append(self._epoch(*learned))
            self._valid_losses.append(self._loss_of(*checked))
            if self._valid_losses[-1] == min(self._valid_losses):
                best = self._weights()
            self._tell(len(self._valid_losses), self._message(), now=True)
            stopped_by = self._reason_to_stop()
        return Fit(
            weights=best,
            train_losses=tuple(self._train_losses),
            valid_losses=tuple(self._valid_losses),
            best_epoch=self._best() + 1,
            stopped_by=stopped_by,
            seconds=monotonic() - self._started,
        )

    def _epoch(self, inputs: Any, targets: Any) -> float:
        torch, total, seen = self._torch, 0.0, 0
        self._network.train()
        order = torch.randperm(len(inputs)).to(inputs.device)
        for chosen in order.split(self._schedule.batch_size):
            loss = self._loss(inputs[chosen], targets[chosen])
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            total += loss.item() * len(chosen)
            seen += len(chosen)
            self._tell(len(self._valid_losses) + seen / len(inputs), self._message())
        return total / len(inputs)

    def _tell(self, done: float, message: str, *, now: bool = False) -> None:
        if now or monotonic() - self._told_at >= _SECONDS_BETWEEN_NEWS:
            self._told_at = monotonic()
            self._on_progress(done, self._schedule.epochs, message)

    def _message(self) -> str:
        losses = self._valid_losses
        return f"validation loss {losses[-1]:.4f}" if losses else "first epoch"

    def _best(self) -> int:
        return int(np.argmin(self._valid_losses))

    def _loss_of(self, inputs: Any, targets: Any) -> float:
        self._network.eval()
        with self._torch.no_grad():
            loss = float(self._loss(inputs, targets).item())
        if not isfinite(loss) and not self._valid_losses:
            raise InvalidInput(
                "The training diverges",
                seen=loss,
                cure="Choose a smaller learning_rate, and look for absurd values in the series",
            )
        return loss if isfinite(loss) else inf

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

    def _reason_to_stop(self) -> str:
        schedule, done = self._schedule, len(self._valid_losses)
        if done - 1 - self._best() >= schedule.patience:
            return "early stopping"
        if done >= schedule.epochs:
            return "epochs"
        return "max_seconds" if monotonic() - self._started >= schedule.max_seconds else ""

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
