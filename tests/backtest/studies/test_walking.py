"""A walk-forward and a cross-validation are what their parts say, and never look ahead."""

from math import comb

import numpy as np
import pytest

from workbench.backtest import simulate
from workbench.backtest.studies import (
    Study,
    cross_validate,
    grid_points,
    neighbours,
    walk_forward,
)
from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.market import Costs

GRID = {"lookback": [1, 3], "sign": [1, -1]}


def plain_sharpe(values):
    return values.mean() / values.std(ddof=1) * np.sqrt(252)


def test_the_choice_of_each_fold_is_the_best_of_the_bars_before_it(trending, follower):
    bars = trending(1)
    found = walk_forward(follower, bars, GRID, folds=4)
    every = {
        (one["lookback"], one["sign"]): simulate(follower, bars, parameters=one).returns.to_numpy()
        for one in grid_points(GRID)
    }
    assert [fold.bars for fold in found.folds] == [100] * 4
    for number, fold in enumerate(found.folds):
        before = slice(3, 100 * (number + 1))  # the longest warm-up is 4 bars
        best = max(every, key=lambda point, seen=before: plain_sharpe(every[point][seen]))
        assert (fold.parameters["lookback"], fold.parameters["sign"]) == best
        assert fold.train == pytest.approx(plain_sharpe(every[best][before]))


def test_without_a_choice_the_folds_are_one_backtest(trending, follower):
    bars = trending(1)
    found = walk_forward(follower, bars, {"sign": [1]}, folds=4)
    alone = simulate(follower, bars, parameters={"sign": 1}, start=bars["time"].to_numpy()[100])
    np.testing.assert_allclose(found.returns, alone.returns, rtol=1e-12)
    assert found.total_return == pytest.approx(alone.results.total_return)
    assert found.changes == 0
    assert "nothing is out of sample" in repr(found)
    closes = bars["close"].to_numpy()[:, 0]
    assert found.equity["benchmark"].iloc[-1] == pytest.approx(closes[-1] / closes[99])


def test_switching_is_paid_for(make_market, follower):
    """Worked by hand: the market turns at bar 150, and with it the choice at the last fold."""
    # a rise that goes on; then two falls, two rises: what fell at bar t rises at t + 2
    moves = np.r_[np.full(150, 0.01), np.tile([-0.019, -0.019, 0.02, 0.02], 38)[:150]]
    moves[:150] += np.tile([0.001, -0.001], 75)
    bars = make_market(50 * np.cumprod(1 + moves))
    costs = Costs(fee_bps=30, slippage_bps=20)
    found = walk_forward(
        follower, bars, {"sign": [1, -1]}, folds=2, train=60, anchored=False, costs=costs
    )
    assert [fold.parameters["sign"] for fold in found.folds] == [1, -1]
    first = found.returns.iloc[:100].to_numpy()
    paid = 1 / 1.002 / 1.003  # bought at the first close of the fold, with slippage and fee
    assert first[0] == pytest.approx(paid - 1)
    np.testing.assert_allclose(first[1:50], moves[101:150], rtol=1e-9)
    # bar 198 fell and is sold at the close of bar 199, once: nothing is left to sell at the change
    assert first[-1] == pytest.approx((1 - 0.019) * 0.998 * 0.997 - 1)
    assert found.returns.iloc[100] == pytest.approx(paid - 1)  # bar 199 fell, which is bought


def test_what_is_held_at_a_change_is_sold(make_market, follower):
    """The choice changes while the market is held: the last bar pays fee and slippage."""
    rng = np.random.default_rng(3)
    bars = make_market(50 * np.exp(np.cumsum(rng.normal(0.002, 0.01, 400))))
    costs = Costs(fee_bps=30, slippage_bps=20)
    found = walk_forward(follower, bars, {"lookback": [8, 9, 10, 12]}, folds=8, costs=costs)
    changed = [
        number
        for number in range(7)
        if found.folds[number].parameters != found.folds[number + 1].parameters
    ]
    assert changed
    time = bars["time"].to_numpy()
    begins = [0, *(number + 1 for number in changed)]
    for begin, end in zip(begins, [*changed, 7], strict=True):
        first, last = 400 - 8 * 44 + begin * 44, 400 - 8 * 44 + (end + 1) * 44 - 1
        alone = simulate(
            follower,
            bars.isel(time=slice(0, last + 1)),
            parameters=found.folds[begin].parameters,
            start=time[first],
            costs=costs,
        )
        own = found.returns.loc[time[first] : time[last]]
        np.testing.assert_allclose(own.iloc[:-1], alone.returns.iloc[:-1], rtol=1e-12)
        sold = float(alone.weights.iloc[-1, 0]) if end < 7 else 0.0
        assert 1 + own.iloc[-1] == pytest.approx((1 + alone.returns.iloc[-1]) * (1 - sold * 0.005))


