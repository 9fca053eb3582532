"""What luck can do to a strategy: permuted markets, and bars in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.studies.points import grid_points, usable
from workbench.backtest.studies.study import Study, nobody, unwatched
from workbench.backtest.studies.walking import scores
from workbench.errors import InvalidInput, OutOfRange
from workbench.validation import Measure
from workbench.validation.resampling import permutation_test_of, permute_bars, wealth_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.validation.resampling import PermutationTest, WealthPaths

__all__ = ["monte_carlo", "permutation_test"]


def monte_carlo(
    strategy: Any,
    bars: Any = None,
    *,
    rng: np.random.Generator,
    draws: int = 2_000,
    ahead: int | None = None,
    block: float | None = None,
    **trading: Any,
) -> WealthPaths:
    """Where the account could have gone, had its bars come in another order.

    Parameters
    ----------
    strategy : Strategy, callable, table or Study
        What is traded; a study brings its bars and trading.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them.
    rng : numpy.random.Generator
        Where the paths come from.
    draws : int
        How many paths.
    ahead : int, optional
        Bars of a path; by default as many as were traded.
    block : float, optional
        Mean length of the blocks in bars; automatic by default.
    **trading
        ``parameters``, ``costs``, ``initial_cash``, ``fills_at``, ``engine`` as `simulate`
        takes them.

    Returns
    -------
    WealthPaths
        As `workbench.validation.resampling.wealth_paths`.

    Raises
    ------
    TooLittleHistory
        If fewer than 10 bars are traded.
    OutOfRange
        If `draws`, `ahead` or `block` cannot be used.
    """
    study = Study.of(strategy, bars, trading)
    study.progress(0, 1, "drawing paths")
    returns = study.report().returns
    return wealth_paths(returns, rng, draws=draws, bars=ahead, block=block)


def permutation_test(
    strategy: Any,
    bars: Any = None,
    grid: Mapping[str, Sequence[Any]] | list[dict[str, Any]] | None = None,
    *,
    rng: np.random.Generator,
    draws: int = 200,
    statistic: Measure | str = Measure.SHARPE_RATIO,
    **trading: Any,
) -> PermutationTest:
    """How often a strategy does as well on a market whose patterns were destroyed.

    The moves of the real bars are shuffled (`workbench.validation.resampling.permute_bars`),
    which keeps drift, volatility and what the symbols have in common, and the strategy trades the
    result. With a grid the best point is taken on every market, the real one too, so that the
    choice is part of what chance gets.

    Parameters
    ----------
    strategy : Strategy, callable or Study
        What is traded; a study brings its bars and trading. A table cannot be: it does not
        look at the market.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them.
    grid : mapping or list of dict, optional
        Parameter → values, or points, as `walk_forward` takes them.
    rng : numpy.random.Generator
        Where the markets come from.
    draws : int
        How many markets; the smallest p-value is ``1 / (1 + draws)``.
    statistic : Measure
        What is compared; larger is better.
    **trading
        ``parameters``, ``costs``, ``initial_cash``, ``fills_at``, ``engine`` as `simulate`
        takes them.

    Returns
    -------
    PermutationTest
        One-sided. Holding the market passes no such test: its drift is in every permutation.

    Raises
    ------
    InvalidInput
        If the strategy is a table.
    OutOfRange
        If `draws` is below 1, or there are fewer than 3 bars.
    """
    study = Study.of(strategy, bars, trading)
    if not callable(study.strategy):
        raise InvalidInput(
            "A table of weights does not look at the market, which is what is permuted",
            cure="Give the strategy; or test the weights with signal_permutation",
        )
    if draws < 1:
        raise OutOfRange("draws", draws, 1)
    points, notes = usable(study, grid if isinstance(grid, list) else grid_points(grid))
    observed = _best(study, points, statistic)
    samples = np.empty(draws)
    for draw in range(draws):
        study.progress(draw, draws, "trading permuted markets")
        market = permute_bars(study.bars, rng, start=study.first)
        other = study.but(bars=market, on_trial=nobody, progress=unwatched)
        samples[draw] = _best(other, points, statistic)
    return permutation_test_of(
        observed,
        samples,
        statistic=f"{Measure(statistic)}{' of the best point' if len(points) > 1 else ''}",
        permuted="the moves of the bars were shuffled, all symbols alike",
        notes=notes,
    )


def _best(study: Study, points: list[dict[str, Any]], statistic: Measure | str) -> float:
    found = float(scores(study.returns(points), statistic, study.a_year).max())
    return found if np.isfinite(found) else np.nan
