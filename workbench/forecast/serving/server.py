"""Models in memory that many threads ask at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, proxy

from workbench.errors import InvalidInput
from workbench.forecast.history import last_values
from workbench.forecast.models import TrainedModel, load_from, load_model
from workbench.forecast.serving.answers import Answers, question
from workbench.forecast.serving.results import ServerStatus
from workbench.forecast.serving.shelf import Shelf
from workbench.forecast.trying import must_work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import numpy.typing as npt

    from workbench.context import Context
    from workbench.domain import ModelRef
    from workbench.ports import Experiments

    Floats = npt.NDArray[np.float64]

__all__ = ["Answer", "ModelServer", "served_model", "server_of"]

MEMORY_MB = 1_024.0
ANSWERS_MB = 64.0


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model said, and which one it was.

    Parameters
    ----------
    model : TrainedModel
        The version that answered all of it.
    quantiles : tuple of float
        The probabilities.
    values : numpy.ndarray, shape (series, horizon, quantiles)
        In units of the history; finite, not decreasing along the quantiles; read-only.
    from_cache : bool
        Whether the same had been asked before.
    """

    model: TrainedModel
    quantiles: tuple[float, ...]
    values: Floats = field(repr=False)
    from_cache: bool


class ModelServer:
    """Trained models kept in memory: loaded once, tried, asked by any number of threads.

    Models are asked by id, or by a name that points to one. `swap` lets a name point to another
    model after that one has been loaded and tried: requests that have begun end on the old one,
    and each answer is of one version alone.

    Parameters
    ----------
    load : callable
        Takes a model id and returns a `TrainedModel`.
    memory_mb : float
        The most that loaded models may take. The one that was not asked for the longest goes
        first; one that a name points to stays.
    answers_mb : float
        The most that kept answers may take; 0 keeps none.

    Examples
    --------
    >>> server = ModelServer(my_models.__getitem__)  # doctest: +SKIP
    >>> server.swap("apple", "nhits_20240603_1f0c22aa")  # doctest: +SKIP
    >>> server.predict("apple", closes[None, :], (0.05, 0.5, 0.95)).values  # doctest: +SKIP
    """

    def __init__(
        self,
        load: Callable[[str], TrainedModel],
        *,
        memory_mb: float = MEMORY_MB,
        answers_mb: float = ANSWERS_MB,
    ) -> None:
        self._load = load
        self._memory_mb = memory_mb
        self._shelf = Shelf(self._tried, int(memory_mb * 1e6))
        self._answers = Answers(int(answers_mb * 1e6))
        self._swapping = threading.Lock()

    def predict(
        self, model: str | TrainedModel, history: Floats, quantiles: Sequence[float] | None = None
    ) -> Answer:
        """Forecast one series or thousands from their last values.

        Parameters
        ----------
        model : str or TrainedModel
            A name, a model id, or a model; answers of one that is not in memory here are not kept.
        history : numpy.ndarray, shape (series, time)
            No NaN; only as many of the last columns count as the model takes.
        quantiles : sequence of float, optional
            Increasing, within those that were learned; all of these by default.

        Returns
        -------
        Answer

        Raises
        ------
        UnknownName
            If there is no such model.
        StoreError
            If its files are damaged or of another version, or it does not work.
        TooLittleHistory
            If the history is shorter than the model's input.
        OutOfRange
            If a quantile lies outside those that were learned.
        InvalidInput
            If a value is missing, a window is constant, or the model does not fit the memory.
        """
        found = self._shelf.get(model) if isinstance(model, str) else model
        is_ours = self._shelf.has(found)
        asked = tuple(quantiles or found.forecaster.architecture.quantiles)
        windows = last_values(history, found.forecaster.input_size, f"The model {found.model_id}")
        key = question(found.model_id, windows, asked)
        values = self._answers.get(key) if is_ours else None
        if values is not None:
            return Answer(found, asked, values, from_cache=True)
        values = found.forecaster.predict(windows, asked)
        if is_ours:
            self._answers.put(key, values)
        return Answer(found, asked, values, from_cache=False)

    def model(self, name: str) -> TrainedModel:
        """The model of a name or an id, loaded and tried if it is not here.

        Parameters
        ----------
        name : str
            A name that `swap` has made, or a model id.

        Returns
        -------
        TrainedModel
        """
        return self._shelf.get(name)

    def swap(self, name: str, model_id: str) -> TrainedModel | None:
        """Let a name point to a model, which is loaded and tried before.

        Whatever goes wrong, the name points to what it pointed to.

        Parameters
        ----------
        name : str
            What callers ask for; made if it is new.
        model_id : str
            The version that is to answer from now on.

        Returns
        -------
        TrainedModel or None
            The version that answered until now.

        Raises
        ------
        UnknownName
            If there is no such model.
        StoreError
            If its files are damaged or of another version, or it does not work.
        InvalidInput
            If requests that the old version answers would be lost: it wants more history,
            forecasts another number of steps, knows fewer quantiles or takes positive values
            only; or if both do not fit the memory.
        """
        model = self._shelf.get(model_id)
        with self._swapping:
            before = self._shelf.names.get(name)
            if before is not None:
                _must_replace(name, self._shelf.get(before), model)
            return self._shelf.point(name, model)

    def forget(self, name: str) -> None:
        """Let a name point to nothing.

        Parameters
        ----------
        name : str
            One that `swap` has made; any other changes nothing.
        """
        self._shelf.forget(name)

    def status(self) -> ServerStatus:
        """What is in memory, and how often an answer was there.

        Returns
        -------
        ServerStatus
        """
        held = self._shelf.held
        count, size, hits, misses = self._answers.counts
        return ServerStatus(
            names=self._shelf.names,
            models={model_id: size / 1e6 for model_id, size in held.items()},
            memory_mb=sum(held.values()) / 1e6,
            most_memory_mb=self._memory_mb,
            answers=count,
            answers_mb=size / 1e6,
            hits=hits,
            misses=misses,
        )

    def _tried(self, model_id: str) -> TrainedModel:
        model = replace(self._load(model_id), model_id=model_id)
        must_work(model)
        return model


