"""The public verbs of universes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.data.universes.results import UniverseReport
from workbench.domain import DatasetRef, Session, as_session
from workbench.registry import operation

__all__ = ["get_universe", "make_universe"]


@operation(effect="write", command="data universes make")
def make_universe(
    name: str,
    dataset: DatasetRef,
    rule: str = "",
    *,
    constituents: str = "",
    title: str = "",
    replace: bool = False,
    context: Context | None = None,
) -> UniverseReport:
    """Make a universe: the members of a dataset through time, by a rule or as a file lists them.

    A rule chooses from what was known before each session, so a backtest on the universe holds
    only what could have been chosen then. Read ``survivorship``: a rule cannot bring back names
    that the dataset has never had.

    Parameters
    ----------
    name : str
        What it is to be called: lower-case letters, digits, ``-``, ``_`` and ``.``.
    dataset : str
        The dataset of the bars to choose from, such as ``sp500-20``.
    rule : str
        ``top 500 by 60-day median dollar volume, price > 5, rebalanced monthly``. Further parts:
        ``at least 252 days of history``, ``kept to rank 600``, ``rebalanced quarterly at the
        last session``. Other measures: volume, price, market value.
    constituents : str
        A CSV or Parquet file with symbol, entry and exit, in place of a rule. An exit is the
        first session without the symbol; it is empty while the symbol is a member.
    title : str
        What it is, in a line; by default the rule.
    replace : bool
        Whether it may take the place of a universe of this name.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    UniverseReport
        Members on the last session, entries and exits, survivorship.

    Raises
    ------
    InvalidInput
        If the name is taken, the rule cannot be understood, or there is not exactly one of rule
        and constituents.
    UnknownName
        If there is no such dataset.
    NoData
        If nothing is ever a member, or there is no such file.
    """
    from workbench.data.universes.making import made_universe  # heavy: xarray
    from workbench.data.universes.reports import universe_report

    context = context or current()
    manifest, members = made_universe(
        name,
        dataset,
        rule=rule,
        constituents_file=constituents,
        title=title,
        replace=replace,
        context=context,
    )
    return universe_report(manifest, members, None, limit=100)


@operation(effect="read", command="data universes show")
def get_universe(
    name: str,
    on: Session | None = None,
    *,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 100,
    context: Context | None = None,
) -> UniverseReport:
    """Who belonged to a universe on a day, who came and went, and what is missing from it.

    Parameters
    ----------
    name : str
        The universe.
    on : date, optional
        A day; the last session by default.
    limit : int
        The most entries and exits to send, the newest; in Python ``.to_frame()`` has them all.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    UniverseReport
        Members on this day, entries and exits, survivorship, and a plot of the count.

    Raises
    ------
    UnknownName
        If there is no such universe.
    OutOfRange
        If the day lies outside its sessions.
    """
    from workbench.data.universes.keeping import load_membership  # heavy: xarray
    from workbench.data.universes.manifests import universe_manifest
    from workbench.data.universes.reports import universe_report

    members = load_membership((context or current()).lake, name)
    return universe_report(universe_manifest(name), members, as_session("on", on), limit)
