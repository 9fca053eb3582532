"""Alpaca's clock, and what its phases of a day are here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from workbench.adapters.alpaca.tables import as_documented
from workbench.ports import MarketStatus

__all__ = ["VENUES", "market_status"]

VENUES = ("NYSE", "NASDAQ")
"""The exchanges that are asked about; the first stands for the market."""

PHASES = {
    "core": "open",
    "pre": "pre_market",
    "post": "after_hours",
    "closed": "closed",
    "lunch": "closed",
}


def market_status(answer: dict[str, Any]) -> MarketStatus:
    """What the clocks of `VENUES` say."""
    with as_documented():
        clocks = {one["market"]["acronym"]: one for one in answer["clocks"]}
        venues = {name: PHASES[clock["phase"]] for name, clock in clocks.items()}
        at = datetime.fromisoformat(clocks[VENUES[0]]["timestamp"])
        return MarketStatus(venues[VENUES[0]], at.astimezone(UTC).replace(tzinfo=None), venues)
