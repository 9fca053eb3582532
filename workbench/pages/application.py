"""One ASGI process: the dashboards, the catalogue, and MCP beside them."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI
from panel.io.fastapi import add_applications
from starlette.middleware.trustedhost import TrustedHostMiddleware

from workbench.context import current
from workbench.errors import ConfigurationError
from workbench.mcp import http_app
from workbench.pages.catalogue import catalogue_page
from workbench.pages.dashboards import dashboards, index_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["application", "serve"]

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  asked for by name


def application(host: str = "127.0.0.1", *, mcp: bool = True) -> FastAPI:
    """The ASGI application of the workbench.

    Parameters
    ----------
    host : str
        The address it will be served at. A browser may ask for it under this name or as
        localhost, so that a page of another site cannot reach it through a name of its own;
        at ``0.0.0.0`` any name is allowed.
    mcp : bool
        Whether MCP is served beside the pages, at ``/mcp``.

    Returns
    -------
    fastapi.FastAPI
        ``/`` leads to the dashboards and to ``/catalogue``.

    Raises
    ------
    ConfigurationError
        If `host` can be reached from other machines and the setting ``mcp_token`` is not set.
    """
    beside = http_app(host=host) if mcp else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if beside is not None:  # a mounted application's own lifespan is not entered
                await stack.enter_async_context(beside.router.lifespan_context(beside))
            yield

    app = FastAPI(
        title="Workbench", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    pages: dict[str, Any] = {"/": index_page, "/catalogue": catalogue_page}
    pages |= {f"/{item.name}": str(item.path) for item in dashboards()}
    add_applications(pages, app=app, title="Workbench")
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_names_of(host))
    if beside is not None:
        app.mount("/", beside)
    return app


def serve(host: str = "127.0.0.1", port: int | None = None, *, mcp: bool = True) -> None:
    """Serve the application until it is interrupted.

    Parameters
    ----------
    host : str
        The address to listen on.
    port : int, optional
        The port; 0 takes a free one, None that of the setting ``app_port``.
    mcp : bool
        As `application`.

    Raises
    ------
    ConfigurationError
        If the address cannot be listened on, or can be reached from other machines while
        the setting ``mcp_token`` is not set.
    """
    listening = _listening(host, current().settings.app_port if port is None else port)
    taken = listening.getsockname()[1]
    config = uvicorn.Config(
        application(host, mcp=mcp),
        host=host,
        port=taken,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
    print(f"The workbench is at http://{host}:{taken}", flush=True)  # noqa: T201  tells where
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigurationError(
            f"The address cannot be listened on: {error.strerror}",
            seen=f"{host}:{port}",
            cure="Stop what uses it, or choose another with --port",
        ) from error
    return made


def _names_of(host: str) -> list[str]:
    return ["*"] if host in EVERYWHERE else [host, "localhost", "127.0.0.1"]
