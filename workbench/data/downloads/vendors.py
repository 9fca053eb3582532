"""Sources by name, and what a vendor calls the symbols that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.data.instruments import asset_class_of
from workbench.data.instruments.symbology import vendor_symbols
from workbench.domain import AssetClass
from workbench.errors import InvalidInput
from workbench.ports import BarSource, ReferenceSource, adapter, adapter_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.ports import Lake

__all__ = ["calendar_of", "currency_of", "reference_of", "source_names", "source_of", "spelled"]

CALENDARS = {AssetClass.CRYPTO: "24/7", AssetClass.FX: "24/5"}
"""Asset class → calendar, where the vendor's own is that of its shares."""
AS_WRITTEN = frozenset({"synthetic"})
"""Sources whose series are no instruments of a market: their symbols are their own."""


def source_names() -> list[str]:
    """The names of the sources of bars, sorted."""
    return adapter_names(BarSource)


def source_of(source: Any) -> tuple[BarSource, str]:
    """The source and its name, whether it was given by name or is one itself."""
    if isinstance(source, str):
        return adapter(BarSource, source), source
    if not hasattr(source, "bars") or not hasattr(source, "facts"):
        raise InvalidInput(
            "This is no source of bars",
            seen=type(source).__name__,
            cure=f"Give one of {', '.join(source_names())}, or an object with facts and bars()",
        )
    return source, str(source.facts.name)


def reference_of(source: Any, name: str) -> ReferenceSource | None:
    """The same vendor as a source of corporate actions; None when it has none."""
    if not isinstance(source, str):
        return source if hasattr(source, "actions") else None
    return adapter(ReferenceSource, name) if name in adapter_names(ReferenceSource) else None


def spelled(symbols: Sequence[str], vendor: str, lake: Lake) -> dict[str, str]:
    """The workbench's symbol → the vendor's, in the order asked for, each once."""
    if vendor in AS_WRITTEN or vendor not in source_names():
        return {symbol: symbol for symbol in symbols}
    return vendor_symbols(symbols, vendor, lake=lake)


def calendar_of(symbols: Sequence[str], own: str) -> str:
    """The calendar of some symbols.

    Parameters
    ----------
    symbols : sequence of str
        Of the workbench.
    own : str
        The calendar of the vendor's shares.

    Returns
    -------
    str
        One for all.

    Raises
    ------
    InvalidInput
        If they have several: a dataset has one.
    """
    found = {CALENDARS.get(asset_class_of(symbol), own): symbol for symbol in symbols}
    if len(found) > 1:
        raise InvalidInput(
            "These symbols are traded by different calendars",
            seen=found,
            cure="Download one dataset for each calendar, or say which one counts: calendar=…",
        )
    return next(iter(found))


def currency_of(symbols: Sequence[str], own: str) -> str:
    """What prices are in: the quote currency of pairs, else the vendor's; empty when mixed."""
    quoted = {symbol.rpartition("/")[2] if "/" in symbol else own for symbol in symbols}
    (only, *others) = sorted(quoted)
    return only if not others and len(only) == 3 and only.isalpha() else ""
