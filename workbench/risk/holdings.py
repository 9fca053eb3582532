"""Positions as a caller writes them, as money by symbol."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from workbench.errors import InvalidInput, OutOfRange
from workbench.risk.holding import Holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["amounts_of"]

EXAMPLE = 'Write {"symbol": "AAPL", "value": 10000}, or quantity and price in place of value'


def amounts_of(portfolio: Iterable[Holding | Mapping[str, Any]]) -> dict[str, float]:
    """Add up the money in each symbol.

    Parameters
    ----------
    portfolio : iterable of Holding or mapping
        Positions; a symbol may occur more than once.

    Returns
    -------
    dict
        Symbol → money, positive, in the order of the positions.

    Raises
    ------
    InvalidInput
        If there is no position, or one has no symbol or no value.
    OutOfRange
        If a value is zero, negative, NaN or infinite.
    """
    amounts: dict[str, float] = {}
    for position in portfolio:
        holding = _read(position)
        amounts[holding.symbol] = amounts.get(holding.symbol, 0.0) + _value(holding)
    if not amounts:
        raise InvalidInput("The portfolio is empty", cure=EXAMPLE)
    return amounts


def _read(position: Holding | Mapping[str, Any]) -> Holding:
    if isinstance(position, Holding):
        return position
    try:
        return Holding.model_validate(position)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "position"
        raise InvalidInput(
            f"A position cannot be used: {place}: {first['msg']}", seen=position, cure=EXAMPLE
        ) from None


def _value(holding: Holding) -> float:
    value = holding.value
    if value is None and holding.quantity is not None and holding.price is not None:
        value = holding.quantity * holding.price
    if value is None:
        raise InvalidInput(f"The position in {holding.symbol} has no value", cure=EXAMPLE)
    if not (math.isfinite(value) and value > 0):
        raise OutOfRange(
            f"The value of {holding.symbol}",
            value,
            cure="Give a positive amount of money, and leave out what you do not hold; short "
            "positions go through workbench.risk.portfolio_risk",
        )
    return value
