"""A search among instruments: by symbol of today or of the past, by alias, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.instruments.instrument import Instrument
from workbench.data.instruments.results import AliasFacts, InstrumentFacts, InstrumentList
from workbench.domain import AssetClass
from workbench.errors import UnknownName

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from workbench.data.instruments.instrument import Alias
    from workbench.data.instruments.master import SecurityMaster
    from workbench.data.manifest import Manifest

__all__ = ["search"]

EXACT, BEGINS, CONTAINS = range(3)
"""How well something fits; the first is the best."""


def search(
    query: str,
    master: SecurityMaster,
    manifests: Sequence[Manifest] = (),
    *,
    on: dt.date | None = None,
    asset_class: str | None = None,
    limit: int = 20,
) -> InstrumentList:
    """The instruments that a query fits, the closest first.

    Parameters
    ----------
    query : str
        A symbol, the beginning of one, an identifier, or a part of the name; in any case.
    master : SecurityMaster
        What is known.
    manifests : sequence of Manifest
        Datasets: their symbols are found too where the master does not have them.
    on : date, optional
        Symbols and aliases count only if they were valid then.
    asset_class : str, optional
        Only such instruments.
    limit : int
        The most instruments to return.

    Returns
    -------
    InstrumentList
        At least one.

    Raises
    ------
    UnknownName
        If nothing fits.
    """
    known = {master.symbol_of(key): one for key, one in master.instruments.items()}
    others = _of_datasets(manifests)
    everything = known | {key: one for key, one in others.items() if not master.has_had(key)}
    hits = []
    for symbol, one in everything.items():
        if asset_class in {None, one.asset_class.value}:
            aliases = master.aliases_of(one.instrument)
            hits += _fits(query.strip().casefold(), symbol, one, aliases, on)
    if not hits:
        raise UnknownName("instrument", query, everything)
    hits.sort()
    facts = [
        _facts(everything[symbol], symbol, matched, master, manifests)
        for _, symbol, matched in hits[:limit]
    ]
    return InstrumentList(query=query, found=len(hits), instruments=facts)


def _fits(
    query: str, symbol: str, one: Instrument, aliases: Sequence[Alias], on: dt.date | None
) -> list[tuple[int, str, str]]:
    """How closely and by what an instrument fits best; empty if it does not."""
    texts = [(symbol, f"symbol {symbol}")] if on is None else []
    texts += [(each.alias, f"alias {each}") for each in aliases if on is None or each.covers(on)]
    fits = [(_closeness(query, text), symbol, said) for text, said in texts]
    told = {field: getattr(one, field) or "" for field in ("instrument", "figi", "cik")}
    fits += [
        (EXACT, symbol, f"{it} {said}") for it, said in told.items() if said.casefold() == query
    ]
    if one.name and query in one.name.casefold():
        fits.append((CONTAINS, symbol, f"name {one.name}"))
    found = [(close, symbol, said) for close, symbol, said in fits if close is not None]
    return [min(found, key=lambda fit: fit[0])] if found else []


def _closeness(query: str, text: str) -> int | None:
    text = text.casefold()
    return EXACT if text == query else BEGINS if text.startswith(query) else None


def _of_datasets(manifests: Iterable[Manifest]) -> dict[str, Instrument]:
    """What manifests tell about their symbols."""
    return {
        symbol: Instrument(
            instrument=symbol,
            symbol=symbol,
            name=series.title or None,
            asset_class=AssetClass(series.asset_class),
            venue=None if "/" in one.calendar else one.calendar,
            currency=one.currency or None,
        )
        for one in manifests
        for symbol, series in one.series.items()
    }


def _facts(
    one: Instrument,
    symbol: str,
    matched: str,
    master: SecurityMaster,
    manifests: Iterable[Manifest],
) -> InstrumentFacts:
    aliases = [
        AliasFacts(
            vendor=each.vendor,
            alias=each.alias,
            valid_from=each.valid_from,
            valid_until=each.valid_until,
        )
        for each in master.aliases_of(one.instrument)
    ]
    symbols = {symbol, *(each.alias for each in aliases if each.vendor == "symbol")}
    return InstrumentFacts(
        **{**one.known(), "symbol": symbol},
        matched=matched,
        aliases=aliases,
        datasets=[each.name for each in manifests if symbols & each.series.keys()],
    )
