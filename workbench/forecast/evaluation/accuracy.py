"""Whether one forecaster is better than another, or only luckier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import InvalidInput
from workbench.forecast.evaluation.losses import loss_named
from workbench.forecast.evaluation.means import mean_test
from workbench.forecast.evaluation.results import Comparison

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from workbench.forecast.evaluation.means import Alternative, MeanTest
    from workbench.forecast.evaluation.origins import RollingOrigins

    Floats = npt.NDArray[np.float64]

__all__ = [
    "as_family",
    "clark_west",
    "compare",
    "diebold_mariano",
    "holm",
    "losses_per_origin",
    "told_steps",
]

_TOLD = (1, 2, 3, 5, 10, 20, 24, 50, 96, 192, 336, 720)


def diebold_mariano(
    losses: Floats, rival_losses: Floats, horizon: int, alternative: Alternative = "greater"
) -> MeanTest:
    """Test whether a forecaster loses less than its rival.

    Diebold and Mariano, "Comparing predictive accuracy", Journal of Business & Economic
    Statistics 13 (1995), by the method that `mean_test` finds for the horizon. The forecasts are
    compared as they were made; where the forecaster nests the rival and was estimated, it
    carries the noise of its estimation, and `clark_west` asks what is behind that noise.

    Parameters
    ----------
    losses, rival_losses : numpy.ndarray, shape (origins,)
        One loss per origin, averaged over series first.
    horizon : int
        Steps over which outcomes of neighbouring origins overlap.
    alternative : {"greater", "two-sided"}
        ``greater``: the rival loses more.

    Returns
    -------
    MeanTest
        Of the losses of the rival minus those of the forecaster.
    """
    return mean_test(rival_losses - losses, horizon, alternative)


def clark_west(point: Floats, rival_point: Floats, actual: Floats, horizon: int) -> MeanTest:
    """Test whether a forecaster that nests its rival knows something that the rival does not.

    Clark and West, "Approximately normal tests for equal predictive accuracy in nested models",
    Journal of Econometrics 138 (2007), equation 2.1: the squared errors of the larger model are
    relieved of ``(rival − forecast)²``, the noise that estimating a useless term would add. It
    can reject although the forecasts as made are worse than the rival's: there is something to
    know, and it was estimated too badly to be used.

    Parameters
    ----------
    point, rival_point : numpy.ndarray, shape (series, origins) or (origins,)
        Point forecasts of the larger model and of the one it contains.
    actual : numpy.ndarray
        What came, of the same shape.
    horizon : int
        Steps ahead.

    Returns
    -------
    MeanTest
        One-sided, of the adjusted differences averaged over series.
    """
    adjusted = (actual - rival_point) ** 2 - (actual - point) ** 2 + (rival_point - point) ** 2
    return mean_test(np.atleast_2d(adjusted).mean(axis=0), horizon)


def compare(
    windows: RollingOrigins,
    names: Sequence[str],
    rival: str,
    *,
    steps: Sequence[int | None] | None = None,
    loss: str = "absolute",
    nesting: Collection[str] = (),
) -> list[Comparison]:
    """Compare forecasters with one rival, at several steps of the horizon.

    All comparisons of one call and one test are a family: the p-values of Holm hold for the
    claim that none of those below the line is luck.

    Parameters
    ----------
    windows : RollingOrigins
        What they said and what came.
    names : sequence of str
        Who is judged.
    rival : str
        Against whom.
    steps : sequence of int or None, optional
        Steps of the horizon, None for the mean over all; by default a few and the mean.
    loss : {"absolute", "squared", "quantile", "crps"}
        What is compared by Diebold and Mariano; Clark and West is of squares.
    nesting : collection of str
        Which of the forecasters contain the rival as a special case and are tested by Clark
        and West too.

    Returns
    -------
    list of Comparison
        Diebold-Mariano for each name and step, then Clark-West for those that nest.

    Raises
    ------
    UnknownName
        If there is no such forecaster or loss.
    InvalidInput
        If one of several series does not move before the first origin.
    """
    chosen = list(steps) if steps is not None else [None, *told_steps(windows.horizon)]
    nested = [name for name in names if name in nesting]
    plain = [_diebold_mariano(windows, name, rival, at, loss) for name in names for at in chosen]
    larger = [_clark_west(windows, name, rival, at) for name in nested for at in chosen if at]
    return [*as_family(plain), *as_family(larger)]


def as_family(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Comparisons whose p-values of Holm hold for all of them together.

    Parameters
    ----------
    comparisons : sequence of Comparison
        The family; p-values of Holm that they already have are replaced.

    Returns
    -------
    list of Comparison
        In the same order.
    """
    p_values = holm([one.p_value for one in comparisons])
    return [
        one.model_copy(update={"p_holm": p_value})
        for one, p_value in zip(comparisons, p_values, strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of a family, so that the chance of one false claim keeps its size.

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979).

    Parameters
    ----------
    p_values : sequence of float
        NaN is left out and stays NaN.

    Returns
    -------
    list of float
        In the same order, at most 1.
    """
    given = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(given.shape, np.nan)
    there = np.flatnonzero(~np.isnan(given))
    order = there[np.argsort(given[there], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(given[order] * factors), 1.0)
    return [float(value) for value in adjusted]


def losses_per_origin(
    windows: RollingOrigins, name: str, step: int | None, loss: str = "absolute"
) -> Floats:
    """One loss per origin, averaged over series, and over the steps if none is chosen.

    Series of different units are weighed by their mean absolute step before the first origin
    (its square for squared errors), as MASE does.

    Parameters
    ----------
    windows : RollingOrigins
        What was said and what came.
    name : str
        The forecaster.
    step : int or None
        Counted from 1.
    loss : str
        As in `compare`.

    Returns
    -------
    numpy.ndarray, shape (origins,)
    """
    chosen = slice(None) if step is None else slice(step - 1, step)
    predicted, actual = windows.of(name)[:, :, chosen], windows.actual[:, :, chosen]
    each: Floats = loss_named(loss)(predicted, actual, windows.quantiles).mean(axis=2)
    per_origin: Floats = (each / _unit_of(windows) ** (2 if loss == "squared" else 1)).mean(axis=0)
    return per_origin


def told_steps(horizon: int) -> list[int]:
    """The steps of a horizon that a report shows: the first, the last and a few between."""
    return sorted({step for step in _TOLD if step < horizon} | {horizon})


def _unit_of(windows: RollingOrigins) -> Floats:
    """What makes series comparable, shape (series, 1); one alone keeps its own units."""
    if len(windows.unit) == 1:
        return np.ones((1, 1))
    still = np.flatnonzero(~(windows.unit > 0))
    if len(still):
        raise InvalidInput(
            f"Series {still[0]} does not move before the first origin: it has no unit",
            seen=float(windows.unit[still[0]]),
            cure="Leave it out, or compare forecasts of it alone",
        )
    return windows.unit[:, None]


def _diebold_mariano(
    windows: RollingOrigins, name: str, rival: str, step: int | None, loss: str
) -> Comparison:
    ours = losses_per_origin(windows, name, step, loss)
    theirs = losses_per_origin(windows, rival, step, loss)
    found = diebold_mariano(ours, theirs, step or windows.horizon)
    about = ("Diebold-Mariano", loss, float(ours.mean()), float(theirs.mean()))
    return _row(found, name, rival, step, about)


def _clark_west(windows: RollingOrigins, name: str, rival: str, step: int) -> Comparison:
    scale = _unit_of(windows)
    ours, theirs = (windows.point(who)[:, :, step - 1] / scale for who in (name, rival))
    actual = windows.actual[:, :, step - 1] / scale
    found = clark_west(ours, theirs, actual, step)
    ours_squared, theirs_squared = (float(((actual - one) ** 2).mean()) for one in (ours, theirs))
    about = ("Clark-West", "squared", ours_squared, theirs_squared)
    return _row(found, name, rival, step, about)


def _row(
    found: MeanTest,
    name: str,
    rival: str,
    step: int | None,
    about: tuple[str, str, float, float],
) -> Comparison:
    test, loss, ours, theirs = about
    return Comparison(
        name=name,
        rival=rival,
        step=step,
        loss=loss,
        test=test,
        skill=1.0 - ours / theirs if theirs > 0 else float("nan"),
        difference=found.mean,
        statistic=found.statistic,
        p_value=found.p_value,
        p_holm=found.p_value,
        method=found.method,
        windows=found.windows,
    )
