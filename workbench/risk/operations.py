"""The public verbs of risk."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, Session, as_session
from workbench.registry import operation
from workbench.risk.holding import Holding
from workbench.risk.results import CorrelationReport, RiskReport

ON_THE_CPU = "use_gpu is only an allowance; this computation has no GPU form and ran on the CPU."


@operation(effect="compute", command="risk analyze")
def risk_analysis(
    portfolio: list[Holding],
    var_confidence: float = 0.05,
    time_horizon: Annotated[int, Field(ge=1, le=252)] = 1,
    use_monte_carlo: bool = True,
    use_gpu: bool = True,
    *,
    dataset: DatasetRef = "sp500-20",
    lookback_days: Annotated[int, Field(ge=45, le=20_000)] = 730,
    end_date: Session | None = None,
    model: Literal["normal", "student_t", "bootstrap"] = "student_t",
    simulations: Annotated[int, Field(ge=1_000, le=5_000_000)] = 100_000,
    benchmark: DatasetRef = "sp500",
    context: Context | None = None,
) -> RiskReport:
    """Value at risk and expected shortfall of a portfolio, by Monte Carlo, history and normal law.

    Losses are positive and in money. Beside them stand what each position contributes, the
    correlations, the concentration, the beta against a benchmark, and the error of the
    simulation.

    Parameters
    ----------
    portfolio : list of Holding or dict
        Long positions: ``symbol`` and ``value``, or ``quantity`` and ``price``.
    var_confidence : float
        Probability of the tail, between 0 and 0.5: 0.05 asks for 95% value at risk.
    time_horizon : int
        Sessions the portfolio is held, untouched; reached by simulation.
    use_monte_carlo : bool
        Whether the headline figures are simulated from a model fitted to history; otherwise
        they are those of history itself.
    use_gpu : bool
        Whether a GPU may be used; without one it runs on the CPU and says so.
    dataset : str or frame
        Where the prices come from.
    lookback_days : int
        Calendar days of history, back from the last session.
    end_date : date, optional
        The last session that counts; the last of the data by default.
    model : {"normal", "student_t", "bootstrap"}
        How returns are simulated.
    simulations : int
        Paths.
    benchmark : str or frame
        What beta is measured against, one symbol.
    context : Context, optional
        The caller's; the process's own by default.

    Returns
    -------
    RiskReport
        Losses positive, in money; in memory the losses behind the figures.

    Raises
    ------
    InvalidInput
        If the portfolio is empty or a position cannot be used.
    UnknownName
        If the dataset, the benchmark or a symbol does not exist.
    OutOfRange
        If a value is not positive, or a parameter is out of range.
    TooLittleHistory
        If there are too few sessions for the tail.
    """
    from workbench.risk.history import benchmark_returns, held_returns  # heavy: xarray
    from workbench.risk.holdings import amounts_of
    from workbench.risk.report import portfolio_risk
    from workbench.risk.tail import check_tail

    context = context or current()
    check_tail(var_confidence)
    amounts = amounts_of(portfolio)
    last = as_session("end_date", end_date)
    history = held_returns(dataset, list(amounts), lookback_days, last, context)
    value = sum(amounts.values())
    report = portfolio_risk(
        history.returns,
        {name: amount / value for name, amount in amounts.items()},
        value,
        tail=var_confidence,
        horizon=time_horizon,
        model=model if use_monte_carlo else None,
        simulations=simulations,
        benchmark=benchmark_returns(benchmark, context),
        rng=context.rng(*b"risk_analysis"),
        progress=context.progress,
    )
    notes = [*report.notes, *history.notes, *([ON_THE_CPU] if use_gpu else [])]
    return report.model_copy(update={"dataset": history.dataset, "notes": notes})


@operation(effect="compute", command="risk correlate")
def correlation_analysis(
    symbols: list[str],
    period_days: Annotated[int, Field(ge=5, le=20_000)] = 90,
    use_gpu: bool = True,
    *,
    dataset: DatasetRef = "sp500-20",
    end_date: Session | None = None,
    context: Context | None = None,
) -> CorrelationReport:
    """Correlations of the daily returns of some symbols, and what they leave to diversify.

    Parameters
    ----------
    symbols : list of str
        2 to 100 different symbols of the dataset.
    period_days : int
        Calendar days back from the last session.
    use_gpu : bool
        Whether a GPU may be used; without one it runs on the CPU and says so.
    dataset : str or frame
        Where the prices come from.
    end_date : date, optional
        The last session that counts; the last of the data by default.
    context : Context, optional
        The caller's; the process's own by default.

    Returns
    -------
    CorrelationReport
        NaN for a symbol whose return never changes.

    Raises
    ------
    OutOfRange
        If there are fewer than 2 or more than 100 symbols.
    InvalidInput
        If a symbol is given twice.
    UnknownName
        If the dataset or a symbol does not exist.
    TooLittleHistory
        If there are fewer than three common returns.
    """
    from workbench.risk.correlation import check_symbols, correlation_report  # heavy: pandas
    from workbench.risk.history import held_returns

    context = context or current()
    check_symbols(symbols)
    last = as_session("end_date", end_date)
    history = held_returns(dataset, symbols, period_days, last, context)
    return correlation_report(
        history.returns,
        period_days=period_days,
        dataset=history.dataset,
        notes=[*history.notes, *([ON_THE_CPU] if use_gpu else [])],
    )
