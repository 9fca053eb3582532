"""The one frozen object that an operation sees of the world around it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from workbench.context.progress import Progress, shown, silent
from workbench.context.resources import Resources
from workbench.domain.enums import Caller, Effect, Scope
from workbench.errors import Cancelled, NotAllowed
from workbench.settings.places import home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np

    from workbench.ports import Experiments, Lake, RunRecords, TrialLedger
    from workbench.settings import Settings

__all__ = ["Context", "current"]

EVERYTHING = frozenset(Scope)
WITHOUT_TRADE = EVERYTHING - {Scope.TRADE}


def _utc_now() -> datetime:
    return datetime.now(tz=UTC)  # noqa: TID251  the one place that takes the time


@dataclass(frozen=True)
class Context:
    """Settings, clock, randomness, stores, progress, cancellation and the caller.

    A surface builds one for each call; ``None`` in an operation means the process's own.
    Nothing else reads settings, time or randomness.

    Parameters
    ----------
    caller : Caller
        Who asked.
    scopes : frozenset of Scope
        The effects the caller may have.
    clock : callable
        Returns the time, aware and in UTC.
    on_progress : callable
        Takes ``(done, total, message)``.
    stop : threading.Event
        Set by the surface when the caller wants the run to end.
    resources : Resources
        The stores, opened when they are first used.
    """

    caller: Caller = Caller.PERSON
    scopes: frozenset[Scope] = WITHOUT_TRADE
    clock: Callable[[], datetime] = _utc_now
    on_progress: Progress = silent
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    resources: Resources = field(default_factory=Resources, repr=False)

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.resources.settings

    @property
    def lake(self) -> Lake:
        """The versioned tables."""
        return self.resources.lake

    @property
    def ledger(self) -> TrialLedger:
        """The count of every trial."""
        return self.resources.ledger

    @property
    def runs(self) -> RunRecords:
        """The records of notebook and pipeline runs."""
        return self.resources.runs

    @property
    def experiments(self) -> Experiments:
        """Trainings and models."""
        return self.resources.experiments

    def now(self) -> datetime:
        """The time in UTC, aware."""
        return self.clock()

    def rng(self, *key: int) -> np.random.Generator:
        """A generator that depends on the seed and on `key` alone.

        Parameters
        ----------
        *key : int
            What the randomness is for, so that two uses are independent.

        Returns
        -------
        numpy.random.Generator
            A fresh one: the same seed and key draw the same numbers.
        """
        import numpy as np  # noqa: PLC0415  heavy: numpy

        return np.random.default_rng([self.settings.seed, *key])

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Tell how far the run is, and end it if the caller wants that.

        Parameters
        ----------
        done, total : float
            Units of work; a None `total` is unknown.
        message : str
            What is being done.

        Raises
        ------
        Cancelled
            If the caller has stopped the run.
        """
        if self.stop.is_set():
            raise Cancelled(done, total)
        self.on_progress(done, total, message)

    def allow(self, effect: Effect) -> None:
        """Check that the caller may have this effect.

        Parameters
        ----------
        effect : Effect
            What is to be done.

        Raises
        ------
        NotAllowed
            If the scope is missing.
        """
        if Scope(effect.value) not in self.scopes:
            raise NotAllowed(
                f"The caller ({self.caller.value}) has no right to {effect.value}",
                seen=sorted(scope.value for scope in self.scopes),
                cure="Ask a person to run it, or to grant this scope",
            )

    def replace(self, **changes: Any) -> Context:
        """The same context with some fields changed."""
        return replace(self, **changes)


@cache
def _context_of(_home: Path) -> Context:
    return Context(on_progress=shown)


def current() -> Context:
    """The process's own context: a person's, without the right to trade.

    There is one for each ``WORKBENCH_HOME`` that the process has had.
    """
    return _context_of(home())
