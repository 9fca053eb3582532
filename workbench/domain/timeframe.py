"""The length of a bar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from workbench.errors import InvalidInput

__all__ = ["Timeframe"]

_PATTERN = re.compile(r"^(?P<count>[1-9][0-9]{0,3})(?P<unit>[smhdwM])$")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "M": 2_592_000}


@dataclass(frozen=True, order=False)
class Timeframe:
    """The length of a bar, written as a count and a unit: ``1m``, ``4h``, ``1d``, ``1w``, ``1M``.

    Intraday bars carry their start instant; a bar of a day or longer carries the
    session date, a label and not an instant.

    Parameters
    ----------
    count : int
        How many units, from 1 to 9999.
    unit : str
        ``s`` second, ``m`` minute, ``h`` hour, ``d`` session, ``w`` week, ``M`` month.
    """

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str | Self) -> Self:
        """Read ``"5m"`` as a timeframe; a timeframe is returned as it is.

        Parameters
        ----------
        text : str or Timeframe
            A count and a unit, for example ``15m``.

        Returns
        -------
        Timeframe
            The count and unit that were written; ``60m`` is not turned into ``1h``.

        Raises
        ------
        InvalidInput
            If the text is no count and unit.
        """
        if isinstance(text, cls):
            return text
        match = _PATTERN.match(str(text))
        if match is None:
            raise InvalidInput(
                "This is no timeframe",
                seen=text,
                cure="Write a count and a unit, for example 1m, 15m, 1h, 1d, 1w or 1M",
            )
        return cls(int(match["count"]), match["unit"])

    @property
    def is_intraday(self) -> bool:
        """Whether a bar is shorter than a session."""
        return self.unit in "smh"

    @property
    def seconds(self) -> int:
        """The nominal length in seconds (a month counts 30 days)."""
        return self.count * _SECONDS[self.unit]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"
