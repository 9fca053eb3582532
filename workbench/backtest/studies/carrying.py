"""How much money a strategy carries, as a result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Number, Result
from workbench.market.costs import Costs  # light: pydantic only

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["CapacityCurve"]


class CapacityCurve(Result):
    """What is left with larger accounts.

    Attributes
    ----------
    table : pandas.DataFrame
        Index size; columns sharpe_ratio, annualized_return, volume_share.
    """

    headline: ClassVar[tuple[str, ...]] = ("strategy", "impact", "capacity", "break_even")

    strategy: str
    costs: Costs = Field(description="What an order costs, impact included.")
    impact: float = Field(description="Y of the law Y σ √(Q/V).")
    initial_cash: float = Field(description="The account of the backtest itself.")
    capacity: Number = Field(
        description="The account that keeps half of the best Sharpe ratio; null when the largest"
        " does, or none earns."
    )
    break_even: Number = Field(
        description="The account that earns nothing; null when the largest earns, or none does."
    )
    sizes: list[float]
    sharpe_ratios: list[Number]
    annualized_returns: list[Number]
    volume_shares: list[Number] = Field(
        description="One order in twenty is a larger share of the volume of its bar."
    )
    notes: list[str] = Field(default_factory=list, repr=False)
    table: Any = Field(default=None, exclude=True, repr=False)

    @property
    def sentence(self) -> str:
        """What the curve says, in a line or two."""
        law = f"With a market impact of {self.impact:g} σ√(Q/V)"
        if math.isnan(self.capacity):
            return f"{law} no account earns: there is nothing to carry."
        if math.isinf(self.capacity):
            most = f"{self.sizes[-1]:,.0f}, the largest tried,"
            return f"{law} an account of {most} keeps more than half of the best Sharpe ratio."
        half, nothing = (f"{float(f'{at:.2g}'):,.0f}" for at in (self.capacity, self.break_even))
        more = "" if math.isinf(self.break_even) else f", and one of {nothing} nothing"
        return f"{law} an account of {half} keeps half of the best Sharpe ratio{more}."

    def to_frame(self) -> pd.DataFrame:
        """A row for each size of the account."""
        frame: pd.DataFrame = self.table
        return frame

    def plot(self) -> LayoutDOM:
        """The Sharpe ratio by the size of the account, the capacity marked.

        Returns
        -------
        bokeh.plotting.figure
            A line with a dot for each size, over a logarithmic axis.
        """
        from workbench.charts import curve  # noqa: PLC0415  heavy: bokeh

        return curve(
            self.table["sharpe_ratio"],
            title=f"Sharpe ratio by size of the account, impact {self.impact:g} σ√(Q/V)",
            x_label="account",
            mark=self.capacity,
            mark_text="half is left at",
            log_x=True,
        )

    def __repr__(self) -> str:
        lines = [
            f"  {size:>16,.0f}  {earned:>8.2%} a year, Sharpe {sharpe:>5.2f}, orders"
            f" {share:.2%} of volume"
            for size, earned, sharpe, share in self.table[
                ["annualized_return", "sharpe_ratio", "volume_share"]
            ].itertuples()
        ]
        notes = [f"  ! {note}" for note in self.notes]
        return "\n".join([super().__repr__(), *lines, *notes])

    __str__ = __repr__