def server_of(context: Context) -> ModelServer:
    """The server of an experiment store: one in a process, whoever asks.

    Parameters
    ----------
    context : Context
        Whose models.

    Returns
    -------
    ModelServer
        Made when it is first asked for; it goes with the store.
    """
    store = context.experiments
    with _ONE_AT_A_TIME:
        if store not in _SERVERS:
            _SERVERS[store] = ModelServer(partial(load_from, proxy(store)))
        return _SERVERS[store]


def served_model(model: ModelRef, *, context: Context) -> TrainedModel:
    """As `load_model`, out of memory where it has been asked for before.

    Parameters
    ----------
    model : str or TrainedModel
        What is wanted.
    context : Context
        Whose models.

    Returns
    -------
    TrainedModel
        Loaded and tried.

    Raises
    ------
    UnknownName
        If there is no such model.
    StoreError
        If its files are damaged or of another version, or it does not work.
    """
    if isinstance(model, str):
        return server_of(context).model(model)
    return load_model(model, context=context)


_SERVERS: WeakKeyDictionary[Experiments, ModelServer] = WeakKeyDictionary()
_ONE_AT_A_TIME = threading.Lock()


def _must_replace(name: str, old: TrainedModel, new: TrainedModel) -> None:
    """A new version answers whatever the old one did."""
    before, after = old.forecaster, new.forecaster
    lost = {
        f"{after.input_size} values of history, not {before.input_size}": (
            after.input_size > before.input_size
        ),
        f"{after.horizon} steps, not {before.horizon}": after.horizon != before.horizon,
        "fewer quantiles": after.architecture.quantiles[0] > before.architecture.quantiles[0],
        "positive values only": (before.transform, after.transform) == ("level", "log"),
    }
    reasons = [reason for reason, is_lost in lost.items() if is_lost]
    if reasons:
        raise InvalidInput(
            f"{new.model_id} cannot take the place of {old.model_id} under the name {name}: "
            f"requests for it would be lost",
            seen="; ".join(reasons),
            cure="Train it with the same shape, or serve it under another name",
        )
