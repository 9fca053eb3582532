"""How symbols are written: a vendor is a list of forms, reading and writing is done once.

A form such as ``"X:{base}{quote}"`` says how one kind of symbol looks. The workbench's own symbols
are one more list of forms, so that a translation is to read with one list and to write with the
other. What a form cannot say without being misread is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.domain import CURRENCIES, AssetClass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

__all__ = ["KINDS", "MONTH_CODES", "QUOTES", "Notation", "Symbol"]

KINDS: Mapping[str, AssetClass] = MappingProxyType(
    {
        "option": AssetClass.OPTION,
        "coin option": AssetClass.OPTION,
        "coin future": AssetClass.FUTURE,
        "perpetual": AssetClass.FUTURE,
        "inverse perpetual": AssetClass.FUTURE,
        "future": AssetClass.FUTURE,
        "front": AssetClass.FUTURE,
        "fx": AssetClass.FX,
        "crypto": AssetClass.CRYPTO,
        "preferred": AssetClass.EQUITY,
        "preferred series": AssetClass.EQUITY,
        "warrant": AssetClass.EQUITY,
        "unit": AssetClass.EQUITY,
        "class": AssetClass.EQUITY,
        "class abroad": AssetClass.EQUITY,
        "share abroad": AssetClass.EQUITY,
        "share": AssetClass.EQUITY,
        "index": AssetClass.INDEX,
    }
)
"""The kinds of symbol in the order in which a text is tried. ``front`` is a root's nearest
contract; the perpetuals and the ``coin`` kinds are derivatives of crypto pairs."""

MONTH_CODES = "FGHJKMNQUVXZ"
"""January to December, as the futures exchanges write them."""

QUOTES = ("USDT", "USDC", "USD", "EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "BRL", "BTC", "ETH")
"""Where base and quote stand together, the quote is one of these. None ends like another, which is
why BUSD and FDUSD are missing: ARBUSD is ARB in dollars and not AR in BUSD."""

_FIELDS = {
    "ticker": r"[A-Z0-9&]{1,12}",
    "letter": r"[A-TV-Z]",
    "series": r"[A-Z]",
    "base": r"[A-Z0-9]{1,15}",
    "quote": r"[A-Z0-9]{3,8}",
    "settle": r"[A-Z0-9]{2,10}",
    "from": r"[A-Z]{3}",
    "to": r"[A-Z]{3}",
    "name": r"[A-Z0-9.]{1,12}",
    "root": r"[A-Z0-9]{1,4}",
    "month": rf"[{MONTH_CODES}]",
    "year": r"(?:19|20)\d\d",
    "year2": r"\d\d",
    "year1": r"\d",
    "option": r"[A-Z0-9]{1,6}",
    "option6": r"(?=.{6}\d)[A-Z0-9]{1,6} *",
    "day": r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
    "right": r"[CP]",
    "strike": r"\d{8}",
    "plain": r"\d+(?:\.\d+)?",
}
"""What each field of a form can be."""


@dataclass(frozen=True)
class Symbol:
    """What a symbol says, in no vendor's notation.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    parts : mapping
        Its fields, for example ``{"base": "BTC", "quote": "USDT"}``.
    """

    kind: str
    parts: Mapping[str, str]

    @property
    def asset_class(self) -> AssetClass:
        """What kind of thing is traded."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Notation:
    """How one vendor writes symbols.

    Parameters
    ----------
    vendor : str
        Its name.
    about : str
        The facts in words, and where they are from.
    forms : mapping
        Kind → form; what the vendor does not have is missing.
    also : mapping, optional
        Kind → another form that is understood and never written.
    venues : mapping, optional
        Market identifier code → what the vendor writes for it; the code itself by default.
    names : mapping, optional
        The workbench's name of an index → the vendor's, where they differ.
    floors : mapping, optional
        Root of a future → what the vendor writes for its exchange.
    """

    vendor: str
    about: str
    forms: Mapping[str, str]
    also: Mapping[str, str] = field(default_factory=dict, repr=False)
    venues: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    floors: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __hash__(self) -> int:
        return hash(self.vendor)

    def readings(
        self, text: str, on: dt.date | None = None, asset_class: AssetClass | None = None
    ) -> list[Symbol]:
        """What a text can mean, the likeliest first.

        Parameters
        ----------
        text : str
            A symbol as the vendor writes it.
        on : date, optional
            When it was written; decides the decade of a year of one digit.
        asset_class : AssetClass, optional
            Only such symbols, where the vendor says it elsewhere.

        Returns
        -------
        list of Symbol
            Empty when no form fits.
        """
        kinds = [kind for kind in KINDS if asset_class in {None, KINDS[kind]}]
        read = (
            self._read(kind, form, text, on)
            for kind in kinds
            for form in (self.forms.get(kind), self.also.get(kind))
            if form is not None
        )
        return [symbol for symbol in read if symbol is not None]

    def needs_date(self, text: str) -> bool:
        """Whether a text is a future whose decade only a date can tell."""
        form = self.forms.get("future", "")
        return "{year1}" in form and _pattern(self, form).fullmatch(text) is not None

    def write(self, symbol: Symbol) -> str | None:
        """The text for a symbol; None when the vendor has no form for it."""
        form = self.forms.get(symbol.kind)
        parts = self._vendors(symbol.parts)
        if form is None or not set(_fields(form)) <= parts.keys():
            return None
        return form.format_map(parts)

    def _read(self, kind: str, form: str, text: str, on: dt.date | None) -> Symbol | None:
        match = _pattern(self, form).fullmatch(text)
        parts = self._own(match.groupdict(), on) if match else None
        if parts is None or (kind in {"fx", "crypto"} and _is_fx(parts) != (kind == "fx")):
            return None
        return Symbol(kind, parts)

    def _own(self, parts: dict[str, str], on: dt.date | None) -> dict[str, str] | None:
        """The vendor's fields in the workbench's words; None where a year cannot be told."""
        parts.pop("floor", None)
        if "to" in parts:
            parts.setdefault("from", "USD")
        for name, spoken in (("venue", self.venues), ("name", self.names)):
            if name in parts:
                own = {theirs: ours for ours, theirs in spoken.items()}
                parts[name] = own.get(parts[name], parts[name])
        if "year2" in parts:
            year = int(parts.pop("year2"))
            parts["year"] = str(year + (1900 if year >= 70 else 2000))
        if "year1" in parts:
            if on is None:
                return None
            parts["year"] = _next_year(parts.pop("year1"), parts["month"], on)
        if "option6" in parts:
            parts["option"] = parts.pop("option6").rstrip()
        return parts

    def _vendors(self, parts: Mapping[str, str]) -> dict[str, str]:
        """The fields in the vendor's words, and those that follow from them."""
        spoken = dict(parts)
        if "venue" in spoken and self.venues:
            spoken["venue"] = self.venues.get(parts["venue"], "")
            spoken = spoken if spoken["venue"] else {}
        if "name" in spoken:
            spoken["name"] = self.names.get(parts["name"], parts["name"])
        if "year" in spoken:
            spoken |= {"year1": parts["year"][-1], "year2": parts["year"][-2:]}
        if parts.get("root") in self.floors:
            spoken["floor"] = self.floors[parts["root"]]
        if "option" in spoken:
            spoken["option6"] = parts["option"].ljust(6)
        return spoken


