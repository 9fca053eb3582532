"""Swing set-ups worked out by hand, and their exits in the engine.

Closes 100, 101, 103, 102, 104 with averages over 2 and 5 bars, RSI over 3 and range over 2. At the
last, the fast average is 103 and the slow one 102, so that the close lies above both and 1% above
the fast one. The changes +2, −1, +2 give an RSI of 4 / 5 = 80, the ranges 1 and 2 a mean of 1.5.
A stop at two ranges is 3 below, at 101; the target at one and a half times that is 4.5 above, at
108.5.
Risking 1% at a distance of 3 / 104 is an exposure of 0.01 · 104 / 3 = 0.34667.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.backtest import simulate
from workbench.market import Costs
from workbench.registry import lookup

RISING = [100.0, 101.0, 103.0, 102.0, 104.0]
SMALL = {
    "fast": 2, "slow": 5, "rsi_window": 3, "rsi_high": 85.0, "atr_window": 2, "stop_atr": 2.0,
    "risk": 0.01,
}  # fmt: skip


def _bars(rows):
    """Bars of one symbol from rows of open, high, low, close."""
    table = np.array(rows, dtype=float)
    time = pd.bdate_range("2024-01-01", periods=len(table), name="time")
    return xr.Dataset(
        {
            name: (("time", "symbol"), table[:, [column]])
            for column, name in enumerate(("open", "high", "low", "close"))
        },
        {"time": time, "symbol": ["A"]},
        {"timeframe": "1d"},
    )


@pytest.fixture
def swing():
    return lookup("strategy", "swing")


def _inputs(swing, closes):
    bars = _bars([[close] * 4 for close in closes])
    values = swing.checked(SMALL)
    return {name: float(see(bars, values)[-1, 0]) for name, see in swing.inputs.items()}


def test_what_it_sees(swing):
    seen = _inputs(swing, [99.0, *RISING])
    assert seen["fast"] == 103.0
    assert seen["slow"] == pytest.approx(102.0)
    assert seen["strength"] == pytest.approx(80.0)
    assert seen["atr"] == pytest.approx(1.5)


def test_the_range_is_the_widest_of_the_bar_and_its_gap(swing):
    """From 8 to the close before at 12 it is 4, from the close before at 9 to 15 it is 6."""
    bars = _bars([[12, 12, 12, 12], [9, 10, 8, 9], [14, 15, 13, 14]])
    assert float(swing.inputs["atr"](bars, swing.checked(SMALL))[-1, 0]) == pytest.approx(5.0)


def test_a_trend_on_its_pause_is_bought_with_its_exits(swing):
    seen = SimpleNamespace(**_inputs(swing, [99.0, *RISING]))
    state, intent = swing.function(7.0, seen, 0.0, **dict(swing.checked(SMALL)))
    assert state == 0
    assert intent.exposure == pytest.approx(0.01 * 104 / 3)
    assert (intent.stop, intent.take) == pytest.approx((101.0, 108.5))
    assert np.isnan(intent.trail)
    values = dict(swing.checked({**SMALL, "trail": 0.03, "risk": 0.5}))
    _, intent = swing.function(0.0, seen, 0.0, **values)
    assert (intent.exposure, intent.trail) == pytest.approx((0.5, 3.12))


@pytest.mark.parametrize(
    "change",
    [{"pullback": 0.005}, {"rsi_high": 79.0}, {"rsi_low": 81.0}],
)
def test_a_trend_that_is_no_set_up_is_left(swing, change):
    seen = SimpleNamespace(**_inputs(swing, [99.0, *RISING]))
    _, intent = swing.function(0.0, seen, 0.0, **dict(swing.checked({**SMALL, **change})))
    assert np.isnan(intent.exposure)


def test_a_fall_is_bought_when_it_is_overdone(swing):
    seen = SimpleNamespace(**_inputs(swing, [110.0, 109.0, 108.0, 107.5, 106.0, 105.0]))
    assert seen.strength == 0
    _, intent = swing.function(0.0, seen, 0.0, **dict(swing.checked(SMALL)))
    assert intent.stop == pytest.approx(105 - 2 * 1.25)
    _, intent = swing.function(0.0, seen, 0.0, **dict(swing.checked({**SMALL, "oversold": 0.0})))
    assert np.isnan(intent.exposure)


def test_nothing_is_bought_without_an_input_or_outside_the_universe(swing):
    seen = _inputs(swing, [99.0, *RISING])
    values = dict(swing.checked(SMALL))
    for name in ("close", "fast", "slow", "strength", "atr"):
        _, intent = swing.function(0.0, SimpleNamespace(**{**seen, name: np.nan}), 0.0, **values)
        assert np.isnan(intent.exposure)
    _, intent = swing.function(0.0, SimpleNamespace(**{**seen, "member": 0.0}), 0.4, **values)
    assert intent.exposure == 0


def _traded(swing, *later, **more):
    rows = [[close] * 4 for close in (99.0, *RISING)] + [list(row) for row in later]
    report = simulate(
        swing, _bars(rows), parameters={**SMALL, **more}, costs=Costs.none(), initial_cash=1e4
    )
    return report.trades.iloc[0]


def test_the_stop_and_the_target_end_it(swing):
    calm = (104, 105, 103, 104)
    stopped = _traded(swing, calm, (104, 104, 100.5, 102), calm)
    assert (stopped.entry_price, stopped.exit_price) == pytest.approx((104.0, 101.0))
    reached = _traded(swing, calm, (104, 109, 103, 108), calm)
    assert reached.exit_price == pytest.approx(108.5)


def test_time_ends_it(swing):
    calm = (104, 105, 103, 104)
    trade = _traded(swing, *[calm] * 6, max_hold=3)
    bars = pd.bdate_range("2024-01-01", periods=20)
    assert (trade.entry_time, trade.exit_time) == (bars[6], bars[9])
