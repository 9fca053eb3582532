"""N-HiTS, NLinear and DLinear of neuralforecast on the Exchange panel, by the papers' recipes.

The networks, and of N-HiTS also the loss, the optimiser and its schedule, are the library's; the
loops are ours. The library's own loop copies every window of a batch's series at every step and
draws 256 of the copies; this one draws first and copies 256, which is the same law. A test
holds the two together: the same weights where the batch is all windows and nothing is left to
chance.

One network serves all series of the panel, one series at a time.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.exchange import Losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.exchange import Panel

    Told = Callable[[int, int], None]
    """Takes the steps that are done and the most there can be."""

QUIET = {
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "accelerator": "cpu",
}
AT_ONCE = 512
"""Windows in one forecast."""


@dataclass(frozen=True)
class Nhits:
    """N-HiTS as the first edition of its paper trains it, without the search.

    What the authors held fixed is as in their code of that week (github.com/cchallu/n-hits at
    6db67c3, 29 January 2022, nhits_multivariate.py and src/): an input of five horizons, padded
    with zeros that are masked where a series begins; three stacks of one block, two layers of
    512, ReLU, maximum pooling, linear interpolation; Adam at 0.001, halved three times; 1,000
    steps, each of 256 windows of one series with complete outcomes; mean absolute error.

    What they searched over, the pooling and the knots, is as neuralforecast 3.3 has it by
    default; its blocks also have one more linear layer in front. The authors chose the best
    of ten trials by the validation part, which nothing here looks at.
    """

    input_horizons: int = 5
    hidden: int = 512
    layers: int = 2
    pooling: tuple[int, ...] = (2, 2, 1)
    downsample: tuple[int, ...] = (4, 2, 1)
    learning_rate: float = 1e-3
    decays: int = 3
    steps: int = 1_000
    windows: int = 256

    def network(self, horizon: int, seed: int) -> Any:
        """The untrained network; the library seeds the weights."""
        from neuralforecast.models import NHITS  # heavy: neuralforecast

        stacks = len(self.pooling)
        return NHITS(
            h=horizon,
            input_size=self.input_horizons * horizon,
            stack_types=stacks * ["identity"],
            n_blocks=stacks * [1],
            mlp_units=self.layers * [[self.hidden, self.hidden]],
            n_pool_kernel_size=list(self.pooling),
            n_freq_downsample=list(self.downsample),
            learning_rate=self.learning_rate,
            num_lr_decays=self.decays,
            max_steps=self.steps,
            batch_size=1,
            windows_batch_size=self.windows,
            start_padding_enabled=True,
            training_data_availability_threshold=[0.0, 1.0],
            random_seed=seed,
            **QUIET,
        )

    def fit(self, network: Any, panel: Panel, told: Told) -> None:
        """Do every step on windows of one series of the train part, the series in turns."""
        import torch  # heavy: torch

        windows, known = _padded(network, panel)
        series, per_series = windows.shape[:2]
        chosen = network.configure_optimizers()
        optimizer, schedule = chosen["optimizer"], chosen["lr_scheduler"]["scheduler"]
        network.train()
        turns: list[int] = []
        for step in range(self.steps):
            turns = turns or torch.randperm(series).tolist()
            drawn = torch.randperm(per_series)[: self.windows]
            _learn(network, optimizer, windows[turns.pop()][drawn], network.loss, known[drawn])
            schedule.step()
            told(step + 1, self.steps)


@dataclass(frozen=True)
class Linear:
    """NLinear or DLinear as their paper trains them (arXiv:2205.13504).

    By their code (github.com/cure-lab/LTSF-Linear, exchange_rate.sh and run_longExp.py): the
    input of 336, Adam at 0.0005 that is halved after every epoch from the second on, mean
    squared error, batches of 8 days (32 from 336 steps ahead on) with all their series, the last
    incomplete batch of an epoch left out of the training, 10 epochs at most, ended after three
    that do not better the validation part, and the best epoch kept.
    """

    name: str
    input_size: int = 336
    learning_rate: float = 5e-4
    epochs: int = 10
    patience: int = 3
    batch: int = 8
    batch_from_336: int = 32

    def network(self, horizon: int, seed: int) -> Any:
        """The untrained network; the library seeds the weights."""
        from neuralforecast import models  # heavy: neuralforecast

        make = getattr(models, self.name)
        return make(h=horizon, input_size=self.input_size, random_seed=seed, **QUIET)

    def fit(self, network: Any, panel: Panel, told: Told) -> None:
        """Do epochs until the validation part says stop, and go back to its best."""
        import torch  # heavy: torch

        learned = windows_of(network, panel, 0, panel.train)
        checked = windows_of(network, panel, panel.train - network.input_size, panel.test)
        optimizer = torch.optim.Adam(network.parameters(), lr=self.learning_rate)
        losses: list[float] = []
        best: dict[str, Any] = {}
        while len(losses) < self.epochs and len(losses) <= _best(losses) + self.patience:
            for group in optimizer.param_groups:
                group["lr"] = self.learning_rate * 0.5 ** max(0, len(losses) - 1)
            self._epoch(network, optimizer, learned, len(losses), told)
            losses.append(_mse(network, checked))
            if _best(losses) == len(losses) - 1:
                best = {name: value.clone() for name, value in network.state_dict().items()}
        network.load_state_dict(best)

    def _epoch(self, network: Any, optimizer: Any, windows: Any, done: int, told: Told) -> None:
        import torch  # heavy: torch

        size = self.batch if network.h < 336 else self.batch_from_336
        steps = windows.shape[1] // size
        order = torch.randperm(windows.shape[1])
        network.train()
        for step in range(steps):
            batch = windows[:, order[step * size : (step + 1) * size]].flatten(0, 1)
            _learn(network, optimizer, batch, torch.nn.functional.mse_loss)
            told(done * steps + step + 1, self.epochs * steps)


Recipe = Nhits | Linear
RECIPES: dict[str, Recipe] = {
    "N-HiTS": Nhits(),
    "NLinear": Linear("NLinear"),
    "DLinear": Linear("DLinear"),
}


def trained(recipe: Recipe, panel: Panel, horizon: int, seed: int, told: Told) -> Any:
    """Train a network, on a GPU where there is one, else on one thread.

    Parameters
    ----------
    recipe : Nhits or Linear
        The shape and the loop.
    panel : Panel
        The series; nothing of the test part is looked at.
    horizon : int
        Days ahead.
    seed : int
        Of the first weights and of the order of the windows.
    told : callable
        Takes the steps that are done and the most there can be; what it raises ends the training.

    Returns
    -------
    lightning.LightningModule
        The network of neuralforecast, ready to forecast.
    """
    import torch  # heavy: torch

    with _quiet(), _one_thread(torch), torch.random.fork_rng():
        network = recipe.network(horizon, seed).to(device())
        torch.manual_seed(seed)
        recipe.fit(network, panel, told)
    return network.eval()


def losses_on_test(network: Any, panel: Panel) -> Losses:
    """Forecast every test window and compare."""
    import torch  # heavy: torch

    windows = windows_of(network, panel, panel.test - network.input_size, len(panel.values))
    with torch.no_grad(), _one_thread(torch):
        said = [
            forecast(network, some[:, : network.input_size]).cpu().numpy()[:, :, 0]
            for one in windows
            for some in one.split(AT_ONCE)
        ]
    came = panel.came(network.h)
    return Losses.of(np.concatenate(said).astype(np.float64).reshape(came.shape), came)


def windows_of(network: Any, panel: Panel, first: int, last: int) -> Any:
    """All windows of inputs and outcomes between two days, a view of (series, windows, days)."""
    import torch  # heavy: torch

    days = torch.tensor(panel.scaled[:, first:last], dtype=torch.float32, device=network.device)
    return days.unfold(1, network.input_size + network.h, 1)


def forecast(network: Any, inputs: Any, known: Any = None) -> Any:
    """Ask the raw module: (windows, input) in, (windows, horizon, 1) out."""
    mask = inputs.new_ones(inputs.shape) if known is None else known
    absent = dict.fromkeys(("futr_exog", "hist_exog", "stat_exog"))
    return network({"insample_y": inputs[:, :, None], "insample_mask": mask[:, :, None], **absent})


def device() -> str:
    """Where networks are trained here."""
    import torch  # heavy: torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def facts(recipe: Recipe) -> dict[str, Any]:
    """What decides the numbers of a training, besides the seed: the recipe, and what runs it."""
    import neuralforecast  # heavy: neuralforecast
    import torch  # heavy: torch

    where = device()
    return {
        "recipe": plain(recipe),
        "neuralforecast": neuralforecast.__version__,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if where == "cuda" else where,
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


def step_flops(recipe: Nhits, panel: Panel, horizon: int) -> int:
    """Floating-point operations of the products of one step, forward and backward."""
    from torch.utils.flop_counter import FlopCounterMode  # heavy: torch

    counter = FlopCounterMode(display=False)
    with counter:
        trained(replace(recipe, steps=1), panel, horizon, 1, lambda *_: None)
    return int(counter.get_total_flops())


def plain(recipe: Recipe) -> dict[str, Any]:
    """The recipe as JSON gives it back."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(recipe).items()}


