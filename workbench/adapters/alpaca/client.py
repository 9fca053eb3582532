"""One host of Alpaca: its limit, its second tries and its pages.

The requests go through the vendor's own client, for one try each and as raw data: left to itself
it would wait three seconds after each refusal whatever was asked, and it has no limit on the time
that an answer takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.adapters.alpaca.refusals import KEY_SETTINGS, SERVICE, refusal
from workbench.errors import AccessRefused, BadAnswer, MissingExtra, ServiceUnavailable
from workbench.wire import Retry, shared_bucket

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
        self._has = dict(zip(KEY_SETTINGS, (bool(key), bool(secret)), strict=True))
        self._rest = _OneTry(
            base_url=url.rstrip("/"),
            api_key=key.get_secret_value() if key else None,
            secret_key=secret.get_secret_value() if secret else None,
            raw_data=True,
        )
        self._bucket = shared_bucket(f"{SERVICE} {url}", requests_per_minute / 60)
        self._retry = Retry(on=(ServiceUnavailable,))

    def ask(
        self,
        path: str,
        parameters: dict[str, Any],
        *,
        version: str = "v2",
        needs_key: bool = True,
        kind: type = dict,
    ) -> Any:
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
        kind : type
            What the answer is: a dict, or a list.

        Returns
        -------
        dict or list
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
            If the answer is no JSON of this kind.
        NotFound
            If there is nothing at the path.
        UnknownName
            If a symbol is none.
        InvalidInput
            If another parameter is refused.
        """
        if needs_key:
            self._require_key()
        answer = self._retry.run(lambda: self._try(path, parameters, version))
        if not isinstance(answer, kind):
            raise BadAnswer(
                f"{SERVICE} answered no JSON of the kind that it documents",
                seen=path,
                cure="Look whether something between here and the service answers in its place",
            )
        return answer

    def pages(self, path: str, parameters: dict[str, Any], **how: Any) -> Iterator[dict[str, Any]]:
        """All answers to a request that is answered in pages, as `ask` takes it."""
        token = None
        while True:
            paged = {"limit": ROWS_PER_PAGE, **parameters, "page_token": token}
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

    def _try(self, path: str, parameters: dict[str, Any], version: str) -> Any:
        """What one request is answered; None for what is no JSON."""
        self._bucket.wait()
        try:
            return self._rest.get(path, parameters, api_version=version)
        except APIError as error:
            response = error.response
            raise refusal(response.status_code, response.headers, _message(response)) from None
        except PASSING as error:
            raise ServiceUnavailable(SERVICE, type(error).__name__) from None
        except exceptions.JSONDecodeError:
            return None


class _OneTry(RESTClient):
    """The vendor's client without its own retries, with a time-out, and with or without keys."""

    def _one_request(self, method: str, url: str, opts: dict[str, Any], retry: int) -> Any:  # noqa: ARG002
        return super()._one_request(method, url, {**opts, "timeout": TIMEOUT_SECONDS}, retry=0)

    @staticmethod
    def _validate_credentials(
        api_key: str | None = None, secret_key: str | None = None, oauth_token: str | None = None
    ) -> tuple[str | None, str | None, str | None]:
        return api_key, secret_key, oauth_token


def _message(response: Response) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, TypeError, KeyError):
        return str(response.reason)
