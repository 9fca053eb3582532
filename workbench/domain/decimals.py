"""Decimals of money and quantities: exact, or an error; and values that show what they are."""

from __future__ import annotations

from dataclasses import MISSING, fields
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any, ClassVar

from workbench.errors import InvalidInput, OutOfRange

__all__ = ["EXACT", "ROUNDED", "ZERO", "Facts", "above_zero", "decimal"]

EXACT = Context(prec=120, traps=[Inexact, InvalidOperation])
"""Sums and products of money and quantities: a digit that would be lost is an error."""
ROUNDED = Context(prec=60)
"""For the one division there is, of a cost by a quantity: 60 digits, half even."""
ZERO = Decimal(0)


def decimal(name: str, value: Any) -> Decimal:
    """A number as the decimal that it is written as.

    Parameters
    ----------
    name : str
        What it is, for the message.
    value : Decimal, int, str or float
        A float is taken by its shortest text: ``0.1`` is exactly one tenth.

    Returns
    -------
    Decimal
        Finite.

    Raises
    ------
    InvalidInput
        If it is no finite number.
    """
    try:
        made = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        made = Decimal("NaN")
    if not made.is_finite():
        raise InvalidInput(f"{name} is no number", seen=value, cure="Give a finite number")
    return made


class Facts:
    """A repr of what differs from the default, in the order of the fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __repr__(self) -> str:
        shown = (
            f"{field.name}={_plain(getattr(self, field.name))}"
            for field in fields(self)
            if field.default is MISSING or getattr(self, field.name) != field.default
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    def _in_decimals(self, *names: str) -> None:
        for name in names:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, decimal(name, value))


def above_zero(name: str, value: Decimal) -> None:
    """Refuse what is not above 0."""
    if value <= ZERO:
        raise OutOfRange(name, value, cure="Give a number above 0")


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return repr(str(value)) if isinstance(value, str) else repr(value)
