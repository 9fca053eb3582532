"""Walk-forward: choose parameters on the past, trade them on what follows, move on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.studies.points import grid_points, usable
from workbench.backtest.studies.results import Fold, WalkForward
from workbench.backtest.studies.study import Study
from workbench.errors import TooLittleHistory
from workbench.strategies.declaration import as_strategy
from workbench.validation import Measure, measure
from workbench.validation.splits import Split, walk_forward_splits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["best_point", "idle_bars", "scores", "stretch_returns", "walk_forward", "warm_up_of"]

UNKNOWN = -np.inf


def walk_forward(
    strategy: Any,
    bars: Any = None,
    grid: Mapping[str, Sequence[Any]] | list[dict[str, Any]] | None = None,
    *,
    folds: int = 5,
    train: int | None = None,
    anchored: bool = True,
    choose_by: Measure | str = Measure.SHARPE_RATIO,
    **trading: Any,
) -> WalkForward:
    """Choose parameters on the past of each fold and trade them on the fold.

    Every point of the grid is traded once on all bars; the best on the bars before a fold is
    then traded on the fold by an account of its own. Where the choice changes, the account sells
    everything at the fee and slippage of an order and buys anew, so that switching is paid for.
    What the folds earn, joined, is out of sample: no bar of it was seen by the choice.

    Parameters
    ----------
    strategy : Strategy, callable or Study
        What is traded; a study brings its bars and trading.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them.
    grid : mapping or list of dict, optional
        Parameter → values, every combination of which is tried; or the points themselves. None
        chooses nothing: the folds then only tell how even the returns are.
    folds : int
        How many tests; they cover the last ``folds / (folds + 1)`` of the bars.
    train : int, optional
        Bars before a test that choose, for rolling folds; as many as before the first by default.
    anchored : bool
        Whether all bars before a test choose, or the last `train`.
    choose_by : Measure
        What is best, of `workbench.validation.Measure`; larger is better.
    **trading
        ``parameters``, ``costs``, ``initial_cash``, ``fills_at``, ``engine`` as `simulate`
        takes them.

    Returns
    -------
    WalkForward
        Folds, the choice of each, and the joined returns.

    Raises
    ------
    TooLittleHistory
        If the folds are too short to choose on or to trade.
    UnknownName, OutOfRange, InvalidInput
        If a parameter cannot be used, on every point of the grid.

    Notes
    -----
    A point that the strategy refuses, or whose warm-up takes half of the bars, is left out and
    noted. The efficiency is that of Pardo, The Evaluation and Optimization of Trading
    Strategies (2008): the yearly return out of sample over that on the bars that chose.
    """
    study = Study.of(strategy, bars, trading)
    given = grid if isinstance(grid, list) else grid_points(grid)
    points, notes = usable(study, given)
    tried = study.returns(points)
    time = tried.index
    splits = walk_forward_splits(time.to_numpy(), folds, train=train, anchored=anchored)
    idle = idle_bars(study, points)
    table = tried.to_numpy()
    chosen = [_chosen(table, split, idle, choose_by, study.a_year) for split in splits]
    earned = pd.Series(np.nan, time, name="returns")
    for number, stretch in enumerate(_stretches(splits.items, chosen, points)):
        study.progress(number, len(splits), "trading out of sample")
        earned.iloc[stretch.positions] = stretch_returns(study, stretch)
    earned = earned.iloc[splits[0].test[0] :]
    folds_made = [
        _fold(table, split, idle, choice, (points[choice], earned, choose_by, study.a_year))
        for split, choice in zip(splits, chosen, strict=True)
    ]
    return _assembled(study, folds_made, earned, points, notes, str(Measure(choose_by)))


@dataclass(frozen=True)
class Stretch:
    """Neighbouring folds that chose the same parameters.

    Parameters
    ----------
    positions : ndarray of int
        Its bars.
    parameters : dict
        What is traded.
    sells : bool
        Whether another choice follows, for which everything is sold.
    """

    positions: Any
    parameters: dict[str, Any]
    sells: bool


def stretch_returns(study: Study, stretch: Stretch) -> Any:
    """What an account of its own earns on a stretch, shape (bars of it,).

    It begins in cash, buys on its first bar what the strategy wants to hold by then, and pays
    the fee and the slippage of selling everything at its end if another choice follows.
    """
    first, last = (study.first + int(stretch.positions[at]) for at in (0, -1))
    report = study.report(
        {**study.parameters, **stretch.parameters},
        bars=study.bars.isel(time=slice(0, last + 1)),
        start=study.bars["time"].to_numpy()[first],
    )
    returns = report.returns.to_numpy().copy()
    if stretch.sells:
        fee, slippage = study.costs.rates[:2]
        sold = float(report.weights.iloc[-1].abs().sum())
        returns[-1] = (1.0 + returns[-1]) * (1.0 - sold * (fee + slippage)) - 1.0
    return returns


def warm_up_of(study: Study, points: list[dict[str, Any]]) -> int:
    """Bars, the current one included, that the most patient point needs to decide."""
    if not callable(study.strategy):
        return 1
    made = as_strategy(study.strategy)
    return max(made.warm_up({**study.parameters, **point}) for point in points)


def idle_bars(study: Study, points: list[dict[str, Any]]) -> int:
    """Traded bars on which some point cannot decide yet."""
    return max(warm_up_of(study, points) - 1 - study.first, 0)


def scores(table: Any, which: Measure | str, a_year: float) -> Any:
    """A measure of each column, shape (points,); NaN counts as worst."""
    found = np.array([measure(which, column, a_year) for column in np.asarray(table).T])
    return np.where(np.isnan(found), UNKNOWN, found)


def best_point(table: Any, which: Measure | str, a_year: float) -> int:
    """The column with the best measure; the first among equals."""
    return int(np.argmax(scores(table, which, a_year)))


def _chosen(table: Any, split: Split, idle: int, which: Measure | str, a_year: float) -> int:
    teaches = split.train[split.train >= idle]
    if teaches.size < 2:
        raise TooLittleHistory(idle + 2, split.test[0], "The first fold of a walk-forward")
    return best_point(table[teaches], which, a_year)


def _stretches(
    splits: tuple[Split, ...], chosen: list[int], points: list[dict[str, Any]]
) -> list[Stretch]:
    found: list[Stretch] = []
    starts = [at for at in range(len(chosen)) if at == 0 or chosen[at] != chosen[at - 1]]
    for begin, end in zip(starts, [*starts[1:], len(chosen)], strict=True):
        positions = np.concatenate([split.test for split in splits[begin:end]])
        found.append(Stretch(positions, points[chosen[begin]], sells=end < len(chosen)))
    return found


def _fold(
    table: Any, split: Split, idle: int, choice: int, made: tuple[Any, pd.Series, Any, float]
) -> Fold:
    point, earned, which, a_year = made
    offset = split.test[0] - (len(table) - len(earned))
    tested = earned.to_numpy()[offset : offset + split.test.size]
    teaches = split.train[split.train >= idle]
    return Fold(
        start=earned.index[offset],
        end=earned.index[offset + split.test.size - 1],
        bars=split.test.size,
        parameters=point,
        train=measure(which, table[teaches, choice], a_year),
        test=measure(which, tested, a_year),
        train_return=measure("annualized_return", table[teaches, choice], a_year),
        test_return=measure("annualized_return", tested, a_year),
    )


def _assembled(
    study: Study,
    folds: list[Fold],
    earned: pd.Series,
    points: list[dict[str, Any]],
    notes: list[str],
    which: str,
) -> WalkForward:
    a_year, values = study.a_year, earned.to_numpy()
    taught = float(np.mean([fold.train_return for fold in folds]))
    yearly = measure("annualized_return", values, a_year)
    if len(points) == 1:
        notes = [*notes, "One set of parameters: nothing was chosen, so nothing is out of sample."]
    return WalkForward(
        strategy=study.name,
        choose_by=which,
        points=len(points),
        folds=folds,
        sharpe_ratio=measure("sharpe_ratio", values, a_year),
        total_return=measure("total_return", values, a_year),
        annualized_return=yearly,
        max_drawdown=measure("max_drawdown", values, a_year),
        efficiency=yearly / taught if taught > 0 else float("nan"),
        changes=sum(one.parameters != other.parameters for one, other in itertools.pairwise(folds)),
        profitable_folds=sum(fold.test_return > 0 for fold in folds),
        notes=notes,
        returns=earned,
        equity=_equity(study, earned),
    )


def _equity(study: Study, earned: pd.Series) -> pd.DataFrame:
    """The growth of 1 out of sample, beside an equal part of each symbol, bought and held."""
    held = study.report().equity["benchmark"]
    before = held.shift(1).loc[earned.index[0]]
    return pd.DataFrame(
        {"strategy": (1.0 + earned).cumprod(), "benchmark": held.loc[earned.index] / before}
    )
