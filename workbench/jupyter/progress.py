"""The progress of a run, below the cell that started it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["CellProgress"]

WIDTH = 30


@dataclass(frozen=True)
class Bar:
    """How far a run is, drawn for a notebook and for a terminal.

    Parameters
    ----------
    done, total : float
        Units of work; a None `total` is unknown.
    message : str
        What is being done.
    """

    done: float
    total: float | None
    message: str

    def __repr__(self) -> str:
        if not self.total:
            return f"{self.done:g} {self.message}".rstrip()
        share = min(max(self.done / self.total, 0.0), 1.0)
        filled = round(share * WIDTH)
        bar = "█" * filled + "░" * (WIDTH - filled)
        return f"{bar} {share:4.0%} {self.message}".rstrip()

    def _repr_html_(self) -> str:
        at = f'value="{self.done:g}" max="{self.total:g}"' if self.total else ""
        count = f"{self.done:g} of {self.total:g}" if self.total else f"{self.done:g}"
        words = f"{count} {escape(self.message)}".rstrip()
        return f'<progress {at} style="width:20em"></progress> <small>{words}</small>'


class CellProgress:
    """Draws one bar for each run and moves it in place.

    It is made of HTML, not of widgets, so that an executed notebook keeps it. A run that begins
    again, or has another total, gets a bar of its own.
    """

    def __init__(self) -> None:
        self._handle: Any = None
        self._total: float | None = None
        self._done = 0.0

    def __call__(self, done: float, total: float | None, message: str) -> None:
        """Draw it."""
        from IPython.display import display  # noqa: PLC0415  heavy: IPython

        bar = Bar(done, total, message)
        if self._handle is None or total != self._total or done < self._done:
            self._handle = display(bar, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bar)
        self._total, self._done = total, done
        if total is not None and done >= total:
            self._handle = None
