"""Laws of an account: what it does not depend on, and where its money went."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.backtest import simulate, simulate_signals
from workbench.data import bars as read_bars
from workbench.market import Costs, Margin

BARS = 40
CASH = 100_000.0
FAST = settings(max_examples=30, deadline=None)
WHEN = st.sampled_from(["next open", "next close", "same close"])
BY_VALUE = st.builds(
    Costs,
    fee_bps=st.sampled_from([0.0, 7.0]),
    slippage_bps=st.sampled_from([0.0, 5.0]),
    spread_bps=st.sampled_from([0.0, 4.0]),
    borrow_bps_per_year=st.sampled_from([0.0, 300.0]),
)
"""Costs in proportion to what is traded or held: the size of the account is nothing to them."""


@st.composite
def markets(draw, *, volume=False):
    """Two to four symbols with opens, highs, lows and holes, and what is wanted of them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    symbols = draw(st.integers(2, 4))
    shape = (BARS, symbols)
    close = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, shape), axis=0))
    opened = close * np.exp(rng.normal(0, 0.01, shape))
    fields = {"open": opened, "close": close}
    fields["high"] = np.maximum(opened, close) * 1.01
    fields["low"] = np.minimum(opened, close) * 0.99
    hole = (rng.random(shape) < draw(st.sampled_from([0.0, 0.05]))) & (np.arange(BARS) > 0)[:, None]
    time = pd.bdate_range("2024-01-01", periods=BARS, name="time")
    names = [f"S{number}" for number in range(symbols)]
    made = read_bars(pd.DataFrame(close, time, names), calendar="24/5", currency="USD")
    for name, table in fields.items():
        made[name] = made["close"].copy(data=np.where(hole, np.nan, table))
    if volume:
        made["volume"] = made["close"].copy(data=rng.uniform(1e4, 1e5, shape))
    wanted = rng.normal(0.2, 0.4, shape)
    wanted[rng.random(shape) < 0.5] = np.nan
    return made, pd.DataFrame(wanted, time, names)


def account(report):
    """Equity, and the orders in money."""
    orders = report.orders
    money = np.where(orders["side"] == "buy", 1, -1) * orders["size"] * orders["price"]
    return report.equity["strategy"].to_numpy(), money.to_numpy()


def at_cells(table, orders):
    """The numbers of a table, time × symbol, at the orders."""
    rows, columns = (
        table.index.get_indexer(orders["time"]),
        table.columns.get_indexer(orders["symbol"]),
    )
    return table.to_numpy()[rows, columns]


@FAST
@given(markets(), BY_VALUE, WHEN, st.sampled_from([1e-3, 7.0, 1e6]))
def test_ten_times_the_money_earns_ten_times_as_much(made, costs, when, times):
    bars, wanted = made
    terms = {"costs": costs, "fills_at": when}
    one, many = (simulate(wanted, bars, initial_cash=CASH * k, **terms) for k in (1.0, times))
    for mine, theirs in zip(account(one), account(many), strict=True):
        np.testing.assert_allclose(theirs, times * mine, rtol=1e-9, atol=1e-6 * times)
    np.testing.assert_allclose(one.returns, many.returns, rtol=1e-7, atol=1e-12)


@FAST
@given(markets(), BY_VALUE, WHEN, st.sampled_from([0.01, 3.0]))
def test_the_unit_of_a_price_is_nothing_to_an_account(made, costs, when, times):
    """Pence or pounds, before or after a split: fewer units of more."""
    bars, wanted = made
    other = bars.map(lambda table: table * times, keep_attrs=True)
    terms = {"costs": costs, "fills_at": when, "initial_cash": CASH}
    one, same = simulate(wanted, bars, **terms), simulate(wanted, other, **terms)
    np.testing.assert_allclose(account(same)[0], account(one)[0], rtol=1e-9)
    np.testing.assert_allclose(same.orders["size"], one.orders["size"] / times, rtol=1e-7)


@FAST
@given(markets(), BY_VALUE, WHEN, st.randoms(use_true_random=False))
def test_the_order_of_the_symbols_changes_nothing(made, costs, when, random):
    bars, wanted = made
    names = list(wanted)
    random.shuffle(names)
    terms = {"costs": costs, "fills_at": when}
    one, other = simulate(wanted, bars, **terms), simulate(wanted, bars.sel(symbol=names), **terms)
    np.testing.assert_allclose(account(other)[0], account(one)[0], rtol=1e-9)
    keys = ["time", "symbol", "side"]
    for frame in ("orders", "trades"):
        left, right = getattr(one, frame), getattr(other, frame)
        assert len(left) == len(right)
    laid = [report.orders.sort_values(keys, kind="stable")["size"] for report in (one, other)]
    np.testing.assert_allclose(laid[1], laid[0], rtol=1e-7, atol=1e-9)


