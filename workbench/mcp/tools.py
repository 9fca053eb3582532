"""Operations as tools: names, documentation, schemas and hints, all from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_types import Tool, ToolAnnotations

from workbench.domain import Effect, Scope
from workbench.mcp.envelope import enveloped_schema
from workbench.registry import catalogue

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from workbench.registry import Schema

__all__ = ["HINTS", "offered", "tool"]

HINTS = {
    Effect.READ: ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
    Effect.COMPUTE: ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
    Effect.WRITE: ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False
    ),
    Effect.TRADE: ToolAnnotations(
        read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True
    ),
}
"""What a client may assume of an effect. Computing records a trial, so it is not read-only."""


def offered(scopes: AbstractSet[Scope]) -> list[Tool]:
    """The tools that a caller with these rights is shown, by room and name.

    Parameters
    ----------
    scopes : set of Scope
        The effects that the caller may have.

    Returns
    -------
    list of Tool
        In the order of the catalogue.
    """
    return [tool(schema) for schema in catalogue() if Scope(schema.effect.value) in scopes]


def tool(schema: Schema) -> Tool:
    """One operation as a tool.

    Parameters
    ----------
    schema : Schema
        The operation as the catalogue has it.

    Returns
    -------
    Tool
        With the schemas of what goes in and comes out, and hints about its effect.
    """
    return Tool(
        name=schema.tool,
        title=schema.tool.replace("_", " ").capitalize(),
        description=f"{schema.summary}\n\n{schema.text}".strip(),
        input_schema=schema.input_schema,
        output_schema=enveloped_schema(schema.output_schema),
        annotations=HINTS[schema.effect],
    )
