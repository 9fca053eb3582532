"""How often chance does as well: permutations of a signal against the returns it met."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.compute import kernel
from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.validation.resampling.results import PermutationTest

__all__ = ["permutation_test_of", "signal_permutation"]

Floats = npt.NDArray[np.float64]
How = Literal["shift", "shuffle"]

_WORDS = {
    "shift": "the signal was shifted in a circle against the returns",
    "shuffle": "the bars of the signal were shuffled against the returns",
}
FEWEST = 10


def permutation_test_of(
    observed: float, samples: Any, *, statistic: str, permuted: str, notes: list[str] | None = None
) -> PermutationTest:
    """The p-value of an observed statistic among those of permutations.

    ``(1 + permutations at least as good) / (1 + permutations)``: the observed order is one of
    the permutations (Phipson and Smyth, Statistical Applications in Genetics and Molecular
    Biology 9, 2010). A permutation without a statistic counts as worse.

    Parameters
    ----------
    observed : float
        The statistic as it was; larger is better. Where it is NaN every permutation counts as at
        least as good.
    samples : array_like, shape (draws,)
        The statistic of each permutation.
    statistic, permuted : str
        What it is, and what was permuted.
    notes : list of str, optional
        What else to know.

    Returns
    -------
    PermutationTest
        One-sided.
    """
    values = np.asarray(samples, dtype=np.float64)
    as_good = values.size if math.isnan(observed) else int(np.count_nonzero(values >= observed))
    known = values[~np.isnan(values)]
    return PermutationTest(
        statistic=statistic,
        observed=float(observed),
        p_value=(1 + as_good) / (1 + values.size),
        draws=values.size,
        permuted=permuted,
        median=float(np.median(known)) if known.size else math.nan,
        notes=notes or [],
        samples=values,
    )


def signal_permutation(
    exposures: Any,
    returns: Any,
    rng: np.random.Generator,
    *,
    draws: int = 1_000,
    how: How = "shift",
) -> PermutationTest:
    """Whether what was held met the returns by more than chance.

    The statistic is the Sharpe ratio per bar of ``Σ exposure × return``, before costs. All
    symbols are permuted together, so that what they have in common stays.

    Parameters
    ----------
    exposures : array_like, shape (time,) or (time, symbol)
        Weight held during each bar; NaN counts as none.
    returns : array_like, same shape
        Simple return of the same bar; NaN counts as none.
    rng : numpy.random.Generator
        Where the permutations come from.
    draws : int
        How many.
    how : {"shift", "shuffle"}
        ``shift`` turns the signal in a circle: the autocorrelation of signal and returns
        stays, and there are ``bars − 1`` shifts at most. ``shuffle`` mixes the bars, which is
        right for a signal that has no memory and too easily passed by one that has.

    Returns
    -------
    PermutationTest
        One-sided: a large Sharpe ratio is good.

    Raises
    ------
    InvalidInput
        If the shapes differ.
    TooLittleHistory
        If there are fewer than 10 bars.
    OutOfRange
        If `draws` is below 1.
    UnknownName
        If `how` is neither.
    """
    held, earned = (_table(values) for values in (exposures, returns))
    if held.shape != earned.shape:
        raise InvalidInput(
            "The signal and the returns have different shapes",
            seen=f"{held.shape} and {earned.shape}",
            cure="Give one weight for each return",
        )
    if how not in _WORDS:
        raise UnknownName("permutation", how, _WORDS)
    if len(held) < FEWEST:
        raise TooLittleHistory(FEWEST, len(held), "A permutation test")
    if draws < 1:
        raise OutOfRange("draws", draws, 1)
    samples = np.empty(draws)
    _permute(held, earned, rng, how == "shift", samples)
    observed = _sharpe_of(held, earned, np.arange(len(held)))
    return permutation_test_of(
        observed, samples, statistic="Sharpe ratio per bar, before costs", permuted=_WORDS[how]
    )


def _table(values: Any) -> Floats:
    read = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0)
    return np.ascontiguousarray(read[:, None] if read.ndim == 1 else read)


@kernel
def _permute(
    held: Floats,
    earned: Floats,
    rng: np.random.Generator,
    shifted: bool,  # noqa: FBT001  a kernel's arguments have places, not names
    out: Floats,
) -> None:
    bars = held.shape[0]
    order = np.arange(bars)
    for draw in range(out.size):
        if shifted:
            by = 1 + min(int(rng.random() * (bars - 1)), bars - 2)
            for at in range(bars):
                order[at] = (at + by) % bars
        else:
            for at in range(bars - 1, 0, -1):
                other = min(int(rng.random() * (at + 1)), at)
                order[at], order[other] = order[other], order[at]
        out[draw] = _sharpe_of(held, earned, order)


@kernel
def _sharpe_of(held: Floats, earned: Floats, order: npt.NDArray[np.int64]) -> float:
    """Mean over standard deviation of what the exposures of `order` earn; NaN if constant."""
    bars, symbols = held.shape
    mean, spread = 0.0, 0.0
    for at in range(bars):  # Welford: one pass without losing digits
        gain = 0.0
        for symbol in range(symbols):
            gain += held[order[at], symbol] * earned[at, symbol]
        apart = gain - mean
        mean += apart / (at + 1)
        spread += apart * (gain - mean)
    deviation = math.sqrt(spread / (bars - 1))
    return mean / deviation if deviation > 0 else math.nan
