"""The public verbs on instruments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.instruments.results import InstrumentList, InstrumentsAdded
from workbench.domain import Session, as_session
from workbench.registry import operation

__all__ = ["add_instruments", "download_instruments", "find_instruments"]

AssetClassName = Literal[
    "equity", "index", "etf", "crypto", "fx", "future", "option", "rate", "unknown"
]


@operation(effect="read", command="data instruments find")
def find_instruments(
    query: str,
    *,
    on: Session | None = None,
    asset_class: AssetClassName | None = None,
    limit: Annotated[int, Field(ge=1, le=1_000)] = 20,
    context: Context | None = None,
) -> InstrumentList:
    """Find instruments by symbol, former symbol, vendor's alias, identifier or name.

    Each comes with what is known about it (venue, currency, tick, listing) and with what it is
    and was called from when to when; what is not known says so.

    Parameters
    ----------
    query : str
        ``META``, ``FB``, ``BRK-B``, ``BBG000MM2P62`` or a part of the name, in any case.
    on : date, optional
        Only what was called so on this day: a ticker can have had several owners.
    asset_class : str, optional
        Only instruments of this kind.
    limit : int
        The most instruments to return; ``found`` counts all.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    InstrumentList
        The closest first.

    Raises
    ------
    UnknownName
        If nothing fits; suggests what is close.
    """
    from workbench.data.catalogue import manifests  # heavy: pyarrow
    from workbench.data.instruments.finding import search
    from workbench.data.instruments.storing import open_master

    master = open_master((context or current()).lake)
    day = as_session("on", on)
    return search(query, master, manifests(), on=day, asset_class=asset_class, limit=limit)


@operation(effect="write", command="data instruments add")
def add_instruments(
    path: str, *, dataset: str = "own", context: Context | None = None
) -> InstrumentsAdded:
    """Add instruments, or what vendors call them, from a CSV file.

    A file with a column ``alias`` holds aliases: instrument, vendor, alias, valid_from,
    valid_until. Any other holds instruments: symbol, and what is known among instrument, name,
    asset_class, venue, currency, tick, lot, multiplier, listed, delisted, underlying, expires,
    figi and cik. What changes is kept beside what was known before.

    Parameters
    ----------
    path : str
        The CSV file, with one line of headings. Empty is unknown; an instrument without an
        identifier has its symbol as one.
    dataset : str
        Under which name the rows are kept.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    InstrumentsAdded
        How many rows are new, changed and as they were.

    Raises
    ------
    NoData
        If there is no such file, or no row in it.
    InvalidInput
        If a value cannot be read; or a vendor would call two things by one alias on one day,
        which names both rows.
    """
    from workbench.data.instruments.reading import add_file  # heavy: pyarrow

    context = context or current()
    return add_file(path, context.lake, dataset, context.now().replace(tzinfo=None))


@operation(effect="write", command="data instruments download")
def download_instruments(
    source: str = "polygon",
    *,
    symbols: list[str] | None = None,
    asset_class: AssetClassName | None = None,
    context: Context | None = None,
) -> InstrumentsAdded:
    """Ask a vendor what it knows about instruments, and keep it under the workbench's symbols.

    What two vendors tell about one instrument (by FIGI, identifier or present symbol) comes
    together. Symbols that an instrument had before are kept with their dates.

    Parameters
    ----------
    source : str
        ``polygon``, ``yahoo`` or another source of reference data.
    symbols : list of str, optional
        The workbench's symbols; everything that the vendor lists by default, delisted too.
    asset_class : str, optional
        Only instruments of this kind.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    InstrumentsAdded
        How many were new, changed and as they were; what was left out, and why.

    Raises
    ------
    UnknownName
        If there is no such source, or it does not know a symbol.
    NoData
        If it has nothing that can be used.
    WireError
        If it does not answer as it should.
    """
    from workbench.data.instruments.fetching import fetch_instruments  # heavy: pyarrow
    from workbench.ports import ReferenceSource, adapter

    context = context or current()
    return fetch_instruments(
        adapter(ReferenceSource, source),
        source,
        context.lake,
        context.now().replace(tzinfo=None),
        symbols=symbols,
        asset_class=asset_class,
        progress=context.progress,
    )
