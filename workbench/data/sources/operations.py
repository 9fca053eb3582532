"""The public verbs of sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.data.sources.results import SyntheticBars
from workbench.domain import Session
from workbench.registry import operation

__all__ = ["synthetic_bars"]

ProcessName = Literal["gbm", "heston", "merton", "regimes", "garch", "momentum", "pair", "calendar"]


@operation(effect="read", command="data simulate")
def synthetic_bars(
    process: ProcessName = "gbm",
    symbols: Annotated[int, Field(ge=1, le=100)] = 1,
    sessions: Annotated[int, Field(ge=2, le=12_000)] = 1_000,
    *,
    start_date: Session = "2015-01-02",
    seed: Annotated[int, Field(ge=0)] | None = None,
    parameters: dict[str, float] | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> SyntheticBars:
    """Draw daily bars whose truth is known: drift, volatility, regime and the best Sharpe ratio.

    For a test that must find an edge, or must not. In Python ``.dataset`` holds the bars for
    every other operation, and ``.to_frame()`` the bars beside the truth of each session. The
    same series with their usual numbers come from the source ``synthetic`` as GBM-1, HESTON-1,
    EDGE-MOMENTUM-1 and so on.

    Parameters
    ----------
    process : str
        Without an edge: gbm (Brownian), heston (stochastic volatility), merton (jumps), regimes
        (calm and storm), garch (clusters and fat tails). With one: momentum (returns that last),
        pair (two cointegrated prices), calendar (the turn of the month pays).
    symbols : int
        How many series; of a pair, how many pairs.
    sessions : int
        How many bars each has.
    start_date : date
        The first session is this day or the next one after it; from 1990-01-02.
    seed : int, optional
        Another seed draws other series; the context's by default.
    parameters : dict, optional
        Numbers of the process by name, such as ``{"drift": 0, "volatility": 0.3}``; those that
        are not named stay as they come.
    limit : int
        The most records to send; ``left_out`` counts the older ones.
    context : Context, optional
        Given by the door; the process's own by default.

    Returns
    -------
    SyntheticBars
        Records and truth; all bars in memory.

    Raises
    ------
    UnknownName
        If the process has no parameter of this name.
    OutOfRange
        If a number is outside its bounds, or the period outside 1990 to 2040.
    """
    from workbench.data.sources.reports import synthetic_report  # heavy: xarray
    from workbench.data.sources.simulation import made_process, simulate

    drawn_from = (context or current()).settings.seed if seed is None else seed
    made = made_process(process, **(parameters or {}))
    drawn = simulate(made, symbols, sessions, start=start_date, seed=drawn_from)
    return synthetic_report(process, drawn, limit)
