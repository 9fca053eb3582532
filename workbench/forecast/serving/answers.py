"""Answers that were given, so that the same question costs no forecast."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["Answers", "question"]


def question(model_id: str, windows: Floats, quantiles: Sequence[float]) -> tuple[object, ...]:
    """What an answer depends on: the model, every value that it sees, and the quantiles.

    A revised price makes another question, whatever the data are called.
    """
    content = hashlib.blake2b(np.ascontiguousarray(windows).data, digest_size=16).digest()
    return model_id, windows.shape, content, tuple(quantiles)


class Answers:
    """The last answers, up to a number of bytes; several threads may use it.

    Parameters
    ----------
    most_bytes : int
        The bound; an answer larger than it is not kept, and 0 keeps none.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Floats] = OrderedDict()
        self._bytes = self._hits = self._misses = 0

    def get(self, asked: tuple[object, ...]) -> Floats | None:
        """The answer to a question, None if it is not here."""
        with self._lock:
            found = self._kept.get(asked)
            if found is None:
                self._misses += 1
                return None
            self._hits += 1
            self._kept.move_to_end(asked)
            return found

    def put(self, asked: tuple[object, ...], answer: Floats) -> None:
        """Keep an answer, which nobody can change from here on."""
        answer.setflags(write=False)
        if answer.nbytes > self._most:
            return
        with self._lock:
            if asked not in self._kept:
                self._kept[asked] = answer
                self._bytes += answer.nbytes
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Answers kept, their bytes, and how many questions were and were not answered."""
        with self._lock:
            return len(self._kept), self._bytes, self._hits, self._misses
