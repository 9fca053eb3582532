"""How long a message takes, each way: fixed, or drawn from a seeded generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from workbench.errors import OutOfRange

__all__ = ["Latency"]

DRAWS = 65_536


@dataclass(frozen=True)
class Latency:
    """Nanoseconds that messages take, used in turn and over again.

    A line keeps its order: what was sent later never arrives earlier.

    Parameters
    ----------
    entry : ndarray of int64, shape (draws,)
        From the strategy to the venue.
    response : ndarray of int64, shape (draws,)
        From the venue back.
    feed : ndarray of int64, shape (draws,)
        Of the market data; added to recorded receive times if there are none.
    """

    entry: npt.NDArray[np.int64]
    response: npt.NDArray[np.int64]
    feed: npt.NDArray[np.int64]

    @classmethod
    def fixed(cls, entry: int = 0, response: int = 0, feed: int = 0) -> Self:
        """Always the same.

        Parameters
        ----------
        entry, response, feed : int
            Nanoseconds, 0 or more.

        Returns
        -------
        Latency
            One draw each.

        Raises
        ------
        OutOfRange
            If one is negative.
        """
        for name, value in (("entry", entry), ("response", response), ("feed", feed)):
            if value < 0:
                raise OutOfRange(name, value, 0, cure="A message takes 0 nanoseconds or more")
        return cls(*(np.array([value], dtype=np.int64) for value in (entry, response, feed)))

    @classmethod
    def random(cls, median: int, rng: np.random.Generator, *, sigma: float = 0.5) -> Self:
        """Log-normal around a median, independent each way.

        Parameters
        ----------
        median : int
            Nanoseconds, above 0.
        rng : numpy.random.Generator
            The source of the draws; the same seed gives the same run, bit by bit.
        sigma : float
            Of the logarithm: 0.5 makes one in twenty 2.3 times the median or more.

        Returns
        -------
        Latency
            65,536 draws each.

        Raises
        ------
        OutOfRange
            If the median is not above 0, or sigma is negative.
        """
        if median <= 0:
            raise OutOfRange("median", median, 1)
        if sigma < 0:
            raise OutOfRange("sigma", sigma, 0)
        draws = np.rint(median * np.exp(sigma * rng.standard_normal((3, DRAWS)))).astype(np.int64)
        return cls(*draws)
