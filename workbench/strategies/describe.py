"""A strategy in words and numbers, read from its declaration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.compute import cuda_is_available
from workbench.strategies.facts import AWAITED, facts_of
from workbench.strategies.results import ParameterInfo, StrategyDetails, StrategyInfo, StrategyList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.strategies.declaration import Strategy

__all__ = ["describe", "listed"]

_PARAMETER = re.compile(r"^(?P<names>[a-z_][\w, ]*?) : .*\n(?P<text>(?:^ {4}.*\n?)+)", re.MULTILINE)


def describe(strategy: Strategy) -> StrategyInfo:
    """All that a strategy declares.

    Parameters
    ----------
    strategy : Strategy
        Any; also one that is not registered.

    Returns
    -------
    StrategyInfo
        Read from its declaration.
    """
    details, stated = _details(strategy), facts_of(strategy)
    return StrategyInfo(
        strategy=strategy.name,
        details=details,
        form=strategy.form,
        warm_up=details.warm_up,
        description=strategy.description,
        family=stated.family,
        risk_level=stated.risk,
        sources=list(stated.sources),
        presets={name: dict(values) for name, values in stated.presets.items()},
        parameters=_parameters(strategy),
        inputs=list(strategy.inputs) or ["bars"],
        source_hash=strategy.source_hash,
        gpu_accelerated=details.gpu_accelerated,
        gpu_available=cuda_is_available(),
    )


def listed(strategies: Mapping[str, Strategy]) -> StrategyList:
    """Several strategies in a list.

    Parameters
    ----------
    strategies : mapping of str to Strategy
        By name.

    Returns
    -------
    StrategyList
        In the order of the mapping.
    """
    return StrategyList(
        strategies=list(strategies),
        count=len(strategies),
        details={name: _details(found) for name, found in strategies.items()},
        awaited=AWAITED,
        gpu_available=cuda_is_available(),
    )


def _details(strategy: Strategy) -> StrategyDetails:
    stated = facts_of(strategy)
    required = any(field.is_required() for field in strategy.parameters.model_fields.values())
    return StrategyDetails(
        summary=strategy.description.partition("\n")[0],
        form=strategy.form,
        warm_up=1 if required else strategy.warm_up(),
        family=stated.family,
        risk_level=stated.risk,
        gpu_accelerated=False,
    )


def _parameters(strategy: Strategy) -> dict[str, ParameterInfo]:
    texts = _texts(strategy.description)
    properties = strategy.parameters.model_json_schema()["properties"] if _has(strategy) else {}
    return {name: _parameter(schema, texts.get(name, "")) for name, schema in properties.items()}


def _parameter(schema: dict[str, Any], text: str) -> ParameterInfo:
    return ParameterInfo(
        type=schema.get("type", "any"),
        default=schema.get("default"),
        low=schema.get("minimum", schema.get("exclusiveMinimum")),
        high=schema.get("maximum", schema.get("exclusiveMaximum")),
        choices=schema.get("enum"),
        description=text,
    )


def _has(strategy: Strategy) -> bool:
    return bool(strategy.parameters.model_fields)


def _texts(docstring: str) -> dict[str, str]:
    """Parameter → its text in the numpydoc section ``Parameters``."""
    section = docstring.partition("Parameters\n----------\n")[2]
    section = re.split(r"\n\n\w+\n-+\n", section)[0]
    return {
        name.strip(): " ".join(found["text"].split())
        for found in _PARAMETER.finditer(section)
        for name in found["names"].split(",")
    }
