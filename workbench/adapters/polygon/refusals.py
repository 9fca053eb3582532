"""What Polygon means by a status other than 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import (
    AccessRefused,
    BadAnswer,
    NotEntitled,
    QuotaExhausted,
    ServiceUnavailable,
    WorkbenchError,
)
from workbench.wire import asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEY_SETTING", "SERVICE", "NotFound", "refusal"]

SERVICE = "Polygon"
KEY_SETTING = "POLYGON_API_KEY"
PASSING = {408, 429}
LONG_QUOTAS = ("per day", "per month", "daily", "monthly")
FREE_PLAN_SECONDS = 12.0
"""The free plan takes five requests a minute, and its refusal does not say how long to wait."""


class NotFound(BadAnswer):
    """There is nothing at an address; whoever asked knows what that means."""


def refusal(status: int, headers: Mapping[str, str], said: str) -> WorkbenchError:
    """The error that stands for a refusal.

    Parameters
    ----------
    status : int
        Of the answer.
    headers : mapping
        Of the answer.
    said : str
        The words of the answer, without the key.

    Returns
    -------
    WorkbenchError
        `ServiceUnavailable` where another try may succeed.
    """
    if status == 429 and any(quota in said.lower() for quota in LONG_QUOTAS):
        return QuotaExhausted(
            "The requests that the plan at Polygon includes are used up",
            seen=said,
            cure="Go on when the quota begins anew (what has arrived is kept), or change the plan",
        )
    if status in PASSING or status >= 500:
        return ServiceUnavailable(SERVICE, f"{status} {said}".strip(), _delay(status, headers))
    if status == 401:
        return AccessRefused(SERVICE, KEY_SETTING, said)
    if status == 403:
        return NotEntitled(
            "The plan at Polygon does not include this",
            seen=said,
            cure="Ask for an earlier period or fewer kinds of data, or change the plan",
        )
    if status == 404:
        return NotFound(
            "Polygon has nothing at this address",
            seen=said,
            cure="Correct WORKBENCH_POLYGON_URL if it is set",
        )
    return BadAnswer(
        f"Polygon refuses the request with status {status}",
        seen=said,
        cure="Correct the symbol or the timeframe; if they are right, report this",
    )


def _delay(status: int, headers: Mapping[str, str]) -> float | None:
    stated = asked_to_wait(headers)
    return FREE_PLAN_SECONDS if stated is None and status == 429 else stated
