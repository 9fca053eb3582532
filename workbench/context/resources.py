"""The stores of a process, opened when they are first used.

The context lies below the stores in the house, so it knows them by an import
string and a port, as it knows adapters.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from workbench.ports import Experiments, Lake, RunRecords, TrialLedger
    from workbench.settings import Settings

__all__ = ["OPENERS", "Resources"]

OPENERS = {
    "lake": "workbench.store.lake:open_lake",
    "ledger": "workbench.store.ledger:open_ledger",
    "runs": "workbench.store.runs:open_runs",
    "experiments": "workbench.store.experiments:open_experiments",
}
"""Store → ``module:function``; each function takes the settings."""


class Resources:
    """Opens each store once.

    Parameters
    ----------
    **given : object
        Stores and settings that are used instead of the process's own.
    """

    def __init__(self, **given: Any) -> None:
        self._given = given

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        if "settings" in self._given:
            return cast("Settings", self._given["settings"])
        from workbench.settings import load_settings  # noqa: PLC0415  heavy: pydantic-settings

        return load_settings()

    @cached_property
    def lake(self) -> Lake:
        """The lake."""
        return cast("Lake", self._opened("lake"))

    @cached_property
    def ledger(self) -> TrialLedger:
        """The trial ledger."""
        return cast("TrialLedger", self._opened("ledger"))

    @cached_property
    def runs(self) -> RunRecords:
        """The run records."""
        return cast("RunRecords", self._opened("runs"))

    @cached_property
    def experiments(self) -> Experiments:
        """The experiment store."""
        return cast("Experiments", self._opened("experiments"))

    def _opened(self, store: str) -> Any:
        if store in self._given:
            return self._given[store]
        module, _, function = OPENERS[store].partition(":")
        return getattr(import_module(module), function)(self.settings)
