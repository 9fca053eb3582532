"""One call of a tool: a worker thread, a context, and an answer for every way it can end."""

from __future__ import annotations

import json
import logging
import threading
from time import perf_counter
from typing import TYPE_CHECKING, Any

import anyio
from anyio import to_thread
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, TextContent

from workbench.context import Context, current
from workbench.domain import Caller, Scope
from workbench.errors import UnknownName, WorkbenchError
from workbench.mcp.envelope import failed, succeeded
from workbench.mcp.progress import Reporter, sender
from workbench.registry import call, schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mcp.server import ServerRequestContext

__all__ = ["answer"]

logger = logging.getLogger(__name__)


async def answer(
    ctx: ServerRequestContext[Any],
    name: str,
    arguments: Mapping[str, Any],
    scopes: frozenset[Scope],
) -> CallToolResult:
    """Run the operation and return what it found, or what went wrong.

    When the client cancels, the run is told to stop and ends at its next report of progress.

    Parameters
    ----------
    ctx : ServerRequestContext
        The request, for progress.
    name : str
        The tool.
    arguments : mapping
        As the client sent them.
    scopes : frozenset of Scope
        The effects that the caller may have.

    Returns
    -------
    CallToolResult
        The result in its envelope, or the error with its facts.

    Raises
    ------
    MCPError
        If there is no such tool.
    """
    context = current().replace(
        caller=Caller.AGENT,
        scopes=scopes,
        on_progress=Reporter(sender(ctx)),
        stop=threading.Event(),
    )
    try:
        return await to_thread.run_sync(_run, name, arguments, context, abandon_on_cancel=True)
    except anyio.get_cancelled_exc_class():
        context.stop.set()
        raise


def _run(name: str, arguments: Mapping[str, Any], context: Context) -> CallToolResult:
    try:
        described = schema(name)
    except UnknownName as error:
        raise MCPError(INVALID_PARAMS, str(error), error.facts()) from None
    began = perf_counter()
    try:
        result = call(described.tool, arguments, context)
        seconds = perf_counter() - began
        whole = succeeded(result, described.output_schema, now=context.now(), seconds=seconds)
    except WorkbenchError as error:
        return _failure(error.facts(), context)
    except (Exception, SystemExit) as error:
        logger.exception("the tool %s failed in a way that it should not", name)
        return _failure(_defect(error), context)
    return CallToolResult(content=[_text(whole)], structured_content=whole)


def _failure(facts: dict[str, Any], context: Context) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(text=facts["message"])],
        structured_content=failed(facts, now=context.now()),
        is_error=True,
    )


def _defect(error: BaseException) -> dict[str, Any]:
    what = f"{type(error).__name__}: {error}"
    cure = "This is a defect of the workbench, not of the request; the server's log has the details"
    return {
        "error": "Defect",
        "what": what,
        "seen": None,
        "cure": cure,
        "message": f"{what}. {cure}.",
    }


def _text(whole: dict[str, Any]) -> TextContent:
    """The same as text, for clients that do not read structured content."""
    return TextContent(text=json.dumps(whole, ensure_ascii=False))
