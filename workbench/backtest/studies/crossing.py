"""Cross-validation of a choice: many histories out of sample, and how far they spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.studies.points import grid_points, usable
from workbench.backtest.studies.results import CrossValidation
from workbench.backtest.studies.study import Study
from workbench.backtest.studies.walking import best_point, idle_bars, scores, warm_up_of
from workbench.validation import Measure, measure
from workbench.validation.splits import combinatorial_purged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.validation.splits import CombinatorialSplits

__all__ = ["cross_validate"]


def cross_validate(
    strategy: Any,
    bars: Any = None,
    grid: Mapping[str, Sequence[Any]] | list[dict[str, Any]] | None = None,
    *,
    folds: int = 10,
    tested: int = 2,
    embargo: int | None = None,
    choose_by: Measure | str = Measure.SHARPE_RATIO,
    **trading: Any,
) -> CrossValidation:
    """The spread of the Sharpe ratio over whole histories that are out of sample.

    Combinatorial purged cross-validation (López de Prado 2018, chapter 12): on every choice of
    groups of bars the best point of the grid is found on the others, and what it earns on the
    groups is joined to paths. Bars right after a test do not choose, as their decisions looked
    at prices of the test.

    Parameters
    ----------
    strategy : Strategy, callable or Study
        What is traded; a study brings its bars and trading.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them.
    grid : mapping or list of dict, optional
        Parameter → values, or points, as `walk_forward` takes them. Without one all paths are
        the same, and only the spread over the groups tells something.
    folds : int
        Groups of bars.
    tested : int
        How many groups are tested at a time; 1 is purged k-fold, with one path.
    embargo : int, optional
        Bars after a test that do not choose; by default the longest warm-up of the grid.
    choose_by : Measure
        What is best; larger is better.
    **trading
        As `walk_forward`.

    Returns
    -------
    CrossValidation
        Sharpe ratios of the paths and of the groups. Switching between parameters is not paid
        for: `walk_forward` does.

    Raises
    ------
    TooLittleHistory
        If the groups are too short for the embargo.
    UnknownName, OutOfRange, InvalidInput
        If a parameter cannot be used, on every point of the grid, or the groups cannot.
    """
    study = Study.of(strategy, bars, trading)
    points, notes = usable(study, grid if isinstance(grid, list) else grid_points(grid))
    waits = warm_up_of(study, points)
    tried = study.returns(points).iloc[idle_bars(study, points) :]
    splits = combinatorial_purged(
        tried.index.to_numpy(),
        folds,
        tested,
        labels=1,
        embargo=min(waits, len(tried) // folds) if embargo is None else embargo,
    )
    table, a_year = tried.to_numpy(), study.a_year
    chosen, ranks, values = _out_of_sample(table, splits, choose_by, study)
    paths = splits.joined(values)
    sharpes = [measure("sharpe_ratio", path, a_year) for path in paths]
    known = [value for value in sharpes if not np.isnan(value)] or [np.nan]
    if len(points) == 1:
        notes = [*notes, "One set of parameters: all paths are the same history."]
    return CrossValidation(
        strategy=study.name,
        choose_by=str(Measure(choose_by)),
        points=len(points),
        splits=len(splits),
        paths=len(paths),
        path_sharpes=sharpes,
        fold_sharpes=_by_fold(paths, splits, a_year),
        median_sharpe=float(np.median(known)),
        low_sharpe=float(np.quantile(known, 0.05)),
        losing_paths=float(np.mean([value < 0 for value in paths.sum(axis=1)])),
        below_median=float(np.mean(ranks)) if len(points) > 1 else np.nan,
        choices=len(set(chosen)),
        notes=notes,
        returns=pd.DataFrame(paths.T, tried.index),
        plan=splits,
    )


def _out_of_sample(
    table: Any, splits: CombinatorialSplits, which: Measure | str, study: Study
) -> tuple[list[int], list[bool], Any]:
    """The choice of each split, whether it ends below the median, and what it earns."""
    chosen, ranks = [], []
    values = np.full((len(splits), len(table)), np.nan)
    for number, split in enumerate(splits):
        study.progress(number, len(splits), "cross-validating")
        choice = best_point(table[split.train], which, study.a_year)
        values[number, split.test] = table[split.test, choice]
        if table.shape[1] > 1:
            after = scores(table[split.test], which, study.a_year)
            ranks.append(bool(after[choice] < np.median(after)))
        chosen.append(choice)
    return chosen, ranks, values


def _by_fold(paths: Any, splits: CombinatorialSplits, a_year: float) -> list[float]:
    """The mean Sharpe ratio of each group over the paths."""
    groups = range(int(splits.groups[-1]) + 1)
    of = [
        [measure("sharpe_ratio", path[splits.groups == group], a_year) for path in paths]
        for group in groups
    ]
    return [float(np.mean(one)) for one in of]
