"""How a request of Polygon's client goes out and what comes back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.adapters.polygon.refusals import SERVICE, refusal
from workbench.errors import BadAnswer, MissingExtra, ServiceUnavailable
from workbench.settings import masked
from workbench.wire import Retry

try:
    import urllib3
except ImportError:
    raise MissingExtra("urllib3", "to reach Polygon", "live") from None

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from workbench.wire import TokenBucket

__all__ = ["Answer", "Transport"]

TIMEOUT = urllib3.Timeout(connect=10.0, read=60.0)
MOST_SAID = 300


@dataclass(frozen=True)
class Answer:
    """A good answer, in the shape in which the client hands it on."""

    body: dict[str, Any]
    status: int = 200
    data: bytes = field(default=b"", repr=False)


class Transport:
    """Takes the place of the client's connection pool.

    Left to itself the client tries again without being seen or stopped, has no limit on the time
    that an answer takes, takes what is no JSON for an empty answer, and keeps of a refusal the
    text only. Here a request waits for its turn, is made once, is read, and is made again where
    that may help. No redirection is followed: the key goes where the settings say.

    Parameters
    ----------
    pool : urllib3.PoolManager
        The client's own, with its headers.
    bucket : TokenBucket
        How often Polygon may be asked.
    key : SecretStr
        What must not be repeated from an answer.
    """

    def __init__(self, pool: urllib3.PoolManager, bucket: TokenBucket, key: SecretStr) -> None:
        self._pool = pool
        self._bucket = bucket
        self._key = key
        self._retry = Retry(on=(ServiceUnavailable,), tries=6)

    def request(
        self,
        method: str,
        url: str,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a request, as the pool's own method of this name takes it.

        Parameters
        ----------
        method, url : str
            What is asked of which address.
        fields : mapping, optional
            The query.
        headers : mapping, optional
            Without them the pool's own are sent, the key among them.

        Returns
        -------
        Answer
            A JSON object.

        Raises
        ------
        ServiceUnavailable
            If it does not answer, or breaks off, in six tries.
        AccessRefused, NotEntitled, QuotaExhausted, NotFound
            If Polygon says so.
        BadAnswer
            If the answer is no JSON object, such as a web page.
        """
        return self._retry.run(lambda: self._once(method, url, fields, headers))

    def _once(
        self,
        method: str,
        url: str,
        fields: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        self._bucket.wait()
        try:
            response = self._pool.request(
                method,
                url,
                fields=fields,
                headers=headers,
                retries=False,
                redirect=False,
                timeout=TIMEOUT,
            )
        except urllib3.exceptions.HTTPError as error:  # also a body shorter than announced
            raise ServiceUnavailable(SERVICE, type(error).__name__) from None
        return self._read(response)

    def _read(self, response: urllib3.BaseHTTPResponse) -> Answer:
        status, data = response.status, response.data
        body, is_page = _parsed(data), _is_markup(data)
        if status == 200 and isinstance(body, dict):
            return Answer(body, data=data)
        if status >= 500 or status == 429 or (status != 200 and not is_page):
            raise refusal(status, response.headers, self._said(body))
        if body is None and not is_page:
            raise ServiceUnavailable(SERVICE, f"an answer that breaks off after {len(data)} bytes")
        raise BadAnswer(
            "Polygon answered something that is no JSON object",
            seen=self._shown(data.decode(errors="replace")),
            cure="Look whether something between here and the service answers in its place",
        )

    def _said(self, body: Any) -> str:
        if not isinstance(body, dict):
            return ""
        return self._shown(str(body.get("error") or body.get("message") or body.get("status")))

    def _shown(self, text: str) -> str:
        """The beginning of what was said, without the key, should it be repeated."""
        return text.replace(self._key.get_secret_value(), masked(self._key))[:MOST_SAID]


def _parsed(data: bytes) -> Any:
    """What the JSON says; None when it is none."""
    try:
        return json.loads(data)
    except ValueError:
        return None


def _is_markup(data: bytes) -> bool:
    return data.lstrip()[:1] == b"<"
