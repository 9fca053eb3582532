"""An HTTP client with sober limits."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import httpx

__all__ = ["http_client"]

TIMEOUT_SECONDS = 15.0
CONNECTIONS = 20

_KEY = re.compile(r"(?P<name>[?&](?:api_?key|token|secret)=)[^&\s\"]+", re.IGNORECASE)


def http_client(
    base_url: str = "",
    *,
    headers: dict[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Make an asynchronous HTTP client; close it, or use it in ``async with``.

    Parameters
    ----------
    base_url : str
        What every path is relative to.
    headers : dict, optional
        Sent with every request.
    transport : httpx.AsyncBaseTransport, optional
        The seam for tests: an in-memory server.

    Returns
    -------
    httpx.AsyncClient
        Follows no redirect: a vendor's key must not travel on. Its log shows no key that is
        part of an address.

    Raises
    ------
    MissingExtra
        If httpx is not installed.
    """
    try:
        import httpx  # noqa: PLC0415  optional: httpx
    except ImportError:
        raise MissingExtra("httpx", "to reach a service", "live") from None
    logging.getLogger("httpx").addFilter(_without_keys)
    return httpx.AsyncClient(
        base_url=base_url,
        headers=headers,
        transport=transport,
        timeout=httpx.Timeout(TIMEOUT_SECONDS),
        limits=httpx.Limits(max_connections=CONNECTIONS),
    )


def _without_keys(record: logging.LogRecord) -> bool:
    record.msg, record.args = _KEY.sub(r"\g<name>********", record.getMessage()), ()
    return True
