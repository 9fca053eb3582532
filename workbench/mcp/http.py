"""Serve many clients over streamable HTTP, alone or mounted in another application."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from workbench.context import current
from workbench.errors import ConfigurationError
from workbench.mcp.bearer import BearerToken
from workbench.mcp.server import build_server, scopes_of_agents

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["http_app", "serve_http"]

PATH = "/mcp"


def http_app(*, allow_write: bool = False, host: str = "127.0.0.1", path: str = PATH) -> Starlette:
    """The server as an ASGI application.

    It asks for the bearer token of the setting ``mcp_token`` where that is set. An application
    that mounts it enters its lifespan: ``app.router.lifespan_context(app)``.

    Parameters
    ----------
    allow_write : bool
        Whether clients may change what the workbench keeps.
    host : str
        The address it will be served at. At a loopback address, requests with another host or
        origin are refused, so that no web page can reach it by DNS rebinding.
    path : str
        Where it answers.

    Returns
    -------
    starlette.applications.Starlette
        Answers at `path`.

    Raises
    ------
    ConfigurationError
        If `host` can be reached from other machines and no token is set.
    """
    token = current().settings.mcp_token
    if token is None and not is_loopback(host):
        raise ConfigurationError(
            "The MCP server would be open to other machines without a token",
            seen=host,
            cure="Set WORKBENCH_MCP_TOKEN to a secret, or serve at 127.0.0.1",
        )
    server = build_server(scopes_of_agents(allow_write=allow_write))
    app = server.streamable_http_app(
        streamable_http_path=path, host="127.0.0.1" if is_loopback(host) else host
    )
    if token is not None:
        app.add_middleware(BearerToken, token=token.get_secret_value())
    return app


def serve_http(
    host: str | None = None, port: int | None = None, *, allow_write: bool = False
) -> None:
    """Serve until the process is stopped.

    Parameters
    ----------
    host, port : str and int, optional
        Where; None means the settings ``mcp_host`` and ``mcp_port``.
    allow_write : bool
        Whether clients may change what the workbench keeps.
    """
    import uvicorn  # noqa: PLC0415  heavy: uvicorn

    settings = current().settings
    host = host or settings.mcp_host
    app = http_app(allow_write=allow_write, host=host)
    uvicorn.run(app, host=host, port=settings.mcp_port if port is None else port, log_level="info")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
