"""The square-root law: what an order costs grows with the root of the account."""

import numpy as np
import pytest

from workbench.backtest import simulate
from workbench.backtest.studies import Study, capacity_curve, cost_sensitivity
from workbench.backtest.studies.checks import of_capacity
from workbench.errors import InvalidInput, NoData, OutOfRange
from workbench.market import Costs


@pytest.fixture
def liquid(trending):
    bars = trending(3, bars=700, phi=0.8)
    return bars.assign(volume=bars["close"] * 0 + 1e6)


@pytest.fixture
def found(liquid, follower):
    return capacity_curve(follower, liquid)


def felt(liquid, follower, size, impact=1.0):
    costs = Costs().model_copy(update={"impact": impact})
    return simulate(follower, liquid, costs=costs, initial_cash=size)


def test_a_small_account_moves_nothing(liquid, follower):
    found = capacity_curve(follower, liquid, sizes=[1e-3, 1e3])
    free = simulate(follower, liquid).results.sharpe_ratio
    assert found.sharpe_ratios[0] == pytest.approx(free, rel=1e-4)
    assert found.sharpe_ratios[1] < free


def test_what_impact_takes_grows_with_the_root_of_the_account(liquid, follower):
    """A hundred times the account pays ten times the impact of each unit traded."""
    none = simulate(follower, liquid, costs=Costs.none()).returns.to_numpy()
    lost = [
        none.sum()
        - simulate(
            follower, liquid, costs=Costs.none().model_copy(update={"impact": 1.0}),
            initial_cash=size,
        ).returns.to_numpy().sum()
        for size in (1e2, 1e4)
    ]  # fmt: skip
    # the account grows a little less with impact, hence not to the last digit
    assert lost[1] / lost[0] == pytest.approx(10.0, rel=0.1)


def test_half_and_nothing_are_left_where_it_says(found, liquid, follower):
    table = found.to_frame()["sharpe_ratio"]
    assert table.is_monotonic_decreasing
    half = felt(liquid, follower, found.capacity).results.sharpe_ratio
    assert half == pytest.approx(table.iloc[0] / 2, rel=0.01)
    nothing = felt(liquid, follower, found.break_even).results.sharpe_ratio
    assert abs(nothing) < 0.01 * table.iloc[0]
    assert found.capacity < found.break_even


def test_a_size_that_is_given_twice_is_one_row(liquid, follower):
    found = capacity_curve(follower, liquid, sizes=[1e6, 1e4, 1e6])
    assert found.sizes == [1e4, 1e6] == found.to_frame().index.tolist()
    assert len(found.sharpe_ratios) == 2


def test_each_row_is_a_backtest_of_its_own(liquid, follower):
    found = capacity_curve(follower, liquid, sizes=[1e6, 1e4], impact=0.5)
    assert found.sizes == [1e4, 1e6]
    for size, sharpe, earned in zip(
        found.sizes, found.sharpe_ratios, found.annualized_returns, strict=True
    ):
        own = felt(liquid, follower, size, 0.5).results
        assert (sharpe, earned) == (own.sharpe_ratio, own.annualized_return)


def test_ten_times_the_volume_carries_ten_times_the_account(liquid, follower):
    thin = capacity_curve(follower, liquid, costs=Costs.none())
    deep = capacity_curve(
        follower,
        liquid.assign(volume=liquid["volume"] * 10),
        sizes=[10 * size for size in thin.sizes],
        costs=Costs.none(),
    )
    assert deep.capacity == pytest.approx(10 * thin.capacity, rel=1e-6)
    assert deep.break_even == pytest.approx(10 * thin.break_even, rel=1e-6)


def test_the_share_of_the_volume_is_that_of_the_orders(liquid, follower):
    found = capacity_curve(follower, liquid, sizes=[1e5])
    orders = felt(liquid, follower, 1e5).orders
    assert found.volume_shares[0] == pytest.approx(np.quantile(orders["size"] / 1e6, 0.95))
    stretched = capacity_curve(follower, liquid, sizes=[1e5, 1e9], impact=0.001)
    assert "more than 10%" in repr(stretched)
    assert found.notes == []


