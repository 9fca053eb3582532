"""The closed lists of words that the workbench speaks."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Adjust", "AssetClass", "Caller", "CorporateAction", "Effect", "Scope"]


class Effect(StrEnum):
    """What an operation does to the world; it decides what a caller may do."""

    READ = "read"
    """Looks something up; nothing changes."""
    COMPUTE = "compute"
    """Computes a result and records the trial; nothing outside the workbench changes."""
    WRITE = "write"
    """Changes what the workbench keeps: datasets, models, schedules."""
    TRADE = "trade"
    """Can move money. Never offered to an agent without a person's consent."""


class Caller(StrEnum):
    """Who asked."""

    PERSON = "person"
    AGENT = "agent"
    SCHEDULE = "schedule"


class Scope(StrEnum):
    """A right that a caller holds, one for each effect."""

    READ = "read"
    COMPUTE = "compute"
    WRITE = "write"
    TRADE = "trade"


class Adjust(StrEnum):
    """How prices account for splits and dividends."""

    NONE = "none"
    """As traded."""
    SPLITS = "splits"
    """Divided by later splits."""
    ALL = "all"
    """Divided by later splits and dividends (total return)."""
    VENDOR = "vendor"
    """Adjusted by the vendor in an unstated way; cannot be un-adjusted."""


class AssetClass(StrEnum):
    """What kind of thing is traded."""

    EQUITY = "equity"
    INDEX = "index"
    ETF = "etf"
    CRYPTO = "crypto"
    FX = "fx"
    FUTURE = "future"
    OPTION = "option"
    RATE = "rate"
    UNKNOWN = "unknown"


class CorporateAction(StrEnum):
    """What happened to the holders of a share."""

    SPLIT = "split"
    """More or fewer shares for the same company; a stock dividend too."""
    DIVIDEND = "dividend"
    """Ordinary cash."""
    SPECIAL_DIVIDEND = "special_dividend"
    """Cash out of the ordinary; adjusts prices like a dividend."""
    SPIN_OFF = "spin_off"
    """Shares of another company for each share."""
    MERGER = "merger"
    """The share becomes cash, shares of another company, or both."""
    RENAME = "rename"
    """Another symbol for the same instrument."""
    DELISTING = "delisting"
    """The end of trading; its amount is what a holder received."""
