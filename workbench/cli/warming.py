"""Do ahead of time what a first call would wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.backtest import simulate, simulate_signals
from workbench.data import load_bars
from workbench.registry import catalogue, lookup, names

if TYPE_CHECKING:
    from workbench.context import Context

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
        simulate(lookup("strategy", strategy), prices)
    never = prices["close"] < 0
    simulate_signals(prices, never, never)
    context.progress(total, total, "done")
    return (
        f"{described} operations described, {len(datasets)} datasets fetched,"
        f" {len(strategies)} strategies compiled."
    )
