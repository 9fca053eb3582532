"""What an agent can read without calling a tool: names, answers and the catalogue."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from anyio import to_thread
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, ReadResourceResult, Resource, ResourceTemplate
from mcp_types import TextResourceContents as Text

from workbench.context import current
from workbench.domain import Caller, Scope
from workbench.errors import InvalidInput, UnknownName, WorkbenchError
from workbench.mcp.envelope import on_the_wire
from workbench.registry import call, names, operations, schema

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from workbench.registry import Entry

__all__ = ["listed", "read", "templates"]

CATALOGUE = "workbench://operations"
JSON = "application/json"


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
    Listing("datasets://available", "dataset", "datasets"),
    Listing("features://available", "feature", "features"),
)


@dataclass(frozen=True)
class Answer:
    """What an operation answers, as a resource.

    Parameters
    ----------
    template : str
        The address; a name in braces is a parameter.
    given : dict
        The other arguments.
    entry : Entry
        The operation.
    """

    template: str
    given: dict[str, Any]
    entry: Entry

    @property
    def has_parameters(self) -> bool:
        """Whether the address stands for many."""
        return "{" in self.template

    def arguments(self, uri: str) -> dict[str, Any] | None:
        """The arguments that an address stands for; None if it is no address of this answer."""
        parts = re.split(r"\{(\w+)\}", self.template)
        literal, parameters = parts[::2], parts[1::2]
        found = re.fullmatch("([^/?#]+)".join(map(re.escape, literal)), uri)
        if found is None:
            return None
        return {**self.given, **dict(zip(parameters, map(unquote, found.groups()), strict=True))}


def listed(scopes: AbstractSet[Scope]) -> list[Resource]:
    """Every resource whose address is known.

    Parameters
    ----------
    scopes : set of Scope
        The effects that the caller may have.

    Returns
    -------
    list of Resource
        Names, answers without parameters, the catalogue.
    """
    found = [
        Resource(
            uri=listing.uri,
            name=listing.key,
            description=f"The names of all {listing.key}.",
            mime_type=JSON,
        )
        for listing in LISTINGS
    ]
    found += [
        Resource(
            uri=one.template,
            name=one.entry.tool,
            description=one.entry.summary,
            mime_type=JSON,
        )
        for one in _answers(scopes)
        if not one.has_parameters
    ]
    catalogue = Resource(
        uri=CATALOGUE,
        name="operations",
        description="What can be asked of the workbench, by room.",
        mime_type="text/markdown",
    )
    return [*found, catalogue]


def templates(scopes: AbstractSet[Scope]) -> list[ResourceTemplate]:
    """Every address with parameters.

    Parameters
    ----------
    scopes : set of Scope
        The effects that the caller may have.

    Returns
    -------
    list of ResourceTemplate
        By the name of the operation that answers.
    """
    return [
        ResourceTemplate(
            uri_template=one.template,
            name=one.entry.tool,
            description=one.entry.summary,
            mime_type=JSON,
        )
        for one in _answers(scopes)
        if one.has_parameters
    ]


async def read(uri: str, scopes: AbstractSet[Scope]) -> ReadResourceResult:
    """The content of one resource.

    Parameters
    ----------
    uri : str
        One of those listed, or of an address with parameters.
    scopes : set of Scope
        The effects that the caller may have; no other operation answers or is in the catalogue.

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
    except InvalidInput as error:
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
            return Text(uri=uri, mime_type=JSON, text=text)
    answers = _answers(scopes)
    for one in answers:
        arguments = one.arguments(uri)
        if arguments is not None:
            return Text(uri=uri, mime_type=JSON, text=_answered(one.entry, arguments, scopes))
    known = [*(listing.uri for listing in LISTINGS), *(one.template for one in answers)]
    raise UnknownName("resource", uri, [CATALOGUE, *known])


def _answers(scopes: AbstractSet[Scope]) -> list[Answer]:
    """The addresses that operations declare, of those that the caller may have."""
    return [
        Answer(template, {name: json.loads(value) for name, value in parse_qsl(given)}, entry)
        for entry in operations()
        if Scope(entry.effect.value) in scopes
        for template, _, given in (declared.partition("?") for declared in entry.resources)
    ]


def _answered(entry: Entry, arguments: dict[str, Any], scopes: AbstractSet[Scope]) -> str:
    context = current().replace(caller=Caller.AGENT, scopes=frozenset(scopes))
    result = call(entry.tool, arguments, context)
    return json.dumps(on_the_wire(result, schema(entry.tool).output_schema), ensure_ascii=False)


def _page(scopes: AbstractSet[Scope]) -> str:
    allowed = [entry for entry in operations() if Scope(entry.effect.value) in scopes]
    lines = ["# Operations"]
    for room, entries in groupby(allowed, key=lambda entry: entry.room):
        lines += ["", f"## {room}", ""]
        lines += [f"- `{entry.tool}` ({entry.effect}): {entry.summary}" for entry in entries]
    return "\n".join(lines) + "\n"
