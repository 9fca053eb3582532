"""Costs in full: worked by hand, and beside an oracle in exact decimals."""

import math
from decimal import Decimal, getcontext
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.market import Costs, pressure
from workbench.market.fills import (
    FILLED,
    PARTIAL,
    REJECTED,
    UNPRICED,
    affordable,
    buy,
    rebalance,
    sell,
    whole_lots,
)

pytestmark = pytest.mark.kernel  # also with the compiler off

ANSWERS = yaml.safe_load((Path(__file__).parents[1] / "answers" / "costs.yaml").read_text())


def _named(cases):
    return {"argvalues": cases, "ids": [case["what"] for case in cases]}


def _felt(costs, order):
    if not costs.impact:
        return 0.0
    return costs.impact * order["sigma"] / math.sqrt(order["volume"])


@pytest.mark.parametrize("case", **_named(ANSWERS["orders"]))
def test_orders_worked_by_hand(case):
    costs, order = Costs(**case["costs"]), case["order"]
    felt = _felt(costs, order)
    cash, _, size, price, fee, status = buy(
        float(order["cash"]), 0.0, float(order["size"]), float(order["price"]), costs.schedule, felt
    )
    assert status == FILLED
    assert (size, price, fee, cash) == pytest.approx(
        (order["size"], case["price"], case["fee"], case["cash"])
    )


@pytest.mark.parametrize("case", **_named(ANSWERS["cut"]))
def test_what_is_cut_to_the_cash_worked_by_hand(case):
    costs, order = Costs(**case["costs"]), case["order"]
    lot = float(order.get("lot", 0))
    cash, position, size, _, fee, status = buy(
        float(order["cash"]), 0.0, 1e6, float(order["price"]), costs.schedule, 0.0, lot
    )
    assert status == PARTIAL
    assert (size, position, fee) == pytest.approx((case["size"], case["size"], case["fee"]))
    assert cash == pytest.approx(order["cash"] - size * order["price"] - fee, abs=1e-9)


def _cost(size, price, costs, felt):
    """What a buy takes, in decimals."""
    fee, slippage, fixed, per_share, minimum = (Decimal(one) for one in costs.schedule)
    value = size * price * (1 + slippage + felt * size.sqrt())
    return value + max(value * fee + size * per_share, minimum) + fixed


def _most(cash, price, costs, felt):
    """The most that cash pays for, by halving."""
    low, high = Decimal(0), cash / price + 1
    for _ in range(160):
        middle = (low + high) / 2
        low, high = (middle, high) if _cost(middle, price, costs, felt) <= cash else (low, middle)
    return low


@settings(max_examples=60, deadline=None)
@given(
    cash=st.floats(100, 1e6),
    price=st.floats(1, 1e3),
    costs=st.builds(
        Costs,
        fee_bps=st.floats(0, 100),
        slippage_bps=st.floats(0, 100),
        spread_bps=st.floats(0, 100),
        fixed_fee=st.floats(0, 20),
        fee_per_share=st.floats(0, 0.1),
        minimum_fee=st.floats(0, 30),
    ),
    felt=st.sampled_from([0.0, 1e-5, 1e-3]),
)
def test_the_most_that_cash_buys_is_that_of_exact_decimals(cash, price, costs, felt):
    getcontext().prec = 50
    oracle = float(_most(Decimal(cash), Decimal(price), costs, Decimal(felt)))
    found = affordable(cash, price, costs.schedule, felt)
    assert found == pytest.approx(oracle, rel=1e-11, abs=1e-9)
    left, _, size, paid, charged, status = buy(cash, 0.0, 1e9, price, costs.schedule, felt)
    assert status == PARTIAL
    assert left == 0
    assert size * paid + charged == pytest.approx(cash, rel=1e-12)


def test_three_rates_are_a_schedule_without_the_rest():
    costs = Costs(fee_bps=10, slippage_bps=5, fixed_fee=1)
    assert costs.schedule == (*costs.rates, 0, 0)
    order = (1e4, 0.0, 20.0, 50.0)
    assert buy(*order, costs.rates) == buy(*order, costs.schedule)
    assert sell(*order, costs.rates) == sell(*order, costs.schedule)


def test_an_order_that_rested_pays_the_maker_fee():
    assert Costs(fee_bps=5, maker_fee_bps=-1, spread_bps=4).resting == pytest.approx(
        (-1e-4, 0, 0, 0, 0)
    )
    assert Costs(fee_bps=5).resting[0] == Costs(fee_bps=5).schedule[0]


def test_cash_below_the_least_fee_buys_nothing():
    costs = Costs(fee_bps=0, slippage_bps=0, minimum_fee=10)
    assert buy(9.0, 0.0, 1.0, 5.0, costs.schedule)[-1] == REJECTED


def test_an_impact_beyond_the_price_leaves_nothing():
    cash, position, size, price, _, status = sell(0.0, 100.0, 100.0, 50.0, (0.0, 0.0, 0.0), 0.2)
    assert (cash, position, size, price, status) == (0, 0, 100, 0, FILLED)


def test_nobody_trades_the_symbol():
    order = ((1000.0, 1000.0, 100.0), 0.0, 1.0, 100.0, (0.0, 0.0, 0.0))
    assert rebalance(*order, math.nan)[-1] == UNPRICED


@pytest.mark.parametrize(
    ("size", "lot", "whole"),
    [(7.9, 1.0, 7.0), (0.3, 0.1, 0.3), (0.29, 0.1, 0.2), (7.9, 0.0, 7.9), (99.0, 100.0, 0.0)],
)
def test_lots_are_whole(size, lot, whole):
    assert whole_lots(size, lot) == pytest.approx(whole, abs=1e-12)


def test_a_position_is_closed_whole_whatever_the_lot():
    account = (0.0, 750.0, 100.0)
    assert rebalance(account, 7.5, 0.0, 100.0, (0.0, 0.0, 0.0), 0.0, 1.0)[1] == 0
    assert rebalance(account, 7.5, 0.5, 100.0, (0.0, 0.0, 0.0), 0.0, 1.0)[1] == 4.5


def test_pressure_knows_only_the_bars_before():
    rng = np.random.default_rng(4)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (60, 2)), axis=0))
    volume = rng.uniform(1e5, 1e6, close.shape)
    found = pressure(close, volume)
    returns = close[20:40, 0] / close[19:39, 0] - 1
    assert found[40, 0] == pytest.approx(returns.std(ddof=1) / math.sqrt(volume[20:40, 0].mean()))
    assert (found[:3] == 0).all()
    assert (found[3:] > 0).all()
    later_close, later_volume = close.copy(), volume.copy()
    later_close[30:] *= 3
    later_volume[30:] *= 7
    np.testing.assert_array_equal(pressure(later_close, later_volume)[:31], found[:31])


def test_without_any_volume_there_is_no_market():
    close = np.linspace(100, 110, 30)[:, None]
    assert np.isnan(pressure(close, np.zeros_like(close))[3:]).all()


def test_all_terms_read_as_words():
    text = str(Costs(minimum_fee=1, spread_bps=4, impact=1, borrow_bps_per_year=50))
    assert text.endswith(
        "+ at least 1 an order + half of 4 bps spread + 1 σ√(Q/V) impact + 50 bps a year to borrow"
    )
