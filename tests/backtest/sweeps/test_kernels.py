"""The accounts of a sweep, also without the compiler: small, so that it stays fast there."""

from typing import Any

import numpy as np
import pytest

from workbench.backtest.sweeps.run import sweep_strategy
from workbench.market import Bracket, Costs
from workbench.registry import lookup
from workbench.strategies import Strategy

pytestmark = pytest.mark.kernel

COSTS = {"free": Costs.none(), "dear": Costs(fee_bps=30), "fixed": Costs(fixed_fee=20.0)}


def protected(state: float, observation: Any, position: float, *, width: float = 3.0) -> Any:
    close = observation.close
    if position == 0 and observation.rise > 0:
        return state, Bracket(1.0, close - width, close + 2 * width, np.nan)
    return state, Bracket(np.nan, np.nan, np.nan, np.nan)


STRATEGIES = {
    "reversion": (lookup("strategy", "mean_reversion"), {"window": [5, 8], "entry_z": [0.7, 1.2]}),
    "brackets": (
        Strategy(
            "protected", protected, "step",
            inputs={
                "close": lambda bars, _: bars["close"],
                "rise": lambda bars, _: bars["close"].diff("time"),
            },
        ),
        {"width": [1.0, 2.5]},
    ),
    "momentum": (lookup("strategy", "momentum"), {"lookback": [5, 9], "skip": [0]}),
}  # fmt: skip


@pytest.mark.parametrize("by", ["account", "symbol"])
@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("costs", COSTS)
def test_every_number_is_that_of_a_backtest(make_bars, alone, name, by, costs):
    strategy, grid = STRATEGIES[name]
    bars = make_bars(3, bars=60, symbols=2)
    options = {"costs": COSTS[costs]}
    frame = sweep_strategy(strategy, bars, grid, by=by, workers=1, **options).to_frame()
    for _, row in frame.iloc[[0, -1]].iterrows():
        own = bars if by == "account" else bars.sel(symbol=[row["symbol"]])
        parameters = {
            parameter: type(values[0])(row[parameter]) for parameter, values in grid.items()
        }
        for measure, value in alone(strategy, own, parameters, **options).items():
            np.testing.assert_allclose(float(row[measure]), value, 1e-9, 1e-11, err_msg=measure)
