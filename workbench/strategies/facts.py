"""What is known of a strategy beside its code: its family, its risk, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["AWAITED", "Facts", "Risk", "facts", "facts_of"]

AWAITED = {
    "mirror": "follows the filings of institutions and insiders: waits for 13F and Form 4 data",
    "neural_sentiment": "trades on the tone of the news: waits for news and a model that reads it",
}
"""Strategies of the original that have no file yet, and what each waits for."""

Risk = Literal["low", "medium", "high", ""]
Function = TypeVar("Function", bound="Callable[..., Any]")


@dataclass(frozen=True)
class Facts:
    """What is known of a strategy beside its code.

    Parameters
    ----------
    family : str
        ``momentum``, ``reversion``, ``forecast``, ``combination`` or ``baseline``.
    risk : {"low", "medium", "high", ""}
        The risk level of the original; empty where it has none. A label, not a measurement.
    sources : tuple of str
        Papers and books that the definition follows.
    presets : mapping
        Name → parameters, such as the settings of the original.
    """

    family: str = ""
    risk: Risk = ""
    sources: tuple[str, ...] = ()
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def facts(
    *,
    family: str,
    risk: Risk = "",
    sources: tuple[str, ...] = (),
    presets: Mapping[str, Mapping[str, Any]] | None = None,
) -> Callable[[Function], Function]:
    """State what is known of a strategy; it stands under ``@strategy``.

    Parameters
    ----------
    family, risk, sources, presets
        As in `Facts`.

    Returns
    -------
    callable
        Returns the function with the attribute ``facts``.
    """

    def state(function: Function) -> Function:
        stated = Facts(family, risk, sources, presets or {})
        setattr(function, "facts", stated)  # noqa: B010  mypy: a function has no such attribute
        return function

    return state


def facts_of(strategy: Any) -> Facts:
    """The facts that a strategy states; empty ones where it states none."""
    stated = getattr(strategy, "facts", None)
    return stated if isinstance(stated, Facts) else Facts()
