"""Every combination of a sweep is the backtest with these parameters, to 1e-9."""

from typing import Annotated, Any

import numpy as np
import pandas as pd
import pytest
from pydantic import Field

from workbench.backtest import simulate
from workbench.backtest.recording import longest_holding
from workbench.backtest.sweeps.run import sweep_strategy
from workbench.data import bars as read_bars
from workbench.features import sma, zscore
from workbench.market import Bracket, Costs
from workbench.registry import lookup
from workbench.strategies import Strategy
from workbench.validation.significance import Maxima

CONVENTIONS = (None, "next close", "same close")
COSTS = {
    "free": Costs.none(),
    "usual": Costs(),
    "dear": Costs(fee_bps=30, slippage_bps=10, spread_bps=4),
    "fixed": Costs(fee_bps=5, fixed_fee=25.0),
    "broker": Costs(fee_bps=0, fee_per_share=0.01, minimum_fee=1.0),
    "borrowed": Costs(borrow_bps_per_year=300, funding_bps_per_year=50),
}
LEVEL = 0.4


def protected(
    state: float, observation: Any, position: float, *, width: float = 3.0, hold: int = 5
) -> Any:
    """Long after a rise, with a stop and a target; out after some bars."""
    close, rise = observation.close, observation.rise
    if position == 0:
        if rise > 0:
            return 0.0, Bracket(1.0, close - width, close + 2 * width, np.nan)
        return 0.0, Bracket(-0.5, close + width, np.nan, 2 * width)
    if state > hold:
        return 0.0, Bracket(0.0, np.nan, np.nan, np.nan)
    return state + 1.0, Bracket(np.nan, np.nan, np.nan, np.nan)


def half_in(state: float, observation: Any, position: float, *, window: int = 5) -> Any:
    """Half invested above the average: an account with cash in it."""
    return state, LEVEL if observation.gap > 0 else 0.0


def above(bars, *, window: Annotated[int, Field(ge=2)] = 10, share: float = 1.0):
    close = bars["close"]
    return (close > sma(bars, window=window)) * share / close.sizes["symbol"]


def wholly_in(bars, *, window: int = 3):
    return bars["close"] * 0 + 1.0


STEPS = {
    "cross": (lookup("strategy", "moving_average_cross"), {"fast": [2, 3, 5], "slow": [4, 5, 9]}),
    "reversion": (
        lookup("strategy", "mean_reversion"),
        {"window": [5, 9], "entry_z": [0.7, 1.2], "allow_short": [True, False]},
    ),
    "brackets": (
        Strategy(
            "protected", protected, "step",
            inputs={
                "close": lambda bars, _: bars["close"],
                "rise": lambda bars, _: bars["close"].diff("time"),
            },
        ),
        {"width": [1.0, 2.5], "hold": [2, 6]},
    ),
    "partly": (
        Strategy(
            "half_in", half_in, "step",
            inputs={"gap": lambda bars, p: bars["close"] - sma(bars, window=p.window)},
        ),
        {"window": [3, 8]},
    ),
    "weights": (Strategy("above", above), {"window": [3, 8], "share": [1.0, 0.6]}),
    "holding": (lookup("strategy", "momentum"), {"lookback": [5, 12], "skip": [0, 7]}),
}  # fmt: skip


def alone_on(bars, symbol):
    """The bars of one symbol, with rows in which it has no price: alone it would lose them."""
    own = read_bars(bars).sel(symbol=[symbol])
    return own.assign(volume=own["close"].fillna(0.0) * 0.0 + 1.0)


def agrees(result, strategy, bars, alone, **options):
    """Compare every account with its own backtest."""
    frame = result.to_frame()
    varied = [name for name in frame if name in result.parameters]
    symbols = frame["symbol"] if "symbol" in frame else [None] * len(frame)
    assert len(frame) == result.accounts > 0
    for (_, row), symbol in zip(frame.iterrows(), symbols, strict=True):
        own = bars if symbol is None else alone_on(bars, symbol)
        whole = {name: frame[name].dtype.kind == "i" for name in varied}
        parameters = {name: int(row[name]) if whole[name] else row[name] for name in varied}
        expected = alone(strategy, own, {**result.fixed, **parameters}, **options)
        for name, value in expected.items():
            np.testing.assert_allclose(
                float(row[name]), value, 1e-9, 1e-11, err_msg=f"{name} of {parameters} {symbol}"
            )


@pytest.mark.parametrize("by", ["account", "symbol"])
@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("costs", ["free", "dear", "fixed"])
def test_a_combination_is_its_backtest(make_bars, alone, name, by, costs):
    strategy, grid = STEPS[name]
    bars = make_bars(7, bars=160, symbols=3)
    options = {"costs": COSTS[costs]}
    result = sweep_strategy(strategy, bars, grid, by=by, workers=1, **options)
    assert result.path == ("grouped" if strategy.form == "targets" else "compiled")
    agrees(result, strategy, bars, alone, **options)