@cache
def _pattern(notation: Notation, form: str) -> re.Pattern[str]:
    """The expression that a form stands for; a field that is there twice must be the same."""
    fields = _FIELDS | {
        "venue": _one_of(notation.venues.values()) if notation.venues else r"[A-Z0-9]{4}",
        "floor": _one_of(notation.floors.values()),
    }
    if "{base}{quote}" in form:
        fields["quote"] = _one_of(QUOTES)
    made, seen = "", set[str]()
    for literal, name, _, _ in Formatter().parse(form):
        made += re.escape(literal)
        if name is not None:
            made += f"(?P={name})" if name in seen else f"(?P<{name}>{fields[name]})"
            seen.add(name)
    return re.compile(made)


def _fields(form: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(form) if name is not None]


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, set(words)), key=len, reverse=True)) + ")"


def _is_fx(parts: Mapping[str, str]) -> bool:
    pair = (parts.get("from") or parts["base"], parts.get("to") or parts["quote"])
    return CURRENCIES.issuperset(pair)


def _next_year(digit: str, month: str, on: dt.date) -> str:
    """The first year that ends on `digit` in which the contract has not ended before `on`."""
    year = on.year + (int(digit) - on.year) % 10
    ended = year == on.year and MONTH_CODES.index(month) + 1 < on.month
    return str(year + 10 if ended else year)
