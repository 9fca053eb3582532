"""Real clients of real servers: a spawned process over stdio, a spawned process over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from mcp_types import CallToolResult

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = Path(__file__).parent / "plugin"
SERVE = "from workbench.mcp import {function}; {function}({arguments})"


class Servers:
    """Starts servers that have a home of their own and, if so wished, the noisy plug-in."""

    def __init__(self, folder: Path, *, noisy: bool = True) -> None:
        self.home = folder / "home"
        self.log = folder / "server.log"
        installed = folder / "installed"
        facts = installed / "noisy-1.0.dist-info"
        facts.mkdir(parents=True)
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text("[workbench.rooms]\nnoisy = noisy\n")
        plugged = [str(installed), str(PLUGIN)] if noisy else []
        path = os.pathsep.join([*plugged, str(ROOT)])
        self.environment = {"WORKBENCH_HOME": str(self.home), "PYTHONPATH": path}

    @asynccontextmanager
    async def stdio(self, arguments: str = "") -> AsyncIterator[ClientSession]:
        """A client that has spawned the server and shaken hands."""
        code = SERVE.format(function="serve_stdio", arguments=arguments)
        parameters = StdioServerParameters(
            command=sys.executable, args=["-c", code], env=self.environment
        )
        with self.log.open("a") as log:
            async with (
                stdio_client(parameters, errlog=log) as (incoming, outgoing),
                ClientSession(incoming, outgoing) as session,
            ):
                await session.initialize()
                yield session

    @contextmanager
    def http(self, arguments: str = "port=0", **environment: str) -> Iterator[str]:
        """The address of a server that runs meanwhile."""
        code = SERVE.format(function="serve_http", arguments=arguments)
        with (
            self.log.open("a+") as log,
            subprocess.Popen(
                [sys.executable, "-c", code],
                env=os.environ | self.environment | environment,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            try:
                yield f"http://127.0.0.1:{_port(process, log)}/mcp"
            finally:
                process.terminate()

    @asynccontextmanager
    async def over_http(self, arguments: str = "port=0") -> AsyncIterator[ClientSession]:
        """A client of a server that runs meanwhile."""
        with self.http(arguments) as address:
            async with (
                streamable_http_client(address) as (incoming, outgoing, *_),
                ClientSession(incoming, outgoing) as session,
            ):
                await session.initialize()
                yield session

    async def written(self, path: Path) -> None:
        """Wait for a file that a server writes."""
        with anyio.fail_after(5):
            while not path.exists() or not path.read_text():  # noqa: ASYNC110, ASYNC240
                await anyio.sleep(0.02)


def _port(process: subprocess.Popen[str], log) -> str:
    for line in process.stderr:
        log.write(line)
        found = re.search(r"running on http://[^:]+:(\d+)", line)
        if found:
            return found[1]
    raise AssertionError(f"the server ended with {process.wait()}")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    return Servers(tmp_path_factory.mktemp("mcp"))


@pytest.fixture(scope="session")
def plain_servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    return Servers(tmp_path_factory.mktemp("mcp-plain"), noisy=False)


@pytest.fixture(scope="session")
def ask(servers: Servers) -> Iterator[Callable[..., CallToolResult]]:
    """Call a tool of one server that all tests share, over stdio."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(servers.stdio()) as session,
    ):

        def asked(tool: str, arguments: dict[str, Any] | None = None, **options: Any) -> Any:
            return portal.call(partial(session.call_tool, tool, arguments or {}, **options))

        yield asked
