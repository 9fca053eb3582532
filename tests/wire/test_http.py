"""The client's log."""

from __future__ import annotations

import logging

import pytest

from workbench.wire import call, http_client

httpx = pytest.importorskip("httpx", reason="the extra 'live' is not installed")


@pytest.mark.parametrize("name", ["apikey", "apiKey", "api_key", "token"])
def test_a_key_in_the_address_is_not_logged(name, caplog):
    async def ask():
        server = httpx.MockTransport(lambda _: httpx.Response(200))
        async with http_client("https://vendor.test", transport=server) as client:
            return await client.get("/query", params={"symbol": "IBM", name: "hunter2", "page": 1})

    with caplog.at_level(logging.DEBUG):
        call(ask())
    assert f"symbol=IBM&{name}=********&page=1" in caplog.text
    assert "hunter2" not in caplog.text
