"""A sweep that was carried out, as a result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.results import Period
from workbench.backtest.sweeps.kept import best_rows, near, statistics_of
from workbench.backtest.sweeps.measures import MEASURES, SMALLER_IS_BETTER
from workbench.backtest.sweeps.results import Optimum, Stability, SweepResult
from workbench.validation import question_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    from workbench.backtest.sweeps.kept import Kept
    from workbench.backtest.sweeps.run import Swept

    Ints = npt.NDArray[np.int64]

__all__ = ["luck_of", "optima", "plain", "result_of", "traded_bars"]

TOP = 10
SHOWN_VALUES = 20


def result_of(swept: Swept, *, search: str = "grid") -> SweepResult:
    """Describe a sweep.

    Parameters
    ----------
    swept : Swept
        What was done.
    search : str
        How combinations were chosen.

    Returns
    -------
    SweepResult
        Its p-values count the trials of this sweep alone.
    """
    job, kept = swept.job, swept.kept
    metric, tally, plan = kept.shape.metric, kept.tally, job.plan
    top = optima(kept, best_rows(kept, metric, TOP))
    return SweepResult(
        strategy=job.strategy.name,
        dataset=str(job.bars.attrs.get("dataset") or "your frame"),
        symbols=list(plan.symbols),
        by=job.terms.by,
        period=Period(start=plan.time[0], end=plan.time[-1], bars=len(plan.time)),
        parameters={
            name: [plain(value) for value in values[:SHOWN_VALUES]]
            for name, values in job.space.axes.items()
        },
        fixed={name: plain(value) for name, value in job.space.fixed.items()},
        search=search,
        combinations=tally.tried,
        skipped=tally.skipped,
        accounts=tally.tried * kept.shape.accounts,
        complete=swept.complete,
        metric=metric,
        optimum=top[0] if top else None,
        top=top,
        stability_of_best=_stability(kept, top[0]) if top else None,
        path=job.path,
        path_note=job.why,
        fills_at=plan.fills_at,
        costs=str(job.terms.costs),
        question=question_of(traded_bars(swept)),
        p_value=top[0].p_value if top else math.nan,
        effective_trials=tally.maxima.effective_trials() if tally.maxima else math.nan,
        notes=_notes(swept),
        kept=kept,
    )


def traded_bars(swept: Swept) -> xr.Dataset:
    """The bars that were traded, without those before the start."""
    plan = swept.job.plan
    return swept.job.bars.sel(time=slice(plan.time[0], plan.time[-1]))


def optima(kept: Kept, rows: Ints) -> list[Optimum]:
    """Some rows of `frame_of`, with their p-values among the trials of this sweep."""
    scores = statistics_of(kept, rows)
    return [_optimum(kept, int(row), float(score)) for row, score in zip(rows, scores, strict=True)]


def luck_of(kept: Kept, statistic: float) -> float:
    """The family-wise p-value of a studentised mean among the trials of this sweep."""
    if kept.tally.maxima is None or not math.isfinite(statistic):
        return math.nan
    return kept.tally.maxima.p_value(statistic)


def _optimum(kept: Kept, row: int, statistic: float) -> Optimum:
    space, accounts = kept.shape.space, kept.shape.accounts
    position = int(kept.positions[row // accounts])
    everything = {**space.fixed, **space.varied(position)}
    return Optimum(
        parameters={name: plain(value) for name, value in everything.items()},
        symbol=kept.symbols[row % accounts] if kept.symbols else None,
        measures=dict(zip(MEASURES, kept.measures[row].tolist(), strict=True)),
        statistic=statistic,
        p_value=luck_of(kept, statistic),
        position=position,
    )


def _stability(kept: Kept, best: Optimum) -> Stability | None:
    """Of a grid of which every combination was kept, in one account each."""
    if not (kept.shape.space.product and kept.shape.everything) or kept.symbols:
        return None
    metric = kept.shape.metric
    value, around = best.measures[metric], near(kept, metric, best.position)
    sign = -1.0 if metric in SMALLER_IS_BETTER else 1.0
    mean = float(around.mean()) if len(around) else math.nan
    return Stability(
        metric=metric,
        best=value,
        neighbours=mean,
        worst_neighbour=sign * float((sign * around).min()) if len(around) else math.nan,
        retained=mean / value if value > 0 else math.nan,
        count=len(around),
    )


def _notes(swept: Swept) -> list[str]:
    job, tally = swept.job, swept.kept.tally
    notes = []
    bias = str(job.bars.attrs.get("survivorship", "")).strip()
    if bias.lower() not in ("", "none", "free", "point-in-time", "unknown"):
        notes.append(bias)
    if job.plan.fills_at == "same close":
        notes.append("Orders fill at the close that decided them, which nobody can trade at.")
    if job.path != "compiled":
        notes.append(f"Combinations were run one by one ({job.path}): {job.why}.")
    if not swept.kept.shape.everything:
        count = sum(len(positions) for positions, _ in tally.rows)
        notes.append(f"The {count:,} best combinations are kept, and maps of all.")
    if not swept.complete:
        notes.append(
            "It ended early, where a value was good enough: what was not tried is not here."
        )
    return notes


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, float | int | str | bool | None) else str(value)
