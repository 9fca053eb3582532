"""An HTTP client with sober limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import MissingExtra

if TYPE_CHECKING:
    import httpx

__all__ = ["http_client"]

TIMEOUT_SECONDS = 15.0
CONNECTIONS = 20


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
        Follows no redirect: a vendor's key must not travel on.

    Raises
    ------
    MissingExtra
        If httpx is not installed.
    """
    try:
        import httpx  # noqa: PLC0415  optional: httpx
    except ImportError:
        raise MissingExtra("httpx", "to reach a service", "live") from None
    return httpx.AsyncClient(
        base_url=base_url,
        headers=headers,
        transport=transport,
        timeout=httpx.Timeout(TIMEOUT_SECONDS),
        limits=httpx.Limits(max_connections=CONNECTIONS),
    )
