"""The public verb on futures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.futures.results import ContinuousReport
from workbench.domain import DatasetRef, Period, Session
from workbench.registry import operation

__all__ = ["continuous_future"]


@operation(effect="read", command="data futures continuous")
def continuous_future(
    dataset: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    expiries: dict[str, Session] | None = None,
    first_notices: dict[str, Session] | None = None,
    roll: Literal["volume", "open_interest", "calendar"] = "volume",
    adjust: Literal["ratio", "difference", "none"] = "ratio",
    anchor: Literal["last", "first"] = "last",
    sessions_before: Annotated[int, Field(ge=0, le=250)] | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> ContinuousReport:
    """One continuous series out of the contracts of a future, with the table of its rolls.

    A roll is decided after a close and carried out at the next one; nothing that comes later
    changes it. In Python ``.series.bars`` holds all bars and ``.to_frame()`` the rolls.

    Parameters
    ----------
    dataset : str or frame
        Bars whose symbols are contracts, ``futures:ESU2026,ESZ2026``; or a frame of them.
    start_date, end_date : date, optional
        First and last day, both included; all there is by default.
    expiries : dict, optional
        Contract and its last day of trading; from the instruments in the lake by default.
    first_notices : dict, optional
        Contract and its first notice day, before which it is left.
    roll : str
        To the contract with more volume, or more open interest; or by the calendar.
    adjust : str
        ``ratio`` keeps returns, ``difference`` keeps changes in price, ``none`` leaves the gaps.
    anchor : str
        ``last``: the newest contract is as traded and earlier levels move with each new roll.
        ``first``: the oldest is, and what is past never changes.
    sessions_before : int, optional
        Sessions before the last day on which to roll: 5 by the calendar; otherwise at the
        latest, 1.
    limit : int
        The most records to send; ``left_out`` counts the older ones.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    ContinuousReport
        Rolls and records, and all bars in memory.

    Raises
    ------
    UnknownName
        If the dataset does not exist, or it is not known when a contract ends.
    InvalidInput
        If the bars lack what the rule asks for, or a ratio meets a price that is not positive.
    NoData
        If the chain breaks off in the middle.
    """
    from workbench.data.futures.reports import (  # heavy: xarray
        continuous_report,
        last_days,
        load_contracts,
    )
    from workbench.data.futures.splicing import continuous

    context = context or current()
    chain = load_contracts(dataset, Period.of(start_date, end_date), context)
    days = last_days(chain, context.lake, expiries, first_notices)
    series = continuous(
        chain, days, roll=roll, adjust=adjust, anchor=anchor, sessions_before=sessions_before
    )
    return continuous_report(series, chain, limit)
