"""Markets that never were: the moves of real bars in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.errors import OutOfRange, UnusableFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xarray as xr

__all__ = ["permute_bars"]

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

_INSIDE = ("high", "low", "close")


def permute_bars(bars: xr.Dataset, rng: np.random.Generator, *, start: int = 0) -> xr.Dataset:
    """The same moves in another order: a market with the same drift and without its patterns.

    Masters, Permutation and Randomization Tests for Trading System Development (2018), chapter
    on bar permutation: the log moves from a close to the next open, and those inside a bar from
    its open to its high, low and close, are shuffled, each kind on its own. All symbols take
    the same order, so that what moves together still does. Each symbol ends where it ended.

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol); what is not ``open, high, low, close`` goes with the
        inside of its bar. Without opens the moves from close to close are shuffled.
    rng : numpy.random.Generator
        Where the order comes from.
    start : int
        Bars before this one stay as they are, as a history for warm-ups; a permuted market
        begins with the move from bar `start` to the next.

    Returns
    -------
    xarray.Dataset
        Of the same times, symbols and holes: bars change places only with bars on which the
        same symbols have prices, so that a late listing stays late. A move over a hole counts
        to the bar that ends it.

    Raises
    ------
    OutOfRange
        If fewer than two bars are left to change places.
    UnusableFrame
        If a price is zero or negative.
    """
    count = bars.sizes["time"]
    if not 0 <= start <= count - 3:
        raise OutOfRange("start", start, 0, max(count - 3, 0))
    ordered = bars.transpose("time", "symbol", ...)
    close = ordered["close"].to_numpy().astype(np.float64)
    if (close <= 0).any():
        raise UnusableFrame(
            "A price is zero or negative",
            seen=float(np.nanmin(close)),
            cure="Permute moves of positive prices only",
        )
    unknown = np.isnan(close), np.isnan(_before(close))
    groups = list(_alike(np.hstack(unknown), start + 1))
    inside = _shuffled(groups, count, rng)
    if "open" not in ordered:
        return _from_closes(ordered, close, inside)
    return _from_opens(ordered, close, inside, _shuffled(groups, count, rng))


def _alike(missing: npt.NDArray[np.bool_], first: int) -> Iterator[Positions]:
    """Bars from `first` on, grouped by which symbols lack a price, or begin to have one."""
    patterns: dict[bytes, list[int]] = {}
    for bar in range(first, len(missing)):
        patterns.setdefault(missing[bar].tobytes(), []).append(bar)
    yield from (np.array(bars) for bars in patterns.values())


def _shuffled(groups: list[Positions], count: int, rng: np.random.Generator) -> Positions:
    order = np.arange(count)
    for bars in groups:
        order[bars] = rng.permutation(bars)
    return order


def _from_closes(bars: xr.Dataset, close: Floats, order: Positions) -> xr.Dataset:
    moves = np.log(close) - np.log(_before(close))
    walked = _walked(close, moves[order])
    made = {"close": walked}
    for name in set(map(str, bars.data_vars)) - {"close"}:
        values = bars[name].to_numpy()[order]
        made[name] = values * walked / close[order] if name in ("high", "low") else values
    return bars.assign({name: (bars["close"].dims, table) for name, table in made.items()})


def _from_opens(
    bars: xr.Dataset, close: Floats, inside: Positions, between: Positions
) -> xr.Dataset:
    opened = bars["open"].to_numpy().astype(np.float64)
    opened = np.where(np.isnan(opened), close, opened)
    gaps = np.log(opened) - np.log(_before(close))
    moves = gaps[between] + (np.log(close) - np.log(opened))[inside]
    walked = _walked(close, moves)
    begins = walked / (close / opened)[inside]
    made = {"open": begins, "close": walked}
    for name in set(map(str, bars.data_vars)) - {"open", "close"}:
        values = bars[name].to_numpy()[inside]
        made[name] = values * begins / opened[inside] if name in _INSIDE else values
    return bars.assign({name: (bars["close"].dims, table) for name, table in made.items()})


def _before(close: Floats) -> Floats:
    """The last close before each bar; NaN before the first."""
    carried = pd.DataFrame(close).ffill().to_numpy()
    return np.vstack([np.full((1, close.shape[1]), np.nan), carried[:-1]])


def _walked(close: Floats, moves: Floats) -> Floats:
    """Prices from the first of each symbol on by these log moves; holes stay holes."""
    known = ~np.isnan(close)
    first = np.where(known.any(axis=0), np.argmax(known, axis=0), 0)
    anchor = close[first, np.arange(close.shape[1])]
    walked = anchor * np.exp(np.cumsum(np.where(np.isnan(moves), 0.0, moves), axis=0))
    return np.where(known, walked, np.nan)
