"""What trading a future contract by contract earned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = ["FuturesBacktest"]


class FuturesBacktest(Result):
    """A future traded contract by contract.

    Attributes
    ----------
    backtest : BacktestReport
        Everything a backtest reports, prices per unit as the exchange quotes them. Its weights
        are exposures: contracts × multiplier × price over the account.
    rolls : pandas.DataFrame
        A row a roll on which something was held: ``date, from, to, rule, contracts, left_at,
        entered_at, fees, slippage``; short contracts are negative, prices include slippage, costs
        are in the currency of the account.
    contracts : pandas.DataFrame
        A row a contract that was traded, in order: ``first, last`` (bars on which it was traded),
        ``orders``, ``most`` (contracts held), ``pnl`` and ``fees`` in the currency of the
        account. The column ``pnl`` is after fees and adds up to what the account earned.
    """

    underlying: str
    strategy: str
    multiplier: float
    roll: str = Field(description="What decides on a roll.")
    margin: str
    fills_at: str
    initial_cash: float
    total_return: Number
    sharpe_ratio: Number
    max_drawdown: Number
    total_trades: int
    rolled: int = Field(description="Rolls on which something was held.")
    roll_cost: Number = Field(description="Fees and slippage of the rolls.")
    trial: int | None = Field(
        default=None, description="Different trials of this question by now; None: not counted."
    )
    claim: str = Field(default="", description="The trial and what may be claimed of it.")
    contract_records: list[dict[str, str | float | None]] = Field(
        default_factory=list, repr=False, description="What each contract earned, in order."
    )
    roll_records: list[dict[str, str | float | None]] = Field(
        default_factory=list, repr=False, description="Rolls on which something was held."
    )
    notes: list[str] = Field(default_factory=list)

    backtest: Any = Field(default=None, exclude=True, repr=False)
    rolls: Any = Field(default=None, exclude=True, repr=False)
    contracts: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """`contracts`.

        Returns
        -------
        pandas.DataFrame
            A row a contract.
        """
        frame: pd.DataFrame = self.contracts
        return frame

    def plot(self) -> LayoutDOM:
        """As `BacktestReport.plot`: equity beside the continuous series, drawdown, exposure.

        Returns
        -------
        bokeh.models.Column
            Three figures that zoom together.
        """
        layout: LayoutDOM = self.backtest.plot()
        return layout

    def __repr__(self) -> str:
        return "\n".join([super().__repr__(), *(f"  ! {note}" for note in self.notes)])

    __str__ = __repr__
