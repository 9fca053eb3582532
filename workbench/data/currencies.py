"""Currencies in which prices are quoted that are a part of another: pence, cents, agorot."""

from __future__ import annotations

__all__ = ["PARTS", "whole_currency"]

PARTS: dict[str, tuple[str, float]] = {
    "GBX": ("GBP", 100.0),  # pence: London
    "GBp": ("GBP", 100.0),
    "ILA": ("ILS", 100.0),  # agorot: Tel Aviv
    "KWF": ("KWD", 1000.0),  # thousandths of a dinar: Kuwait
    "USX": ("USD", 100.0),  # cents: grain in Chicago
    "ZAC": ("ZAR", 100.0),  # cents: Johannesburg
    "ZAc": ("ZAR", 100.0),
}
"""What a price is quoted in → the currency it is a part of, and how many make one. None of these
is an ISO 4217 code; vendors write GBp and ZAc where others write GBX and ZAC."""


def whole_currency(quoted: str) -> tuple[str, float]:
    """The currency of a quotation, and how many of the quoted unit make one of it.

    Parameters
    ----------
    quoted : str
        What a price is quoted in, such as ``GBX`` or ``USD``.

    Returns
    -------
    tuple of (str, float)
        ``("GBP", 100.0)`` for pence; ``("USD", 1.0)`` for what is a currency itself.
    """
    upper = quoted.upper()  # GBp is pence, and gbp is how some vendors write pounds
    return PARTS.get(quoted) or PARTS.get(upper, (upper, 1.0))
