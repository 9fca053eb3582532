"""The public verb of importing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from workbench.backtest.results import BacktestReport
from workbench.context import Context, current
from workbench.domain import DatasetRef
from workbench.registry import operation


@operation(effect="compute", command="backtest import")
def import_backtest(
    path: Annotated[Any, WithJsonSchema({"type": "string"})],
    symbol: DatasetRef | None = None,
    *,
    kind: Literal["returns", "equity", "trades", "weights"] | None = None,
    name: str = "imported",
    tried: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1,
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    benchmark: DatasetRef | None = None,
    context: Context | None = None,
) -> BacktestReport:
    """Judge a history that was made elsewhere: the same report, and the same questions.

    Parameters
    ----------
    path : str, Series, DataFrame or vectorbt.Portfolio
        A CSV or Parquet file; in Python also the thing itself. A column or Series of
        returns or of equity over time; trades as ``time, symbol, size, price`` and optionally
        ``fee`` and ``side`` (a negative size or ``sell`` is a sale); weights, time × symbol.
    symbol : str or frame, optional
        Prices; needed for trades and weights.
    kind : {"returns", "equity", "trades", "weights"}, optional
        What it is; guessed from its columns and values, and the report says so.
    name : str
        What the report calls it.
    tried : int
        How many variants were looked at to find it, an honest guess included: the p-value
        of the best of them is what the report tells.
    initial_cash : float
        Cash before the first bar.
    benchmark : str or frame, optional
        Prices of one symbol; by default an equal part of each symbol of the prices, or
        nothing at all for returns and equity.
    context : Context, optional
        Whose lake, ledger and progress; the process's own by default.

    Returns
    -------
    BacktestReport
        What is not known of it (trades of a series of returns) is left out.

    Raises
    ------
    UnusableFrame
        If it is none of these, a time comes twice, a price or size is missing, or a trade lies
        outside the prices.
    InvalidInput
        If trades or weights come without prices, or a portfolio has several accounts.
    TooLittleHistory
        If it has fewer than two bars.
    """
    from workbench.backtest.importing.judging import judged  # heavy: xarray

    return judged(
        path,
        symbol,
        kind=kind,
        tried=tried,
        benchmark=benchmark,
        labels={"strategy": name, "initial_cash": initial_cash},
        context=context or current(),
    )
