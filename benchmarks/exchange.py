"""The Exchange data as the forecasting papers judge by them, and what their tables say.

Daily rates of eight currencies, 1990-2016, 7,588 days (Lai, Chang, Yang and Liu, arXiv:1703.07015).
70% train, 10% validation, 20% test; each series scaled by the mean and the standard deviation of
its train part; a window for every test day whose outcomes all lie in the test part, the last
batch included (leaving it out is a known way to a better table).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import NoData
from workbench.forecast import fit_default

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

HORIZONS = (96, 192, 336, 720)
PAPER = "N-HiTS, first edition"
PUBLISHED = {
    "repeat-last": (0.081, 0.167, 0.306, 0.810),
    # arXiv:2201.12886 as it first appeared in January 2022 (github.com/cchallu/n-hits has the
    # table, images/results.png at 6db67c3); the later edition differs at 336 and 720.
    PAPER: (0.092, 0.208, 0.371, 0.888),
    # arXiv:2205.13504, the corrected table; the two rows were once swapped.
    "NLinear": (0.089, 0.180, 0.331, 1.033),
    "DLinear": (0.081, 0.157, 0.305, 0.643),  # 720 is known not to reproduce
}
"""Mean squared errors in scaled units at `HORIZONS`, as they were printed."""


@dataclass(frozen=True, eq=False)
class Losses:
    """Errors in scaled units, averaged over the series and the horizon, one for each window."""

    mse: Floats
    mae: Floats

    @classmethod
    def of(cls, said: Floats, came: Floats) -> Losses:
        """Compare forecasts with outcomes, both of shape (series, windows, horizon)."""
        error = said - came
        return cls((error**2).mean(axis=(0, 2)), np.abs(error).mean(axis=(0, 2)))


@dataclass(frozen=True, eq=False)
class Panel:
    """Several series over the same days, cut 70/10/20.

    Parameters
    ----------
    values : numpy.ndarray, shape (days, series)
        As they were recorded.
    """

    values: Floats

    @property
    def train(self) -> int:
        """The first day that is not learned from."""
        return int(0.7 * len(self.values))

    @property
    def test(self) -> int:
        """The first day of the test part."""
        return len(self.values) - int(0.2 * len(self.values))

    @cached_property
    def scale(self) -> tuple[Floats, Floats]:
        """The mean and the standard deviation of each series in the train part."""
        learned = self.values[: self.train]
        return learned.mean(axis=0), learned.std(axis=0)

    @cached_property
    def scaled(self) -> Floats:
        """The values in scaled units, shape (series, days)."""
        mean, unit = self.scale
        made: Floats = ((self.values - mean) / unit).T
        return made

    def origins(self, horizon: int) -> npt.NDArray[np.int64]:
        """The first day of each test window."""
        return np.arange(self.test, len(self.values) - horizon + 1)

    def came(self, horizon: int) -> Floats:
        """The scaled outcomes, shape (series, windows, horizon)."""
        return np.lib.stride_tricks.sliding_window_view(self.scaled[:, self.test :], horizon, 1)


def rates_file() -> Path:
    """Where the data are: below WORKBENCH_SHARED or ../shared."""
    shared = os.environ.get("WORKBENCH_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    return Path(shared) / "data" / "forecasting" / "exchange_rate.txt.gz"


def read_panel() -> Panel:
    """Return the exchange rates."""
    if not rates_file().is_file():
        raise NoData(
            "The Exchange data are not there",
            seen=str(rates_file()),
            cure="Set WORKBENCH_SHARED to the folder of shared material",
        )
    return Panel(np.loadtxt(rates_file(), delimiter=","))


def repeat_last(panel: Panel, horizon: int) -> Losses:
    """Tomorrow equals today, and so does every day of the horizon."""
    last = panel.scaled[:, panel.origins(horizon) - 1, None]
    return Losses.of(last, panel.came(horizon))


def financial_default(panel: Panel, horizon: int) -> tuple[Losses, float]:
    """The workbench's default, fitted to what is before the test part; and how many depart."""
    said, departed = [], []
    for rates, mean, unit in zip(panel.values.T, *panel.scale, strict=True):
        default = fit_default(rates[: panel.test], horizon)
        departed.append(default.decision.departs)
        before = np.lib.stride_tricks.sliding_window_view(rates, default.input_size)
        windows = before[panel.origins(horizon) - default.input_size]
        said.append((default.predict(windows, [0.5])[:, :, 0] - mean) / unit)
    return Losses.of(np.stack(said), panel.came(horizon)), float(np.mean(departed))
