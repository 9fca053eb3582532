"""What an engine hands back: orders, accounts, and why each position changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "DELISTING",
    "EXIT",
    "FLOWS",
    "LIQUIDATION",
    "ORDER",
    "ORDER_COLUMNS",
    "REASONS",
    "ROLL",
    "SPLIT",
    "Filled",
]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

ORDER_COLUMNS = ("bar", "symbol", "size", "price", "fee", "reason")
"""The columns of `Filled.orders`; bar and symbol are positions, a negative size is a sale."""

ORDER, EXIT, LIQUIDATION, DELISTING, SPLIT, ROLL = range(6)
REASONS = ("order", "exit", "liquidation", "delisting", "split", "roll")
"""Why a position changed, by the number in the column ``reason``: the strategy wanted another
weight; a stop or a target was hit; the margin was gone; the symbol ended; its shares were split
(a row that is no order: it has no price); a future was rolled into the next contract."""

FLOWS = ("borrow", "funding", "interest", "dividends")
"""The columns of `Filled.flows`: the first three are paid, dividends are received; below 0 it is
the other way round."""


@dataclass(frozen=True)
class Filled:
    """What became of a plan.

    Parameters
    ----------
    orders : ndarray, shape (orders, 6)
        `ORDER_COLUMNS`, in the order of filling.
    cash : ndarray, shape (time,)
        After the bar's orders.
    positions : ndarray, shape (time, symbol)
        Units held after the bar's orders.
    statuses : ndarray, shape (5,)
        How many orders ended in each status of `workbench.market.fills`.
    flows : ndarray, shape (time, 4), optional
        `FLOWS`: money that moved without an order; None where none can.
    """

    orders: Floats
    cash: Floats
    positions: Floats
    statuses: Counts
    flows: Floats | None = None
