"""The baselines: what a strategy has to beat."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.registry import lookup
from workbench.strategies.draws import uniform_draws


def _panel(bars=2_000, symbols=20):
    time = pd.bdate_range("2015-01-01", periods=bars, name="time")
    close = np.ones((bars, symbols))
    names = [f"S{number}" for number in range(symbols)]
    return xr.Dataset({"close": (("time", "symbol"), close)}, {"time": time, "symbol": names})


def test_equal_weight_divides_among_what_has_a_price():
    bars = _panel(40, 4)
    bars["close"][:, 3] = np.nan
    held = lookup("strategy", "equal_weight").targets(bars)
    decided = held.to_pandas().dropna()
    assert [f"{day:%m-%d}" for day in decided.index] == ["02-02"]
    assert decided.iloc[0].tolist() == [1 / 3, 1 / 3, 1 / 3, 0.0]


def test_draws_belong_to_the_time_and_the_symbol():
    bars = _panel()
    draws = uniform_draws(bars, seed=4)
    some = bars.isel(time=slice(700, 900), symbol=[7, 2])
    xr.testing.assert_equal(uniform_draws(some, seed=4), draws.sel(some.indexes))
    assert not np.isclose(draws, uniform_draws(bars, seed=5)).any()
    assert not np.isclose(draws, uniform_draws(bars, seed=4, stream=1)).any()


def test_draws_are_uniform_and_independent():
    scipy_stats = pytest.importorskip("scipy.stats")
    draws = uniform_draws(_panel(), seed=4).to_numpy()
    assert scipy_stats.kstest(draws.ravel(), "uniform").pvalue > 0.01
    for first, second in ((draws[1:], draws[:-1]), (draws[:, 1:], draws[:, :-1])):
        correlation = np.corrcoef(first.ravel(), second.ravel())[0, 1]
        assert abs(correlation) < 4 / np.sqrt(first.size)


def test_random_entries_hold_as_long_as_they_say():
    strategy = lookup("strategy", "random_entry")
    parameters = {"entry_probability": 0.1, "hold": 15, "short_share": 0.25}
    held = strategy.targets(_panel(), parameters).to_pandas().ffill().fillna(0.0) * 20
    lengths, sides = [], []
    for name in held:
        runs = held[name].groupby((held[name] != held[name].shift()).cumsum())
        whole = [run for _, run in runs if run.iloc[0] != 0 and run.index[-1] != held.index[-1]]
        lengths += [len(run) for run in whole]
        sides += [run.iloc[0] for run in whole]
    assert set(lengths) == {15}
    assert np.mean(np.array(sides) < 0) == pytest.approx(0.25, abs=4 * np.sqrt(0.19 / len(sides)))
    assert (held != 0).to_numpy().mean() == pytest.approx(15 / (15 + 10), abs=0.02)


def test_what_leaves_a_universe_is_sold_and_what_returns_is_bought():
    bars = _panel(4, 2)
    member = np.array([[True, True], [False, True], [False, True], [True, True]])
    universe = bars.assign_coords(member=(("time", "symbol"), member))
    held = lookup("strategy", "buy_and_hold").targets(universe)[:, 0]
    np.testing.assert_array_equal(held, [0.5, 0.0, np.nan, 0.5])
