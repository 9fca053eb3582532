"""Which names of its surroundings a piece of source uses."""

from __future__ import annotations

import ast
from functools import lru_cache

__all__ = ["names_used"]


@lru_cache(maxsize=512)
def names_used(source: str) -> frozenset[str]:
    """Names that the source reads, annotations and decorators included.

    Parameters
    ----------
    source : str
        One function with its decorators, at no indentation.

    Returns
    -------
    frozenset of str
        Also names that are local to the function; the caller looks them up outside.
    """
    tree = ast.parse(source)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return frozenset(used - bound - arguments)
