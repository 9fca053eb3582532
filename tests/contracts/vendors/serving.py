"""An HTTP server on loopback that speaks for a vendor and fails when it is told to.

A vendor's server is written from its official specification and recorded bodies, never from the
adapter. It derives from `VendorServer`, answers in `answer`, and says in `refusal` how this vendor
words a bad key, a missing entitlement and a used-up quota.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

WEB_PAGE = "<!DOCTYPE html><html><head><title>502</title></head><body>Bad gateway</body></html>"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What is sent back; a body that is no text is sent as JSON."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Send half of the body and close, although the length promises all of it."""

    def encoded(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


class _Quiet(ThreadingHTTPServer):
    """Says nothing of a client that has left, as one that was told to wait does."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class VendorServer:
    """A vendor on loopback; use it in ``with``."""

    retry_after_seconds = "0"

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._faults: list[str] = []
        self._spared = 0
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = dict(parse_qsl(url.query, keep_blank_values=True))
                asked = Asked(url.path, query, {k.lower(): v for k, v in self.headers.items()})
                answer = server.handle(asked)
                if answer is None:
                    self.close_connection = True
                    return
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                body = answer.encoded()
                kind = "text/html" if answer.body == WEB_PAGE else "application/json"
                self.send_response(answer.status)
                headers = {"Content-Type": kind, "Content-Length": str(len(body)), **answer.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if answer.cut else body)
                self.close_connection = self.close_connection or answer.cut

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def fail(self, fault: str, *, times: int = 1, after: int = 0) -> None:
        """Answer `times` requests with a fault, once `after` more have been answered well.

        Faults: ``dropped`` (the connection closes without an answer), ``truncated`` (half of the
        body), ``html`` (a web page with status 200), ``unavailable`` (503), ``too_many`` (429 with
        Retry-After), and the vendor's own ``bad_key``, ``not_entitled`` and ``quota``.
        """
        with self._lock:
            self._faults += [fault] * times
            self._spared = after

    def handle(self, asked: Asked) -> Answer | None:
        with self._lock:
            self.asked.append(asked)
            fault = None
            if self._faults and self._spared:
                self._spared -= 1
            elif self._faults:
                fault = self._faults.pop(0)
        if fault == "dropped":
            return None
        if fault == "truncated":
            good = self.answer(asked)
            return Answer(good.body, good.status, good.headers, cut=True)
        if fault == "html":
            return Answer(WEB_PAGE)
        if fault == "unavailable":
            return Answer({"error": "unavailable"}, 503)
        if fault == "too_many":
            return self.too_many()
        return self.refusal(fault) if fault else self.answer(asked)

    def too_many(self) -> Answer:
        """How the vendor asks to wait."""
        return Answer(
            {"error": "too many requests"}, 429, {"Retry-After": self.retry_after_seconds}
        )

    def answer(self, asked: Asked) -> Answer:
        """The vendor's good answer, and its own word for what it does not know."""
        raise NotImplementedError

    def refusal(self, fault: str) -> Answer:
        """The vendor's ``bad_key``, ``not_entitled`` and ``quota``."""
        raise NotImplementedError