@FAST
@given(markets(volume=True), WHEN, st.sampled_from([0.0, 0.5]), st.sampled_from([None, Margin()]))
def test_every_cent_is_accounted_for(made, when, impact, margin):
    """Profit is what prices did to what was held, less the terms of the cost report."""
    bars, wanted = made
    costs = Costs(
        fee_bps=3, slippage_bps=4, spread_bps=6, fixed_fee=1, fee_per_share=0.01, minimum_fee=2,
        impact=impact, borrow_bps_per_year=200, interest_bps_per_year=500,
    )  # fmt: skip
    report = simulate(wanted, bars, costs=costs, fills_at=when, margin=margin)
    terms, orders = report.costs, report.orders
    table = bars["open" if when == "next open" else "close"].to_pandas()
    table = table.where(table.notna(), bars["close"].to_pandas().ffill())
    quoted = at_cells(table, orders)
    called = (orders["reason"] == "liquidation").to_numpy()
    last = bars["close"].to_pandas().ffill()
    quoted = np.where(called, at_cells(last, orders), quoted)
    signed = np.where(orders["side"] == "buy", 1, -1) * orders["size"].to_numpy()
    held = pd.Series(signed).groupby(orders["symbol"].to_numpy()).sum() if len(orders) else {}
    left = sum(held.get(name, 0.0) * last[name].iloc[-1] for name in wanted)
    gained = left - (signed * quoted).sum()
    lost = (
        terms.total_commission + terms.slippage + terms.spread + terms.impact + terms.borrow
        + terms.interest
    )  # fmt: skip
    earned = report.equity["strategy"].iloc[-1] - report.initial_cash
    assert earned == pytest.approx(gained - lost, rel=1e-9, abs=1e-4)


@FAST
@given(markets(), st.floats(0, 20), st.floats(0, 20), WHEN)
def test_half_a_spread_is_slippage(made, slippage, spread, when):
    bars, wanted = made
    split, joined = (
        simulate(wanted, bars, costs=costs, fills_at=when)
        for costs in (
            Costs(slippage_bps=slippage, spread_bps=spread),
            Costs(slippage_bps=slippage + spread / 2),
        )
    )
    np.testing.assert_allclose(account(split)[0], account(joined)[0], rtol=1e-9)
    both = split.costs.slippage + split.costs.spread
    assert both == pytest.approx(joined.costs.slippage, rel=1e-9, abs=1e-9)


@FAST
@given(markets(), BY_VALUE, WHEN, st.integers(3, BARS - 2), st.integers(0, 2**32 - 1))
def test_what_comes_later_changes_no_order_of_the_past(made, costs, when, cut, seed):
    bars, wanted = made
    rng = np.random.default_rng(seed)
    later = bars.copy(deep=True)
    for name in ("open", "high", "low", "close"):
        later[name][cut:] = rng.uniform(20, 90, later[name][cut:].shape)
    other = wanted.copy()
    known = cut if when == "same close" else cut - 1  # at whose close the first other order is
    other.iloc[known:] = rng.normal(0, 0.5, other.iloc[known:].shape)
    terms = {"costs": costs, "fills_at": when}
    one, two = simulate(wanted, bars, **terms), simulate(other, later, **terms)
    moment = bars.indexes["time"][cut]
    before = [report.orders[report.orders["time"] < moment] for report in (one, two)]
    pd.testing.assert_frame_equal(*before)
    np.testing.assert_array_equal(account(one)[0][:cut], account(two)[0][:cut])


@FAST
@given(markets(), BY_VALUE, WHEN)
def test_a_margin_account_that_borrows_nothing_is_a_cash_account(made, costs, when):
    """Long only and within the cash, leverage and its calls are nothing."""
    bars, wanted = made
    modest = wanted.abs() / (4 * len(wanted.columns))
    terms = {"costs": costs, "fills_at": when}
    cash, margin = (
        simulate(modest, bars, margin=one, **terms)
        for one in (None, Margin(leverage=5, maintenance=0))
    )
    np.testing.assert_allclose(account(margin)[0], account(cash)[0], rtol=1e-9)


@st.composite
def signalled(draw):
    """A market and its signals, long and short."""
    bars, wanted = draw(markets())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tables = [pd.DataFrame(rng.random(wanted.shape) < 0.15, wanted.index, wanted.columns)
              for _ in range(draw(st.sampled_from([2, 4])))]  # fmt: skip
    stops = draw(
        st.sampled_from([{}, {"stop_loss": 0.02}, {"trailing_stop": 0.03, "take_profit": 0.04}])
    )
    return bars, tables, stops


@FAST
@given(signalled(), WHEN, st.sampled_from([1e-3, 1e5]))
def test_accounts_of_signals_know_nothing_of_each_other(made, when, times):
    bars, tables, stops = made
    terms = {"fills_at": when, "costs": Costs(), **stops}
    together = simulate_signals(bars, *tables, **terms)
    for name in tables[0]:
        alone = simulate_signals(
            bars.sel(symbol=[name]), *[one[[name]] for one in tables],
            initial_cash=CASH * times, **terms,
        )  # fmt: skip
        np.testing.assert_allclose(
            alone.equity[name], times * together.equity[name], rtol=1e-9, atol=1e-6 * times
        )
        assert len(alone.trades) == (together.trades["symbol"] == name).sum()


@FAST
@given(signalled(), WHEN, st.integers(3, BARS - 1))
def test_signals_of_the_future_change_nothing(made, when, cut):
    bars, tables, stops = made
    terms = {"fills_at": when, **stops}
    whole = simulate_signals(bars, *tables, **terms)
    part = simulate_signals(bars.isel(time=slice(cut)), *[one[:cut] for one in tables], **terms)
    np.testing.assert_array_equal(part.equity, whole.equity[:cut])


@FAST
@given(signalled(), WHEN)
def test_what_signals_earned_is_the_sum_of_their_trades(made, when):
    bars, tables, stops = made
    report = simulate_signals(bars, *tables, fills_at=when, **stops)
    earned = report.equity.iloc[-1] - report.initial_cash
    traded = report.trades.groupby("symbol")["pnl"].sum().reindex(earned.index, fill_value=0.0)
    np.testing.assert_allclose(traded, earned, rtol=1e-9, atol=1e-6)
