"""The public verb: a trained model, traded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.backtest.forecasting.results import NeuralBacktest
from workbench.context import Context, current
from workbench.domain import DatasetRef, ModelRef, Period, Session
from workbench.market.costs import Costs  # light: pydantic only
from workbench.registry import operation

__all__ = ["neural_backtest"]


@operation(effect="compute", command="backtest model")
def neural_backtest(
    model_id: ModelRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    benchmark: DatasetRef | None = "sp500",
    rebalance_frequency: Literal["daily", "weekly", "monthly"] = "daily",
    use_gpu: bool = True,
    *,
    symbol: DatasetRef | None = None,
    horizon: Annotated[int, Field(ge=1)] | None = None,
    threshold_bps: Annotated[float, Field(ge=0)] | None = None,
    allow_short: bool = False,
    costs: Costs | None = None,
    initial_cash: Annotated[float, Field(gt=0)] = 100_000.0,
    context: Context | None = None,
) -> NeuralBacktest:
    """Trade what a trained model forecasts, after costs, on sessions it has not learned from.

    At each decision the model forecasts from the closes known by then. The symbol is held where
    the median of its close `horizon` bars ahead lies above the last close by more than
    `threshold_bps`, sold short, where that is allowed, if it lies as far below, and not held
    otherwise; orders fill at the next open, or the next close without opens. Sessions up to the
    one that the model has learned from last are reported apart and prove nothing. Buy and hold at
    the same costs, repeat-last under the same rule and the benchmark stand beside it, and whether
    the model beat holding by more than luck is said in words. The trial ledger counts the model
    and its rule as a trial.

    Parameters
    ----------
    model_id : str
        A trained model, as `neural_train` names it.
    start_date, end_date : date, optional
        The first and the last session traded; by default all there are after the last one that
        the model has learned from.
    benchmark : str or frame, optional
        Prices of one symbol; None is the same symbol, and so is the default with a table of your
        own or where the S&P 500 has no prices.
    rebalance_frequency : {"daily", "weekly", "monthly"}
        When the model is asked and the position decided: at every bar of a day (or the first of
        each UTC day of intraday bars), the first of each week, or of each month.
    use_gpu : bool
        Whether a GPU may be used; forecasts and the engine run on the CPU and the report says so.
    symbol : str or frame, optional
        What is traded: a dataset and one symbol (``sp500-20:AAPL``), a file or a frame; by default
        the series that the model was trained on.
    horizon : int, optional
        Bars ahead that are looked at; all that the model reaches by default.
    threshold_bps : float, optional
        How much the median has to promise over the horizon, in basis points of the last close; by
        default what a round trip costs: fee, slippage and half the spread, twice.
    allow_short : bool
        Whether a fall that is expected is sold short.
    costs : Costs, optional
        What an order costs: 1 bp fee and 2 bps slippage by default.
    initial_cash : float
        Cash before the first bar.
    context : Context, optional
        Whose models, lake, ledger and randomness; the process's own by default.

    Returns
    -------
    NeuralBacktest
        Numbers of the engine, out of sample and in sample apart, and what may be claimed.

    Raises
    ------
    UnknownName
        If the model, the dataset or the rebalance frequency does not exist.
    InvalidInput
        If the model is ``naive``, or was trained on a table of one's own that is not given; if
        closes are missing or there are several symbols; if the end date is before the start date.
    OutOfRange
        If the horizon is beyond the model, or a date outside the data.
    NoData
        If no session comes after those that the model has learned from and no start date is given.
    TooLittleHistory
        If the period has fewer than two sessions, or no forecast can be made in it.
    """
    from workbench.backtest.forecasting.running import Choices, backtest_model  # heavy: xarray

    return backtest_model(
        model_id,
        symbol,
        Period.of(start_date, end_date),
        Choices(
            benchmark, rebalance_frequency, use_gpu, horizon, threshold_bps, allow_short,
            costs or Costs(), initial_cash,
        ),
        context=context or current(),
    )  # fmt: skip
