"""The security master: which instrument has which symbol when."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbench.data.instruments.instrument import Alias, Instrument
from workbench.errors import InvalidInput, UnknownName

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

__all__ = ["SecurityMaster"]

OWN_VENDOR = "symbol"
ENDED = "~"
"""Between a symbol that now belongs to another instrument and the month in which it was given up:
``Q~200506``."""


class SecurityMaster:
    """Instruments and their aliases, to be asked by symbol and date.

    An instrument has one canonical symbol: the one it has now, or had last. It is plain where no
    other instrument has had it, or where it is still in use; else it carries the month of its end.

    Parameters
    ----------
    instruments : iterable of Instrument
        What there is.
    aliases : iterable of Alias
        What vendors call them; ``symbol`` holds the workbench's own symbols of the past. Where
        they do not tell, an instrument has its symbol while it is listed.
    """

    def __init__(self, instruments: Iterable[Instrument], aliases: Iterable[Alias] = ()) -> None:
        self.instruments = {one.instrument: one for one in instruments}
        told = list(aliases)
        own = _implied(self.instruments.values(), told)
        self._spans: dict[tuple[str, str], list[Alias]] = defaultdict(list)
        self._names: dict[str, list[Alias]] = defaultdict(list)
        for alias in (*told, *own):
            self._spans[alias.vendor, alias.alias].append(alias)
            self._names[alias.instrument].append(alias)
        self._symbols = self._canonical()
        self._holders = {symbol: one for one, symbol in self._symbols.items()}

    def __repr__(self) -> str:
        count = sum(map(len, self._spans.values()))
        return f"SecurityMaster({len(self.instruments)} instruments, {count} aliases)"

    def symbol_of(self, instrument: str) -> str:
        """The canonical symbol of an instrument; its identifier when it is not known."""
        return self._symbols.get(instrument, instrument)

    def aliases_of(self, instrument: str) -> list[Alias]:
        """What an instrument is and was called, by vendor and date."""
        names = self._names.get(instrument, [])
        return sorted(names, key=lambda one: (one.vendor, str(one.valid_from or "")))

    def has_had(self, symbol: str) -> bool:
        """Whether some instrument has or had this symbol of the workbench."""
        return bool(self._spans.get((OWN_VENDOR, symbol)))

    def holder_of(self, symbol: str) -> Instrument | None:
        """The only instrument that has a symbol of the workbench now; None without or with two."""
        spans = self._spans.get((OWN_VENDOR, symbol), [])
        holders = _instruments(one for one in spans if one.is_open)
        return self.instruments.get(holders.pop()) if len(holders) == 1 else None

    def whose(self, alias: str, vendor: str, on: dt.date | None = None) -> str | None:
        """The identifier of the instrument that a vendor calls so.

        Parameters
        ----------
        alias, vendor : str
            The vendor's symbol, and the vendor.
        on : date, optional
            When it was called so. By default the only one, or the one that is called so now.

        Returns
        -------
        str or None
            None when nothing was ever called so.

        Raises
        ------
        UnknownName
            If nothing was called so on that day.
        InvalidInput
            If it belonged to several and none of them has it now; lists them with their dates.
        """
        spans = self._spans.get((vendor, alias), [])
        if not spans:
            return None
        found = spans if on is None else [one for one in spans if one.covers(on)]
        if not found:
            raise UnknownName(
                "instrument", alias, cure=f"Nothing was called so on {on}: {_listed(spans)}"
            )
        if on is None and len(_instruments(found)) > 1:
            found = [one for one in found if one.is_open] or found
        if len(_instruments(found)) > 1:
            raise InvalidInput(
                f"{alias} belonged to several instruments: {_listed(found)}",
                seen=alias,
                cure="Give the date that is meant: on='2020-01-31'",
            )
        return found[0].instrument

    def find(self, symbol: str, on: dt.date | None = None) -> Instrument:
        """The instrument of a canonical symbol, or of one that it had.

        Parameters
        ----------
        symbol : str
            The workbench's symbol.
        on : date, optional
            When it had that symbol; the instrument that has it now by default.

        Returns
        -------
        Instrument
            What is known about it.

        Raises
        ------
        UnknownName
            If there is none, or none on that day.
        InvalidInput
            If it belonged to several and none of them has it now.
        """
        found = self._holder(symbol, on)
        if found is None or found not in self.instruments:
            raise UnknownName("instrument", symbol, self._holders)
        return self.instruments[found]

    def called(self, symbol: str, vendor: str, on: dt.date | None = None) -> tuple[str, bool]:
        """What a vendor calls the instrument of a canonical symbol.

        Parameters
        ----------
        symbol : str
            The canonical symbol, or one that is no longer in use.
        vendor : str
            The vendor.
        on : date, optional
            The day that is asked about; now by default.

        Returns
        -------
        tuple of (str, bool)
            The vendor's alias and True; where none is told, the workbench's symbol of that day
            and False: then the vendor's notation decides.
        """
        found = self._holder(symbol, None)
        if found is None:
            return symbol, False
        names = self._names.get(found, [])
        theirs = _on([one for one in names if one.vendor == vendor], on)
        if theirs is not None:
            return theirs.alias, True
        own = _on([one for one in names if one.vendor == OWN_VENDOR], on)
        return (own.alias if own else symbol.partition(ENDED)[0]), False

    def _holder(self, symbol: str, on: dt.date | None) -> str | None:
        if symbol in self._holders and (on is None or ENDED in symbol):
            return self._holders[symbol]
        return self.whose(symbol, OWN_VENDOR, on)

    def _canonical(self) -> dict[str, str]:
        """Instrument → symbol, no two alike."""
        symbols = {}
        for key, one in self.instruments.items():
            spans = self._spans[OWN_VENDOR, one.symbol]
            holders = _instruments(span for span in spans if span.is_open)
            keeps = _instruments(spans) == {key} or holders == {key}
            symbols[key] = one.symbol if keeps else f"{one.symbol}{ENDED}{_end(spans, key)}"
        return symbols


def _implied(instruments: Iterable[Instrument], told: Sequence[Alias]) -> list[Alias]:
    """An instrument has its symbol while it is listed, after the symbols it is told to have had."""
    own: dict[str, list[Alias]] = defaultdict(list)
    for alias in told:
        if alias.vendor == OWN_VENDOR:
            own[alias.instrument].append(alias)
    implied = []
    for one in instruments:
        had = own[one.instrument]
        if not any(alias.alias == one.symbol for alias in had):
            starts = [day for day in (one.listed, *(alias.valid_until for alias in had)) if day]
            since = max(starts, default=None)
            implied.append(Alias(one.instrument, OWN_VENDOR, one.symbol, since, one.delisted))
    return implied


def _on(spans: Sequence[Alias], on: dt.date | None) -> Alias | None:
    """The alias of a day; without a day the one in use, else the last."""
    if on is not None:
        return next((one for one in spans if one.covers(on)), None)
    in_use = [one for one in spans if one.is_open] or list(spans)
    return max(in_use, key=lambda one: str(one.valid_from or ""), default=None)


def _end(spans: Iterable[Alias], instrument: str) -> str:
    """The month in which an instrument gave a symbol up; its identifier where that is unknown."""
    ends = [one.valid_until for one in spans if one.instrument == instrument and one.valid_until]
    return f"{max(ends):%Y%m}" if ends else instrument


def _instruments(spans: Iterable[Alias]) -> set[str]:
    return {one.instrument for one in spans}


def _listed(spans: Iterable[Alias]) -> str:
    in_time = sorted(spans, key=lambda one: str(one.valid_from or ""))
    return "; ".join(map(str, in_time))
