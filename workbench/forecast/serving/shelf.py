"""Loaded models under a cap of memory, and the names that point to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TYPE_CHECKING

from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.forecast.models import TrainedModel

__all__ = ["Shelf", "bytes_of"]

COPIES = 3
"""A graph lies in memory as it was read, and its session has the weights twice, laid out anew."""


def bytes_of(model: TrainedModel) -> int:
    """The memory that a loaded model takes, by the size of its graphs."""
    graphs = model.forecaster.graphs
    return COPIES * (len(graphs.one) + len(graphs.many))


class Shelf:
    """Models by id; the one that was not asked for the longest goes first.

    A model that a name points to stays. Threads that want the same model wait for one loading
    of it. Who holds a model may use it on after it has left the shelf.

    Parameters
    ----------
    load : callable
        Takes a model id, returns a `TrainedModel` that has been tried.
    most_bytes : int
        The cap.
    """

    def __init__(self, load: Callable[[str], TrainedModel], most_bytes: int) -> None:
        self._load = load
        self._most = most_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[str, TrainedModel] = OrderedDict()
        self._named: dict[str, TrainedModel] = {}
        self._loading: dict[str, Future[TrainedModel]] = {}

    def get(self, name: str) -> TrainedModel:
        """The model of a name or an id, loaded if it is not here."""
        with self._lock:
            found = self._named.get(name) or self._held.get(name)
            if found is not None:
                self._held.move_to_end(found.model_id)
                return found
            loading = self._loading.get(name)
            if loading is None:
                mine = self._loading[name] = Future()
        if loading is not None:
            return loading.result()
        return self._loaded(name, mine)

    def has(self, model: TrainedModel) -> bool:
        """Whether this very model is here."""
        with self._lock:
            return self._held.get(model.model_id) is model

    def point(self, name: str, model: TrainedModel) -> TrainedModel | None:
        """Let a name point to a model; returns the one that it pointed to."""
        with self._lock:
            self._make_room(model)
            before = self._named.get(name)
            self._named[name] = model
            self._held[model.model_id] = model
            return before

    def forget(self, name: str) -> None:
        """Let a name point to nothing; its model stays until its room is needed."""
        with self._lock:
            self._named.pop(name, None)

    @property
    def names(self) -> dict[str, str]:
        """The model id of each name."""
        with self._lock:
            return {name: model.model_id for name, model in self._named.items()}

    @property
    def held(self) -> dict[str, int]:
        """Bytes of each loaded model, the longest unasked first."""
        with self._lock:
            return {model_id: bytes_of(model) for model_id, model in self._held.items()}

    def _loaded(self, model_id: str, mine: Future[TrainedModel]) -> TrainedModel:
        try:
            model = self._load(model_id)
            with self._lock:
                self._make_room(model)
                self._held[model_id] = model
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._loading[model_id]
        mine.set_result(model)
        return model

    def _make_room(self, model: TrainedModel) -> None:
        """Let models go until one more fits; the lock is held."""
        if model.model_id in self._held:
            return
        needs = bytes_of(model)
        staying = {one.model_id for one in self._named.values()}
        named = sum(bytes_of(self._held[one]) for one in staying)
        if named + needs > self._most:
            raise _no_room(model, needs, self._most, named)
        for model_id in [one for one in self._held if one not in staying]:
            if self._total() + needs <= self._most:
                return
            del self._held[model_id]

    def _total(self) -> int:
        return sum(map(bytes_of, self._held.values()))


def _no_room(model: TrainedModel, needs: int, most: int, named: int) -> InvalidInput:
    beside = f", {named / 1e6:.1f} of them taken by models that names point to" if named else ""
    return InvalidInput(
        f"The model {model.model_id} does not fit the {most / 1e6:.1f} MB of this server{beside}",
        seen=f"{needs / 1e6:.1f} MB",
        cure="Give the server more memory_mb",
    )
