"""How a long run tells how far it is."""

from __future__ import annotations

from time import monotonic
from typing import Protocol

__all__ = ["Progress", "Throttled", "show_progress", "shown", "silent"]


class Progress(Protocol):
    """Takes the news of a run."""

    def __call__(self, done: float, total: float | None, message: str) -> None:
        """`done` of `total` units (None when unknown) and what is being done."""


def silent(done: float, total: float | None, message: str) -> None:
    """Tell nobody."""


class Throttled:
    """Passes on some of the news: one per interval, and always the end of a run.

    Parameters
    ----------
    progress : callable
        Takes ``(done, total, message)``; slow, such as a widget.
    interval_seconds : float
        The time between two news.
    """

    def __init__(self, progress: Progress, interval_seconds: float = 0.1) -> None:
        self._progress = progress
        self._interval = interval_seconds
        self._passed_at = float("-inf")

    def __call__(self, done: float, total: float | None, message: str) -> None:
        """Pass it on, unless another has just been."""
        ended = total is not None and done >= total
        if ended or monotonic() - self._passed_at >= self._interval:
            self._passed_at = monotonic()
            self._progress(done, total, message)


_display: dict[str, Progress] = {"progress": silent}


def show_progress(progress: Progress) -> None:
    """Show the runs of this process, those whose caller has no display of its own.

    Parameters
    ----------
    progress : callable
        Takes ``(done, total, message)``; `silent` shows nothing.
    """
    _display["progress"] = progress


def shown(done: float, total: float | None, message: str) -> None:
    """Tell the display of this process; nobody, until `show_progress` has set one."""
    _display["progress"](done, total, message)
