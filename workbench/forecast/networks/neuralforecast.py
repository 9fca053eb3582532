"""The one file of the room that imports neuralforecast: it makes networks, untrained."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from neuralforecast import models
from neuralforecast.common._base_model import BaseModel
from neuralforecast.losses.pytorch import MQLoss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.forecast.networks.architecture import Architecture

__all__ = ["CnnLstm", "Members", "made"]


class Members(torch.nn.Module):
    """Networks of one shape that forecast together, by the mean of their quantiles.

    The mean of quantiles keeps the shape of a distribution that each of them may have
    (Lichtendahl, Grushka-Cockayne and Winkler, Management Science 59, 2013); the members differ
    by their first weights alone (Lakshminarayanan, Pritzel and Blundell, NeurIPS 2017).

    Parameters
    ----------
    networks : sequence of torch.nn.Module
        Of neuralforecast, univariate.
    horizon, quantiles : int
        How many steps and probabilities each gives.
    """

    def __init__(self, networks: Sequence[torch.nn.Module], horizon: int, quantiles: int) -> None:
        super().__init__()
        self.networks = torch.nn.ModuleList(networks)
        self.shape = (horizon, quantiles)

    def each(self, windows: torch.Tensor) -> torch.Tensor:
        """What every member says of scaled windows, shape (members, n, horizon, quantiles)."""
        inputs = windows[:, :, None]
        batch = {
            "insample_y": inputs,
            "insample_mask": torch.ones_like(inputs),
            "futr_exog": None,
            "hist_exog": None,
            "stat_exog": None,
        }
        said = [network(batch).reshape(len(windows), *self.shape) for network in self.networks]
        return torch.stack(said)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """The mean of the members, shape (n, horizon, quantiles)."""
        return self.each(windows).mean(dim=0)


class CnnLstm(BaseModel):  # type: ignore[misc]  # the library has no types
    """Convolutions that see only the past, an LSTM over them, and a line from its last state.

    A network of neuralforecast like its own: it takes the windows and the loss that they take.

    Parameters
    ----------
    h, input_size : int
        Steps ahead and values seen.
    loss : torch.nn.Module
        A loss of neuralforecast.
    options : mapping
        `filters` of the convolutions, `kernel` (values that one looks at, the current one and
        those before it), `hidden` width and `layers` of the LSTM, `dropout` between the layers
        and before the line.
    random_seed : int
        Of the first weights.
    """

    EXOGENOUS_FUTR = False
    EXOGENOUS_HIST = False
    EXOGENOUS_STAT = False
    MULTIVARIATE = False
    RECURRENT = False

    def __init__(
        self,
        h: int,
        input_size: int,
        loss: torch.nn.Module,
        options: Mapping[str, Any],
        random_seed: int = 1,
    ) -> None:
        super().__init__(
            h=h,
            input_size=input_size,
            loss=loss,
            valid_loss=None,
            learning_rate=1e-3,
            max_steps=1_000,
            val_check_steps=100,
            batch_size=32,
            valid_batch_size=None,
            windows_batch_size=1_024,
            inference_windows_batch_size=1_024,
            start_padding_enabled=False,
            random_seed=random_seed,
        )
        outputs: Any = loss.outputsize_multiplier
        filters, layers, dropout = options["filters"], options["layers"], options["dropout"]
        self.kernel = options["kernel"]
        self.convolutions = torch.nn.ModuleList(
            torch.nn.Conv1d(before, after, self.kernel) for before, after in pairwise((1, *filters))
        )
        self.lstm = torch.nn.LSTM(
            filters[-1],
            options["hidden"],
            layers,
            batch_first=True,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.dropout = torch.nn.Dropout(dropout)
        self.line = torch.nn.Linear(options["hidden"], h * outputs)

    def forward(self, windows_batch: dict[str, Any]) -> torch.Tensor:
        """Quantiles of the horizon, shape (n, h, outputs of the loss)."""
        values = windows_batch["insample_y"].permute(0, 2, 1)
        for convolution in self.convolutions:
            past = torch.nn.functional.pad(values, (self.kernel - 1, 0))
            values = torch.relu(convolution(past))
        states, _ = self.lstm(values.permute(0, 2, 1))
        said: torch.Tensor = self.line(self.dropout(states[:, -1]))
        return said.reshape(len(said), self.h, -1)


def made(architecture: Architecture, seed: int) -> Members:
    """Networks with the first weights that a seed gives.

    Parameters
    ----------
    architecture : Architecture
        Their shape.
    seed : int
        Of the first member; the others count on from it.

    Returns
    -------
    Members
        Untrained; the libraries' global generators are left as the last seed left them.
    """
    make = _MAKERS[architecture.kind]
    count = architecture.options.get("members", 1)
    common = {
        "h": architecture.horizon,
        "input_size": architecture.input_size,
    }
    networks = [
        make(
            architecture.options,
            **common,
            loss=MQLoss(quantiles=list(architecture.quantiles)),
            random_seed=seed + member,
        )
        for member in range(count)
    ]
    for network in networks:
        _mend(network)
    return Members(networks, architecture.horizon, len(architecture.quantiles))


def _nhits(options: Any, **common: Any) -> Any:
    return models.NHITS(
        **common,
        stack_types=len(options["pooling"]) * ["identity"],
        n_blocks=list(options["blocks"]),
        mlp_units=options["layers"] * [[options["hidden"], options["hidden"]]],
        n_pool_kernel_size=list(options["pooling"]),
        n_freq_downsample=list(options["downsample"]),
        dropout_prob_theta=options["dropout"],
    )


def _recurrent(kind: Callable[..., Any]) -> Callable[..., Any]:
    def make(options: Any, **common: Any) -> Any:
        return kind(
            **common,
            encoder_hidden_size=options["hidden"],
            encoder_n_layers=options["layers"],
            encoder_dropout=options["dropout"] if options["layers"] > 1 else 0.0,
            decoder_hidden_size=options["decoder"],
        )

    return make


def _transformer(options: Any, **common: Any) -> Any:
    return models.VanillaTransformer(
        **common,
        hidden_size=options["hidden"],
        n_head=options["heads"],
        encoder_layers=options["layers"],
        conv_hidden_size=options["hidden"],
        dropout=options["dropout"],
    )


def _patches(options: Any, **common: Any) -> Any:
    return models.PatchTST(
        **common,
        hidden_size=options["hidden"],
        n_heads=options["heads"],
        encoder_layers=options["layers"],
        linear_hidden_size=2 * options["hidden"],
        patch_len=options["patch"],
        stride=options["stride"],
        dropout=options["dropout"],
        revin=False,  # the windows are scaled already
    )


_MAKERS: dict[str, Callable[..., Any]] = {
    "NHITS": _nhits,
    "NLinear": lambda _, **common: models.NLinear(**common),
    "DLinear": lambda options, **common: models.DLinear(
        **common, moving_avg_window=options["moving_average"]
    ),
    "LSTM": _recurrent(models.LSTM),
    "GRU": _recurrent(models.GRU),
    "GRU_Ensemble": _recurrent(models.GRU),
    "CNN_LSTM": lambda options, **common: CnnLstm(**common, options=options),
    "Transformer": _transformer,
    "PatchTST": _patches,
}


class _Averaged(torch.nn.Module):
    """A moving average of rows that says it has one channel, as ONNX asks."""

    def __init__(self, average: torch.nn.Module) -> None:
        super().__init__()
        self.average = average

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        averaged: torch.Tensor = self.average(rows[:, None, :])
        return averaged[:, 0]


class _Repeated(torch.nn.Module):
    """The last value of each row repeated after it: what ReplicationPad1d does, for ONNX."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return torch.cat([rows, rows[..., -1:].expand(-1, -1, self.count)], dim=-1)


def _mend(network: Any) -> None:
    """Put two parts that ONNX cannot say in words that it can; the arithmetic is the same."""
    if isinstance(network, models.DLinear):
        average = network.decomp.MovingAvg
        average.avg = _Averaged(average.avg)
    if isinstance(network, models.PatchTST):
        network.model.padding_patch_layer = _Repeated(network.model.stride)
