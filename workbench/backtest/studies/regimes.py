"""In which markets a strategy earned: regimes that were known before each bar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.backtest.studies.results import Regime, RegimeBreakdown
from workbench.backtest.studies.study import Study
from workbench.errors import TooLittleHistory, UnusableFrame
from workbench.validation import measure

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["regime_breakdown", "regimes_of"]

WINDOW = 63
"""Bars of the volatility: a quarter of daily bars."""
HISTORY = 252
"""Bars of volatility before its terciles are known."""
TREND = 200
DEEP = -0.10

ORDER = {
    "volatility": ("low", "middle", "high"),
    "trend": ("up", "down"),
    "drawdown": ("near its high", "10% or more below"),
}


def regimes_of(growth: pd.Series) -> pd.DataFrame:
    """The regime of each bar, by what was known of a market at the close before it.

    Parameters
    ----------
    growth : pandas.Series, shape (time,)
        Prices or the growth of 1 of the market, above 0.

    Returns
    -------
    pandas.DataFrame, shape (time,)
        ``volatility``: low, middle or high: the third of all earlier 63-bar volatilities in which
        the last one lies, once there are 252 of them. ``trend``: up or down: above or below
        the average of the last 200 closes. ``drawdown``: near its high, or 10% or more below the
        highest close so far. ``year``: of the bar. None where it is not known yet.

    Raises
    ------
    UnusableFrame
        If a price is missing, zero or negative.
    """
    if not (growth > 0).all():
        raise UnusableFrame("The market has a price that is missing or not positive")
    spread = growth.pct_change(fill_method=None).rolling(WINDOW).std()
    ranked = spread.expanding(HISTORY)
    low, high = ranked.quantile(1 / 3), ranked.quantile(2 / 3)
    average = growth.rolling(TREND).mean()
    below = growth / growth.cummax() - 1.0
    named = pd.DataFrame(
        {
            "volatility": _named(
                [spread <= low, spread <= high, spread > high], ORDER["volatility"], low.notna()
            ),
            "trend": _named([growth > average, growth <= average], ORDER["trend"], average.notna()),
            "drawdown": _named([below > DEEP, below <= DEEP], ORDER["drawdown"], below.notna()),
        },
        growth.index,
    ).shift(1)
    named = named.astype(object).where(named.notna(), None)
    return named.assign(year=growth.index.year.astype(str))


def regime_breakdown(
    strategy: Any, bars: Any = None, *, benchmark: Any = None, **trading: Any
) -> RegimeBreakdown:
    """What a strategy earned in each kind of market.

    Parameters
    ----------
    strategy : Strategy, callable, table or Study
        What is traded; a study brings its bars and trading.
    bars : xarray.Dataset or DataFrame
        As `workbench.data.bars` reads them.
    benchmark : Dataset, DataFrame or Series, optional
        The market whose regimes count, as `simulate` takes it; by default an equal part of
        each symbol.
    **trading
        ``parameters``, ``costs``, ``initial_cash``, ``fills_at``, ``engine`` as `simulate`
        takes them.

    Returns
    -------
    RegimeBreakdown
        A row a regime: bars, what strategy and market earned in them, and the Sharpe ratio
        with its standard error (Mertens 2002, annualised).

    Raises
    ------
    TooLittleHistory
        If the market has fewer than 201 bars: no regime is known then.
    """
    study = Study.of(strategy, bars, trading)
    study.progress(0, 1, "splitting by regime")
    report = study.report(benchmark=benchmark)
    market = report.equity["benchmark"]
    if len(market) <= TREND:
        raise TooLittleHistory(TREND + 1, len(market), "A breakdown by regime")
    earned = pd.DataFrame(
        {"strategy": report.returns, "market": market.pct_change(fill_method=None).fillna(0.0)}
    )
    labels = regimes_of(market)
    return RegimeBreakdown(
        strategy=study.name,
        market=str(report.benchmark_comparison.benchmark) if report.benchmark_comparison else "",
        regimes=list(_measured(earned, labels, study.a_year)),
        labels=labels,
    )


def _named(conditions: list[Any], names: tuple[str, ...], known: pd.Series) -> Any:
    chosen = np.select([np.asarray(one) for one in conditions], names, "")
    return pd.Series(chosen, known.index, dtype=object).where(known & (chosen != ""), None)


def _measured(earned: pd.DataFrame, labels: pd.DataFrame, a_year: float) -> Iterator[Regime]:
    growth = np.log1p(earned["strategy"].clip(lower=-0.999_999))
    whole = float(growth.sum())
    for kind in labels.columns:
        names = ORDER.get(kind) or tuple(sorted(labels[kind].unique()))
        for name in names:
            inside = (labels[kind] == name).to_numpy()
            own = earned[inside]
            if not len(own):
                continue
            values = own["strategy"].to_numpy()
            yield Regime(
                kind=kind,
                name=name,
                bars=len(own),
                share=len(own) / len(earned),
                annual_return=float(values.mean() * a_year),
                market_return=float(own["market"].mean() * a_year),
                sharpe_ratio=measure("sharpe_ratio", values, a_year),
                standard_error=_standard_error(values, a_year),
                max_drawdown=measure("max_drawdown", values, a_year),
                profit_share=float(growth[inside].sum()) / whole if whole > 0 else math.nan,
            )


def _standard_error(values: Any, a_year: float) -> float:
    """Of the yearly Sharpe ratio of independent returns with any skew and tails."""
    sharpe, skew, tails = (
        measure(name, values, a_year) for name in ("sharpe_per_bar", "skewness", "kurtosis")
    )
    variance = (1.0 - skew * sharpe + (tails - 1.0) / 4.0 * sharpe**2) / max(len(values) - 1, 1)
    return math.sqrt(variance * a_year) if variance > 0 else math.nan
