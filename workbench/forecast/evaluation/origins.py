"""Forecasts from every origin of a tail, each kept with what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.forecast.history import must_be_finite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from workbench.ports import Forecaster, Learner

    Floats = npt.NDArray[np.float64]

__all__ = ["RollingOrigins", "middle_of", "rolling_origins"]


@dataclass(frozen=True, eq=False)
class RollingOrigins:
    """What several forecasters said at every origin, and what came.

    Parameters
    ----------
    quantiles : tuple of float
        Increasing and symmetric around 0.5.
    last : numpy.ndarray, shape (series, origins)
        The last value known at each origin.
    actual : numpy.ndarray, shape (series, origins, horizon)
        What came after it.
    unit : numpy.ndarray, shape (series,)
        The mean absolute step before the first origin: what MASE divides by.
    predicted : dict
        Forecaster → shape (series, origins, horizon, quantiles).
    """

    quantiles: tuple[float, ...]
    last: Floats
    actual: Floats = field(repr=False)
    unit: Floats
    predicted: dict[str, Floats] = field(repr=False)

    def __post_init__(self) -> None:
        wanted = (*self.actual.shape, len(self.quantiles))
        for name, said in self.predicted.items():
            if said.shape != wanted:
                raise InvalidInput(
                    f"The forecasts of {name} have another shape than what came",
                    seen=said.shape,
                    cure=f"Give one for each series, origin, step and quantile: {wanted}",
                )

    @property
    def names(self) -> list[str]:
        """The forecasters, in the order given: the first is what others are measured against."""
        return list(self.predicted)

    @property
    def origins(self) -> int:
        """From how many places each series is forecast."""
        return self.actual.shape[1]

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return self.actual.shape[2]

    def of(self, name: str) -> Floats:
        """The quantiles of one forecaster, shape (series, origins, horizon, quantiles)."""
        if name not in self.predicted:
            raise UnknownName("forecaster", name, self.names)
        return self.predicted[name]

    def point(self, name: str) -> Floats:
        """The medians of one forecaster, shape (series, origins, horizon)."""
        return self.of(name)[..., middle_of(self.quantiles)]


def rolling_origins(
    forecasters: Mapping[str, Forecaster | Learner],
    values: Floats,
    first: int,
    *,
    horizon: int,
    quantiles: Sequence[float],
    refit_every: int | None = None,
    season: int = 1,
    on_progress: Callable[[float, float, str], None] | None = None,
) -> RollingOrigins:
    """Forecast from every origin of a tail; each sees only what came before it.

    Parameters
    ----------
    forecasters : mapping
        Name → forecaster, used as it is, or learner, fitted on the values before its origins.
        The first is what the others are measured against.
    values : numpy.ndarray, shape (time,) or (series, time)
        Whole series of the same length, no NaN.
    first : int
        Position of the first value that is forecast.
    horizon : int
        Steps ahead, within that of every forecaster.
    quantiles : sequence of float
        Increasing and symmetric around 0.5, which is among them.
    refit_every : int, optional
        Origins after which learners learn anew; by default once, on what is before `first`.
    season : int
        Steps of a season, for the unit of MASE: the mean absolute change over one.
    on_progress : callable, optional
        Takes ``(done, total, message)``; what it raises ends the run.

    Returns
    -------
    RollingOrigins
        One window for each position from `first` on whose outcome is known.

    Raises
    ------
    OutOfRange
        If the horizon is below 1 or beyond a forecaster's, or learners learn anew after less
        than one origin.
    TooLittleHistory
        If the tail is shorter than the horizon, or what is before it than a forecaster's input
        or than one season.
    InvalidInput
        If the quantiles are not increasing and symmetric, or values or forecasts are missing.
    """
    middle_of(quantiles)
    if horizon < 1:
        raise OutOfRange("horizon", horizon, 1, None)
    series = np.atleast_2d(np.asarray(values, dtype=np.float64))
    must_be_finite(series)
    length = series.shape[1]
    if first <= season:
        raise TooLittleHistory(season + 1, first, "The unit of MASE, one season before the tail,")
    if length - first < horizon:
        raise TooLittleHistory(horizon, length - first, "The tail that evaluates")
    origins = np.arange(first, length - horizon + 1)
    every = len(origins) if refit_every is None else refit_every
    if every < 1:
        raise OutOfRange("refit_every", every, 1, None)
    told = on_progress or _untold
    predicted: dict[str, list[Floats]] = {name: [] for name in forecasters}
    for done in range(0, len(origins), every):
        block = origins[done : done + every]
        for name, one in forecasters.items():
            told(done, len(origins), f"{name} from origin {done}")
            predicted[name].append(_predicted(name, one, series, block, horizon, quantiles))
    return RollingOrigins(
        quantiles=tuple(quantiles),
        last=series[:, origins - 1],
        actual=sliding_window_view(series[:, first:], horizon, axis=1),
        unit=np.abs(series[:, season:first] - series[:, : first - season]).mean(axis=1),
        predicted={name: np.concatenate(blocks, axis=1) for name, blocks in predicted.items()},
    )


def middle_of(quantiles: Sequence[float]) -> int:
    """The place of the median among quantiles.

    Parameters
    ----------
    quantiles : sequence of float
        Probabilities.

    Returns
    -------
    int
        Half of their number.

    Raises
    ------
    InvalidInput
        If they are not increasing and symmetric around 0.5, or it is not among them.
    """
    middle = len(quantiles) // 2
    mirrored = np.allclose(np.add(quantiles, quantiles[::-1]), 1.0)
    increasing = all(low < high for low, high in pairwise((0.0, *quantiles)))
    if not (mirrored and increasing and len(quantiles) and quantiles[middle] == 0.5):
        raise InvalidInput(
            "The quantiles are not increasing and symmetric around the median",
            seen=list(quantiles),
            cure="Give 0.5 and pairs that add up to 1, for example 0.1, 0.5, 0.9",
        )
    return middle


def _predicted(
    name: str,
    one: Forecaster | Learner,
    series: Floats,
    block: npt.NDArray[np.int64],
    horizon: int,
    quantiles: Sequence[float],
) -> Floats:
    """Forecasts of all series from a block of origins, shape (series, origins, horizon, q)."""
    rows = []
    for path in series:
        known = path[: block[0]]
        forecaster = one.fit(known, horizon) if hasattr(one, "fit") else one
        if horizon > forecaster.horizon:
            raise OutOfRange(f"horizon of {name}", horizon, 1, forecaster.horizon)
        size = forecaster.input_size
        if len(known) < size:
            raise TooLittleHistory(size, len(known), f"The first forecast of {name}")
        windows = sliding_window_view(path[: block[-1]], size)[block - size]
        rows.append(forecaster.predict(windows, quantiles)[:, :horizon])
    said = np.stack(rows)
    if not np.isfinite(said).all():
        raise InvalidInput(
            f"{int((~np.isfinite(said)).sum())} forecasts of {name} are missing or infinite",
            cure="Correct the forecaster, or leave it out",
        )
    return said


def _untold(*_: object) -> None:
    """Nobody asked."""
