"""What a training is given and what it gives back, whichever library does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from workbench.forecast.networks.graphs import Graphs

__all__ = ["Fit", "Samples", "Schedule"]


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
    mixed_precision : bool
        Whether products are made of bfloat16; weights and losses stay float32.
    """

    epochs: int = 100
    batch_size: int = 32
    learning_rate: float = 1e-3
    patience: int = 5
    max_seconds: float = 60.0
    seed: int = 0
    device: str = "cpu"
    mixed_precision: bool = False


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
    graphs : Graphs
        The best epoch, frozen.
    parameters : int
        Weights that were learned.
    train_losses, valid_losses : tuple of float
        Mean quantile loss of each epoch, in scaled units.
    best_epoch : int
        Counted from 1.
    stopped_by : str
        ``epochs``, ``early stopping`` or ``max_seconds``.
    seconds : float
        How long it took, without imports; interrupted runs included.
    resumed_from : int
        Epochs that an interrupted run had done before this one.
    """

    graphs: Graphs = field(repr=False)
    parameters: int
    train_losses: tuple[float, ...]
    valid_losses: tuple[float, ...]
    best_epoch: int
    stopped_by: str
    seconds: float
    resumed_from: int = 0
