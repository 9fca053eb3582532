"""What Alpaca means by a status other than 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import (
    AccessRefused,
    BadAnswer,
    InvalidInput,
    NotEntitled,
    ServiceUnavailable,
    UnknownName,
    WorkbenchError,
)
from workbench.wire import asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEY_SETTINGS", "SERVICE", "NotFound", "refusal", "unknown_symbol"]

SERVICE = "Alpaca"
KEY_SETTINGS = ("ALPACA_API_KEY", "ALPACA_SECRET_KEY")
NO_SYMBOL = "invalid symbol: "


class NotFound(BadAnswer):
    """There is nothing at a path; whoever asked knows what that means."""


def refusal(status: int, headers: Mapping[str, str], said: str) -> WorkbenchError:
    """The error that stands for a refusal.

    Parameters
    ----------
    status : int
        Of the answer.
    headers : mapping
        Of the answer.
    said : str
        Its message.

    Returns
    -------
    WorkbenchError
        `ServiceUnavailable` where another try may succeed.
    """
    if status == 429 or status >= 500:
        return ServiceUnavailable(SERVICE, f"{status} {said}".strip(), asked_to_wait(headers))
    if status == 403 and "subscription" in said:
        return NotEntitled(
            "The subscription at Alpaca does not include this",
            seen=said,
            cure="End the period 15 minutes ago or earlier, or subscribe to more",
        )
    if status in (401, 403):  # the trading host says "forbidden." of a wrong key
        return AccessRefused(SERVICE, KEY_SETTINGS[0], said)
    if status == 404:
        return NotFound(
            "Alpaca has nothing at this address",
            seen=said,
            cure="Correct the addresses of Alpaca in the settings, if they are set",
        )
    if said.startswith(NO_SYMBOL):
        return unknown_symbol(said.removeprefix(NO_SYMBOL))
    return InvalidInput(
        f"Alpaca refuses the request with status {status}",
        seen=said,
        cure="Correct the symbols or the period; if they are right, report this",
    )


def unknown_symbol(symbol: str) -> UnknownName:
    """That there is no such symbol, with how symbols are written."""
    cure = "Write shares as AAPL or BRK.B, crypto as BTC/USD"
    return UnknownName("symbol at Alpaca", symbol, cure=cure)
