"""The server: what it offers and how it answers, whatever the transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anyio import to_thread
from mcp.server.lowlevel import Server
from mcp_types import ListResourcesResult, ListResourceTemplatesResult, ListToolsResult

import workbench
from workbench.domain import Scope
from workbench.mcp.calls import answer
from workbench.mcp.resources import listed, read, templates
from workbench.mcp.tools import offered

if TYPE_CHECKING:
    from mcp.server import ServerRequestContext
    from mcp_types import (
        CallToolRequestParams,
        CallToolResult,
        PaginatedRequestParams,
        ReadResourceRequestParams,
        ReadResourceResult,
    )

__all__ = ["build_server", "scopes_of_agents"]

INSTRUCTIONS = """\
A quant research workbench. Datasets, strategies, features and models are called by name:
read strategies://available, datasets://available and neural://models, or workbench://operations
for everything that can be asked. A dataset is "name" or "name:SYMBOL,SYMBOL".
An error says what happened, the value seen and what to do. A null number is undefined."""


def scopes_of_agents(*, allow_write: bool = False) -> frozenset[Scope]:
    """The rights of an agent: read and compute, never trade.

    Parameters
    ----------
    allow_write : bool
        Whether it may also change what the workbench keeps: train models, run notebooks.

    Returns
    -------
    frozenset of Scope
        Read and compute, and write where it is allowed.
    """
    scopes = {Scope.READ, Scope.COMPUTE}
    return frozenset(scopes | {Scope.WRITE} if allow_write else scopes)


def build_server(scopes: frozenset[Scope] | None = None) -> Server[Any]:
    """A server without a transport; no room is imported before a tool is called.

    Parameters
    ----------
    scopes : frozenset of Scope, optional
        The effects that clients may have; None means read and compute. Tools of other effects
        are not offered, and are refused when they are called.

    Returns
    -------
    mcp.server.Server
        Offers tools and resources.
    """
    rights = scopes_of_agents() if scopes is None else scopes

    async def list_tools(
        _ctx: ServerRequestContext[Any], _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=await to_thread.run_sync(offered, rights))

    async def call_tool(
        ctx: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult:
        return await answer(ctx, params.name, params.arguments or {}, rights)

    async def list_resources(
        _ctx: ServerRequestContext[Any], _params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        return ListResourcesResult(resources=await to_thread.run_sync(listed, rights))

    async def list_resource_templates(
        _ctx: ServerRequestContext[Any], _params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        found = await to_thread.run_sync(templates, rights)
        return ListResourceTemplatesResult(resource_templates=found)

    async def read_resource(
        _ctx: ServerRequestContext[Any], params: ReadResourceRequestParams
    ) -> ReadResourceResult:
        return await read(params.uri, rights)

    return Server(
        "workbench",
        version=workbench.__version__,
        title="Neural Trader Workbench",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_resource_templates,
        on_read_resource=read_resource,
    )
