"""A strategy of a notebook, or a copy of one of ours, as a file of the user's own."""

from __future__ import annotations

from typing import Any

from workbench.errors import InvalidInput
from workbench.registry import lookup, save
from workbench.settings.places import home
from workbench.strategies.declaration import Strategy, as_strategy
from workbench.strategies.results import SavedStrategy

__all__ = ["saved"]


def saved(thing: Any, *, name: str = "", replace: bool = False) -> SavedStrategy:
    """Write a strategy to ``WORKBENCH_HOME/strategies``.

    Parameters
    ----------
    thing : str, Strategy or callable
        A name, a strategy, or a function of bars, which is declared by this.
    name : str
        What it is called there; its own name by default.
    replace : bool
        Whether a file of this name is overwritten.

    Returns
    -------
    SavedStrategy
        Where it stands.

    Raises
    ------
    InvalidInput
        If it is made of other strategies, or cannot be saved (`workbench.registry.save`).
    """
    found = lookup("strategy", thing) if isinstance(thing, str) else as_strategy(thing)
    if type(found) is not Strategy:
        raise InvalidInput(
            "A strategy made of others has no source of its own",
            seen=found.name,
            cure="Save its members, and write in a file how they are put together",
        )
    before = set((home() / "strategies").glob("*.py"))
    path = save(found, replace=replace, name=name, kind="strategy")
    return SavedStrategy(
        strategy=name or found.name,
        path=str(path),
        source_hash=found.source_hash,
        replaced=path in before,
    )
