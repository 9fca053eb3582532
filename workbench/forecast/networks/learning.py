"""How a network learns: one loop for all of them, which can be stopped and gone on with.

The networks are neuralforecast's; the loop is ours. The library's own loop makes an epoch of
every step of a single series (14 ms of processor time a step against 5 here, the same network
on one thread), scales by the level of the window instead of its volatility, keeps the last
weights instead of the best, and starts again after a kill.
"""

from __future__ import annotations

from math import inf, isfinite
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from workbench.errors import InvalidInput
from workbench.forecast.learning import Fit
from workbench.forecast.networks.checkpoints import Checkpoint
from workbench.forecast.networks.onnx import frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.forecast.learning import Samples, Schedule
    from workbench.forecast.networks.neuralforecast import Members

    Told = Callable[[float, float, str], None]

__all__ = ["Learner"]

_SECONDS_BETWEEN_NEWS = 0.5


class Learner:
    """One training run.

    Parameters
    ----------
    members : Members
        Untrained.
    quantiles : tuple of float
        Whose loss is made small.
    schedule : Schedule
        How long and how fast.
    on_progress : callable
        Takes ``(epochs done, epochs, message)`` at least twice a second.
    checkpoint : Path, optional
        Where the state after each epoch is kept, and where an interrupted run is found.
    on_epoch : callable, optional
        Takes the number of each epoch, from 1, and its validation loss.
    """

    def __init__(
        self,
        members: Members,
        quantiles: tuple[float, ...],
        schedule: Schedule,
        on_progress: Told,
        checkpoint: Path | None = None,
        on_epoch: Callable[[int, float], None] | None = None,
    ) -> None:
        self._members = members.to(schedule.device)
        self._quantiles = torch.tensor(quantiles, device=schedule.device)
        self._schedule = schedule
        self._on_progress = on_progress
        self._on_epoch = on_epoch or (lambda _epoch, _loss: None)
        self._optimizer = torch.optim.Adam(
            members.parameters(), lr=schedule.learning_rate, fused=True
        )
        self._train_losses: list[float] = []
        self._valid_losses: list[float] = []
        self._best: dict[str, Any] = {}
        self._checkpoint = Checkpoint(checkpoint)
        self._spent = 0.0
        self._told_at = self._started = monotonic()

    def run(self, training: Samples, validation: Samples) -> Fit:
        """Learn until the schedule, its patience or its time ends.

        Parameters
        ----------
        training, validation : Samples
            What is learned from, and what chooses the epoch.

        Returns
        -------
        Fit
            The best epoch, frozen, and the losses of all.
        """
        learned, checked = self._tensors(training), self._tensors(validation)
        resumed_from = self._take_up()
        self._tell(len(self._valid_losses), self._message(), now=True)
        while not (stopped_by := self._reason_to_stop()):
            self._train_losses.append(self._epoch(*learned))
            self._valid_losses.append(self._loss_of(*checked))
            if self._valid_losses[-1] == min(self._valid_losses):
                self._best = {k: v.detach().clone() for k, v in self._members.state_dict().items()}
            self._put_down()
            self._on_epoch(len(self._valid_losses), self._valid_losses[-1])
            self._tell(len(self._valid_losses), self._message(), now=True)
        self._members.load_state_dict(self._best)
        fit = Fit(
            graphs=frozen(self._members, learned[0].shape[1]),
            parameters=sum(value.numel() for value in self._members.parameters()),
            train_losses=tuple(self._train_losses),
            valid_losses=tuple(self._valid_losses),
            best_epoch=self._best_epoch() + 1,
            stopped_by=stopped_by,
            seconds=self._seconds(),
            resumed_from=resumed_from,
        )
        self._checkpoint.clear()
        return fit

    def _take_up(self) -> int:
        """Go on where an interrupted run was; how many epochs it had done."""
        state = self._checkpoint.read(self._schedule.device)
        if state is None:
            return 0
        self._members.load_state_dict(state["members"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._best = state["best"]
        self._train_losses, self._valid_losses = state["train_losses"], state["valid_losses"]
        self._spent = state["seconds"]
        torch.random.set_rng_state(state["generator"].cpu())
        if state["generator_of_device"] is not None:
            torch.cuda.set_rng_state(state["generator_of_device"].cpu())
        for epoch, loss in enumerate(self._valid_losses, start=1):
            self._on_epoch(epoch, loss)
        return len(self._valid_losses)

    def _put_down(self) -> None:
        on_device = self._schedule.device == "cuda"
        self._checkpoint.write(
            {
                "members": self._members.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "best": self._best,
                "train_losses": self._train_losses,
                "valid_losses": self._valid_losses,
                "seconds": self._seconds(),
                "generator": torch.random.get_rng_state(),
                "generator_of_device": torch.cuda.get_rng_state() if on_device else None,
            }
        )

    def _epoch(self, inputs: torch.Tensor, targets: torch.Tensor) -> float:
        total, seen = 0.0, 0
        self._members.train()
        order = torch.randperm(len(inputs)).to(inputs.device)
        for start in range(0, len(order), self._schedule.batch_size):
            chosen = order[start : start + self._schedule.batch_size]
            with self._precision():
                said = self._members.each(inputs[chosen])
            loss = self._loss(said, targets[chosen])
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            total += loss.item() * len(chosen)
            seen += len(chosen)
            self._tell(len(self._valid_losses) + seen / len(inputs), self._message())
        return total / len(inputs)

    def _loss_of(self, inputs: torch.Tensor, targets: torch.Tensor) -> float:
        self._members.eval()
        parts = [slice(i, i + _AT_ONCE) for i in range(0, len(inputs), _AT_ONCE)]
        with torch.no_grad():
            total = sum(
                self._loss(self._members(inputs[part]), targets[part]).item() * len(inputs[part])
                for part in parts
            )
        loss = total / len(inputs)
        if not isfinite(loss) and not self._valid_losses:
            raise InvalidInput(
                "The training diverges",
                seen=loss,
                cure="Choose a smaller learning_rate, and look for absurd values in the series",
            )
        return loss if isfinite(loss) else inf

    def _loss(self, said: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """The mean quantile loss (Koenker and Bassett, Econometrica 46, 1978)."""
        miss = targets[..., None] - said.float()
        return torch.maximum(self._quantiles * miss, (self._quantiles - 1) * miss).mean()

    def _precision(self) -> Any:
        enabled = self._schedule.mixed_precision
        return torch.autocast(self._schedule.device, dtype=torch.bfloat16, enabled=enabled)

    def _tell(self, done: float, message: str, *, now: bool = False) -> None:
        if now or monotonic() - self._told_at >= _SECONDS_BETWEEN_NEWS:
            self._told_at = monotonic()
            self._on_progress(done, self._schedule.epochs, message)

    def _message(self) -> str:
        losses = self._valid_losses
        return f"validation loss {losses[-1]:.4f}" if losses else "first epoch"

    def _best_epoch(self) -> int:
        return int(np.argmin(self._valid_losses))

    def _reason_to_stop(self) -> str:
        schedule, done = self._schedule, len(self._valid_losses)
        if not done:
            return ""
        if done - 1 - self._best_epoch() >= schedule.patience:
            return "early stopping"
        if done >= schedule.epochs:
            return "epochs"
        return "max_seconds" if self._seconds() >= schedule.max_seconds else ""

    def _seconds(self) -> float:
        return self._spent + monotonic() - self._started

    def _tensors(self, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
        inputs, targets = (
            torch.tensor(values, dtype=torch.float32).to(self._schedule.device)
            for values in (samples.inputs, samples.targets)
        )
        return inputs, targets


_AT_ONCE = 1_024
