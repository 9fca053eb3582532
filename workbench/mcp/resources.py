"""What an agent can read without calling a tool: the names of things and the catalogue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from anyio import to_thread
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, ReadResourceResult, Resource
from mcp_types import TextResourceContents as Text

from workbench.domain import Scope
from workbench.errors import UnknownName, WorkbenchError
from workbench.registry import names, operations

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["listed", "read"]

CATALOGUE = "workbench://operations"


@dataclass(frozen=True)
class Listing:
    """The registered names of one kind, as a resource.

    Parameters
    ----------
    uri : str
        The original's address where it has one.
    kind : str
        The kind of name in the registry.
    key : str
        Under which the names stand.
    """

    uri: str
    kind: str
    key: str


LISTINGS = (
    Listing("strategies://available", "strategy", "strategies"),
    Listing("neural://models", "model", "models"),
    Listing("datasets://available", "dataset", "datasets"),
    Listing("features://available", "feature", "features"),
)


def listed() -> list[Resource]:
    """Every resource there is."""
    found = [
        Resource(
            uri=listing.uri,
            name=listing.key,
            description=f"The names of all {listing.key}.",
            mime_type="application/json",
        )
        for listing in LISTINGS
    ]
    catalogue = Resource(
        uri=CATALOGUE,
        name="operations",
        description="What can be asked of the workbench, by room.",
        mime_type="text/markdown",
    )
    return [*found, catalogue]


async def read(uri: str, scopes: AbstractSet[Scope]) -> ReadResourceResult:
    """The content of one resource.

    Parameters
    ----------
    uri : str
        One of those listed.
    scopes : set of Scope
        The effects that the caller may have; the catalogue shows no other operations.

    Returns
    -------
    ReadResourceResult
        One content.

    Raises
    ------
    MCPError
        If there is no such resource, or it cannot be made.
    """
    try:
        content = await to_thread.run_sync(_content, uri, scopes)
    except UnknownName as error:
        raise MCPError(INVALID_PARAMS, str(error), error.facts()) from None
    except WorkbenchError as error:
        raise MCPError(INTERNAL_ERROR, str(error), error.facts()) from None
    return ReadResourceResult(contents=[content])


def _content(uri: str, scopes: AbstractSet[Scope]) -> Text:
    if uri == CATALOGUE:
        return Text(uri=uri, mime_type="text/markdown", text=_page(scopes))
    for listing in LISTINGS:
        if listing.uri == uri:
            found = names(listing.kind)
            text = json.dumps({listing.key: found, "count": len(found)})
            return Text(uri=uri, mime_type="application/json", text=text)
    raise UnknownName("resource", uri, [CATALOGUE, *(listing.uri for listing in LISTINGS)])


def _page(scopes: AbstractSet[Scope]) -> str:
    allowed = [entry for entry in operations() if Scope(entry.effect.value) in scopes]
    lines = ["# Operations"]
    for room, entries in groupby(allowed, key=lambda entry: entry.room):
        lines += ["", f"## {room}", ""]
        lines += [f"- `{entry.tool}` ({entry.effect}): {entry.summary}" for entry in entries]
    return "\n".join(lines) + "\n"
