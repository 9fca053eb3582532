"""What a forecaster is worth on data it has not seen, beside repeat-last and other plain ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.forecast.evaluation.accuracy import as_family, compare, told_steps
from workbench.forecast.evaluation.origins import rolling_origins
from workbench.forecast.evaluation.results import Evaluation, StepScores
from workbench.forecast.evaluation.rivals import NESTING, plain_rivals
from workbench.forecast.evaluation.scoring import (
    COST_BPS,
    gain,
    scores_by_step,
    scores_of,
    shares_below,
)
from workbench.forecast.evaluation.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from workbench.forecast.evaluation.origins import RollingOrigins
    from workbench.forecast.evaluation.results import Comparison
    from workbench.ports import Forecaster

    Floats = npt.NDArray[np.float64]

__all__ = ["REPEAT_LAST", "evaluate", "evaluation_of"]

REPEAT_LAST = "repeat-last"


def evaluate(
    model: Forecaster,
    naive: Forecaster,
    values: Floats,
    first: int,
    *,
    quantiles: Sequence[float],
    name: str,
    season: int = 1,
    cost_bps: float = COST_BPS,
) -> Evaluation:
    """Forecast from every origin of a held-out tail and compare with what came.

    The forecasters are used as they are and see only values before each origin: neither is
    fitted again on the tail. Beside repeat-last stand drift, seasonal naive and NLinear,
    fitted to what is before the tail.

    Parameters
    ----------
    model, naive : Forecaster
        What is judged, and repeat-last.
    values : numpy.ndarray, shape (time,)
        The whole series, no NaN.
    first : int
        Where the tail begins: the first value that is forecast.
    quantiles : sequence of float
        Increasing and symmetric around 0.5, which is among them.
    name : str
        The model's name in tables and words.
    season : int
        Steps of a season; with 1 there is none.
    cost_bps : float
        What the simple rule pays for a unit of the position.

    Returns
    -------
    Evaluation
        Repeat-last, its plain rivals and the model; skill, tests, and in words whether the
        model beats repeat-last.

    Raises
    ------
    TooLittleHistory
        If the tail is shorter than the horizon, or what is before it too short for the rivals.
    InvalidInput
        If the quantiles are not symmetric, or values are missing.
    """
    size = max(model.input_size, 24)
    rivals = plain_rivals(values[:first], model.horizon, season=season, input_size=size)
    forecasters = {REPEAT_LAST: naive, **rivals, name: model}
    windows = rolling_origins(
        forecasters,
        values,
        first,
        horizon=model.horizon,
        quantiles=quantiles,
        season=season,
    )
    return evaluation_of(windows, name, cost_bps=cost_bps)


def evaluation_of(
    windows: RollingOrigins,
    name: str,
    *,
    nesting: Collection[str] = NESTING,
    cost_bps: float = COST_BPS,
) -> Evaluation:
    """Judge one forecaster of rolling origins; the first of them is repeat-last.

    Parameters
    ----------
    windows : RollingOrigins
        What all said and what came.
    name : str
        Who is judged.
    nesting : collection of str
        Which forecasters contain repeat-last as a special case.
    cost_bps : float
        What the simple rule pays for a unit of the position.

    Returns
    -------
    Evaluation
        The comparisons are of the model with repeat-last by absolute error and by quantile
        loss, over a few steps of the horizon and their mean, which are one family for Holm,
        as are those by Clark and West; and with each other forecaster by absolute error over all
        steps, which are a family too.

    Raises
    ------
    UnknownName
        If there is no such forecaster.
    """
    naive, *others = windows.names
    rows = {who: scores_of(windows, who, cost_bps=cost_bps) for who in windows.names}
    comparisons = _compared(windows, name, nesting)
    model, reference = rows[name], rows[naive]
    skill, pinball_skill = gain(model.mae, reference.mae), gain(model.pinball, reference.pinball)
    table = scores_by_step(windows)
    return Evaluation(
        naive=reference,
        model=model,
        rivals=[rows[who] for who in others if who != name],
        skill=skill,
        pinball_skill=pinball_skill,
        skills={who: gain(model.mae, rows[who].mae) for who in windows.names if who != name},
        origins=windows.origins,
        horizon=windows.horizon,
        p_value=comparisons[0].p_value,
        steps=[_step(table, naive, name, step) for step in told_steps(windows.horizon)],
        comparisons=comparisons,
        statement=in_words(
            reference,
            model,
            skill=skill,
            pinball_skill=pinball_skill,
            origins=windows.origins,
            tested=comparisons[0],
        ),
        by_step=table,
        reliability=shares_below(windows),
        windows=windows,
    )


def _compared(windows: RollingOrigins, name: str, nesting: Collection[str]) -> list[Comparison]:
    """With repeat-last at several steps, then with every other forecaster over all."""
    naive, *others = windows.names
    both = [
        *compare(windows, [name], naive, nesting=nesting),
        *compare(windows, [name], naive, loss="quantile"),
    ]
    plain = [row for row in both if row.test == "Diebold-Mariano"]
    larger = [row for row in both if row.test != "Diebold-Mariano"]
    rivals = [
        row
        for rival in others
        if rival != name
        for row in compare(windows, [name], rival, steps=[None])
    ]
    return [*as_family(plain), *larger, *as_family(rivals)]


def _step(table: pd.DataFrame, naive: str, name: str, step: int) -> StepScores:
    reference, model = table.loc[(naive, step)], table.loc[(name, step)]

    def by_level(column: str) -> dict[str, float]:
        start = f"{column}_"
        return {
            key.removeprefix(start): float(model[key]) for key in table if key.startswith(start)
        }

    return StepScores(
        step=step,
        naive_mae=float(reference["mae"]),
        mae=float(model["mae"]),
        skill=gain(float(model["mae"]), float(reference["mae"])),
        naive_crps=float(reference["crps"]),
        crps=float(model["crps"]),
        crps_skill=gain(float(model["crps"]), float(reference["crps"])),
        coverage=by_level("coverage"),
        width=by_level("width"),
        interval_score=by_level("interval_score"),
    )
