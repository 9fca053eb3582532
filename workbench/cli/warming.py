"""Do ahead of time what a first call would wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.backtest import simulate, simulate_signals, sweep_strategy
from workbench.data import load_bars
from workbench.registry import catalogue, lookup, names

if TYPE_CHECKING:
    import xarray as xr

    from workbench.context import Context
    from workbench.strategies import Strategy

__all__ = ["warmed"]


def warmed(context: Context) -> str:
    """Describe the operations, fetch the datasets and compile the strategies.

    Nothing is written to the trial ledger: no question is asked.

    Parameters
    ----------
    context : Context
        Whose lake is filled and whose progress is told.

    Returns
    -------
    str
        What was done, as a sentence.
    """
    datasets, strategies = names("dataset"), names("strategy")
    total = 1 + len(datasets) + len(strategies)
    context.progress(0, total, "describing the operations")
    described = len(catalogue())
    for done, dataset in enumerate(datasets, start=1):
        context.progress(done, total, f"fetching {dataset}")
        load_bars(dataset, context=context)
    prices = load_bars("AAPL", context=context)
    for done, strategy in enumerate(strategies, start=1 + len(datasets)):
        context.progress(done, total, f"compiling {strategy}")
        found = lookup("strategy", strategy)
        simulate(found, prices)
        if found.form == "step":
            _sweep(found, prices)
    never = prices["close"] < 0
    simulate_signals(prices, never, never)
    context.progress(total, total, "done")
    return (
        f"{described} operations described, {len(datasets)} datasets fetched,"
        f" {len(strategies)} strategies compiled."
    )


def _sweep(strategy: Strategy, prices: xr.Dataset) -> None:
    """Compile the loop over combinations, which is one whatever varies."""
    values = dict(strategy.checked(None))
    numbers = (name for name, value in values.items() if isinstance(value, int | float))
    name = next(numbers, None)
    if name is not None:
        sweep_strategy(strategy, prices, {name: [values[name]]})
