"""The currencies of states, by their codes."""

from __future__ import annotations

__all__ = ["CURRENCIES"]

CURRENCIES = frozenset((
    "AED", "ARS", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNH", "CNY", "COP",
    "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY",
    "KRW", "KWD", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR",
    "PLN", "QAR", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD",
    "VND", "ZAR", "XAG", "XAU", "XPD", "XPT",
))  # fmt: skip
"""Currencies and metals (ISO 4217, and CNH for yuan abroad). A pair of two of them is foreign
exchange, any other pair is crypto."""
