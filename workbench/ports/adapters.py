"""Find the adapter of a role by its name, without importing the others."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeVar, cast

from workbench.errors import UnknownName

__all__ = ["adapter", "adapter_names"]

Role = TypeVar("Role")

_BUILT_IN: dict[str, dict[str, str]] = {
    "BarSource": {
        "alpaca": "workbench.adapters.alpaca:Alpaca",
        "alpha_vantage": "workbench.adapters.alpha_vantage:AlphaVantage",
        "polygon": "workbench.adapters.polygon:Polygon",
        "synthetic": "workbench.data.sources.synthetic:SyntheticSource",
        "yahoo": "workbench.adapters.yahoo:Yahoo",
    },
    "Learner": {
        "auto-arima": "workbench.forecast.statsforecast:AutoArima",
        "auto-ets": "workbench.forecast.statsforecast:AutoEts",
        "autoregression": "workbench.forecast.autoregression:AutoregressionLearner",
        "default": "workbench.forecast.abstaining:Default",
        "drift": "workbench.forecast.naive:Drift",
        "nlinear": "workbench.forecast.linear:NLinearLearner",
        "repeat-last": "workbench.forecast.naive:RepeatLast",
        "theta": "workbench.forecast.statsforecast:Theta",
    },
    "TickSource": {
        "alpaca": "workbench.adapters.alpaca:Alpaca",
        "polygon": "workbench.adapters.polygon:Polygon",
    },
    "ReferenceSource": {
        "alpaca": "workbench.adapters.alpaca:Alpaca",
        "polygon": "workbench.adapters.polygon:Polygon",
        "yahoo": "workbench.adapters.yahoo:Yahoo",
    },
    "MarketSource": {
        "alpaca": "workbench.adapters.alpaca:Alpaca",
        "polygon": "workbench.adapters.polygon:Polygon",
    },
}
"""Role name → adapter name → ``module:attribute``; the attribute takes no argument."""

_GROUP = "workbench.adapters"


def adapter_names(role: type[Any]) -> list[str]:
    """The names under which a role has an adapter, sorted.

    Parameters
    ----------
    role : type
        A Protocol of `workbench.ports`.

    Returns
    -------
    list of str
        Empty when the role has no adapter.
    """
    return sorted(_targets(role))


def adapter(role: type[Role], name: str) -> Role:
    """The adapter of a role by name.

    Parameters
    ----------
    role : type
        A Protocol of `workbench.ports`, for example ``BarSource``.
    name : str
        The adapter's name, for example ``"polygon"``.

    Returns
    -------
    object
        What the adapter's factory made; it follows the Protocol.

    Raises
    ------
    UnknownName
        If no adapter of this role has this name.
    """
    targets = _targets(role)
    if name not in targets:
        raise UnknownName(f"adapter for {role.__name__}", name, targets)
    module, _, attribute = targets[name].partition(":")
    return cast("Role", getattr(import_module(module), attribute)())


def _targets(role: type[Any]) -> dict[str, str]:
    """Built-in adapters, and plug-ins named ``<Role>.<name>`` in the entry points."""
    plugged = {
        name.partition(".")[2]: value
        for name, value in _plugged(tuple(sys.path))
        if name.partition(".")[0] == role.__name__
    }
    return {**_BUILT_IN.get(role.__name__, {}), **plugged}


@cache
def _plugged(_path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The entry points of our group; the search takes 40 ms, a small forecast far less."""
    return tuple((point.name, point.value) for point in entry_points(group=_GROUP))
