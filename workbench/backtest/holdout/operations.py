"""The public verbs of the hold-out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.backtest.holdout.results import HoldoutReport
from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session, StrategyRef
from workbench.market.costs import Costs  # light: pydantic only
from workbench.registry import operation


@operation(effect="write", command="backtest holdout keep")
def keep_holdout(
    symbol: DatasetRef,
    share: Annotated[float, Field(gt=0, lt=1)] = 0.2,
    *,
    start_date: Session | None = None,
    context: Context | None = None,
) -> HoldoutReport:
    """Keep the last bars of a dataset out of every choice, so that they can judge once.

    The first one on these symbols stands: who asks again is told of it, whatever share they
    ask for, until it has been opened. Then the bars that have come since can be kept. Nothing
    is hidden: end your backtests at `choose_until`. One that reaches further is told so, and
    the opening tells how many did.

    Parameters
    ----------
    symbol : str or frame
        A dataset, some of its symbols or one symbol; in Python also a table of prices.
    share : float
        Of the bars, the last ones; at least 60 of them, and as many have to come before.
    start_date : date, optional
        The first session that is kept out, instead of a share.
    context : Context, optional
        Whose lake and ledger; the process's own by default.

    Returns
    -------
    HoldoutReport
        What is kept, since when and by whom.

    Raises
    ------
    UnknownName
        If the dataset or a symbol does not exist.
    OutOfRange
        If the share is not between 0 and 1.
    TooLittleHistory
        If fewer than 60 bars would be kept out, or left for choosing, or if as few have come
        since the last hold-out was opened.
    """
    from workbench.backtest.holdout.keeping import kept  # heavy: xarray

    first = Period.of(start_date, None).first
    return kept(symbol, share, first, context=context or current())


@operation(effect="write", command="backtest holdout open")
def open_holdout(
    strategy: StrategyRef,
    symbol: DatasetRef,
    again: bool = False,
    *,
    parameters: dict[str, float | int | str | bool] | None = None,
    costs: Costs | None = None,
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    context: Context | None = None,
) -> HoldoutReport:
    """Judge one strategy on the bars that were kept out; it can be done once.

    The opening is recorded with who, when and what, before the bars are looked at, and what it
    showed after. Bars that any question has opened are spent, also for others that share a
    symbol. Who repeats the same look, with the same code, parameters and costs, sees the same
    and it counts once.

    Parameters
    ----------
    strategy : str, Strategy, callable or table
        What was chosen, as `run_backtest` takes it.
    symbol : str or frame
        The data of `keep_holdout`.
    again : bool
        Open bars that were opened before. Only a person may, and every later claim tells.
    parameters : dict, optional
        Parameter → value of the strategy; its defaults for the others.
    costs : Costs, optional
        What an order costs: 1 bp fee and 2 bps slippage by default.
    initial_cash : float
        Cash before the first bar.
    context : Context, optional
        Whose lake and ledger; the process's own by default.

    Returns
    -------
    HoldoutReport
        With the backtest of these bars alone and what may be claimed.

    Raises
    ------
    NotAllowed
        If another look was taken at these bars: by whom, when, with what and its result; or
        if another than a person says `again`.
    InvalidInput
        If no hold-out is kept of these symbols.
    UnknownName
        If the strategy, the dataset or a parameter does not exist.
    OutOfRange, InvalidInput, TooLittleHistory
        If `run_backtest` would refuse the request too, for its cash, costs, table or warm-up:
        nothing is opened then.
    """
    from workbench.backtest.holdout.opening import opened  # heavy: xarray

    return opened(
        strategy,
        symbol,
        parameters=parameters,
        options={"costs": costs or Costs(), "initial_cash": initial_cash},
        again=again,
        context=context or current(),
    )
