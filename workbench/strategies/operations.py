"""The public verbs of strategies."""

from __future__ import annotations

from workbench.context import Context
from workbench.domain import StrategyRef
from workbench.registry import lookup, names, operation
from workbench.strategies.results import StrategyInfo, StrategyList


@operation(effect="read", command="strategies list")
def list_strategies(*, context: Context | None = None) -> StrategyList:  # noqa: ARG001  every operation has it
    """List the strategies that can be called by name.

    They come from the package, from ``WORKBENCH_HOME/strategies``, from plug-ins and from
    this process.
    """
    from workbench.strategies.describe import listed  # heavy: xarray

    return listed({name: lookup("strategy", name) for name in names("strategy")})


@operation(effect="read", command="strategies show")
def get_strategy_info(
    strategy: StrategyRef,
    *,
    context: Context | None = None,  # noqa: ARG001
) -> StrategyInfo:
    """Tell what a strategy does, and its parameters with their ranges.

    Performance is not part of it: that depends on data and costs, and `run_backtest` tells it.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    context : Context, optional
        Not needed; every operation takes it.

    Returns
    -------
    StrategyInfo
        Read from its declaration.

    Raises
    ------
    UnknownName
        If no strategy has this name.
    """
    from workbench.strategies.declaration import as_strategy  # heavy: xarray
    from workbench.strategies.describe import describe  # heavy: numba

    found = lookup("strategy", strategy) if isinstance(strategy, str) else as_strategy(strategy)
    return describe(found)
