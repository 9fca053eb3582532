"""Show a long run on a terminal and stop it with Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from workbench.context import Context, current

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["watched"]

STEP = 0.1
"""Without a terminal a line is written for every tenth of the run."""


@contextmanager
def watched(title: str) -> Iterator[Context]:
    """A person's context whose progress is shown on stderr.

    The first Ctrl-C asks the run to stop, the second ends the process.

    Parameters
    ----------
    title : str
        What runs.
    """
    stop = threading.Event()
    with _stopped_by_interrupt(stop), _shown(title) as shown:
        yield current().replace(on_progress=shown, stop=stop)


@contextmanager
def _stopped_by_interrupt(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_interrupt(_number: int, _frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        click.echo("Stopping; once more to end at once.", err=True)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _shown(title: str) -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield _Lines(title)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield _Bar(progress, task, title)


class _Bar:
    def __init__(self, progress: Progress, task: TaskID, title: str) -> None:
        self.progress, self.task, self.title = progress, task, title

    def __call__(self, done: float, total: float | None, message: str) -> None:
        self.progress.update(
            self.task, completed=done, total=total, description=message or self.title
        )


class _Lines:
    """Writes a line when a run has come a tenth further, or does something else."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.shown: tuple[str, int] | None = None

    def __call__(self, done: float, total: float | None, message: str) -> None:
        tenth = int(done / total / STEP) if total else -1
        if self.shown == (message, tenth):
            return
        self.shown = (message, tenth)
        share = f"{done / total:4.0%} " if total else ""
        click.echo(f"{share}{message or self.title}", err=True)
