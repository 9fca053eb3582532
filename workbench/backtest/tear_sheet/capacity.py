"""How much money the strategy of a report could carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.backtest.studies.capacity import capacity_curve
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from workbench.backtest.results import BacktestReport

__all__ = ["capacity_words"]


def capacity_words(report: BacktestReport) -> list[Any]:
    """The sentence and the curve; a sentence alone where it cannot be told.

    Parameters
    ----------
    report : BacktestReport
        Whose decisions are traded again with accounts of many sizes.

    Returns
    -------
    list
        Words, and a Bokeh figure.
    """
    if report.orders is None or report.orders.empty:
        return []
    try:
        found = capacity_curve(report)
    except (NoData, InvalidInput) as why:
        return [f"How much money it carries cannot be told. {why}"]
    return [found.sentence, *found.notes, found.plot()]
