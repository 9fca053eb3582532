"""A frozen network: bytes, and how many windows each part of them takes."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Graphs"]


@dataclass(frozen=True)
class Graphs:
    """The same network for one window and for many, as ONNX.

    Parameters
    ----------
    one, many : bytes
        The graphs.
    at_once : int
        Windows that the second takes.
    """

    one: bytes = field(repr=False)
    many: bytes = field(repr=False)
    at_once: int
