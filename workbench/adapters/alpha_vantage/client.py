"""Alpha Vantage's one address: its limit, and what it refuses in words with status 200."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.errors import (
    AccessRefused,
    BadAnswer,
    MissingExtra,
    NotEntitled,
    QuotaExhausted,
    ServiceUnavailable,
    UnknownName,
    WorkbenchError,
)
from workbench.wire import Retry, asked_to_wait, call, http_client, shared_bucket

try:
    import httpx
except ImportError:
    raise MissingExtra("httpx", "to reach Alpha Vantage", "live") from None

if TYPE_CHECKING:
    from pydantic import SecretStr

__all__ = ["Client"]

SERVICE = "Alpha Vantage"
KEY_SETTING = "ALPHA_VANTAGE_API_KEY"
REFUSALS = ("Error Message", "Note", "Information")
"""Where an answer that is none says why."""

MEANINGS = {
    "too fast": r"spreading out|burst pattern|per minute",
    "quota": r"per day",
    "premium": r"premium",
    "key": r"api\s?key",
    "call": r"invalid api call",
}
"""What a refusal means → how it is known. The first that fits counts, as most of them also praise
the premium plans, and the one that is too fast names the quota."""


class Client:
    """Asks Alpha Vantage.

    Parameters
    ----------
    url : str
        Where it is; all clients of one address share its limit.
    key : SecretStr or None
        Of the account.
    requests_per_minute : int
        How often it may be asked.
    """

    def __init__(self, url: str, key: SecretStr | None, requests_per_minute: int) -> None:
        self._url = url
        self._key = key
        self._bucket = shared_bucket(f"{SERVICE} {url}", requests_per_minute / 60)
        self._retry = Retry(on=(ServiceUnavailable,))

    def ask(self, symbol: str, parameters: dict[str, str]) -> dict[str, Any]:
        """The answer to one request.

        Parameters
        ----------
        symbol : str
            What it is about, for the messages.
        parameters : dict
            Of the query, without the key.

        Returns
        -------
        dict
            As it arrived; no refusal.

        Raises
        ------
        AccessRefused
            If there is no key, or it is not known.
        NotEntitled
            If the plan does not include this.
        QuotaExhausted
            If the day's requests are used up.
        ServiceUnavailable
            If it does not answer, or asks to wait, in five tries.
        UnknownName
            If it knows no such symbol; it does not tell this from a wrong parameter.
        BadAnswer
            If the answer is no JSON object, or says something else.
        """
        if not self._key:
            raise AccessRefused(SERVICE, KEY_SETTING, "no key")
        query = {**parameters, "apikey": self._key.get_secret_value()}
        return self._retry.run(lambda: self._try(symbol, query))

    def _try(self, symbol: str, query: dict[str, str]) -> dict[str, Any]:
        self._bucket.wait()
        try:
            response = call(self._get(query))
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise ServiceUnavailable(SERVICE, type(error).__name__) from None
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            seen, after = response.status_code, asked_to_wait(response.headers)
            raise ServiceUnavailable(SERVICE, seen, after)
        answer = _decoded(response)
        said = next((answer[name] for name in REFUSALS if name in answer), None)
        if said is not None:
            raise _refusal(str(said).replace(query["apikey"], "********"), symbol)
        return answer

    async def _get(self, query: dict[str, str]) -> httpx.Response:
        async with http_client(self._url) as client:
            return await client.get("/query", params=query)


def _decoded(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise BadAnswer(
            f"{SERVICE} answered no JSON object",
            seen=f"status {response.status_code}",
            cure="Look whether something between here and the service answers in its place",
        )
    return answer


def _refusal(said: str, symbol: str) -> WorkbenchError:
    found = (name for name, words in MEANINGS.items() if re.search(words, said, re.IGNORECASE))
    match next(found, ""):
        case "too fast":
            return ServiceUnavailable(SERVICE, said, 60.0 if "per minute" in said else 1.0)
        case "quota":
            return QuotaExhausted(
                f"The day's requests to {SERVICE} are used up",
                seen=said,
                cure="Run it again tomorrow: what has arrived is kept; or subscribe to more",
            )
        case "premium":
            return NotEntitled(
                f"The key's plan at {SERVICE} does not include this",
                seen=said,
                cure="Ask for another timeframe or a later start, or subscribe to more",
            )
        case "key":
            return AccessRefused(SERVICE, KEY_SETTING, said)
        case "call":
            cure = "Write shares as IBM, BRK-B or TSCO.LON, pairs as EUR/USD or BTC/USD"
            return UnknownName(f"symbol at {SERVICE}", symbol, cure=cure)
    return BadAnswer(f"{SERVICE} refuses in words of its own", seen=said)
