"""Protective exits, the fast path and live give the same orders, however the step is run."""

from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.backtest import simulate
from workbench.market import Bracket, Costs
from workbench.registry import lookup
from workbench.strategies import Memory, Strategy
from workbench.strategies.stepping import run_steps

CONVENTIONS = ("next open", "next close", "same close")
LAST = {"close": lambda bars, _: bars["close"], "rise": lambda bars, _: bars["close"].diff("time")}


def protected(
    state: float, observation: Any, position: float, *, width: float = 3.0, trail: float = 0.0
) -> Any:
    """Long after a rise, short after three falls, each with a stop and a target."""
    close, rise = observation.close, observation.rise
    state = state + 1.0 if rise < 0 else 0.0
    distance = trail if trail > 0 else np.nan
    if position == 0 and rise > 0:
        return state, Bracket(1.0, close - width, close + 2 * width, distance)
    if position >= 0 and state >= 3:
        return state, Bracket(-0.5, close + width, close - width, distance)
    if position > 0 and state == 2:
        return state, Bracket(position, close - width / 2, np.nan, distance)  # tightens the stop
    return state, Bracket(np.nan, np.nan, np.nan, np.nan)


def mixed(state: float, observation: Any, position: float) -> Any:
    """Numbers and brackets: numba cannot type it, so that it is interpreted."""
    if position == 0 and observation.rise > 0:
        return state, Bracket(1.0, observation.close - 2.0, np.nan, np.nan)
    return state, np.nan


def one(bars, *rows):
    """Bars of one symbol from rows of open, high, low, close."""
    table = np.array(rows, dtype=float)
    time = pd.bdate_range("2024-01-01", periods=len(table), name="time")
    fields = ("open", "high", "low", "close")
    return xr.Dataset(
        {name: (("time", "symbol"), table[:, [k]]) for k, name in enumerate(fields)},
        {"time": time, "symbol": ["A"]},
        {"timeframe": "1d"},
    )


@pytest.fixture
def holey():
    """Bars with holes, one symbol without its first weeks."""
    rng = np.random.default_rng(5)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (250, 3)), axis=0))
    opened = close * np.exp(rng.normal(0, 0.01, close.shape))
    high = np.maximum(close, opened) * np.exp(np.abs(rng.normal(0, 0.01, close.shape)))
    low = np.minimum(close, opened) * np.exp(-np.abs(rng.normal(0, 0.01, close.shape)))
    hole = rng.random(close.shape) < 0.04
    hole[:30, 2] = True
    time = pd.bdate_range("2021-01-01", periods=250, name="time")
    tables = {"open": opened, "high": high, "low": low, "close": close}
    return xr.Dataset(
        {k: (("time", "symbol"), np.where(hole, np.nan, v)) for k, v in tables.items()},
        {"time": time, "symbol": ["A", "B", "C"]},
        {"timeframe": "1d"},
    )


def both(strategy, bars, fills_at, **parameters):
    """A strategy compiled, and the same as a prompt would define it."""
    values = strategy.checked(parameters)
    compiled = run_steps(strategy, bars, values, fills_at)
    hidden = Strategy(
        "hidden", _without_source(strategy.function), "step", inputs=strategy.inputs,
        initial=strategy.initial, signal=strategy.signal,
    )  # fmt: skip
    return compiled, run_steps(hidden, bars, hidden.checked(parameters), fills_at)


def _without_source(function):
    code = function.__code__.replace(co_filename="<prompt>")
    typed = FunctionType(code, function.__globals__, function.__name__)
    typed.__kwdefaults__ = function.__kwdefaults__
    typed.__annotations__ = function.__annotations__
    return typed


@pytest.mark.parametrize("fills_at", CONVENTIONS)
@pytest.mark.parametrize("trail", [0.0, 2.5])
def test_brackets_compiled_and_interpreted(holey, fills_at, trail):
    made = Strategy("protected", protected, "step", inputs=LAST)
    compiled, interpreted = both(made, holey, fills_at, trail=trail)
    assert compiled.interpreted == ""
    assert "source" in interpreted.interpreted
    np.testing.assert_array_equal(compiled.wanted, interpreted.wanted)
    np.testing.assert_array_equal(compiled.exits, interpreted.exits)
    assert np.isfinite(compiled.exits).sum() > 20


def test_a_step_that_mixes_numbers_and_brackets_is_interpreted(holey):
    made = Strategy("mixed", mixed, "step", inputs=LAST)
    steps = run_steps(made, holey, made.checked())
    assert steps.interpreted
    assert np.isfinite(steps.exits).any()


@pytest.mark.parametrize("fast", [2, 7])
def test_the_fast_path_asks_where_the_signal_changes(holey, fast):
    made = lookup("strategy", "moving_average_cross")
    compiled, interpreted = both(made, holey, None, fast=fast, slow=fast + 4)
    assert compiled.interpreted == ""
    assert compiled.exits is None
    np.testing.assert_array_equal(compiled.wanted, interpreted.wanted)
    assert np.isfinite(compiled.wanted).any(axis=0).all()


def test_an_exit_within_the_bar_of_the_fill():
    """Bought at the open of bar 2 at 11, stopped in the same bar at 10 - 3 = 7."""
    bars = one(None, (10, 10, 9, 9), (9, 10, 9, 10), (11, 12, 6, 8), (8, 9, 8, 8.5), (8, 9, 8, 9))
    made = Strategy("protected", protected, "step", inputs=LAST)
    report = simulate(made, bars, costs=Costs.none(), initial_cash=110.0)
    trade = report.trades.iloc[0]
    assert (trade["entry_price"], trade["exit_price"]) == (11.0, 7.0)
    assert trade["entry_time"] == trade["exit_time"] == bars.indexes["time"][2]
    assert report.equity["strategy"].iloc[2] == pytest.approx(70.0)


def test_a_position_bought_at_a_close_is_watched_from_the_next_bar():
    bars = one(None, (10, 10, 9, 9), (9, 10, 9, 10), (11, 12, 6, 8), (8, 9, 5, 8.5), (8, 9, 8, 9))
    made = Strategy("protected", protected, "step", inputs=LAST)
    steps = run_steps(made, bars, made.checked(), "next close")
    assert np.flatnonzero(np.isfinite(steps.exits[:, 0])).tolist() == [3]
    assert steps.exits[3, 0] == 7.0


def test_after_an_exit_the_step_sees_no_position_and_may_enter_again():
    bars = one(
        None, (10, 10, 10, 10), (10, 11, 10, 11), (11, 11, 7, 9), (9, 10, 9, 10), (10, 10, 10, 10)
    )  # fmt: skip
    made = Strategy("protected", protected, "step", inputs=LAST)
    steps = run_steps(made, bars, made.checked())
    assert steps.exits[2, 0] == 8.0
    assert steps.wanted[:4, 0].tolist()[1::2] == [1.0, 1.0]


@pytest.mark.parametrize("name", ["protected", "moving_average_cross"])
def test_live_asks_for_the_same_orders(holey, name):
    made = {
        "protected": Strategy("protected", protected, "step", inputs=LAST),
        "moving_average_cross": lookup("strategy", "moving_average_cross"),
    }[name]
    parameters = {} if name == "protected" else {"fast": 3, "slow": 8}
    whole = made.targets(holey, parameters)
    memory: Memory | None = None
    for bar in range(120):
        window = holey.isel(time=slice(max(0, bar - 20), bar + 1))
        row, memory = made.advance(window, memory, parameters)
        np.testing.assert_array_equal(row, whole.isel(time=bar))
