"""How long an answer asks to wait."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["asked_to_wait"]


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds after which a service lets itself be asked again, by its own clock.

    It says so in ``Retry-After`` as seconds or as a date (RFC 9110, 10.2.3), or in
    ``X-RateLimit-Reset`` as seconds since 1970; what is no delay is measured from ``Date``.

    Parameters
    ----------
    headers : mapping
        Of the answer; the names in any case.

    Returns
    -------
    float or None
        Never negative. None where it does not say, or not in a way that can be read.
    """
    given = {name.lower(): value.strip() for name, value in headers.items()}
    try:
        return max(0.0, _seconds(given))
    except (KeyError, TypeError, ValueError):
        return None


def _seconds(given: Mapping[str, str]) -> float:
    after = given.get("retry-after")
    if after is None:
        return float(given["x-ratelimit-reset"]) - _instant(given["date"])
    return float(after) if after.isdecimal() else _instant(after) - _instant(given["date"])


def _instant(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()
