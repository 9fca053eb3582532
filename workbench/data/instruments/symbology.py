"""From the workbench's symbols to a vendor's and back: the alias table first, then the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.instruments.notation import KINDS, MONTH_CODES
from workbench.data.instruments.storing import open_master
from workbench.data.instruments.vendors import NOTATIONS, OWN
from workbench.domain import AssetClass, as_session
from workbench.errors import InvalidInput, UnknownName
from workbench.ports import BarSource, adapter_names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from workbench.data.instruments.master import SecurityMaster
    from workbench.data.instruments.notation import Notation, Symbol
    from workbench.domain import Session
    from workbench.ports import Lake

__all__ = ["asset_class_of", "canonical_symbol", "vendor_symbol", "vendor_symbols"]


def asset_class_of(symbol: str) -> AssetClass:
    """The asset class that the notation of a symbol tells.

    Parameters
    ----------
    symbol : str
        The workbench's symbol.

    Returns
    -------
    AssetClass
        A fund is told from a share by `find_instrument` only; ``unknown`` for what is written
        in no known way.
    """
    read = OWN.readings(_plain(symbol))
    return read[0].asset_class if read else AssetClass.UNKNOWN


def vendor_symbol(
    symbol: str, vendor: str, *, on: Session | None = None, lake: Lake | None = None
) -> str:
    """What a vendor calls an instrument.

    Parameters
    ----------
    symbol : str
        The workbench's symbol: BRK.B, BTC/USDT, EUR/USD, ^SPX, SPY261218C00650000, ESZ2026.
    vendor : str
        ``polygon``, ``alpaca``, ``yahoo``, ``alpha_vantage``, ``ib``, ``ccxt``, ``symbol`` (the
        workbench itself), or any that has aliases in the lake. An adapter whose notation is not
        stated writes as the workbench does.
    on : date, optional
        The day that is asked about: META was FB until 2022-06-09. Now by default.
    lake : Lake, optional
        Where the aliases lie; by default the rules alone decide.

    Returns
    -------
    str
        The vendor's symbol.

    Raises
    ------
    UnknownName
        If nothing is known about the vendor.
    InvalidInput
        If the symbol is written in no known way, or the vendor's notation cannot say it.
    """
    return vendor_symbols([symbol], vendor, on=on, lake=lake)[symbol]


def vendor_symbols(
    symbols: Iterable[str], vendor: str, *, on: Session | None = None, lake: Lake | None = None
) -> dict[str, str]:
    """What a vendor calls each of many instruments; the lake is looked at once.

    Parameters
    ----------
    symbols : iterable of str
        The workbench's symbols.
    vendor, on, lake
        As for `vendor_symbol`.

    Returns
    -------
    dict
        The workbench's symbol → the vendor's, in the order given, each once.

    Raises
    ------
    UnknownName, InvalidInput
        As `vendor_symbol`.
    """
    day = as_session("on", on)
    master = None if lake is None else open_master(lake)
    return {symbol: _called(symbol, vendor, day, master) for symbol in symbols}


def canonical_symbol(
    alias: str,
    vendor: str,
    *,
    on: Session | None = None,
    lake: Lake | None = None,
    asset_class: AssetClass | None = None,
) -> str:
    """The workbench's symbol of what a vendor calls so.

    Parameters
    ----------
    alias : str
        The vendor's symbol.
    vendor : str
        As for `vendor_symbol`.
    on : date, optional
        When the vendor called it so. By default the only instrument that was ever called so, or
        the one that is called so now.
    lake : Lake, optional
        Where the aliases lie; by default the rules alone decide.
    asset_class : AssetClass, optional
        Needed where the vendor does not write it: ``SPX`` at IB can be a share or an index.

    Returns
    -------
    str
        One symbol for each instrument: that which it has now.

    Raises
    ------
    UnknownName
        If nothing is known about the vendor, or nothing was called so on that day.
    InvalidInput
        If it belonged to several instruments and none has it now, or it is written in no way
        that the vendor is known to use.
    """
    day = as_session("on", on)
    master = None if lake is None else open_master(lake)
    told = master.whose(alias, vendor, day) if master else None
    if master and told:
        return master.symbol_of(told)
    notation = _notation(vendor)
    plain = _plain(alias) if notation.vendor == OWN.vendor else alias
    text = _text(OWN, _read(plain, notation, day, asset_class), vendor)
    told = master.whose(text, OWN.vendor, day) if master else None
    return master.symbol_of(told) if master and told else text


def _called(symbol: str, vendor: str, on: dt.date | None, master: SecurityMaster | None) -> str:
    text = symbol.strip()
    if master is not None:
        text, is_told = master.called(text, vendor, on)
        if is_told:
            return text
    return _translated(_read(_plain(text), OWN, on), _notation(vendor), on)


def _notation(vendor: str) -> Notation:
    if vendor in NOTATIONS:
        return NOTATIONS[vendor]
    if vendor in adapter_names(BarSource):
        return OWN
    raise UnknownName("vendor with a known notation", vendor, NOTATIONS)


def _plain(symbol: str) -> str:
    """In capitals, without the month of its end."""
    return symbol.strip().partition("~")[0].upper()


def _read(
    text: str, notation: Notation, on: dt.date | None, asset_class: AssetClass | None = None
) -> Symbol:
    if on is None and notation.needs_date(text):
        raise InvalidInput(
            f"{notation.vendor} writes one digit of a future's year, the same in every decade",
            seen=text,
            cure="Give a day on which it was traded: on='2026-01-31'",
        )
    found = notation.readings(text, on, asset_class)
    if not found:
        whose = "the workbench" if notation is OWN else notation.vendor
        cure = f"It writes: {notation.about}"
        raise InvalidInput(f"This is not how {whose} writes symbols", seen=text, cure=cure)
    return found[0]


def _translated(symbol: Symbol, notation: Notation, on: dt.date | None) -> str:
    """The vendor's text for a symbol, which must not mean another symbol to the vendor."""
    text = _text(notation, symbol, notation.vendor)
    again = notation.readings(text, on or _when_traded(symbol), symbol.asset_class)
    if again[:1] != [symbol]:
        means = f"it means {OWN.write(again[0])}" if again else "it means nothing"
        raise InvalidInput(
            f"{notation.vendor} cannot be asked for {OWN.write(symbol)} by its notation",
            seen=f"{text}, {means}",
            cure="Add what the vendor calls it to the alias table: workbench data instruments add",
        )
    return text


def _text(notation: Notation, symbol: Symbol, vendor: str) -> str:
    text = notation.write(symbol)
    if text is not None:
        return text
    has = sorted({KINDS[kind].value for kind in notation.forms})
    raise InvalidInput(
        f"{vendor} has no notation that is known for {OWN.write(symbol)}",
        seen=symbol.kind,
        cure=f"Known are {', '.join(has)}. What it calls others can be added to the alias table:"
        " workbench data instruments add",
    )


def _when_traded(symbol: Symbol) -> dt.date | None:
    """A day on which a future was traded: the first of its month."""
    if symbol.kind != "future":
        return None
    month = MONTH_CODES.index(symbol.parts["month"]) + 1
    return as_session("month", f"{symbol.parts['year']}-{month:02}-01")
