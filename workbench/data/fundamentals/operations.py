"""The public verbs of fundamentals and macroeconomic series."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.fundamentals.results import (
    FactsAdded,
    FundamentalsReport,
    MacroAdded,
    MacroReport,
)
from workbench.domain import Period, Session, as_session
from workbench.registry import operation

__all__ = [
    "add_fundamentals",
    "add_macro",
    "download_fundamentals",
    "get_fundamentals",
    "get_macro",
]


@operation(effect="read", command="data fundamentals show")
def get_fundamentals(
    symbols: list[str],
    items: list[str],
    *,
    span: Literal["ttm", "quarter", "year"] = "ttm",
    as_of: Session | None = None,
    dataset: str = "",
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> FundamentalsReport:
    """Figures of companies as they became known: each change with the moment of its filing.

    A restatement is another figure with a later ``known_at``; the first stays. In Python
    ``.beside(bars)`` joins them to bars, each bar with what was known at it and nothing later.

    Parameters
    ----------
    symbols : list of str
        The companies.
    items : list of str
        ``revenue``, ``net_income``, ``earnings_per_share``, ``operating_cash_flow``, ``assets``,
        ``equity``, ``shares_outstanding`` …, or a name of the source such as ``NetIncomeLoss``.
    span : {"ttm", "quarter", "year"}
        Trailing twelve months, the quarter alone, or the year as reported; a balance is the
        latest one for each.
    as_of : date, optional
        Only what was known by the end of this day in UTC; all by default.
    dataset : str
        Whose facts, such as ``polygon`` or ``sec``; needed where several have the symbols.
    limit : int
        The most records to send, the newest.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    FundamentalsReport
        A record whenever a figure changed; all of them in memory.

    Raises
    ------
    UnknownName
        If a symbol has no facts, or no fact has an item.
    NoData
        If nothing was known by then.
    InvalidInput
        If an item is stated in two units, or several datasets have the symbols.
    """
    from workbench.data.fundamentals.keeping import load_facts  # heavy: pyarrow
    from workbench.data.fundamentals.reports import end_of, fundamentals_report

    until = end_of(as_session("as_of", as_of))
    lake = (context or current()).lake
    facts = load_facts(lake, symbols, items=items, dataset=dataset or None)
    return fundamentals_report(facts, symbols, items, span=span, as_of=until, limit=limit)


@operation(effect="write", command="data fundamentals add")
def add_fundamentals(
    path: str, *, symbol: str = "", dataset: str = "", context: Context | None = None
) -> FactsAdded:
    """Bring facts from a file: an answer of Polygon or the SEC, or a table of one's own.

    The same file again changes nothing. A value that differs from the one held for the same
    filing stands beside it and counts as known from now.

    Parameters
    ----------
    path : str
        A .json file of ``/vX/reference/financials`` or ``api/xbrl/companyfacts``; or a CSV or
        Parquet file with symbol, item, period_start, period_end, value, unit and filed_at.
    symbol : str
        The company, where the file does not name it.
    dataset : str
        Whose facts these are; ``polygon``, ``sec`` or ``own`` by default, as the file is.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    FactsAdded
        How many statements were new, changed and as known.

    Raises
    ------
    NoData
        If there is no such file.
    InvalidInput
        If the file cannot be read as facts.
    """
    from workbench.data.fundamentals.bringing import recorded_now  # heavy: pyarrow
    from workbench.data.fundamentals.files import read_facts
    from workbench.data.fundamentals.keeping import store_facts
    from workbench.data.fundamentals.reports import facts_added

    context = context or current()
    file = read_facts(path, symbol)
    name, now = dataset or file.source, recorded_now(context)
    wrote = store_facts(context.lake, name, file.facts, recorded_at=now, content=file.content)
    return facts_added(name, file.facts, wrote)


@operation(effect="write", command="data fundamentals download")
def download_fundamentals(
    symbols: list[str],
    source: str = "polygon",
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    context: Context | None = None,
) -> FactsAdded:
    """Download the facts of reports filed in a period; what has arrived is kept page by page.

    Parameters
    ----------
    symbols : list of str
        The companies.
    source : str
        An adapter that delivers fundamentals.
    start_date, end_date : date, optional
        First and last day of filing; since 2009, when companies began to file them as data, and
        up to today by default.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    FactsAdded
        How many statements were new, changed and as known.

    Raises
    ------
    UnknownName
        If there is no such source or symbol.
    WireError
        If the source fails; its kind says whether another try helps.
    NoData
        If no report was filed in the period.
    """
    from workbench.data.fundamentals.bringing import downloaded_facts  # heavy: pyarrow

    period = Period.of(start_date, end_date)
    return downloaded_facts(symbols, source, period, context or current())


@operation(effect="read", command="data macro show")
def get_macro(
    series: list[str],
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    as_of: Session | None = None,
    dataset: str = "",
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> MacroReport:
    """Macroeconomic series as they were known on a day, revisions included or not yet.

    In Python ``.beside(bars)`` joins them to bars, each bar with what was known at it.

    Parameters
    ----------
    series : list of str
        The series.
    start_date, end_date : date, optional
        First and last period, both included; all there is by default.
    as_of : date, optional
        Only what was known by the end of this day in UTC; all by default.
    dataset : str
        Whose series; needed where several datasets have them.
    limit : int
        The most records to send, the newest.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    MacroReport
        One figure for each period; all of them in memory.

    Raises
    ------
    UnknownName
        If there is no such series.
    NoData
        If nothing was known by then.
    """
    from workbench.data.fundamentals.macro_keeping import load_macro  # heavy: pyarrow
    from workbench.data.fundamentals.reports import end_of, macro_report

    period, until = Period.of(start_date, end_date), end_of(as_session("as_of", as_of))
    lake = (context or current()).lake
    held = load_macro(lake, series, dataset=dataset or None, as_of=until)
    return macro_report(held, series, period, until, limit)


@operation(effect="write", command="data macro add")
def add_macro(
    name: str,
    path: str,
    *,
    lag_days: float | None = None,
    columns: dict[str, str] | None = None,
    unit: str = "",
    zone: str = "America/New_York",
    context: Context | None = None,
) -> MacroAdded:
    """Bring macroeconomic series from a file, with their vintages or with a stated lag.

    Parameters
    ----------
    name : str
        What the dataset is called, and the series where there is only one.
    path : str
        A CSV or Parquet file: a date and a column for each series, or date, symbol and value;
        perhaps a vintage, the day of publication.
    lag_days : float, optional
        From the end of a period to its publication; needed where the file has no vintages.
    columns : dict, optional
        Meaning and column, where the headings do not say it:
        ``{"symbol": "Country", "value": "Exchange rate"}``.
    unit : str
        Of the figures, such as ``percent``.
    zone : str
        Where the day of a publication ends.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    MacroAdded
        How many figures were new, revised and as known, and from when they count as known.

    Raises
    ------
    NoData
        If there is no such file.
    InvalidInput
        If the file has no vintages and no lag is stated, or cannot be read.
    """
    from workbench.data.fundamentals.bringing import added_macro  # heavy: pyarrow

    return added_macro(
        name,
        path,
        lag_days=lag_days,
        columns=columns,
        unit=unit or None,
        zone=zone,
        context=context or current(),
    )
