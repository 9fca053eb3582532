"""A run is written down when it begins, and again when it ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import Cancelled, StoreError, WorkbenchError
from workbench.ports import RunRecord
from workbench.runs.results import RunReport
from workbench.settings import home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workbench.context import Context

__all__ = ["Run", "alive", "recorded", "report_of"]

LOCK = "running.lock"
NOTEBOOK = "notebook.ipynb"
REPORT = "report.html"
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ATTEMPTS = 20


class Run:
    """A run in the making.

    Parameters
    ----------
    record : RunRecord
        As it is known so far.
    """

    def __init__(self, record: RunRecord) -> None:
        self.record = record

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(self.record.folder)

    def note(self, **changes: Any) -> RunRecord:
        """Change the record; it is saved when the run ends."""
        self.record = replace(self.record, **changes)
        return self.record


@contextmanager
def recorded(kind: str, name: str, parameters: dict[str, Any], context: Context) -> Iterator[Run]:
    """Keep the record of what runs inside: running, then completed, failed or cancelled.

    While it runs the process holds a lock on a file of the run's folder. The system
    takes the lock back when the process ends in any way, so a run that was killed is
    told from one that still runs.

    Parameters
    ----------
    kind, name : str
        ``notebook`` or ``pipeline``, and what is run.
    parameters : dict
        As JSON values.
    context : Context
        Whose records, clock and randomness are used.

    Yields
    ------
    Run
        The folder, and the record as it grows.

    Raises
    ------
    StoreError
        If the run's folder cannot be made.
    """
    started = context.now()
    folder = _new_folder(started, context)
    run = Run(RunRecord(folder.name, kind, name, "running", str(folder), started, None, parameters))
    with _held(folder):
        context.runs.save(run.record)
        try:
            yield run
        except BaseException as error:
            run.note(status=status_after(error), error=sentence_of(error))
            raise
        else:
            run.note(status="completed")
        finally:
            context.runs.save(run.note(ended_at=context.now()))


def status_after(error: BaseException | None) -> str:
    """How a run ended that was left by this error."""
    if error is None:
        return "completed"
    return "cancelled" if isinstance(error, Cancelled | KeyboardInterrupt) else "failed"


def sentence_of(error: BaseException | None) -> str:
    """An error in one sentence; empty when there was none."""
    if error is None:
        return ""
    return str(error) if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}"


def report_of(record: RunRecord) -> RunReport:
    """The record as a result, with ``interrupted`` for a run whose process is gone."""
    folder = Path(record.folder)
    gone = record.status == "running" and not alive(folder)
    ended = record.ended_at
    return RunReport(
        run_id=record.run_id,
        kind=record.kind,
        name=record.name,
        status="interrupted" if gone else record.status,
        started_at=record.started_at,
        ended_at=ended,
        seconds=(ended - record.started_at).total_seconds() if ended else float("nan"),
        folder=record.folder,
        notebook=_existing(folder / NOTEBOOK),
        report=_existing(folder / REPORT),
        error=record.error,
        parameters=record.parameters,
        provenance=record.provenance,
    )


def alive(folder: Path) -> bool:
    """Whether a process still holds the run of this folder.

    Parameters
    ----------
    folder : pathlib.Path
        The run's. One that cannot be seen from here, on another machine for example, counts
        as alive: nothing says that it is not.

    Returns
    -------
    bool
        False once the process has ended in any way.
    """
    if not folder.is_dir():
        return True
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _existing(path: Path) -> str:
    return str(path) if path.is_file() else ""


def _new_folder(started: datetime, context: Context) -> Path:
    """A folder that nobody else has, named by the time and a few random letters."""
    stamp = f"{started:%Y%m%d-%H%M%S}-{started.microsecond // 1000:03d}"
    for attempt in range(_ATTEMPTS):
        rng = context.rng(int(started.timestamp() * 1e6), os.getpid(), attempt)
        folder = home() / "runs" / f"{stamp}-{''.join(rng.choice(list(_LETTERS), 4))}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(
                f"The folder of the run cannot be made: {error.strerror}",
                seen=str(folder),
                cure="Set WORKBENCH_HOME to a folder that can be written to",
            ) from error
        return folder
    raise StoreError("No free name for the run was found", seen=stamp, cure="Start it again")


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    path = folder / LOCK
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            with suppress(FileNotFoundError):
                path.unlink()
