"""The public verbs of corporate actions."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.actions.results import ActionList, ActionsAdded, FactorsReport
from workbench.domain import DatasetRef, Period, Session, as_session
from workbench.registry import operation

__all__ = ["add_corporate_actions", "adjustment_factors", "get_corporate_actions"]

KindName = Literal[
    "split", "dividend", "special_dividend", "spin_off", "merger", "rename", "delisting"
]


@operation(effect="read", command="data actions show")
def get_corporate_actions(
    symbols: list[str],
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    kinds: list[KindName] | None = None,
    dataset: str = "",
    source: str | None = None,
    as_of: Session | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> ActionList:
    """Splits, dividends, spin-offs, mergers, renames and delistings by ex-date.

    Parameters
    ----------
    symbols : list of str
        The companies.
    start_date, end_date : date, optional
        First and last ex-date, both included; all there are by default.
    kinds : list of str, optional
        Only these: split, dividend, special_dividend, spin_off, merger, rename, delisting.
    dataset : str
        Whose actions; needed where several datasets have these symbols.
    source : str, optional
        A vendor to ask in place of the lake, such as ``polygon``; nothing is kept.
    as_of : date, optional
        Only what was known by the end of this day in UTC.
    limit : int
        The most records to send, the newest.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    ActionList
        Records, and all actions in memory.

    Raises
    ------
    NoData
        If there are no actions of these symbols in the lake.
    UnknownName
        If there is no such source.
    InvalidInput
        If several datasets have these symbols, or the end lies before the start.
    WireError
        If the vendor does not answer as it should.
    """
    from workbench.data.actions.asking import actions_of_vendor  # heavy: pyarrow
    from workbench.data.actions.reports import action_list, actions_within, holding, only_dataset
    from workbench.data.actions.storing import load_actions

    context = context or current()
    period, day = Period.of(start_date, end_date), as_session("as_of", as_of)
    if source is not None:
        found, rejected = actions_of_vendor(source, symbols, period, context)
        found = actions_within(found, period, kinds)
        return action_list(source, symbols, found, limit=limit, rejected=rejected)
    name = holding(dataset) if dataset else only_dataset(context.lake, symbols)
    known = dt.datetime.combine(day, dt.time.max) if day else None
    table = actions_within(load_actions(context.lake, name, symbols, known), period, kinds)
    return action_list(name, symbols, table, limit=limit)


@operation(effect="write", command="data actions add")
def add_corporate_actions(
    path: str,
    dataset: str = "own",
    *,
    symbol: str | None = None,
    context: Context | None = None,
) -> ActionsAdded:
    """Add corporate actions from a file; what changes is kept beside what was known before.

    A row for each action (symbol, ex date, kind, ratio such as ``4`` or ``4:1``, amount, and what
    is known among currency, into, declaration date, record date, pay date, id), or a row for
    each day with columns of dividends and splits, as yfinance and Alpha Vantage give them.

    Parameters
    ----------
    path : str
        The file: .csv, .csv.gz, .tsv, .parquet or .feather.
    dataset : str
        Whose actions these are: the dataset whose bars they adjust.
    symbol : str, optional
        Of all rows, where no column says it.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    ActionsAdded
        How many are new, changed and as they were.

    Raises
    ------
    NoData
        If there is no such file, or no action in it.
    UnusableFrame
        If a column is missing or a value cannot be read.
    InvalidInput
        If an action cannot be used, such as a split without a ratio.
    """
    from workbench.data.actions.reading import actions_of_frame  # heavy: pandas
    from workbench.data.actions.reports import actions_added
    from workbench.data.actions.storing import store_actions
    from workbench.data.adding import read_file

    context = context or current()
    table = actions_of_frame(read_file(path), symbol)
    now = context.now().astimezone(dt.UTC).replace(tzinfo=None)
    return actions_added(dataset, table, store_actions(context.lake, dataset, table, now))


@operation(effect="read", command="data actions factors")
def adjustment_factors(
    dataset: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    adjust: Literal["splits", "all"] = "all",
    dividend_base: Literal["prior_close", "ex_close"] = "prior_close",
    actions: str = "",
    as_of: Session | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> FactorsReport:
    """The factors by which prices are adjusted: each action, what it was worth, what it does.

    Parameters
    ----------
    dataset : str or frame
        Bars as traded, such as ``mine:AAPL``; or a frame.
    start_date, end_date : date, optional
        First and last day, both included. The factor is 1 at the last bar.
    adjust : {"splits", "all"}
        Which actions count.
    dividend_base : {"prior_close", "ex_close"}
        The price at which a payment is reinvested: the close before the ex-date, or its own.
    actions : str
        The dataset of the actions; that of the bars by default.
    as_of : date, optional
        Only what was known by the end of this day in UTC.
    limit : int
        The most records to send, the newest.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    FactorsReport
        One record for each action; in Python the factor of every bar in ``.paths``.

    Raises
    ------
    UnknownName
        If the dataset or a symbol does not exist.
    OutOfRange
        If the period lies outside the data.
    InvalidInput
        If the dataset has no prices as traded, or the end lies before the start.
    """
    from workbench.data.actions.reports import factors_report, holding  # heavy: xarray
    from workbench.data.actions.storing import load_actions
    from workbench.data.loading import load_bars

    context = context or current()
    period, day = Period.of(start_date, end_date), as_session("as_of", as_of)
    how = {"adjust": "none"} if isinstance(dataset, str) else {}
    made = load_bars(dataset, period.first, period.end, as_of=day, context=context, **how)
    known = dt.datetime.combine(day, dt.time.max) if day else None
    symbols = [str(symbol) for symbol in made["symbol"].to_numpy()]
    name = actions or holding(str(made.attrs["dataset"]).partition(":")[0])
    table = load_actions(context.lake, name, symbols, known)
    return factors_report(made, table, adjust, dividend_base, limit)
