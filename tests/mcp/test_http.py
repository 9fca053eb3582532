"""Streamable HTTP: the same answers, and who is let in."""

from __future__ import annotations

import anyio
import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from workbench.errors import ConfigurationError
from workbench.mcp import http_app
from workbench.mcp.http import is_loopback

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def test_a_client_over_http_gets_answers_progress_and_errors(servers, tmp_path):
    heard = []

    async def hear(progress, total, message):
        heard.append(progress)

    async def run():
        async with servers.over_http() as session:
            arguments = {"steps": 10, "stopped": str(tmp_path / "stopped")}
            counted = await session.call_tool("noisy_count", arguments, progress_callback=hear)
            return counted, await session.call_tool("noisy_short", {})

    counted, short = anyio.run(run)
    assert counted.structured_content["result"] == 10
    assert heard
    assert heard[-1] == 10
    assert short.structured_content["error"] == "TooLittleHistory"


def test_a_run_cancelled_over_http_stops(servers, tmp_path):
    stopped = tmp_path / "stopped"

    async def run():
        async with servers.over_http() as session:
            with anyio.move_on_after(0.7):
                arguments = {"steps": 5_000, "stopped": str(stopped)}
                await session.call_tool("noisy_count", arguments)
            await servers.written(stopped)

    anyio.run(run)
    assert stopped.read_text() == "Cancelled"


def test_the_token_is_asked_of_everyone(servers):
    async def with_token(address):
        headers = {"Authorization": "Bearer s3cret"}
        async with (
            _client(headers) as client,
            streamable_http_client(address, http_client=client) as (incoming, outgoing, *_),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            return await session.call_tool("noisy_shout", {"word": "let in"})

    token = {"WORKBENCH_MCP_TOKEN": "s3cret"}
    with servers.http(**token) as address:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3cret"}):
            refused = httpx.post(address, json=INITIALIZE, headers=ACCEPT | headers)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Bearer")
        assert anyio.run(with_token, address).structured_content["result"] == "let in"


def _client(headers):
    from mcp.shared._httpx_utils import create_mcp_http_client

    return create_mcp_http_client(headers=headers)


def test_a_web_page_cannot_reach_it_by_another_name(servers):
    with servers.http() as address:
        named = httpx.post(address, json=INITIALIZE, headers=ACCEPT | {"Host": "evil.example"})
        assert named.status_code == 421
        origin = {"Origin": "https://evil.example"}
        from_page = httpx.post(address, json=INITIALIZE, headers=ACCEPT | origin)
        assert from_page.status_code == 403
        assert httpx.post(address, json=INITIALIZE, headers=ACCEPT).status_code == 200


def test_other_machines_are_not_served_without_a_token(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.delenv("WORKBENCH_MCP_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="WORKBENCH_MCP_TOKEN"):
        http_app(host="0.0.0.0")  # noqa: S104  the point


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("0.0.0.0", False), ("lab", False)],  # noqa: S104
)
def test_which_addresses_only_this_machine_reaches(host, alone):
    assert is_loopback(host) is alone
