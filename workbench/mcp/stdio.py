"""Serve one client over standard input and output."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, redirect_stdout
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["protocol_output", "serve_stdio"]

STDOUT, STDERR = 1, 2


def serve_stdio(*, allow_write: bool = False) -> None:
    """Serve until the client closes standard input.

    Parameters
    ----------
    allow_write : bool
        Whether the client may change what the workbench keeps.
    """
    with protocol_output() as output:  # first, so that an import that prints does no harm
        import anyio  # noqa: PLC0415  heavy: anyio, mcp
        from mcp.server.stdio import stdio_server  # noqa: PLC0415

        from workbench.mcp.server import build_server, scopes_of_agents  # noqa: PLC0415

        server = build_server(scopes_of_agents(allow_write=allow_write))

        async def serve() -> None:
            async with stdio_server(stdout=anyio.wrap_file(output)) as (incoming, outgoing):
                await server.run(incoming, outgoing, server.create_initialization_options())

        anyio.run(serve)


@contextmanager
def protocol_output() -> Iterator[TextIOWrapper]:
    """Keep descriptor 1 for the protocol; whatever else is printed goes to standard error.

    That holds for ``print``, for C extensions and for child processes alike.
    """
    sys.stdout.flush()
    kept = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    try:
        with redirect_stdout(sys.stderr), os.fdopen(kept, "wb") as wire:
            yield TextIOWrapper(wire, encoding="utf-8", newline="\n", write_through=False)
    finally:
        sys.stderr.flush()