def _padded(network: Any, panel: Panel) -> tuple[Any, Any]:
    """The windows of the train part, also those that begin before it; and which inputs are known.

    (series, windows, days) and (windows, input); what is before the first day is zero.
    """
    import torch  # heavy: torch

    size, before = network.input_size + network.h, network.input_size - 1
    days = torch.tensor(panel.scaled[:, : panel.train], dtype=torch.float32, device=network.device)
    padded = torch.nn.functional.pad(days, (before, 0)).unfold(1, size, 1)
    ones = torch.nn.functional.pad(torch.ones_like(days[0]), (before, 0)).unfold(0, size, 1)
    return padded, ones[:, : network.input_size]


def _learn(network: Any, optimizer: Any, batch: Any, loss: Any, known: Any = None) -> None:
    inputs, came = batch.split([network.input_size, network.h], dim=1)
    error = loss(came[:, :, None], forecast(network, inputs, known))
    optimizer.zero_grad()
    error.backward()
    optimizer.step()


def _mse(network: Any, windows: Any) -> float:
    import torch  # heavy: torch

    network.eval()
    with torch.no_grad():
        errors = [
            forecast(network, known)[:, :, 0] - came
            for one in windows
            for known, came in [one.split([network.input_size, network.h], dim=1)]
        ]
    return float(torch.stack(errors).square().mean())


def _best(losses: list[float]) -> int:
    return losses.index(min(losses)) if losses else 0


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    """The same sums in the same order on every machine of a kind."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _quiet() -> Iterator[None]:
    """The library tells of every seed and warns of its own dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import neuralforecast  # noqa: F401  heavy: neuralforecast; sets the levels

        for name in ("lightning_fabric", "pytorch_lightning"):
            logging.getLogger(name).setLevel(logging.WARNING)
        yield
