"""What signals earned, account by account."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import Field

from workbench.domain import Number, Result
from workbench.market.costs import Costs  # light: pydantic only

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["SignalAccounts"]

DRAWN = 2_000
"""The most moments that the picture shows."""


class SignalAccounts(Result):
    """One account a symbol, each with the same cash, all of it in or out.

    Attributes
    ----------
    measures : pandas.DataFrame
        A row a symbol: ``total_return, sharpe_ratio, max_drawdown, trades, win_rate, fees,
        final_value``. Fractions and ratios as `workbench.validation.metrics` defines them: the
        drawdown counts the cash at the start, a Sharpe ratio without variation is NaN. ``trades``
        counts those that are open at the end.
    equity : pandas.DataFrame
        Value of each account at each close, time × symbol.
    orders : pandas.DataFrame
        ``time, symbol, side, size, price, fee, reason``, by symbol, then in the order of filling.
    trades : pandas.DataFrame
        ``symbol, entry_time, exit_time, side, size, entry_price, exit_price, fees, pnl, return,
        exit_reason, open``, by symbol, then by exit.
    """

    symbols: int
    bars: int
    fills_at: str
    initial_cash: float
    periods_per_year: float
    costs: Costs
    orders_filled: int
    median_return: Number
    best_return: Number
    worst_return: Number
    notes: list[str] = Field(default_factory=list)

    measures: Any = Field(default=None, exclude=True, repr=False)
    equity: Any = Field(default=None, exclude=True, repr=False)
    filled: Any = Field(default=None, exclude=True, repr=False)
    """The orders as an array, `ORDER_COLUMNS`, by symbol."""

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The orders that were filled."""
        from workbench.backtest.trades import orders_as_frame  # noqa: PLC0415  heavy: pandas

        return orders_as_frame(self.filled, self.equity.index, tuple(self.equity.columns))

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Every position, from its entry to its exit or the last close."""
        from workbench.backtest.trades import trip_frame  # noqa: PLC0415  heavy: pandas

        return trip_frame(self.trips, self.equity.index, tuple(self.equity.columns))

    trips: Any = Field(default=None, exclude=True, repr=False)
    """The trades as an array, as `workbench.backtest.trades.trips_of` makes them."""

    def to_frame(self) -> pd.DataFrame:
        """`measures`.

        Returns
        -------
        pandas.DataFrame
            A row a symbol.
        """
        frame: pd.DataFrame = self.measures
        return frame

    def plot(self) -> LayoutDOM:
        """The growth of every account and of the median one.

        Returns
        -------
        bokeh.plotting.figure
            Of a long history every so many bars, the last among them.
        """
        from workbench.charts import path_bundle  # noqa: PLC0415  heavy: bokeh

        every = -(-len(self.equity) // DRAWN)
        return path_bundle(self.equity.iloc[::-every][::-1], title="Accounts")

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__
