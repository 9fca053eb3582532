"""How Polygon writes symbols, and what that tells."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import quote

__all__ = ["dashed", "escaped", "last_day_of"]

CONTRACT = re.compile(r"^O:[A-Z0-9.]+?(?P<expires>\d{6})[CP]\d{8}$")
"""An option by the Options Clearing Corporation's notation: root, date, side and strike."""
PAIR = re.compile(r"^(?P<base>[CX]:[A-Z0-9]+)(?P<quoted>[A-Z]{3})$")


def escaped(symbol: str) -> str:
    """The symbol as it stands in a path, which Polygon's client does not see to."""
    return quote(symbol, safe=":")


def dashed(symbol: str) -> str:
    """A pair of currencies as trades and quotes have it: ``C:EUR-USD`` for ``C:EURUSD``."""
    return PAIR.sub(r"\g<base>-\g<quoted>", symbol)


def last_day_of(contract: str) -> date | None:
    """When an option expires; None when the symbol is no option's."""
    match = CONTRACT.match(contract)
    try:
        return datetime.strptime(match["expires"], "%y%m%d").date() if match else None  # noqa: DTZ007
    except ValueError:
        return None