def test_what_earns_nothing_carries_nothing(liquid, follower):
    lost = capacity_curve(follower, liquid, parameters={"sign": -1})
    assert np.isnan(lost.capacity)
    assert np.isnan(lost.break_even)
    assert "nothing to carry" in lost.sentence
    assert of_capacity(lost).outcome == "failed"


def test_a_fee_for_each_order_makes_the_middle_the_best(liquid, follower):
    found = capacity_curve(follower, liquid, costs=Costs(fixed_fee=20.0), sizes=[1e3, 1e5, 1e8])
    small, middle, large = found.sharpe_ratios
    assert middle > max(small, large)
    costs = Costs(fixed_fee=20.0, impact=1.0)
    half = simulate(follower, liquid, costs=costs, initial_cash=found.capacity).results.sharpe_ratio
    assert half == pytest.approx(middle / 2, rel=0.01)
    twice = capacity_curve(
        follower,
        liquid.assign(volume=liquid["volume"] * 2),
        costs=Costs(fixed_fee=40.0),
        sizes=[2e3, 2e5, 2e8],
    )
    assert twice.capacity == pytest.approx(2 * found.capacity, rel=1e-6)


def test_what_any_account_may_have_is_no_number(liquid, follower):
    found = capacity_curve(follower, liquid, sizes=[1.0, 10.0])
    assert np.isinf(found.capacity)
    assert "largest tried" in found.sentence
    assert found.model_dump(mode="json")["capacity"] is None
    assert of_capacity(found).outcome == "cannot tell"  # ten times 100,000 was not tried


def test_a_report_is_traded_again_without_asking_the_strategy(liquid, follower, found):
    report = simulate(follower, liquid)
    assert capacity_curve(report).to_frame().equals(found.to_frame())
    assert cost_sensitivity(report).break_even == cost_sensitivity(follower, liquid).break_even
    twice = Costs(fee_bps=7, slippage_bps=3)
    again, new = report.again(costs=twice), simulate(follower, liquid, costs=twice)
    assert again.returns.equals(new.returns)
    assert again.to_frame().equals(new.to_frame())
    assert report.again(initial_cash=5e3).initial_cash == 5e3
    with pytest.raises(OutOfRange, match="initial_cash"):
        report.again(initial_cash=0.0)


def test_sizes_are_told_but_are_no_trials(liquid, follower):
    seen, stressed = [], []
    told = {"on_trial": seen.append, "on_stress": stressed.append}
    found = capacity_curve(Study.of(follower, liquid, told), sizes=[1e4])
    assert seen == []
    assert [one.initial_cash for one in stressed] == found.sizes


def test_without_volumes_the_answer_is_a_sentence(trending, liquid, follower):
    report = simulate(follower, trending(bars=300))
    with pytest.raises(InvalidInput, match="volume"):
        capacity_curve(report)
    sheet = dict(report.sections())
    [sentence] = sheet["Capacity"]
    assert "cannot be told" in sentence
    assert "volume" in sentence
    words = dict(simulate(follower, liquid).sections())["Capacity"]
    assert "keeps half of the best Sharpe ratio" in words[0]
    assert words[-1].renderers


def test_a_report_without_its_decisions_cannot_tell(liquid, follower):
    bare = simulate(follower, liquid)
    bare._decided = None  # as a report that was read from elsewhere
    with pytest.raises(NoData, match="decisions"):
        capacity_curve(bare)
    assert "cannot be told" in dict(bare.sections())["Capacity"][0]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"sizes": [0.0]}, "sizes"),
        ({"sizes": [np.nan]}, "sizes"),
        ({"sizes": []}, "size"),
        ({"sizes": ["much"]}, "sizes"),
        ({"sizes": 1e6}, "sizes"),
        ({"impact": 0.0}, "impact"),
    ],
)
def test_sizes_and_impact_are_amounts(liquid, follower, options, named):
    with pytest.raises((InvalidInput, OutOfRange), match=named):
        capacity_curve(follower, liquid, **options)


def test_the_picture_has_a_dot_for_each_size(found):
    figure = found.plot()
    assert figure.renderers[0].data_source.data["x"].tolist() == found.sizes
    assert any("half is left at" in str(getattr(one, "text", "")) for one in figure.center)
    assert "capacity" in repr(found)
    assert of_capacity(found).number == found.capacity
