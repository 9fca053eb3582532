"""An instrument and the names it has had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, Self

from workbench.domain import AssetClass

__all__ = ["Alias", "Instrument"]


@dataclass(frozen=True, repr=False)
class Instrument:
    """What is known about something that is traded; None is unknown.

    Parameters
    ----------
    instrument : str
        The identifier that survives a change of symbol.
    symbol : str
        The workbench's symbol of it.
    name : str, optional
        What it is called in words.
    asset_class : AssetClass
        What kind of thing it is.
    venue : str, optional
        Market identifier code of where it is listed.
    currency : str, optional
        ISO 4217.
    tick, lot, multiplier : float, optional
        Smallest step of its price, smallest quantity, and units of the underlying in one.
    listed, delisted : date, optional
        First day of trading, and the first day without it.
    underlying : str, optional
        What a derivative is about: a symbol, or the root of a future.
    expires : date, optional
        Last day of trading of a derivative.
    figi, cik : str, optional
        Financial Instrument Global Identifier; number of the issuer at the SEC.
    """

    instrument: str
    symbol: str
    name: str | None = None
    asset_class: AssetClass = AssetClass.UNKNOWN
    venue: str | None = None
    currency: str | None = None
    tick: float | None = None
    lot: float | None = None
    multiplier: float | None = None
    listed: dt.date | None = None
    delisted: dt.date | None = None
    underlying: str | None = None
    expires: dt.date | None = None
    figi: str | None = None
    cik: str | None = None

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """The instrument of a row in `INSTRUMENT_COLUMNS`."""
        known = {name: _as_date(value) for name, value in row.items() if value is not None}
        return cls(**{**known, "asset_class": AssetClass(known.get("asset_class", "unknown"))})

    def known(self) -> dict[str, Any]:
        """The fields that are known, by name."""
        pairs = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: value for name, value in pairs if value not in (None, AssetClass.UNKNOWN)}

    def __repr__(self) -> str:
        shown = self.known()
        del shown["symbol"]
        rest = "".join(f", {name}={_plain(value)!r}" for name, value in shown.items())
        return f"Instrument({self.symbol!r}{rest})"


@dataclass(frozen=True)
class Alias:
    """What a vendor calls an instrument in ``[valid_from, valid_until)``; None is open.

    Parameters
    ----------
    instrument : str
        The instrument's identifier.
    vendor : str
        The vendor; ``symbol`` is the workbench.
    alias : str
        The vendor's symbol.
    valid_from, valid_until : date, optional
        The first day of validity, and the first day without it.
    """

    instrument: str
    vendor: str
    alias: str
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """The alias of a row in `ALIAS_COLUMNS`."""
        return cls(**{name: _as_date(value) for name, value in row.items()})

    @property
    def is_open(self) -> bool:
        """Whether it has no end: it is in use now."""
        return self.valid_until is None

    def covers(self, on: dt.date) -> bool:
        """Whether it is valid on a day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on < self.valid_until)

    def overlaps(self, other: Alias) -> bool:
        """Whether there is a day on which both are valid."""
        first, last = dt.date.min, dt.date.max
        begins = max(self.valid_from or first, other.valid_from or first)
        return begins < min(self.valid_until or last, other.valid_until or last)

    def __str__(self) -> str:
        since = f" from {self.valid_from}" if self.valid_from else ""
        until = f" until {self.valid_until}" if self.valid_until else ""
        return f"{self.vendor}:{self.alias}{since}{until} is {self.instrument}"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, dt.date | AssetClass) else value


def _as_date(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value
