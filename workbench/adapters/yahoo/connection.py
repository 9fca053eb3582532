"""The way to Yahoo: yfinance's session, which looks like a browser, its cookie and its crumb.

yfinance's `Ticker` keeps failures in a cache, swallows them unless a switch of the whole process
is set, and files cookies under the user's own cache. The `YfData` beneath does none of this when
it is made apart, so bars are asked for there, at an address that is ours to choose.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import RequestException
from yfinance.data import SingletonMeta, YfData
from yfinance.exceptions import YFRateLimitError

from workbench.errors import BadAnswer, ServiceUnavailable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

__all__ = ["Answer", "Connection"]

SERVICE = "Yahoo"
CHARTS = "/v8/finance/chart/"
TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Answer:
    """What came back.

    Parameters
    ----------
    status : int
        Of HTTP.
    body : object
        The JSON.
    at : datetime or None
        When Yahoo sent it, by its own clock, in UTC.
    """

    status: int
    body: Any
    at: dt.datetime | None


class Connection:
    """Asks Yahoo, or what stands in its place.

    Parameters
    ----------
    url : str
        Where the charts are. If this is not Yahoo, everything that yfinance addresses to a host
        of Yahoo (cookie, crumb, consent) goes there too.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._data = _Data(_Session(self._url))

    def chart(self, symbol: str, asked: Mapping[str, Any]) -> Answer:
        """The chart of a symbol, or the refusal.

        Parameters
        ----------
        symbol : str
            Yahoo's, fit for a path.
        asked : mapping
            The parameters.

        Returns
        -------
        Answer
            Of any status that another try does not change.

        Raises
        ------
        ServiceUnavailable
            If Yahoo is not reached, breaks off, is down, or asks to wait.
        BadAnswer
            If it sends a page instead of JSON.
        """
        try:
            response = self._data.get(
                f"{self._url}{CHARTS}{symbol}", params=dict(asked), timeout=TIMEOUT_SECONDS
            )
        except YFRateLimitError:
            raise ServiceUnavailable(SERVICE, "429 Too Many Requests") from None
        except RequestException as error:
            raise ServiceUnavailable(SERVICE, type(error).__name__) from None
        return Answer(response.status_code, _json(response), _sent_at(response))


class _Session(Session[Response]):
    """A browser to look at, that finds Yahoo where the settings say it is."""

    def __init__(self, home: str) -> None:
        super().__init__(impersonate="chrome")
        self._home = "" if _is_yahoo(home) else home

    def request(self, method: Any, url: str, **how: Any) -> Response:  # type: ignore[override]
        parts = urlsplit(url)
        if self._home and _is_yahoo(url):
            url = f"{self._home}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        response = super().request(method, url, **how)
        if CHARTS in parts.path:
            _refuse_to_wait_in_vain(response)
        return response


class _EachItsOwn(SingletonMeta):  # type: ignore[misc]  # yfinance has no types
    """Makes a new object each time: the one of the process belongs to whoever uses yfinance."""

    __call__ = type.__call__


class _Data(YfData, metaclass=_EachItsOwn):  # type: ignore[misc]
    """yfinance's connection, which keeps cookies as long as it lives and not on disk."""

    def _load_cookie_curlCffi(self) -> bool:  # noqa: N802  yfinance's name
        return False

    def _save_cookie_curlCffi(self) -> bool:  # noqa: N802
        return False


def _is_yahoo(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "yahoo.com" or host.endswith(".yahoo.com")


def _refuse_to_wait_in_vain(response: Response) -> None:
    """Leave before yfinance asks again at once, where that cannot help."""
    asked = response.headers.get("retry-after") or ""
    if response.status_code >= 500 or (response.status_code == 429 and asked):
        seconds = float(asked) if asked.isdigit() else None
        raise ServiceUnavailable(SERVICE, f"{response.status_code} {response.reason}", seconds)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        text = response.text.strip()
    if response.status_code == 429 or "Will be right back" in text:
        raise ServiceUnavailable(SERVICE, text[:60])
    raise BadAnswer(
        "Yahoo sent something else where JSON was due",
        seen=text[:60],
        cure="Try again later, or open the address in a browser and see what it says",
    )


def _sent_at(response: Response) -> dt.datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("date") or "").replace(tzinfo=None)
    except ValueError:
        return None
