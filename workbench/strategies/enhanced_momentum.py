"""Enhanced momentum: a classifier, refitted as time goes on, weighs the signals of momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from workbench.features import momentum as past_return
from workbench.features import sma, volatility
from workbench.strategies.declaration import strategy
from workbench.strategies.facts import facts
from workbench.strategies.membership import is_member
from workbench.strategies.ranking import share_below
from workbench.strategies.rebalancing import Rebalance, is_rebalanced
from workbench.strategies.sklearn import Classifier, chances

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]

__all__ = ["enhanced_momentum", "taught_by"]

LEAST_ROWS = 20
_DIGITS = 10


@strategy("enhanced_momentum", warm_up=lambda p: p.train + p.embargo + p.horizon + p.lookback)
@facts(
    family="momentum",
    risk="medium",
    sources=(
        "Gu, Kelly and Xiu, Review of Financial Studies 33 (2020)",
        "López de Prado, Advances in Financial Machine Learning (2018), chapter 7",
    ),
)
def enhanced_momentum(
    bars: xr.Dataset,
    *,
    classifier: Classifier = "logistic",
    lookback: Annotated[int, Field(ge=8, le=504)] = 126,
    horizon: Annotated[int, Field(ge=1, le=126)] = 21,
    train: Annotated[int, Field(ge=20, le=5_040)] = 756,
    sample_every: Annotated[int, Field(ge=1, le=126)] = 5,
    embargo: Annotated[int, Field(ge=0, le=126)] = 0,
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5,
    top: Annotated[int, Field(ge=1, le=1_000)] = 5,
    rebalance: Rebalance = "month",
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0,
) -> xr.DataArray:
    """Hold what a classifier of momentum signals finds most likely to beat the others.

    On the first bar of each month the classifier is fitted anew. Its rows are bars and symbols
    of the last `train` bars, its features the returns over `lookback` and its parts, their rank,
    the volatility, the distance from the high, the volume and the ``sentiment`` where the bars
    have it; its answer is whether the return over the next `horizon` bars exceeded the median of
    the members (or zero, for one symbol). Only answers that are known on that bar teach: the last
    row stands `horizon` and `embargo` bars before it (purging: López de Prado, Advances in
    Financial Machine Learning, 2018, chapter 7). Machine learning on price signals: Gu, Kelly and
    Xiu, Review of Financial Studies 33 (2020).

    Parameters
    ----------
    bars : xarray.Dataset
        Bars with dims (time, symbol); ``volume`` and ``sentiment`` (known on that bar) count
        where they are there.
    classifier : {"logistic", "gradient_boosting"}
        As `workbench.strategies.sklearn` defines them.
    lookback : int
        Bars of the longest feature.
    horizon : int
        Bars ahead that are learned.
    train : int
        Bars from which rows are taken.
    sample_every : int
        Bars from one row of a symbol to the next; answers of neighbours overlap.
    embargo : int
        Bars left out between the last answer and the decision.
    confidence : float
        The probability that a symbol must have.
    top : int
        How many symbols are held at most.
    rebalance : {"bar", "week", "month", "quarter", "year"}
        When the classifier is fitted and the holdings are chosen.
    seed : int
        Of the trees.

    Returns
    -------
    xarray.DataArray, dims (time, symbol)
        ``1 / min(top, symbols)`` or 0; NaN between rebalances and until `train` is full. Without
        20 rows, or if all have the same answer, nothing is held. A symbol without one of its
        features on a bar neither teaches nor is held.

    Raises
    ------
    MissingExtra
        If scikit-learn is not installed.
    """
    close = bars["close"].transpose("time", "symbol")
    members = is_member(bars).transpose("time", "symbol").to_numpy()
    signals, answers = _signals(bars, lookback), _answers(close, members, horizon)
    known = np.isfinite(signals).all(axis=2) & members
    share = 1.0 / min(top, close.sizes["symbol"])
    weights = np.full(close.shape, np.nan)
    for bar in np.flatnonzero(is_rebalanced(bars, rebalance).to_numpy()):
        if bar + 1 < train + embargo + horizon + lookback:
            continue
        weights[bar] = 0.0
        rows = taught_by(int(bar), train=train, every=sample_every, gap=horizon + embargo)
        learned = known[rows] & np.isfinite(answers[rows])
        right = answers[rows][learned]
        if len(right) >= LEAST_ROWS and 0 < right.mean() < 1 and known[bar].any():
            asked = signals[bar][known[bar]]
            chance = np.full(known.shape[1], -1.0)
            chance[known[bar]] = chances(classifier, seed, signals[rows][learned], right, asked)
            place = np.argsort(np.argsort(-chance, kind="stable"), kind="stable")
            weights[bar, (place < top) & (chance >= confidence) & known[bar]] = share
    return close.copy(data=weights)


def taught_by(bar: int, *, train: int, every: int, gap: int) -> npt.NDArray[np.int64]:
    """The bars whose answers may teach a decision.

    Parameters
    ----------
    bar : int
        Where the decision is made.
    train : int
        How many bars the rows span.
    every : int
        From one row to the next.
    gap : int
        Bars that an answer needs, and the embargo.

    Returns
    -------
    numpy.ndarray of int
        From the latest, ``bar - gap``, back.
    """
    return np.arange(bar - gap, bar - gap - train, -every)


def _signals(bars: xr.Dataset, lookback: int) -> Floats:
    """The features, shape (time, symbol, feature).

    Rounded: sums that slide along the bars differ in the last digit from those of a window.
    """
    close = bars["close"].transpose("time", "symbol")
    rise = past_return(bars, lookback=lookback)
    high = pd.DataFrame(close.to_numpy()).rolling(lookback).max().to_numpy()
    parts = [
        rise,
        past_return(bars, lookback=lookback // 2),
        past_return(bars, lookback=lookback // 4),
        past_return(bars, lookback=lookback // 8),
        volatility(bars, window=max(2, lookback // 4)),
        close / high - 1,
    ]
    if bars.sizes["symbol"] > 1:
        parts.append(share_below(rise.where(is_member(bars))))
    if "volume" in bars:
        mean = sma(bars["volume"], window=max(2, lookback // 4))
        parts.append((bars["volume"] / mean.where(mean > 0)).clip(max=10))
    if "sentiment" in bars:
        parts.append(bars["sentiment"].fillna(0.0))
    laid = [part.transpose("time", "symbol").to_numpy().astype(np.float64) for part in parts]
    return np.round(np.stack(laid, axis=2), _DIGITS)


def _answers(close: xr.DataArray, members: npt.NDArray[np.bool_], horizon: int) -> Floats:
    """Whether each symbol beat the median of the members over the bars that follow; NaN unknown."""
    ahead = (close.shift(time=-horizon) / close - 1).to_numpy()
    ahead = np.where(members, ahead, np.nan)
    middle = np.zeros((len(ahead), 1))
    if ahead.shape[1] > 1:
        there = np.isfinite(ahead).any(axis=1)
        middle[there, 0] = np.nanmedian(ahead[there], axis=1)
    beat: Floats = np.where(np.isfinite(ahead), (ahead > middle) * 1.0, np.nan)
    return beat
