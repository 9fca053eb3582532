"""Plain names of figures, and what the sources call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ITEMS", "names_of", "refuse_unknown"]

ITEMS: dict[str, tuple[str, ...]] = {
    "revenue": (
        "revenues",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "Revenues",
        "SalesRevenueNet",
    ),
    "cost_of_revenue": ("CostOfRevenue", "CostOfGoodsAndServicesSold"),
    "gross_profit": ("GrossProfit",),
    "operating_income": ("operating_income_loss", "OperatingIncomeLoss"),
    "net_income": ("net_income_loss", "NetIncomeLoss", "ProfitLoss"),
    "earnings_per_share": ("diluted_earnings_per_share", "EarningsPerShareDiluted"),
    "operating_cash_flow": (
        "net_cash_flow_from_operating_activities",
        "NetCashProvidedByUsedInOperatingActivities",
    ),
    "capital_expenditure": ("PaymentsToAcquirePropertyPlantAndEquipment",),
    "assets": ("Assets",),
    "liabilities": ("Liabilities",),
    "equity": ("equity_attributable_to_parent", "StockholdersEquity"),
    "cash": ("CashAndCashEquivalentsAtCarryingValue",),
    "long_term_debt": ("LongTermDebtNoncurrent", "LongTermDebt"),
    "shares_outstanding": (
        "EntityCommonStockSharesOutstanding",
        "CommonStockSharesOutstanding",
    ),
}
"""Plain name → the names of Polygon and the tags of US GAAP, the preferred one first."""


def names_of(item: str) -> tuple[str, ...]:
    """The names under which sources state an item: its own first, then those of `ITEMS`."""
    return (item, *ITEMS.get(item, ()))


def refuse_unknown(items: Sequence[str], stated: Sequence[str]) -> None:
    """Refuse an item that no fact states.

    Parameters
    ----------
    items : sequence of str
        What is asked for.
    stated : sequence of str
        The names under which the facts stand.

    Raises
    ------
    UnknownName
        Lists what is stated, under plain names too.
    """
    held = set(stated)
    for item in items:
        if held.isdisjoint(names_of(item)):
            plain = {name for name in ITEMS if not held.isdisjoint(names_of(name))}
            raise UnknownName("item among these facts", item, held | plain)
