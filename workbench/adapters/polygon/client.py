"""Polygon's own client, under its old name or its new one, and the pages of its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workbench.adapters.polygon.refusals import KEY_SETTING, SERVICE
from workbench.adapters.polygon.tables import as_documented
from workbench.adapters.polygon.transport import Transport
from workbench.errors import AccessRefused, BadAnswer, MissingExtra
from workbench.wire import shared_bucket

try:
    from polygon import RESTClient
except ImportError:
    try:
        from massive import RESTClient
    except ImportError:
        raise MissingExtra("polygon", "to reach Polygon", "live") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.settings import Settings

    Row = dict[str, Any]

__all__ = ["Client"]

BURST = 5


class Client:
    """Asks Polygon by the methods of its own client, which makes the addresses.

    Parameters
    ----------
    settings : Settings
        The key, the address and how often it may be asked.

    Raises
    ------
    AccessRefused
        If there is no key.
    """

    def __init__(self, settings: Settings) -> None:
        key = settings.polygon_api_key
        if key is None:
            raise AccessRefused(SERVICE, KEY_SETTING, "no key")
        self.rest = RESTClient(
            api_key=key.get_secret_value(), base=settings.polygon_url.rstrip("/")
        )
        rate = settings.polygon_requests_per_minute / 60
        bucket = shared_bucket(f"{SERVICE} {settings.polygon_url}", rate, BURST)
        self._transport = Transport(self.rest.client, bucket, key)
        self.rest.client = self.rest.vx.client = self._transport

    def one(self, ask: Callable[..., Any], *given: Any, **named: Any) -> Row:
        """The answer to one request.

        Parameters
        ----------
        ask : callable
            A method of ``rest``.
        *given, **named : object
            Its arguments.

        Returns
        -------
        dict
            The whole answer, as it arrived.
        """
        body: Row = ask(*given, raw=True, **named).body
        return body

    def result(self, ask: Callable[..., Any], *given: Any, **named: Any) -> Row:
        """The one result that an answer has, as `one` takes the question."""
        with as_documented():
            return dict(self.one(ask, *given, **named)["results"])

    def pages(self, ask: Callable[..., Any], *given: Any, **named: Any) -> Iterator[list[Row]]:
        """The rows that a request brings, page by page.

        The address of the next page is followed at the host of the settings, whichever host it
        names: Polygon names its new one, and the key goes nowhere else.

        Parameters
        ----------
        ask : callable
            A method of ``rest``.
        *given, **named : object
            Its arguments.

        Yields
        ------
        list of dict
            As they arrived; empty where a page has no row.
        """
        page = self.one(ask, *given, **named)
        seen: set[str] = set()
        while True:
            yield _rows(page)
            following = page.get("next_url")
            if not following:
                return
            if following in seen:
                raise BadAnswer("Polygon's pages run in a circle", seen=urlsplit(following).path)
            seen.add(following)
            page = self._transport.request("GET", self._at_home(following)).body

    def _at_home(self, url: str) -> str:
        parts = urlsplit(url)
        return f"{self.rest.BASE}{parts.path}?{parts.query}"


def _rows(page: Row) -> list[Row]:
    with as_documented():
        return [dict(row) for row in page.get("results") or ()]