def test_the_future_does_not_change_the_past(trending, follower):
    bars = trending(2)
    whole = walk_forward(follower, bars, GRID, folds=4)
    changed = bars.copy(deep=True)
    changed["close"][400:] = changed["close"][400:] * np.linspace(1, 3, 100)[:, None]
    other = walk_forward(follower, changed, GRID, folds=4)
    assert [one.parameters for one in whole.folds[:3]] == [
        one.parameters for one in other.folds[:3]
    ]
    np.testing.assert_allclose(whole.returns[:299], other.returns[:299], rtol=1e-12)


def test_bars_before_the_start_warm_up_and_are_not_traded(trending, follower):
    bars = trending(1)
    start = bars["time"].to_numpy()[50]
    found = walk_forward(follower, bars, GRID, folds=4, start=start)
    assert found.folds[0].start == bars.indexes["time"][50 + 450 - 4 * 90]
    assert len(found.returns) == 4 * 90


def test_every_different_point_is_told_once(trending, follower):
    seen = []
    study = Study.of(follower, trending(1), {"on_trial": seen.append})
    walk_forward(study, grid=GRID)
    cross_validate(study, grid=GRID)
    walk_forward(study, grid={"lookback": [1]})  # the defaults of sign: known already
    assert len(seen) == 4


def test_a_walk_forward_is_read_and_seen(trending, follower):
    found = walk_forward(follower, trending(5, bars=700, phi=0.1), GRID, folds=6)
    assert "efficiency" in repr(found)
    table = found.to_frame()
    assert {"train", "test", "lookback", "sign"} <= set(table.columns)
    assert len(found.plot().children) == 3
    dumped = found.model_dump(mode="json")
    assert "returns" not in dumped
    assert len(dumped["folds"]) == 6


def test_paths_join_what_each_choice_earned_where_it_did_not_choose(trending, follower):
    bars = trending(1)
    found = cross_validate(follower, bars, GRID, folds=5, tested=2, embargo=6)
    every = np.column_stack(
        [
            simulate(follower, bars, parameters=one).returns.to_numpy()[3:]
            for one in grid_points(GRID)
        ]
    )
    assert (found.splits, found.paths) == (comb(5, 2), comb(5, 2) * 2 // 5)
    for path, splits in enumerate(found.plan.paths()):
        for group, number in enumerate(splits):
            split = found.plan[number]
            best = max(range(4), key=lambda at, seen=split.train: plain_sharpe(every[seen, at]))
            inside = found.plan.groups == group
            np.testing.assert_allclose(
                found.returns.to_numpy()[inside, path], every[inside, best], rtol=1e-12
            )
    expected = [plain_sharpe(found.returns[path].to_numpy()) for path in range(4)]
    assert found.path_sharpes == pytest.approx(expected)
    assert found.median_sharpe == pytest.approx(np.median(expected))
    assert len(found.plot().children) == 2


def test_one_point_has_one_history(trending, follower):
    found = cross_validate(follower, trending(1), folds=5)
    assert np.ptp(found.path_sharpes) == 0
    assert np.isnan(found.below_median)
    assert "same history" in repr(found)


def test_points_that_cannot_be_traded_are_left_out_and_named(trending, follower):
    bars = trending(1)
    found = walk_forward(follower, bars, {"lookback": [1, 400]}, folds=3)
    assert found.points == 1
    assert "1 of 2 points were left out" in repr(found)
    with pytest.raises(TooLittleHistory):
        walk_forward(follower, bars, {"lookback": [400]})
    with pytest.raises(UnknownName, match="lookbak"):
        walk_forward(follower, bars, {"lookbak": [1]})
    with pytest.raises(InvalidInput, match="values of 'sign'"):
        walk_forward(follower, bars, {"sign": []})
    with pytest.raises(OutOfRange, match="sweep"):
        grid_points({name: range(200) for name in "ab"})
    with pytest.raises(TooLittleHistory):
        walk_forward(follower, bars.isel(time=slice(0, 1)))
    with pytest.raises(TooLittleHistory):
        walk_forward(follower, bars, {"lookback": [84]})  # 85 bars before the first fold


def test_neighbours_stay_within_the_ranges():
    from workbench.registry import lookup

    points = neighbours(lookup("strategy", "momentum"), {"lookback": 504})
    assert points[0]["lookback"] == 504
    assert {point["lookback"] for point in points} == {252, 378, 504, 756}  # 1008 is beyond 756
    assert all(sum(point[name] != points[0][name] for name in point) <= 1 for point in points)


def test_flat_prices_hold_nothing_against_nobody(make_market, follower):
    found = walk_forward(follower, make_market(np.full(200, 50.0)), GRID, folds=3)
    assert np.isnan(found.sharpe_ratio)
    assert found.total_return <= 0.0
    assert np.isnan(cross_validate(follower, make_market(np.full(200, 50.0)), GRID).low_sharpe)
