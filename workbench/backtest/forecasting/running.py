"""A trained model on bars: what it has learned from apart from what it has not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from workbench.backtest.forecasting.reporting import Traded, reported
from workbench.backtest.forecasting.rule import (
    Frequency,
    forecast_strategy,
    is_decided,
    known_frequency,
    median_returns,
    round_trip_bps,
    sides,
)
from workbench.backtest.request import SP500, backtest_of, within
from workbench.backtest.simulate import simulate
from workbench.backtest.studies.study import unwatched
from workbench.data import load_bars
from workbench.domain import Period
from workbench.errors import InvalidInput, NoData, OutOfRange, TooLittleHistory, UnknownName
from workbench.forecast.models import NAIVE, load_model
from workbench.forecast.naive import Naive
from workbench.forecast.series import FRAME, as_data, series_of
from workbench.registry import lookup

if TYPE_CHECKING:
    import datetime as dt

    import xarray as xr

    from workbench.backtest.forecasting.results import NeuralBacktest
    from workbench.context import Context
    from workbench.forecast.models import TrainedModel
    from workbench.forecast.series import Series
    from workbench.market.costs import Costs
    from workbench.strategies.declaration import Strategy

__all__ = ["Choices", "backtest_model"]

FEWEST = 2
"""Bars of a sample: with one there is no return to measure."""
GRACE = np.timedelta64(7, "D")
"""A benchmark may end this long before the period does."""
IN_SAMPLE = "in-sample: the model has learned from these bars"


@dataclass(frozen=True)
class Choices:
    """What is asked for, as `neural_backtest` takes it."""

    benchmark: Any
    rebalance_frequency: str
    use_gpu: bool
    horizon: int | None
    threshold_bps: float | None
    allow_short: bool
    costs: Costs
    initial_cash: float


def backtest_model(
    model_id: Any, data: Any, period: Period, choices: Choices, *, context: Context
) -> NeuralBacktest:
    """Trade a trained model on the bars of a period, in sample and out of sample apart.

    Parameters
    ----------
    model_id : str or TrainedModel
        The model.
    data : str, frame or None
        What is traded; None is what the model was trained on.
    period : Period
        First and last session; without a first one it begins after the training.
    choices : Choices
        Everything else.
    context : Context
        Whose models, lake, ledger, randomness and progress.

    Returns
    -------
    NeuralBacktest
        As `neural_backtest`, whose errors it raises.
    """
    model = _trained(model_id, context)
    rule = _rule(model, choices)
    context.progress(0, 3, "loading bars")
    series, bars = _loaded(model, data, period, context)
    learned, fresh, notes = _samples(model, bars, period)
    firsts = [one.first for one in (learned, fresh) if one is not None]
    beside, said = _benchmark(choices.benchmark, series, bars, firsts, context)
    trade = partial(_traded, model, rule, bars, beside, choices)
    context.progress(1, 3, "trading")
    before = None if learned is None else trade(learned, IN_SAMPLE, context)
    context.progress(2, 3, "trading out of sample")
    after = None if fresh is None else trade(fresh, "", context)
    context.progress(3, 3, "done")
    notes = [*_warnings(model, series), *notes, *said]
    if choices.use_gpu:
        notes.append("use_gpu was allowed; forecasts and the engine ran on the CPU.")
    return reported(model, rule, before, after, notes=notes, rng=context.rng(5, 2))


def _trained(model_id: Any, context: Context) -> TrainedModel:
    if isinstance(model_id, str) and model_id == NAIVE:
        raise InvalidInput(
            "Repeat-last is no model to trade: its median is the last close, so it never trades",
            seen=NAIVE,
            cure="Give a trained model (neural_model_status lists them); repeat-last stands"
            " beside it",
        )
    return load_model(model_id, context=context)


def _rule(model: TrainedModel, choices: Choices) -> Strategy:
    limit = choices.threshold_bps
    return forecast_strategy(
        model.forecaster,
        model.model_id or model.model_type,
        horizon=choices.horizon,
        threshold_bps=round_trip_bps(choices.costs) if limit is None else limit,
        allow_short=choices.allow_short,
        rebalance_frequency=known_frequency(choices.rebalance_frequency),
    )


def _loaded(
    model: TrainedModel, data: Any, period: Period, context: Context
) -> tuple[Series, xr.Dataset]:
    """The series that is traded, and its bars from its first close to its last."""
    if data is None and model.series.startswith(f"{FRAME}:"):
        raise InvalidInput(
            "The model was trained on a table of your own, which is not kept",
            seen=model.series,
            cure="Give the table, or another series to trade, as symbol=",
        )
    wanted = as_data(model.series if data is None else data)
    bars = load_bars(wanted, end=period.end, context=context)
    within(period, bars)
    series = series_of(bars)
    return series, bars.sel(time=slice(series.times[0], series.times[-1]))


def _samples(
    model: TrainedModel, bars: xr.Dataset, period: Period
) -> tuple[Period | None, Period | None, list[str]]:
    """The part of a period that the model has learned from, and the part that it has not."""
    days = bars["time"].to_numpy().astype("datetime64[D]")
    until = np.datetime64(model.trained_until, "D")
    unseen = days[days > until]
    if period.first is None and not len(unseen):
        raise NoData(
            f"No session is out of sample: the model has learned from all until {until}",
            seen=f"bars until {days[-1]}",
            cure="Give symbol= with later bars, train with an earlier end_date, or give a"
            " start_date to see the sessions that it has learned from, which prove nothing",
        )
    first = np.datetime64(unseen[0] if period.first is None else period.first, "D")
    asked = days[days >= first]
    old, new = asked[asked <= until], asked[asked > until]
    if max(len(old), len(new)) < FEWEST:
        raise TooLittleHistory(FEWEST, len(asked), "A backtest")
    learned = Period(_date(first), _date(old[-1])) if len(old) >= FEWEST else None
    fresh = Period(_date(new[0]), period.last) if len(new) >= FEWEST else None
    lost = [kind for kind, part in (("in", old), ("out of", new)) if len(part) == 1]
    notes = [f"One session {kind} sample is too few to measure and is left out." for kind in lost]
    size, before = model.forecaster.input_size, int((days <= until).sum())
    if learned is not None and fresh is not None and before <= size:
        notes.append(f"A forecast needs {size} closes: what is in sample is left out.")
        learned = None
    return learned, fresh, notes


def _date(day: np.datetime64) -> dt.date:
    return cast("dt.date", day.astype("datetime64[D]").item())


def _benchmark(
    given: Any, series: Series, bars: xr.Dataset, firsts: list[Any], context: Context
) -> tuple[xr.Dataset, list[str]]:
    """Prices to compare with; the symbol itself where the S&P 500 cannot be."""
    usual = isinstance(given, str) and given == SP500
    if given is None:
        return bars, []
    if usual and series.is_frame():
        return bars, ["Prices of your own are compared with themselves, not with the S&P 500."]
    try:
        prices = load_bars(as_data(given), context=context)
    except (UnknownName, OutOfRange, NoData):
        if not usual:
            raise
        return bars, [f"There are no prices of {SP500}: the benchmark is {series.symbol} itself."]
    if usual and not _reaches(prices, bars, firsts):
        return bars, [
            f"{SP500} has no prices over the whole period: the benchmark is {series.symbol} itself."
        ]
    return prices, []


def _reaches(prices: xr.Dataset, bars: xr.Dataset, firsts: list[Any]) -> bool:
    times = prices["time"].to_numpy()[np.isfinite(prices["close"].to_numpy()).any(axis=1)]
    if not len(times):
        return False
    begins = bool(times[0] <= np.datetime64(min(firsts), "ns"))
    return begins and bool(times[-1] >= bars["time"].to_numpy()[-1] - GRACE)


def _traded(
    model: TrainedModel,
    rule: Strategy,
    bars: xr.Dataset,
    beside: xr.Dataset,
    choices: Choices,
    part: Period,
    reason: str,
    context: Context,
) -> Traded:
    """One sample: the model by the public verb, buy and hold and repeat-last by its engine."""
    account: dict[str, Any] = {"costs": choices.costs, "initial_cash": choices.initial_cash}
    report = backtest_of(
        rule,
        bars,
        part,
        benchmark=beside,
        parameters=None,
        options={**account, "engine": "kernel", "fills_at": None},
        context=context.replace(on_progress=unwatched),
        reason=reason,
    )
    known = bars.sel(time=slice(None, report.period.end))
    told = rule.checked().model_dump()
    naive = forecast_strategy(_repeat_last(told["horizon"]), "repeat-last", **told)
    held, flat = (
        simulate(one, known, start=part.first, **account)
        for one in (lookup("strategy", "buy_and_hold"), naive)
    )
    return Traded(report, held, flat, _forecasts(model, known, report.period.bars, told))


def _repeat_last(horizon: int) -> Naive:
    """Only its median is asked for, which needs no past moves."""
    return Naive("repeat-last", (np.zeros(0),) * horizon, 0.0, "level")


def _forecasts(
    model: TrainedModel, bars: xr.Dataset, count: int, told: dict[str, Any]
) -> pd.DataFrame:
    """The decisions that were traded on the last `count` bars, with what was expected."""
    frequency = cast("Frequency", told["rebalance_frequency"])
    expected = median_returns(model.forecaster, bars, told["horizon"], frequency).to_numpy()[:, 0]
    decided = np.flatnonzero(is_decided(bars, frequency))
    first = len(expected) - count
    decided = decided[(decided >= model.forecaster.input_size - 1) & (decided < len(expected) - 1)]
    standing = decided[decided < first][-1:]  # what is held when the sample begins
    kept = np.r_[standing, decided[decided >= first]]
    side = sides(expected[kept], told["threshold_bps"], allow_short=told["allow_short"])
    table = {"expected_return": expected[kept], "weight": side}
    return pd.DataFrame(table, index=bars.indexes["time"][kept])


def _warnings(model: TrainedModel, series: Series) -> list[str]:
    if series.name != model.series:
        warning = (
            f"The model was trained on another series ({model.series}): if the two move together,"
            " it has seen more of this one than its dates say."
        )
        return [warning]
    if series.digest(model.trained_until) != model.closes:
        warning = (
            f"The closes until {model.trained_until} are not those that the model has learned"
            " from: it is another table, or they were revised or adjusted since."
        )
        return [warning]
    return []
