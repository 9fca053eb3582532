"""The symbol of a listed US option: root, expiry, right and strike in 21 characters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self, cast

from workbench.errors import InvalidInput, OutOfRange

__all__ = ["OptionContract"]

_SYMBOL = re.compile(r"(?P<root>[A-Z0-9]{1,6}) *(?P<day>\d{6})(?P<right>[CP])(?P<strike>\d{8})")
THOUSANDTH = Decimal("0.001")
HIGHEST_STRIKE = Decimal("99999.999")


@dataclass(frozen=True)
class OptionContract:
    """A listed option as its symbol says it.

    The root is six characters filled with blanks, the expiry ``yymmdd``, the right ``C`` or
    ``P``, and the strike eight digits in thousandths (Options Symbology Initiative of the
    Options Clearing Corporation, 2010). The root is not always the symbol of the share: it has
    no dot (``BRKB``), and an adjusted series has a digit (``AAPL1``).

    Parameters
    ----------
    root : str
        One to six capital letters and digits.
    expires : date
        The day of expiry, from 2000 to 2099.
    right : {"C", "P"}
        Call or put.
    strike : Decimal
        In the currency of the share, in thousandths at the finest.

    Raises
    ------
    OutOfRange
        If the strike or the expiry does not fit into the symbol.
    """

    root: str
    expires: dt.date
    right: Literal["C", "P"]
    strike: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.strike <= HIGHEST_STRIKE or self.strike % THOUSANDTH:
            raise OutOfRange(
                "strike", self.strike, 0, HIGHEST_STRIKE, "Give it in thousandths at the finest"
            )
        if not 2000 <= self.expires.year <= 2099:
            raise OutOfRange("expires", self.expires, dt.date(2000, 1, 1), dt.date(2099, 12, 31))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a symbol, with the blanks of the 21 characters or without.

        Parameters
        ----------
        text : str
            ``"SPY   261218C00650000"`` or ``"SPY261218C00650000"``.

        Returns
        -------
        OptionContract
            What it says.

        Raises
        ------
        InvalidInput
            If it is no such symbol, or its day does not exist.
        """
        match = _SYMBOL.fullmatch(text.strip())
        day = _day(match["day"]) if match else None
        if match is None or day is None:
            raise InvalidInput(
                "This is no symbol of a listed option",
                seen=text,
                cure="Write root, expiry, C or P, and the strike in thousandths:"
                " SPY261218C00650000",
            )
        right = cast("Literal['C', 'P']", match["right"])
        return cls(match["root"], day, right, int(match["strike"]) * THOUSANDTH)

    @property
    def compact(self) -> str:
        """The symbol without blanks, as the workbench and most vendors write it."""
        return f"{self.root}{self._tail}"

    @property
    def padded(self) -> str:
        """The symbol in 21 characters, as the clearing house writes it."""
        return f"{self.root:<6}{self._tail}"

    @property
    def _tail(self) -> str:
        return f"{self.expires:%y%m%d}{self.right}{int(self.strike / THOUSANDTH):08d}"

    def __str__(self) -> str:
        return self.compact


def _day(text: str) -> dt.date | None:
    try:
        return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None
