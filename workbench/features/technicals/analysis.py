"""Trend and levels of one symbol at its last bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.features.results import Rule
from workbench.features.technicals.levels import price_levels, swing_points, true_range
from workbench.features.technicals.results import MarketAnalysis, PriceLevel
from workbench.features.technicals.slopes import slope_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy.typing as npt
    import xarray as xr

    from workbench.features.technicals.results import TrendLabel
    from workbench.features.technicals.slopes import Slope

__all__ = ["RULES", "Seen", "analyse_market"]

SIGNIFICANT = 1.96
YEAR = 252
WING = 5
"""Bars on either side of a turning point."""
MOST_LEVELS = 3
"""On either side of the price."""

RULES = {
    "trend": Rule(
        rule="bullish or bearish by the sign of the slope of a line through the log closes, if it "
        "is more than 1.96 standard errors of a random walk with the same returns away from zero "
        "(5%, two-sided); else unclear",
        source="Durlauf and Phillips, Trends versus Random Walks, Econometrica 56, 1988",
    ),
    "levels": Rule(
        rule=f"highs above and lows below the {WING} bars on either side, known {WING} bars later; "
        "those within one mean true range of one another are a level if there are two or more; "
        "below the price it is a support, above it a resistance, whichever it was before",
        source="Osler, Support for Resistance, FRBNY Economic Policy Review 6, 2000; true range "
        "from Wilder, 1978; how the turns are gathered is a convention of the workbench",
    ),
}
"""Label → how it is decided and who proposed it."""


@dataclass(frozen=True)
class Seen:
    """What a market shows now, where it is newer than the last bar.

    Parameters
    ----------
    price : float
        The last trade.
    volume : float or None
        Of the session so far.
    at : datetime
        When, naive UTC.
    """

    price: float
    volume: float | None
    at: datetime


def analyse_market(
    bars: xr.Dataset,
    lookback: int,
    *,
    source: str = "",
    seen: Seen | None = None,
    notes: Sequence[str] = (),
) -> MarketAnalysis:
    """Price, volume, trend and levels of one symbol, by its last bars.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol), one symbol; without high and low the closes turn.
    lookback : int
        Bars that are looked at.
    source : str
        Where they are from; ``attrs["dataset"]`` by default.
    seen : Seen, optional
        The price and the volume now; those of the last bar by default.
    notes : sequence of str
        What else should be known.

    Returns
    -------
    MarketAnalysis
        As of the last bar that has a close, or as of `seen`.

    Raises
    ------
    InvalidInput
        If there are several symbols.
    TooLittleHistory
        If there are fewer than `lookback` closes.
    """
    table = _table(bars, lookback)
    slope = slope_of(table["close"].to_numpy())
    now = seen or _last(table)
    width, levels = _levels(table, now.price)
    volumes = table["volume"].dropna() if "volume" in table else pd.Series(dtype=float)
    survivorship = bars.attrs.get("survivorship")
    return MarketAnalysis(
        symbol=str(bars["symbol"].to_numpy()[0]),
        at=now.at,
        source=source or str(bars.attrs.get("dataset", "a frame")),
        price=now.price,
        volume=now.volume,
        average_volume=float(volumes.mean()) if len(volumes) else None,
        trend=_label(slope),
        slope=slope.per_bar,
        annual_slope=float(np.expm1(slope.per_bar * YEAR)),
        t_statistic=slope.t_statistic,
        r_squared=slope.r_squared,
        sessions=len(table),
        support_levels=[one.price for one in levels if one.kind == "support"],
        resistance_levels=[one.price for one in levels if one.kind == "resistance"],
        levels=levels,
        level_width=width,
        rules=RULES,
        notes=[*notes, *([f"Survivorship: {survivorship}"] if survivorship else [])],
        history=_history(table["close"], slope),
    )


def _table(bars: xr.Dataset, lookback: int) -> pd.DataFrame:
    """The last bars of one symbol that have a close, index time."""
    symbols = [str(symbol) for symbol in bars["symbol"].to_numpy()]
    if len(symbols) != 1:
        raise InvalidInput(
            "This analysis is of one symbol", seen=symbols, cure=f"Choose one: {symbols[0]}"
        )
    columns = {str(name): bars[name].isel(symbol=0).to_series() for name in bars.data_vars}
    table = pd.DataFrame(columns).dropna(subset="close")
    if len(table) < lookback:
        raise TooLittleHistory(lookback, len(table), "The analysis of a market")
    return table.iloc[-lookback:]


def _last(table: pd.DataFrame) -> Seen:
    last = table.iloc[-1]
    volume = last.get("volume")
    at = table.index[-1].to_pydatetime(warn=False)
    return Seen(float(last["close"]), None if pd.isna(volume) else float(volume), at)


def _levels(table: pd.DataFrame, price: float) -> tuple[float, list[PriceLevel]]:
    """The width of a level, and the levels nearest to the price on either side."""
    close = table["close"].to_numpy()
    high, low = (_or_close(table, name, close) for name in ("high", "low"))
    width = true_range(high, low, close)
    tops, bottoms = swing_points(high, WING), swing_points(low, WING, low=True)
    turned = np.concatenate([high[tops], low[bottoms]])
    found = price_levels(turned, np.concatenate([tops, bottoms]), width)
    below = [one for one in found if one.price <= price][::-1][:MOST_LEVELS]
    above = [one for one in found if one.price > price][:MOST_LEVELS]
    times = [stamp.to_pydatetime(warn=False) for stamp in table.index]
    levels = [
        PriceLevel(
            kind="support" if level.price <= price else "resistance",
            price=level.price,
            touches=level.touches,
            first=times[level.first],
            last=times[level.last],
            distance=level.price / price - 1,
        )
        for level in [*below, *above]
    ]
    return width, levels


def _or_close(
    table: pd.DataFrame, name: str, close: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """A column; the close where a bar lacks it."""
    values: Any = table.get(name)
    return close if values is None else np.where(np.isfinite(values), values, close)


def _label(slope: Slope) -> TrendLabel:
    if not abs(slope.t_statistic) > SIGNIFICANT:
        return "unclear"
    return "bullish" if slope.per_bar > 0 else "bearish"


def _history(close: pd.Series[float], slope: Slope) -> pd.DataFrame:
    steps = np.arange(len(close)) - (len(close) - 1) / 2
    line = np.exp(np.log(close).mean() + slope.per_bar * steps)
    return pd.DataFrame({"close": close, "fitted line": line}).rename_axis("time")
