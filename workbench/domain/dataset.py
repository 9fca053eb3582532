"""How a dataset is called: ``sp500-20`` or ``sp500-20:AAPL,MSFT``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from workbench.errors import InvalidInput

__all__ = ["DatasetName"]

_NAME = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,63}$")


@dataclass(frozen=True)
class DatasetName:
    """A dataset and, after a colon, some of its symbols.

    Parameters
    ----------
    name : str
        Lower-case letters, digits, ``-``, ``_`` and ``.``.
    symbols : tuple of str
        The symbols asked for; empty means all of them.
    """

    name: str
    symbols: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"name"`` or ``"name:SYMBOL,SYMBOL"``.

        Parameters
        ----------
        text : str
            A name, or a name, a colon and symbols between commas.

        Returns
        -------
        DatasetName
            Without symbols it means all of them.

        Raises
        ------
        InvalidInput
            If the text is not of this form.
        """
        name, colon, listed = text.strip().partition(":")
        symbols = tuple(part.strip() for part in listed.split(",") if part.strip())
        if not _NAME.match(name) or (colon and not symbols):
            raise InvalidInput(
                "This is no dataset name",
                seen=text,
                cure="Write a name, or a name and symbols: sp500-20 or sp500-20:AAPL,MSFT",
            )
        return cls(name, symbols)

    def __str__(self) -> str:
        return f"{self.name}:{','.join(self.symbols)}" if self.symbols else self.name
