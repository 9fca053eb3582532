"""The risk of a portfolio, measured by every method and reported by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import OutOfRange, TooLittleHistory
from workbench.risk import composition
from workbench.risk.correlation import pair_correlations
from workbench.risk.measures import RiskMeasure, measure
from workbench.risk.portfolio import portfolio_of
from workbench.risk.results import (
    Contribution,
    MonteCarlo,
    PortfolioSummary,
    RiskDecomposition,
    RiskMetrics,
    RiskReport,
    TailEstimate,
    ValueAtRisk,
)
from workbench.risk.simulation import ReturnModel, fit, simulate
from workbench.risk.tail import check_tail, empirical_tail, normal_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt
    import pandas as pd

    from workbench.risk.portfolio import Portfolio
    from workbench.risk.simulation import FittedReturns
    from workbench.risk.tail import TailRisk

    Array = npt.NDArray[np.float64]

__all__ = ["portfolio_risk"]

STANDARD_TAILS = (0.05, 0.01)
LONGEST_HORIZON = 252
FEWEST_SIMULATIONS = 1_000


@dataclass(frozen=True)
class _Method:
    """A way to the tail, and the losses it looked at where there are any."""

    name: str
    at: Callable[[float], TailRisk]
    losses: Array


def portfolio_risk(  # noqa: PLR0913  flat keywords read best in a cell
    returns: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series,
    value: float = 1.0,
    *,
    tail: float = 0.05,
    horizon: int = 1,
    model: ReturnModel | str | None = ReturnModel.STUDENT_T,
    simulations: int = 100_000,
    benchmark: pd.Series | None = None,
    rng: np.random.Generator | None = None,
    progress: Callable[[float, float, str], None] = lambda *_: None,
) -> RiskReport:
    """Value at risk, expected shortfall and composition of weights on a history of returns.

    Three methods stand side by side. History: the empirical tail, over several periods that
    of days drawn with replacement. Normal: the closed form, over several periods scaled by
    the square root of time and named so. Monte Carlo: simulated from `model`. The headline
    figures are of Monte Carlo if there is a model, else of history. The drift of history is
    kept in all three.

    Parameters
    ----------
    returns : pandas.DataFrame
        Shape (time, symbols), simple returns of one period; rows with a NaN in a held symbol
        are left out.
    weights : mapping or pandas.Series
        Symbol → fraction of `value`; negative for a short position, the rest is cash. The
        last row of a backtest's weights will do.
    value : float
        Money.
    tail : float
        Probability of a loss beyond the value at risk, in (0, 0.5).
    horizon : int
        Periods the portfolio is held, untouched; 1 to 252.
    model : ReturnModel or str, optional
        ``normal``, ``student_t`` or ``bootstrap``; None for no Monte Carlo.
    simulations : int
        Paths, 1,000 at least.
    benchmark : pandas.Series, optional
        Simple returns of the benchmark, named; index time.
    rng : numpy.random.Generator, optional
        The randomness; seeded with 0 by default.
    progress : callable
        Takes ``(done, total, message)``; may raise to stop.

    Returns
    -------
    RiskReport
        Losses positive, in money. `beta` and `systematic` are NaN without 30 common periods.

    Raises
    ------
    OutOfRange
        If `tail`, `horizon`, `simulations` or `value` is out of range.
    InvalidInput
        If the portfolio is empty, a weight is not finite, or the model does not exist.
    UnknownName
        If there are no returns of a symbol.
    TooLittleHistory
        If fewer than 30, or ``1 / tail``, rows are complete.
    """
    check_tail(tail)
    _check_counts(horizon, simulations)
    chosen = None if model is None else ReturnModel.of(model)
    held = portfolio_of(returns, weights, value, tail)
    fitted = fit(held.returns.to_numpy(), held.weights)
    draw = partial(
        simulate,
        fitted,
        held.amounts,
        horizon=horizon,
        simulations=simulations,
        rng=np.random.default_rng(0) if rng is None else rng,
        progress=progress,
    )
    methods = [_of_history(held, horizon, draw), _of_normal(held, horizon)]
    if chosen is not None:
        losses = draw(model=chosen)
        methods.insert(0, _Method(chosen.caption, partial(empirical_tail, losses), losses))
    shared, systematic = _against(held.history, benchmark)
    name = None if benchmark is None else str(benchmark.name)
    return RiskReport(
        portfolio=_summary(held),
        risk_metrics=_metrics(held, methods[0].at(tail), horizon, shared),
        correlations=pair_correlations(held.returns),
        monte_carlo=chosen and _monte_carlo(methods[0], chosen, fitted, tail),
        method=methods[0].name,
        estimates=[row for method in methods for row in _estimates(method, tail)],
        contributions=_contributions(held),
        risk_decomposition=RiskDecomposition(
            systematic=systematic,
            idiosyncratic=1 - systematic,
            concentration=composition.concentration(held.weights),
        ),
        benchmark=name,
        first_session=held.returns.index[0].date(),
        last_session=held.returns.index[-1].date(),
        observations=len(held.returns),
        notes=[f"Beta is undefined: too few common sessions with {name}."]
        if name and np.isnan(shared)
        else [],
        losses=methods[0].losses,
    )


def _check_counts(horizon: int, simulations: int) -> None:
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise OutOfRange("time_horizon", horizon, 1, LONGEST_HORIZON)
    if simulations < FEWEST_SIMULATIONS:
        raise OutOfRange("simulations", simulations, FEWEST_SIMULATIONS)


def _of_history(held: Portfolio, horizon: int, draw: Callable[..., Array]) -> _Method:
    if horizon == 1:
        losses = -held.history.to_numpy() * held.value
        return _Method("historical", partial(empirical_tail, losses), losses)
    losses = draw(model=ReturnModel.BOOTSTRAP)
    return _Method(ReturnModel.BOOTSTRAP.caption, partial(empirical_tail, losses), losses)


def _of_normal(held: Portfolio, horizon: int) -> _Method:
    mean = -float(held.history.mean()) * held.value * horizon
    deviation = float(held.history.std(ddof=1)) * held.value * horizon**0.5
    name = "normal, closed form" + (", square root of time" if horizon > 1 else "")
    return _Method(name, partial(normal_tail, mean, deviation), np.empty(0))


def _against(history: pd.Series, benchmark: pd.Series | None) -> tuple[float, float]:
    """Beta and R squared on common periods."""
    if benchmark is None:
        return np.nan, np.nan
    ours, theirs = history.align(benchmark.dropna(), join="inner")
    if len(ours) < 30:
        return np.nan, np.nan
    pair = ours.to_numpy(), theirs.to_numpy()
    return composition.beta(*pair), composition.r_squared(*pair)


def _summary(held: Portfolio) -> PortfolioSummary:
    return PortfolioSummary(
        total_value=held.value,
        positions_count=held.weights.size,
        concentration_risk=composition.concentration(held.weights),
    )


def _metrics(held: Portfolio, risk: TailRisk, horizon: int, shared: float) -> RiskMetrics:
    history = held.history.to_numpy()
    return RiskMetrics(
        value_at_risk=ValueAtRisk(
            confidence_level=_confidence(risk.tail),
            time_horizon_days=horizon,
            var_amount=risk.var,
            var_percentage=risk.var / held.value,
        ),
        expected_shortfall=risk.es,
        expected_shortfall_percentage=risk.es / held.value,
        maximum_drawdown=measure(RiskMeasure.MAX_DRAWDOWN, history),
        volatility=measure(RiskMeasure.VOLATILITY, history),
        portfolio_beta=shared,
        diversification_ratio=composition.diversification_ratio(held.covariance, held.weights),
    )


def _monte_carlo(
    method: _Method, model: ReturnModel, fitted: FittedReturns, tail: float
) -> MonteCarlo:
    risk = method.at(tail)
    five, one = (method.at(standard) for standard in STANDARD_TAILS)
    return MonteCarlo(
        simulations=method.losses.size,
        method=f"{method.name}, fitted to the moments of history",
        degrees_of_freedom=fitted.degrees if model is ReturnModel.STUDENT_T else np.nan,
        var_standard_error=risk.var_error,
        es_standard_error=risk.es_error,
        confidence_intervals={f"{level:.0%}": risk.interval(level) for level in (0.95, 0.99)},
        var_95=five.var,
        var_99=one.var,
        cvar_95=five.es,
        cvar_99=one.es,
    )


def _estimates(method: _Method, tail: float) -> Iterator[TailEstimate]:
    """The method at the tail that was asked, and at the usual ones its sample is fit for."""
    for each in sorted({tail, *STANDARD_TAILS}, reverse=True):
        try:
            risk = method.at(each)
        except TooLittleHistory:
            continue
        yield TailEstimate(
            method=method.name,
            confidence_level=_confidence(each),
            value_at_risk=risk.var,
            expected_shortfall=risk.es,
            var_standard_error=risk.var_error,
            es_standard_error=risk.es_error,
        )


def _contributions(held: Portfolio) -> list[Contribution]:
    shares = composition.contributions(held.covariance, held.weights)
    deviations = np.sqrt(np.diag(held.covariance))
    rows = zip(held.returns.columns, held.amounts, held.weights, deviations, shares, strict=True)
    return [
        Contribution(
            symbol=str(name), value=amount, weight=weight, volatility=deviation, risk_share=share
        )
        for name, amount, weight, deviation, share in rows
    ]


def _confidence(tail: float) -> float:
    return round(1 - tail, 12)
