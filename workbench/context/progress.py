"""How a long run tells how far it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "silent"]


class Progress(Protocol):
    """Takes the news of a run."""

    def __call__(self, done: float, total: float | None, message: str) -> None:
        """`done` of `total` units (None when unknown) and what is being done."""


def silent(done: float, total: float | None, message: str) -> None:
    """Tell nobody."""
