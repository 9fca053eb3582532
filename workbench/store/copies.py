"""Copies of files that never change, so that a store far away or slow to open is asked once."""

from __future__ import annotations

import hashlib
import os
from threading import get_ident
from typing import TYPE_CHECKING

from workbench.settings import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Copies"]


class Copies:
    """Copies of the files of one store, in the cache of ``WORKBENCH_HOME``.

    Each begins with its own hash: a copy that is damaged is none.

    Parameters
    ----------
    store : str
        What tells the store from others, for example its URL.
    """

    def __init__(self, store: str) -> None:
        self._store = hashlib.sha256(store.encode()).hexdigest()[:16]

    def get(self, owner: str, file: str) -> bytes | None:
        """A copy, or None if there is no whole one.

        Parameters
        ----------
        owner, file : str
            Whose file it is, and its name.

        Returns
        -------
        bytes or None
        """
        try:
            content = self._path(owner, file).read_bytes()
        except OSError:
            return None
        digest, content = content[:32], content[32:]
        return content if hashlib.sha256(content).digest() == digest else None

    def put(self, owner: str, file: str, content: bytes) -> None:
        """Keep a copy; where the disk does not let it, there is none.

        Parameters
        ----------
        owner, file : str
            Whose file it is, and its name.
        content : bytes
            What it holds, for ever.
        """
        try:
            path = self._path(owner, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            half_done = path.with_suffix(f".{os.getpid()}-{get_ident()}.part")
            half_done.write_bytes(hashlib.sha256(content).digest() + content)
            half_done.replace(path)
        except OSError:
            return

    def _path(self, owner: str, file: str) -> Path:
        name = hashlib.sha256(f"{owner}\n{file}".encode()).hexdigest()[:32]
        return cache_folder("models") / self._store / name
