"""The picture of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts import equity_curve, lines, stacked
from workbench.errors import NoData

if TYPE_CHECKING:
    from bokeh.models import LayoutDOM

    from workbench.backtest.comparing.results import RunComparison

__all__ = ["figures"]


def figures(compared: RunComparison) -> LayoutDOM:
    """Growth of 1 in each run, and below it how far the first is ahead of each other."""
    if compared.equity is None:
        raise NoData(
            "The runs share no dated bars",
            seen=compared.runs,
            cure="Compare reports of the same bars",
        )
    grown = equity_curve(compared.equity, title="Growth of 1")
    first, *others = compared.equity.columns
    ahead = {f"over {name}": compared.equity[first] / compared.equity[name] - 1 for name in others}
    gap = lines(
        compared.equity.assign(**ahead)[list(ahead)],
        title=f"How far {first} is ahead",
        number_format="0.0%",
        level=0.0,
        height=200,
        x_range=grown.x_range,
    )
    return stacked(grown, gap)
