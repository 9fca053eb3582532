"""One host of Alpaca: its limit, its pages, and what it refuses.

The requests go through the vendor's own client, for one try each and as raw data: left to itself
it would wait three seconds after each refusal whatever was asked, and it has no limit on the time
that an answer takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import (
    AccessRefused,
    BadAnswer,
    InvalidInput,
    MissingExtra,
    NotEntitled,
    ServiceUnavailable,
    WorkbenchError,
)
from workbench.wire import Retry, asked_to_wait, shared_bucket

try:
    from alpaca.common.exceptions import APIError
    from alpaca.common.rest import RESTClient
    from requests import exceptions
except ImportError:
    raise MissingExtra("alpaca", "to reach Alpaca", "live") from None

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr
    from requests import Response

__all__ = ["Client"]

SERVICE = "Alpaca"
TIMEOUT_SECONDS = 30.0
ROWS_PER_PAGE = 10_000
PASSING = (
    exceptions.ChunkedEncodingError,
    exceptions.ConnectionError,
    exceptions.ContentDecodingError,
    exceptions.Timeout,
)


class Client:
    """Asks one host of Alpaca.

    Parameters
    ----------
    url : str
        Where it is; all clients of a host share its limit.
    key, secret : SecretStr or None
        Of the account. Without them only what is free of keys can be asked.
    requests_per_minute : int
        How often it may be asked.
    """

    def __init__(
        self, url: str, key: SecretStr | None, secret: SecretStr | None, requests_per_minute: int
    ) -> None:
        self._has = {"ALPACA_API_KEY": bool(key), "ALPACA_SECRET_KEY": bool(secret)}
        self._rest = _OneTry(
            base_url=url.rstrip("/"),
            api_key=key.get_secret_value() if key else None,
            secret_key=secret.get_secret_value() if secret else None,
            raw_data=True,
        )
        self._bucket = shared_bucket(f"{SERVICE} {url}", requests_per_minute / 60)
        self._retry = Retry(on=(ServiceUnavailable,))

    def ask(
        self, path: str, parameters: dict[str, Any], *, version: str = "v2", needs_key: bool = True
    ) -> dict[str, Any]:
        """The answer to one request.

        Parameters
        ----------
        path : str
            Below the version, such as ``/stocks/bars``.
        parameters : dict
            Of the query; what is None is left out.
        version : str
            Of this part of the service.
        needs_key : bool
            Whether it is refused to those without an account.

        Returns
        -------
        dict
            As it arrived.

        Raises
        ------
        AccessRefused
            If there is no key, or Alpaca does not know it.
        NotEntitled
            If the subscription does not include this.
        ServiceUnavailable
            If it does not answer in five tries.
        BadAnswer
            If the answer is no JSON object.
        InvalidInput
            If a parameter is refused.
        """
        if needs_key:
            self._require_key()
        return self._retry.run(lambda: self._try(path, parameters, version))

    def pages(self, path: str, parameters: dict[str, Any], **how: Any) -> Iterator[dict[str, Any]]:
        """All answers to a request that is answered in pages, as `ask` takes it."""
        token = None
        while True:
            paged = {**parameters, "limit": ROWS_PER_PAGE, "page_token": token}
            page = self.ask(path, paged, **how)
            yield page
            before, token = token, page.get("next_page_token")
            if not token:
                return
            if token == before:
                raise BadAnswer(f"{SERVICE} names a page as the one after itself", seen=path)

    def _require_key(self) -> None:
        for name, is_set in self._has.items():
            if not is_set:
                raise AccessRefused(SERVICE, name, "no key")

    def _try(self, path: str, parameters: dict[str, Any], version: str) -> dict[str, Any]:
        self._bucket.wait()
        try:
            answer = self._rest.get(path, parameters, api_version=version)
        except APIError as error:
            raise _refusal(error.response) from None
        except PASSING as error:
            raise ServiceUnavailable(SERVICE, type(error).__name__) from None
        except exceptions.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise BadAnswer(
                f"{SERVICE} answered no JSON object",
                seen=path,
                cure="Look whether something between here and the service answers in its place",
            )
        return answer


class _OneTry(RESTClient):
    """The vendor's client without its own retries, with a time-out, and with or without keys."""

    def _one_request(self, method: str, url: str, opts: dict[str, Any], retry: int) -> Any:  # noqa: ARG002
        return super()._one_request(method, url, {**opts, "timeout": TIMEOUT_SECONDS}, retry=0)

    @staticmethod
    def _validate_credentials(
        api_key: str | None = None, secret_key: str | None = None, oauth_token: str | None = None
    ) -> tuple[str | None, str | None, str | None]:
        return api_key, secret_key, oauth_token


def _refusal(response: Response) -> WorkbenchError:
    """What a status other than 200 means, by Alpaca's specification."""
    said = _message(response)
    match response.status_code:
        case 401:
            return AccessRefused(SERVICE, "ALPACA_API_KEY", said)
        case 403 if "subscription" not in said:  # the trading host says so of a wrong key
            return AccessRefused(SERVICE, "ALPACA_API_KEY", said)
        case 403:
            return NotEntitled(
                "The subscription at Alpaca does not include this",
                seen=said,
                cure="End the period 15 minutes ago or earlier, or subscribe to more",
            )
        case 429:
            return ServiceUnavailable(SERVICE, said, asked_to_wait(response.headers))
        case status if status >= 500:
            return ServiceUnavailable(SERVICE, f"{status} {said}", _after(response))
    return InvalidInput(f"{SERVICE} refuses the request", seen=said)


def _after(response: Response) -> float | None:
    """How long to wait, where a failing server says so itself."""
    return asked_to_wait(response.headers) if "Retry-After" in response.headers else None


def _message(response: Response) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, TypeError, KeyError):
        return str(response.reason)
