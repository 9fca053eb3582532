"""The public verbs of strategies."""

from __future__ import annotations

from workbench.context import Context
from workbench.domain import StrategyRef
from workbench.registry import lookup, names, operation
from workbench.strategies.results import SavedStrategy, StrategyInfo, StrategyList


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


@operation(effect="write", command="strategies save")
def save_strategy(
    strategy: StrategyRef,
    *,
    name: str = "",
    replace: bool = False,
    context: Context | None = None,  # noqa: ARG001
) -> SavedStrategy:
    """Keep a strategy as a file of your own, so that every door knows it.

    In a notebook it takes the strategy or function itself: its source is written to
    ``WORKBENCH_HOME/strategies`` with the imports, the closed-over values and the functions that
    it uses, and read back at once. By name it makes a copy to edit, under another name.

    Parameters
    ----------
    strategy : str, Strategy or callable
        A name from `list_strategies`, or the strategy itself.
    name : str
        What the copy is called; its own name by default.
    replace : bool
        Whether a file of this name is overwritten.
    context : Context, optional
        Not needed; every operation takes it.

    Returns
    -------
    SavedStrategy
        Where it stands, and its hash.

    Raises
    ------
    UnknownName
        If no strategy has this name.
    InvalidInput
        If it cannot be written down, does not come back the same, is made of others, or a file
        of this name is there and `replace` is false.
    """
    from workbench.strategies.saving import saved  # heavy: xarray

    return saved(strategy, name=name, replace=replace)
