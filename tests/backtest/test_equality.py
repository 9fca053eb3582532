"""Whatever is wanted, all engines give the same orders, trades and account.

The compiled engine and the replay agree to the last bit, vectorbt to 1e-9. What only some of them
can do is refused by the others (`test_what_an_engine_cannot_do_is_refused`).
"""

import numpy as np
import pytest

from workbench.backtest import engine, simulate, vectorbt
from workbench.backtest.filled import EXIT
from workbench.backtest.plan import FILLS_AT, plan_orders, weights_from_signals
from workbench.backtest.replay import bars as replay
from workbench.backtest.trades import trade_frame
from workbench.data import bars as read_bars
from workbench.errors import InvalidInput
from workbench.market import Costs, Margin
from workbench.registry import lookup
from workbench.strategies import Fixed, Percent, VolatilityTarget, rebalanced, sized
from workbench.strategies.membership import only_members

pytest.importorskip("vectorbt")

EQUAL = {"rtol": 1e-9, "atol": 1e-6}
"""Relative, and a millionth of a unit of currency on accounts of 100,000."""
SEEDS = 216


def named(name, **parameters):
    return lookup("strategy", name), parameters


def a_sizer(rng):
    return [Fixed(0.3), Percent(0.4), VolatilityTarget(0.2, window=15)][rng.integers(3)]


def weights(bars, rng):
    """Long and short, often more than the account, with holes and rows without orders."""
    made = rng.normal(0.1, 0.4, bars["close"].shape)
    made[rng.random(made.shape) < 0.3] = np.nan
    made[rng.random(len(made)) < 0.5] = np.nan
    return only_members(bars["close"].copy(data=made), bars), None


def signals(bars, rng):
    tables = [bars["close"].copy(data=rng.random(bars["close"].shape) < 0.1) for _ in range(2)]
    return only_members(weights_from_signals(bars, *tables), bars), None


def brackets(bars, rng):
    """Exits near the price, also where nothing is held and on bars with orders."""
    exits = bars["close"].to_numpy() * rng.uniform(0.9, 1.1, bars["close"].shape)
    exits[rng.random(exits.shape) < 0.8] = np.nan
    return weights(bars, rng)[0], exits


def targets(bars, rng):
    """Strategies in the array form, each with its calendar."""
    return [
        named("momentum", lookback=int(rng.integers(3, 20))),
        named("time_series_momentum", lookback=10, rebalance="week"),
        named("equal_weight", rebalance="month"),
    ][rng.integers(3)]


def steps(bars, rng):
    """Strategies in the scalar form."""
    return [
        named("mean_reversion", window=int(rng.integers(5, 15))),
        named("moving_average_cross", fast=int(rng.integers(2, 6)), slow=12),
        named("random_entry"),
    ][rng.integers(3)]


def protected(bars, rng):
    """A strategy whose intents are brackets: stops, targets and trailing stops."""
    return named("swing", fast=3, slow=10)


def resized(bars, rng):
    """A strategy whose weights are sized on a calendar."""
    every = ("bar", "week", "month")[rng.integers(3)]
    return sized(lookup("strategy", "mean_reversion"), a_sizer(rng), rebalance=every), {}


def banded(bars, rng):
    """A strategy that is traded back to its weights when they have drifted."""
    return rebalanced(lookup("strategy", "equal_weight"), band=float(rng.uniform(0, 0.1))), {}


WANTED = (weights, signals, brackets, targets, steps, protected, resized, banded)


