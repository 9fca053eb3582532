"""From a file or a thing to a report that is counted like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.backtest.importing.reading import imported
from workbench.data import load_bars
from workbench.data.adding import read_file

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
    if tried > 1:
        report = report.noting(f"It is the best of {tried:,} that were tried, by their own count.")
    return report
