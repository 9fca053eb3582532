"""One symbol at a glance: what the indicators say, each in a word with its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.features.averages import sma
from workbench.features.dispersion import bollinger, bollinger_position, volatility
from workbench.features.oscillators import macd, rsi
from workbench.features.results import Analysis, QuickAnalysis, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from workbench.features.results import Recommendation, Trend, VolatilityLevel

__all__ = ["RULES", "analyse", "glance"]

TREND_WINDOW = 200
TREND_BAND = 0.01
YEAR = 252

RULES = {
    "trend": Rule(
        rule="bullish when the close is more than 1% above its 200-bar average, bearish when more "
        "than 1% below, else neutral",
        source="Rule (1, 200, 1%) of Brock, Lakonishok and LeBaron, Journal of Finance 47, 1992",
    ),
    "volatility": Rule(
        rule="low, moderate or high: the third of the last 252 twenty-bar volatilities of this "
        "symbol in which the current one lies",
        source="A convention of the workbench, relative to the symbol's own year",
    ),
    "recommendation": Rule(
        rule="+1 for a bullish trend, a positive MACD histogram, an RSI below 30; -1 for a bearish "
        "trend, a negative histogram, an RSI above 70; buy at +2 or more, sell at -2 or less, else "
        "hold. It describes where the price stands and is no forecast: backtest before use",
        source="A convention of the workbench; RSI levels from Wilder, 1978, the sign of the "
        "histogram from Appel, 2005",
    ),
}
"""Label → how it is decided and who proposed it."""


def analyse(prices: xr.DataArray) -> Analysis:
    """The indicators of one symbol at its last bar, and labels for them.

    Parameters
    ----------
    prices : xarray.DataArray
        Closes of one symbol without NaN, dims ``(time,)``, 200 at least.

    Returns
    -------
    Analysis
        NaN for an indicator that is undefined, such as the RSI of a flat price.

    Raises
    ------
    TooLittleHistory
        If there are fewer than 200 closes.
    """
    if prices.sizes["time"] < TREND_WINDOW:
        raise TooLittleHistory(TREND_WINDOW, prices.sizes["time"], "The analysis of a symbol")
    price, average = _last(prices), _last(sma(prices, window=TREND_WINDOW))
    spreads = volatility(prices, window=20)
    year = spreads[-YEAR:].dropna("time")
    rank = float((year <= year[-1]).mean())
    trend = _trend(price, average)
    histogram, strength = _last(macd(prices)["histogram"]), _last(rsi(prices, window=14))
    return Analysis(
        price=price,
        trend=trend,
        volatility=_volatility(rank),
        recommendation=_recommendation(trend, histogram, strength),
        rsi=strength,
        macd=histogram,
        bollinger_position=_last(bollinger_position(prices)),
        annualised_volatility=_last(spreads),
        volatility_rank=rank,
        trend_average=average,
    )


def glance(
    bars: xr.Dataset, *, strategies: Sequence[str] = (), notes: Sequence[str] = ()
) -> QuickAnalysis:
    """The analysis of bars of one symbol, with its rules.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol), one symbol; bars without a close are left out.
    strategies, notes : sequence of str
        What else the report names.

    Returns
    -------
    QuickAnalysis
        As of the last bar that has a close.

    Raises
    ------
    InvalidInput
        If there are several symbols.
    TooLittleHistory
        If there are fewer than 200 closes.
    """
    symbols = [str(symbol) for symbol in bars["symbol"].to_numpy()]
    if len(symbols) != 1:
        raise InvalidInput(
            "This analysis is of one symbol", seen=symbols, cure=f"Choose one: {symbols[0]}"
        )
    prices = bars["close"].isel(symbol=0, drop=True).dropna("time")
    analysis = analyse(prices)
    survivorship = bars.attrs.get("survivorship")
    return QuickAnalysis(
        symbol=symbols[0],
        session=pd.Timestamp(prices["time"].to_numpy()[-1]).date(),
        dataset=str(bars.attrs.get("dataset", "a frame")),
        analysis=analysis,
        rules=RULES,
        available_strategies=list(strategies),
        notes=[*notes, *([f"Survivorship: {survivorship}"] if survivorship else [])],
        history=_history(prices),
    )


def _history(prices: xr.DataArray) -> pd.DataFrame:
    """The closes of one symbol with its trend average and Bollinger bands, index time."""
    bands = bollinger(prices)
    columns = {
        "close": prices,
        "average of 200": sma(prices, window=TREND_WINDOW),
        "lower band": bands["lower"],
        "upper band": bands["upper"],
    }
    return pd.DataFrame({name: values.to_series() for name, values in columns.items()})


def _last(values: xr.DataArray) -> float:
    return float(values[-1])


def _trend(price: float, average: float) -> Trend:
    if price > average * (1 + TREND_BAND):
        return "bullish"
    return "bearish" if price < average * (1 - TREND_BAND) else "neutral"


def _volatility(rank: float) -> VolatilityLevel:
    if rank <= 1 / 3:
        return "low"
    return "moderate" if rank <= 2 / 3 else "high"


def _recommendation(trend: Trend, histogram: float, strength: float) -> Recommendation:
    score = {"bullish": 1, "neutral": 0, "bearish": -1}[trend]
    score += (histogram > 0) - (histogram < 0)
    score += (strength < 30) - (strength > 70)
    if score >= 2:
        return "buy"
    return "sell" if score <= -2 else "hold"