@pytest.mark.parametrize("by", ["account", "symbol"])
@pytest.mark.parametrize("name", ["cross", "reversion", "brackets", "holding"])
def test_luck_is_judged_by_the_returns_themselves(make_bars, name, by):
    """Block sums, squares and cubes of round trips are those of the returns, bar by bar."""
    strategy, grid = STEPS[name]
    bars = make_bars(5, bars=180, symbols=2)
    kept = sweep_strategy(strategy, bars, grid, by=by, workers=1).kept
    expected, sharpes = Maxima.empty(180), []
    for position in kept.positions:
        parameters = kept.shape.space.point(int(position))
        for symbols in [["S0"], ["S1"]] if by == "symbol" else [["S0", "S1"]]:
            own = simulate(strategy, bars.sel(symbol=symbols), parameters=parameters)
            held = longest_holding(own.weights)
            expected.add_returns(own.returns.to_numpy(), held)
            sharpes.append(own.results.sharpe_per_bar)
    found = kept.tally.maxima
    assert found.trials == expected.trials == len(sharpes)
    assert found.longest_holding == expected.longest_holding
    assert found.observed == pytest.approx(expected.observed, rel=1e-9)
    np.testing.assert_allclose(found.maxima[found.level], expected.maxima[found.level], 1e-5, 1e-6)
    np.testing.assert_allclose(kept.measure("sharpe_per_bar"), sharpes, 1e-9, 1e-11)


@pytest.mark.parametrize("fills_at", CONVENTIONS)
@pytest.mark.parametrize("start", [None, "2020-03-02"])
@pytest.mark.parametrize("name", ["cross", "reversion", "brackets", "weights"])
def test_with_holes_starts_and_conventions(make_bars, alone, name, start, fills_at):
    strategy, grid = STEPS[name]
    bars = make_bars(11, bars=140, symbols=2, holes=0.06)
    options = {"fills_at": fills_at, "start": start}
    for by in ("account", "symbol"):
        result = sweep_strategy(strategy, bars, grid, by=by, workers=1, **options)
        agrees(result, strategy, bars, alone, **options)


@pytest.mark.parametrize("costs", COSTS)
def test_costs_in_full(make_bars, alone, costs):
    strategy, grid = STEPS["reversion"]
    bars = make_bars(3, bars=120, symbols=2)
    options = {"costs": COSTS[costs], "initial_cash": 5_000.0}
    agrees(sweep_strategy(strategy, bars, grid, **options), strategy, bars, alone, **options)


@pytest.mark.parametrize("seed", range(12))
def test_random_markets_and_grids(make_bars, alone, seed):
    rng = np.random.default_rng(seed)
    strategy, _ = STEPS["cross"]
    bars = make_bars(seed, bars=int(rng.integers(40, 200)), symbols=1, opens=bool(seed % 2))
    grid = {
        "fast": sorted({int(value) for value in rng.integers(2, 8, 3)}),
        "slow": sorted({int(value) for value in rng.integers(8, 20, 3)}),
    }
    costs = Costs(fee_bps=float(rng.uniform(0, 40)), slippage_bps=float(rng.uniform(0, 40)))
    options = {"costs": costs, "fills_at": CONVENTIONS[seed % 3]}
    agrees(sweep_strategy(strategy, bars, grid, **options), strategy, bars, alone, **options)


def test_a_step_that_cannot_be_compiled_gives_the_same_numbers(make_bars, alone):
    table = {"level": 0.5}

    def looking(state: float, observation: Any, position: float, *, window: int = 5) -> Any:
        return state, 1.0 if observation.z < -table["level"] else 0.0

    made = Strategy(
        "looking", looking, "step",
        inputs={"z": lambda bars, p: zscore(bars, window=p.window)}, warm_up=lambda p: p.window,
    )  # fmt: skip
    bars = make_bars(2, bars=80, symbols=2)
    result = sweep_strategy(made, bars, {"window": [5, 9]})
    assert result.path == "interpreted"
    assert "'table'" in result.path_note
    agrees(result, made, bars, alone)


@pytest.mark.parametrize("name", ["partly", "cross", "wholly in"])
def test_prices_of_which_prefix_sums_would_lose_digits(alone, name):
    """A jump by ten thousand times beside returns of a millionth: followed bar by bar."""
    rng = np.random.default_rng(0)
    close = 100 * np.cumprod(1 + rng.normal(2e-6, 1e-6, 400))
    close[20:] *= 1e4
    prices = pd.DataFrame({"A": close}, pd.bdate_range("2020-01-01", periods=400))
    strategies = {**STEPS, "wholly in": (Strategy("wholly_in", wholly_in), {})}
    strategy = strategies[name][0]
    grid = {"fast": [2], "slow": [4, 7]} if name == "cross" else {"window": [3]}
    agrees(sweep_strategy(strategy, prices, grid), strategy, read_bars(prices), alone)