def drawn(make_bars, seed):
    """A plan and its costs: everything that all engines support."""
    rng = np.random.default_rng([seed, 21])
    bars = make_bars(
        seed, bars=110, symbols=1 + seed % 5, opens=seed % 4 != 0, holes=0.04 * (seed % 3)
    )
    close = bars["close"]
    bars["high"], bars["low"] = (
        close * rng.uniform(1, 1.03, close.shape),
        close * rng.uniform(0.97, 1, close.shape),
    )
    bars = read_bars(bars)
    if seed % 7 == 0:
        member = rng.random(bars["close"].shape) < 0.8
        bars = bars.assign_coords(member=(("time", "symbol"), member))
    fills_at = FILLS_AT[(seed // len(WANTED)) % 3]
    fills_at = "next close" if fills_at == "next open" and "open" not in bars else fills_at
    wanted, exits = WANTED[seed % len(WANTED)](bars, rng)
    if not hasattr(wanted, "dims"):
        wanted, exits = wanted.orders(bars, exits, fills_at=fills_at)
    start = bars.indexes["time"][40] if seed % 5 == 0 else None
    plan = plan_orders(wanted, bars, fills_at=fills_at, exits=exits, start=start)
    fee, slippage, fixed = rng.integers(0, [40, 40, 4])
    return plan, Costs(fee_bps=fee, slippage_bps=slippage, fixed_fee=fixed)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_configurations(make_bars, seed):
    plan, costs = drawn(make_bars, seed)
    compiled, replayed, peer = (
        one.fill_plan(plan, costs, 1e5) for one in (engine, replay, vectorbt)
    )
    for name in ("orders", "cash", "positions", "statuses"):  # not one bit differs
        np.testing.assert_array_equal(getattr(replayed, name), getattr(compiled, name))
    np.testing.assert_array_equal(peer.orders[:, [0, 1, 5]], compiled.orders[:, [0, 1, 5]])
    for name in ("orders", "cash", "positions"):
        np.testing.assert_allclose(getattr(peer, name), getattr(compiled, name), **EQUAL)
    made, theirs = trade_frame(plan, compiled), trade_frame(plan, peer)
    assert trade_frame(plan, replayed).equals(made)
    assert made[["symbol", "entry_time", "exit_time", "open"]].equals(
        theirs[["symbol", "entry_time", "exit_time", "open"]]
    )
    np.testing.assert_allclose(made["pnl"], theirs["pnl"], **EQUAL)


def test_the_configurations_are_worth_comparing(make_bars):
    """Every kind trades, and stops are hit where there are some."""
    for kind in range(len(WANTED)):
        filled = [
            engine.fill_plan(*drawn(make_bars, kind + 8 * turn), 1e5).orders for turn in range(9)
        ]
        assert sum(map(len, filled)) > 50, WANTED[kind].__name__
        hit = sum((orders[:, 5] == EXIT).sum() for orders in filled)
        assert (hit > 0) == (WANTED[kind] in (brackets, protected))


@pytest.mark.parametrize("seed", [3, 4, 6, 12, 31])
def test_the_measures_of_vectorbt_are_ours(make_bars, seed):
    """Over the cash at the start; where no order fills on the first bar the falls agree too."""
    bars = make_bars(seed, bars=200, symbols=3)
    report = simulate(lookup("strategy", "mean_reversion"), bars, parameters={"window": 10})
    made = vectorbt.portfolio(report.decided.plan, Costs(), 1e5)
    of_year = made.get_returns_acc(freq="1D", year_freq="252 days")
    numbers, risk = report.results, report.risk_metrics
    pairs = [
        (numbers.total_return, of_year.total()),
        (numbers.annualized_return, of_year.annualized()),
        (numbers.sharpe_ratio, of_year.sharpe_ratio()),
        (numbers.sortino_ratio, of_year.sortino_ratio()),
        (numbers.calmar_ratio, of_year.calmar_ratio()),
        (numbers.max_drawdown, of_year.max_drawdown()),
        (risk.volatility, of_year.annualized_volatility()),
        (risk.var_95, -of_year.value_at_risk(cutoff=0.05)),
        (numbers.win_rate, made.trades.win_rate()),
        (numbers.profit_factor, made.trades.profit_factor()),
        (numbers.total_trades, made.trades.count()),
        (report.costs.total_commission, made.orders.fees.sum()),
    ]
    ours, theirs = zip(*pairs, strict=True)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert len(report.trades) > 10


def test_where_the_measures_of_vectorbt_differ(make_bars):
    """A year of 365 days, the first close as first peak, an infinite Sharpe ratio of nothing."""
    bars = make_bars(1, bars=60, symbols=1)
    nothing = bars["close"].copy(data=np.full(bars["close"].shape, np.nan))
    idle = simulate(nothing, bars)
    assert np.isnan(idle.results.sharpe_ratio)
    assert np.isinf(vectorbt.portfolio(idle.decided.plan, Costs(), 1e5).sharpe_ratio())

    nothing[0] = 1.0
    costly = Costs(fee_bps=500)
    report = simulate(nothing, bars, costs=costly, fills_at="same close")
    made = vectorbt.portfolio(report.decided.plan, costly, 1e5)
    assert made.sharpe_ratio() / report.results.sharpe_ratio == pytest.approx(np.sqrt(365 / 252))
    equity = report.equity["strategy"]
    assert made.max_drawdown() == pytest.approx((equity / equity.cummax() - 1).min())
    before = np.r_[1e5, equity]
    fallen = (before / np.maximum.accumulate(before) - 1).min()
    assert report.results.max_drawdown == pytest.approx(fallen)
    assert fallen < made.max_drawdown()


def test_vectorbt_does_not_say_why_an_order_was_not_filled(make_bars):
    bars = make_bars(2, bars=20, symbols=1, opens=False)
    bars["close"][5:7] = np.nan
    wanted = bars["close"].copy(data=np.full(bars["close"].shape, np.nan))
    wanted[4] = 1.0
    plan = plan_orders(wanted, bars)
    assert engine.fill_plan(plan, Costs(), 1e5).statuses.tolist() == [0, 0, 0, 0, 1]
    assert vectorbt.fill_plan(plan, Costs(), 1e5).statuses.tolist() == [0] * 5


@pytest.mark.parametrize(
    ("options", "named_as", "refusing"),
    [
        ({"costs": Costs(fee_per_share=0.01)}, "fee_per_share", ["vectorbt"]),
        ({"costs": Costs(minimum_fee=1)}, "minimum_fee", ["vectorbt"]),
        ({"costs": Costs(borrow_bps_per_year=10)}, "borrow", ["vectorbt", "replay"]),
        ({"margin": Margin()}, "margin", ["vectorbt", "replay"]),
        ({"delisting_returns": {"S0": -1.0}}, "delistings", ["vectorbt", "replay"]),
    ],
)
def test_what_an_engine_cannot_do_is_refused(make_bars, options, named_as, refusing):
    bars = make_bars(3, bars=30, symbols=1)
    for one in refusing:
        with pytest.raises(InvalidInput, match=f"{named_as}.*kernel"):
            simulate(lookup("strategy", "buy_and_hold"), bars, engine=one, **options)
    assert len(simulate(lookup("strategy", "buy_and_hold"), bars, **options).orders) == 1
