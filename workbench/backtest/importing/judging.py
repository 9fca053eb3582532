"""From a file or a thing to a report that is counted like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.importing.reading import imported
from workbench.data import load_bars
from workbench.data.adding import read_file
from workbench.validation.significance import Maxima
from workbench.validation.trials import FEWEST_BARS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.backtest.results import BacktestReport
    from workbench.context import Context

__all__ = ["judged"]


def judged(
    history: Any,
    data: Any,
    *,
    kind: str | None,
    tried: int,
    benchmark: Any,
    labels: Mapping[str, Any],
    context: Context,
) -> BacktestReport:
    """As `import_backtest`."""
    read = read_file(history) if isinstance(history, str) else history
    prices = None if data is None else load_bars(data, context=context)
    beside = None if benchmark is None else load_bars(benchmark, context=context)
    report = imported(read, prices, kind=kind, benchmark=beside, labels=labels)
    return report.noting(_claim(report, tried))


def _claim(report: BacktestReport, tried: int) -> str:
    """How often luck has a history this good, alone and as the best of those that were tried.

    The others are not known, so they count as independent (Šidák 1967), which is too strict
    where they were alike.
    """
    if len(report.returns) < FEWEST_BARS:
        return f"{len(report.returns)} bars are too few to tell skill from luck."
    maxima = Maxima.empty(len(report.returns))
    maxima.add_returns(report.returns.to_numpy(dtype=np.float64)[None, :])
    alone = maxima.p_value()
    best = 1.0 - (1.0 - alone) ** tried
    told = f"Luck alone has a history this good with probability {alone:.3f}"
    return f"{told}, and {best:.3f} as the best of {tried:,}." if tried > 1 else f"{told}."
