"""Costs, regimes and chance: numbers worked by hand and laws that have to hold."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import simulate
from workbench.backtest.studies import (
    Study,
    cost_sensitivity,
    monte_carlo,
    permutation_test,
    regime_breakdown,
    regimes_of,
)
from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnusableFrame
from workbench.market import Costs


def rng(seed=0):
    return np.random.default_rng(seed)


def alternating(bars):
    """All in on even bars, out on odd ones."""
    inside = (np.arange(bars.sizes["time"]) % 2 == 0).astype(float)
    return bars["close"].copy(data=np.repeat(inside[:, None], bars.sizes["symbol"], axis=1))


def test_the_break_even_is_that_of_arithmetic(make_market):
    """Bought at each odd close and sold at the even close after, 1% higher.

    With a slippage c a round trip multiplies the account by 1.01 (1 − c) / (1 + c), which is 1 at
    c = 0.01 / 2.01.
    """
    bars = make_market(50 * 1.01 ** ((np.arange(101) + 1) % 2))
    table = alternating(bars)
    costs = Costs(fee_bps=0, slippage_bps=10)
    found = cost_sensitivity(table, bars, costs=costs)
    gained = simulate(table, bars, costs=Costs.none()).results.total_return
    assert gained > 0
    assert found.break_even == pytest.approx(0.01 / 2.01 / 0.001, rel=1e-3)
    assert found.break_even_bps == pytest.approx(1e4 * 0.01 / 2.01, rel=1e-3)
    own = found.to_frame()["total_return"]
    assert own[0.0] == pytest.approx(gained)
    assert own[1.0] == simulate(table, bars, costs=costs).results.total_return
    assert own.is_monotonic_decreasing
    assert "costs × 2" in repr(found)
    assert found.plot().renderers[0].data_source.data["x"].tolist() == found.multiples


def test_what_loses_for_free_has_no_break_even_and_holding_has_none_either(make_market):
    falls = make_market(np.linspace(50, 25, 60))
    held = falls["close"] * 0 + 1.0
    assert np.isnan(cost_sensitivity(held, falls).break_even)
    once = (falls["close"] * np.nan).copy()
    once[0] = 1.0
    rises = make_market(np.linspace(25, 50, 60))
    assert np.isinf(cost_sensitivity(once, rises, costs=Costs(fee_bps=1)).break_even)


def test_every_part_of_the_costs_is_multiplied():
    from workbench.backtest.studies.costs import multiplied

    costs = Costs(fee_bps=1, slippage_bps=2, fixed_fee=3)
    assert multiplied(costs, 2.0) == Costs(fee_bps=2, slippage_bps=4, fixed_fee=6)
    assert multiplied(costs, 0.0) == multiplied(Costs.none(), 7.0)


def test_costs_of_nothing_cannot_be_stressed(trending, follower):
    with pytest.raises(InvalidInput, match="zero"):
        cost_sensitivity(follower, trending(), costs=Costs.none())
    with pytest.raises(OutOfRange, match="multiples"):
        cost_sensitivity(follower, trending(), multiples=[-1.0])


def test_regimes_are_those_of_pandas_one_bar_later(trending):
    growth = trending(4, bars=900)["close"].to_series().droplevel("symbol")
    labels = regimes_of(growth)
    spread = growth.pct_change().rolling(63).std()
    for bar in (400, 555, 899):
        before = spread.iloc[:bar].dropna()
        low, high = before.quantile([1 / 3, 2 / 3])
        last = before.iloc[-1]
        named = "low" if last <= low else "middle" if last <= high else "high"
        assert labels["volatility"].iloc[bar] == named
        up = growth.iloc[bar - 1] > growth.iloc[bar - 200 : bar].mean()
        assert labels["trend"].iloc[bar] == ("up" if up else "down")
        fallen = growth.iloc[bar - 1] / growth.iloc[:bar].max() - 1
        below = "10% or more below" if fallen <= -0.1 else "near its high"
        assert labels["drawdown"].iloc[bar] == below
    assert labels["volatility"].iloc[: 63 + 252].isna().all()
    assert labels["trend"].iloc[:200].isna().all()
    assert labels["year"].iloc[-1] == str(growth.index[-1].year)


def test_regimes_know_nothing_of_the_bar_itself(trending):
    growth = trending(4, bars=700)["close"].to_series().droplevel("symbol")
    changed = growth.copy()
    changed.iloc[500:] *= 5
    pd.testing.assert_frame_equal(regimes_of(growth).iloc[:501], regimes_of(changed).iloc[:501])
    with pytest.raises(UnusableFrame):
        regimes_of(growth.where(growth.index > growth.index[3]))


def test_a_breakdown_adds_up(trending, follower):
    bars = trending(4, bars=900, drift=0.0005)
    found = regime_breakdown(follower, bars)
    table = found.to_frame()
    whole = simulate(follower, bars)
    years = table.loc["year"]
    assert years["bars"].sum() == 900
    assert years["share"].sum() == pytest.approx(1.0)
    assert years["profit_share"].sum() == pytest.approx(1.0)
    own = whole.returns[whole.returns.index.year == 2011]
    assert years.loc["2011", "annual_return"] == pytest.approx(own.mean() * 252)
    assert years.loc["2011", "sharpe_ratio"] == pytest.approx(own.mean() / own.std() * 252**0.5)
    stats = pytest.importorskip("scipy.stats")
    sharpe = own.mean() / own.std()
    mertens = (
        1 - stats.skew(own) * sharpe + (stats.kurtosis(own, fisher=False) - 1) / 4 * sharpe**2
    ) / (len(own) - 1)
    assert years.loc["2011", "standard_error"] == pytest.approx((mertens * 252) ** 0.5)
    assert "trend      up" in repr(found)
    assert found.plot().y_range.factors[-1].startswith("volatility")


def test_a_breakdown_needs_a_history(trending, follower):
    with pytest.raises(TooLittleHistory):
        regime_breakdown(follower, trending(bars=150))


def test_a_pattern_is_found_and_chance_is_not(trending, follower):
    found = permutation_test(follower, trending(1, phi=0.7), rng=rng(1), draws=49)
    assert found.p_value == pytest.approx(0.02)
    assert found.observed > found.median
    low = [
        permutation_test(follower, trending(seed, phi=0.0, bars=250), rng=rng(2), draws=19).p_value
        for seed in range(40)
    ]
    assert np.mean(np.array(low) <= 0.1) <= 0.3  # 10% ± 4 standard errors
    assert 0.35 < np.mean(low) < 0.7


def test_the_best_of_a_grid_is_compared_with_the_best_of_a_grid(trending, follower):
    bars = trending(7, phi=0.0)
    grid = {"lookback": [1, 2, 3, 5], "sign": [1, -1]}
    found = permutation_test(follower, bars, grid, rng=rng(3), draws=30)
    alone = permutation_test(follower, bars, rng=rng(3), draws=30)
    assert found.median > alone.median  # chance chooses too
    assert "best point" in found.statistic


def test_permuted_markets_are_no_trials(trending, follower):
    seen = []
    study = Study.of(follower, trending(1), {"on_trial": seen.append})
    permutation_test(study, rng=rng(), draws=5)
    cost_sensitivity(study)
    regime_breakdown(study)
    monte_carlo(study, rng=rng(), draws=50)
    assert len(seen) == 1


def test_a_table_does_not_look_at_the_market(make_market):
    bars = make_market(np.linspace(50, 60, 60))
    with pytest.raises(InvalidInput, match="signal_permutation"):
        permutation_test(bars["close"] * 0, bars, rng=rng())


def test_draws_are_told_and_can_be_stopped(trending, follower):
    told = []

    def stop_at_three(done, total, message):
        told.append((done, total, message))
        if "permuted" in message and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        permutation_test(follower, trending(1), rng=rng(), draws=9, progress=stop_at_three)
    assert told[-1] == (3, 9, "trading permuted markets")
    with pytest.raises(OutOfRange, match="draws"):
        permutation_test(follower, trending(1), rng=rng(), draws=0)


def test_paths_come_from_the_returns_of_the_backtest(trending, follower):
    bars = trending(1)
    found = monte_carlo(follower, bars, rng=rng(), draws=100, ahead=60)
    assert found.observed_final == pytest.approx(1 + simulate(follower, bars).results.total_return)
    assert found.bars == 60
