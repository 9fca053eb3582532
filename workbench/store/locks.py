"""One process at a time on a local file."""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workbench.errors import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["alone"]

PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of a file; it is freed when the process ends, however it ends.

    Parameters
    ----------
    path : pathlib.Path
        The lock file; made, with its folder, when there is none.

    Raises
    ------
    StoreBusy
        If another process holds it for a minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        _wait(lock.fileno(), path)
        yield


def _wait(lock: int, path: Path) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience:
                raise StoreBusy(
                    "Another process keeps writing",
                    seen=str(path),
                    cure="Wait until it has ended and run it again; nothing was changed",
                ) from None
            time.sleep(_PAUSE_SECONDS)
        else:
            return
