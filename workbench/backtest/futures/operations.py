"""The public verb on futures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.backtest.futures.results import FuturesBacktest
from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session, StrategyRef
from workbench.market.costs import Costs  # light: pydantic only
from workbench.market.margin import Margin  # light: pydantic only
from workbench.registry import operation


@operation(effect="compute", command="backtest future")
def backtest_future(
    strategy: StrategyRef,
    dataset: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    multiplier: Annotated[float, Field(gt=0)] | None = None,
    expiries: dict[str, Session] | None = None,
    first_notices: dict[str, Session] | None = None,
    roll: Literal["volume", "open_interest", "calendar"] = "volume",
    sessions_before: Annotated[int, Field(ge=0, le=250)] | None = None,
    adjust: Literal["ratio", "difference", "none"] = "ratio",
    parameters: dict[str, float | int | str | bool] | None = None,
    costs: Costs | None = None,
    include_costs: bool = True,
    margin: Margin | None = None,
    lot: Annotated[float, Field(ge=0)] = 1.0,
    initial_cash: Annotated[float, Field(gt=0)] = 1_000_000.0,
    fills_at: Literal["next open", "next close", "same close"] | None = None,
    context: Context | None = None,
) -> FuturesBacktest:
    """Trade a future contract by contract, rolls and their costs included.

    The strategy decides on one continuous series; the account holds whole contracts, bought and
    sold at their own prices. At the close of a roll the old ones are sold and the new ones
    bought. The trial ledger counts every different try on the same data.

    Parameters
    ----------
    strategy : str, Strategy, callable or table
        A name from `list_strategies`; in Python also a strategy, a function of bars that returns
        weights, or a table of weights of the series.
    dataset : str or frame
        Bars whose symbols are contracts, ``futures:ESU2026,ESZ2026``; or a frame of them.
    start_date, end_date : date, optional
        First and last day of the bars; all there is by default. The first bars warm the
        strategy up.
    multiplier : float, optional
        Value of one point for one contract, 50 for the E-mini S&P 500; from the instruments in
        the lake by default.
    expiries : dict, optional
        Contract and its last day of trading; from the instruments in the lake by default.
    first_notices : dict, optional
        Contract and its first notice day, before which it is left.
    roll : str
        To the contract with more volume, or more open interest; or by the calendar.
    sessions_before : int, optional
        Sessions before the last day on which to roll: 5 by the calendar; otherwise at the
        latest, 1.
    adjust : str
        How the series of the strategy joins contracts: ``ratio`` keeps returns, ``difference``
        keeps changes in price, ``none`` leaves the gaps.
    parameters : dict, optional
        Parameter → value of the strategy; its defaults for the others.
    costs : Costs, optional
        What an order costs; ``fee_per_share`` is per contract. 1 bp fee and 2 bps slippage of the
        contracts' value by default.
    include_costs : bool
        Whether orders cost anything.
    margin : Margin, optional
        The most exposure over the account when an order fills, and the share of it that the
        account must be worth at every close; 10 times and 5% by default.
    lot : float
        Contracts come in multiples of it; 0 for any number.
    initial_cash : float
        Cash before the first bar.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill; by default at the next open, or the next close without opens. Rolls are
        carried out at closes.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    FuturesBacktest
        Numbers, the rolls with their costs, what each contract earned, and in memory the backtest.

    Raises
    ------
    UnknownName
        If the strategy or the dataset does not exist, or it is not known when a contract ends.
    InvalidInput
        If the multiplier is not known, the bars lack what the rule asks for, or costs of holding
        are charged.
    NoData
        If the chain breaks off in the middle.
    TooLittleHistory
        If the data are shorter than the strategy's warm-up.
    """
    from workbench.backtest.futures.asking import future_of  # heavy: xarray

    return future_of(
        strategy,
        dataset,
        Period.of(start_date, end_date),
        ends=(expiries, first_notices),
        terms={
            "multiplier": multiplier,
            "roll": roll,
            "sessions_before": sessions_before,
            "adjust": adjust,
            "parameters": parameters,
            "costs": (costs or Costs()) if include_costs else Costs.none(),
            "margin": margin,
            "lot": lot,
            "initial_cash": initial_cash,
            "fills_at": fills_at,
        },
        context=context or current(),
    )
