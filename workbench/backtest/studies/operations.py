"""The public verb of studies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.backtest.studies.checklist import StrategyValidation
from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session, StrategyRef
from workbench.market.costs import Costs  # light: pydantic only
from workbench.registry import operation

__all__ = ["validate_strategy"]


@operation(effect="compute", command="backtest validate")
def validate_strategy(
    strategy: StrategyRef,
    symbol: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    parameters: dict[str, float | int | str | bool] | None = None,
    grid: dict[str, list[float | int | str | bool]] | None = None,
    costs: Costs | None = None,
    benchmark: DatasetRef | None = None,
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    fills_at: Literal["next open", "next close", "same close"] | None = None,
    folds: Annotated[int, Field(ge=2, le=50)] = 5,
    groups: Annotated[int, Field(ge=3, le=16)] = 10,
    permutations: Annotated[int, Field(ge=19, le=10_000)] = 199,
    draws: Annotated[int, Field(ge=100, le=100_000)] = 2_000,
    context: Context | None = None,
) -> StrategyValidation:
    """Ask a strategy everything at once, and answer with a checklist, luck first.

    Luck, all trials of the question counted; the bootstrap interval of the Sharpe ratio;
    walk-forward and combinatorial purged cross-validation of the choice of parameters, and how
    their neighbours do; permuted markets; twice the costs; larger accounts; kinds of market; the
    benchmark; the drawdown of bars in another order; leaks; survivorship. Each check passed,
    failed or cannot tell, with its number. Passing all of them is no promise: it is the least.

    Parameters
    ----------
    strategy : str, Strategy, callable or table
        A name from `list_strategies`; in Python also a strategy, a function of bars that
        returns weights, or a table of weights, of which the choice cannot be checked.
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    start_date, end_date : date, optional
        The first and the last session traded; all there are by default.
    parameters : dict, optional
        Parameter → value of the strategy; its defaults for the others.
    grid : dict, optional
        Parameter → values that are tried, each a trial in the ledger; points that the strategy
        refuses are left out. By default one number at a time times 0.5, 0.75, 1.5 and 2.
    costs : Costs, optional
        What an order costs: 1 bp fee and 2 bps slippage by default.
    benchmark : str or frame, optional
        Prices of one symbol; by default an equal part of each symbol, bought and held.
    initial_cash : float
        Cash before the first bar.
    fills_at : {"next open", "next close", "same close"}, optional
        As `run_backtest` takes it.
    folds : int
        Tests of the walk-forward.
    groups : int
        Groups of the cross-validation, two of which are tested at a time.
    permutations : int
        Permuted markets.
    draws : int
        Histories of each bootstrap.
    context : Context, optional
        Whose lake, ledger, randomness and progress; the process's own by default.

    Returns
    -------
    StrategyValidation
        The checklist; the studies behind it stay in memory. A study that cannot be made
        (too few bars, no volumes) is a check that cannot tell.

    Raises
    ------
    UnknownName
        If the strategy, the dataset, a symbol or a parameter does not exist.
    OutOfRange
        If a parameter is outside its range, on every point of the grid.
    InvalidInput
        If the end date is before the start date, or a table cannot be read.
    TooLittleHistory
        If the data are shorter than twice the strategy's warm-up.
    """
    from workbench.backtest.studies.asking import asked  # heavy: xarray

    return asked(
        strategy,
        symbol,
        Period.of(start_date, end_date),
        plan={
            "grid": grid,
            "folds": folds,
            "groups": groups,
            "permutations": permutations,
            "draws": draws,
            "benchmark": benchmark,
        },
        trading={
            "parameters": parameters or {},
            "costs": costs or Costs(),
            "initial_cash": initial_cash,
            "fills_at": fills_at,
        },
        context=context or current(),
    )
