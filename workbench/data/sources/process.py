"""What a process of prices is: numbers with bounds, and the path that they make."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from workbench.errors import OutOfRange

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]
    Days = npt.NDArray[np.datetime64]

__all__ = ["STEP", "YEAR", "Path", "Process", "lognormal_moments", "number", "numbers_of"]

YEAR = 252
"""Sessions of a year: what is stated for a year is for so many."""
STEP = 1 / YEAR


@dataclass(frozen=True, eq=False)
class Path:
    """What a process did, one value for each session.

    Parameters
    ----------
    log_return : numpy.ndarray
        From close to close.
    diffusion : numpy.ndarray
        Variance of the part of the log return that moves without a jump.
    jump : numpy.ndarray
        The part that jumps, between the sessions.
    expected : numpy.ndarray
        Mean of the simple return, given all that is known at the close before.
    variance : numpy.ndarray
        Variance of the simple return, given the same.
    state : numpy.ndarray
        What is hidden; the process says what it means.
    """

    log_return: Column
    diffusion: Column
    jump: Column
    expected: Column
    variance: Column
    state: Column


@dataclass(frozen=True)
class Process:
    """The numbers of a process; each lies within its bounds."""

    code: ClassVar[str] = ""
    """How its symbols begin."""
    state: ClassVar[str] = ""
    """What `Path.state` means."""

    def __post_init__(self) -> None:
        for one in numbers_of(self):
            low, high, seen = one.metadata["low"], one.metadata["high"], getattr(self, one.name)
            if not low <= seen <= high:  # NaN too
                raise OutOfRange(one.name, seen, low, high)

    def path(self, generator: np.random.Generator, days: Days) -> Path:
        """Draw a path.

        Parameters
        ----------
        generator : numpy.random.Generator
            Decides everything.
        days : numpy.ndarray of datetime64[D]
            The sessions.

        Returns
        -------
        Path
            One value for each session.
        """
        raise NotImplementedError


def number(default: float, low: float, high: float) -> Any:
    """A field of a process with its bounds, both allowed."""
    return field(default=default, metadata={"low": low, "high": high})


def numbers_of(process: Process | type[Process]) -> list[Field[Any]]:
    """The fields of a process that are numbers with bounds."""
    return [one for one in fields(process) if one.metadata]


def lognormal_moments(mean: Column | float, variance: Column | float) -> tuple[Any, Any]:
    """Mean and variance of a simple return whose log return is normal."""
    expected = np.expm1(mean + variance / 2)
    return expected, (1 + expected) ** 2 * np.expm1(variance)
