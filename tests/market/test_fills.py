import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.market.fills import (
    FILLED,
    NOTHING,
    PARTIAL,
    REJECTED,
    UNPRICED,
    buy,
    near,
    rebalance,
    sell,
)

pytestmark = pytest.mark.kernel  # also with the compiler off

TENTH = (0.1, 0.0, 0.0)
"""A fee of 10% and nothing else."""


def test_a_buy_pays_price_slippage_and_fees():
    # 10 units at 100 slip to 101: 1010 and 10% of it and 5 fixed is 1116
    assert buy(2000.0, 0.0, 10.0, 100.0, (0.1, 0.01, 5.0)) == pytest.approx(
        (884.0, 10.0, 10.0, 101.0, 106.0, FILLED)
    )


def test_a_buy_is_cut_to_the_cash_there_is():
    # 1100 pays for 10 units at 100 and the fee of 10%
    assert buy(1100.0, 0.0, 50.0, 100.0, TENTH) == pytest.approx(
        (0.0, 10.0, 10.0, 100.0, 100.0, PARTIAL)
    )


def test_a_buy_without_cash_is_rejected():
    assert buy(0.0, 3.0, 1.0, 100.0, TENTH) == (0.0, 3.0, 0.0, 100.0, 0.0, REJECTED)


def test_a_sale_receives_less_than_the_price():
    # 10 units at 100 slip to 99: 990 less 10% is 891
    assert sell(0.0, 10.0, 10.0, 100.0, (0.1, 0.01, 0.0)) == pytest.approx(
        (891.0, 0.0, 10.0, 99.0, 99.0, FILLED)
    )


def test_a_sale_of_more_than_is_held_goes_short():
    assert sell(0.0, 1.0, 3.0, 100.0, (0.0, 0.0, 0.0))[:2] == (300.0, -2.0)


def test_a_sale_that_does_not_pay_its_fee_is_rejected():
    assert sell(7.0, 1.0, 1.0, 2.0, (0.0, 0.0, 5.0))[-1] == REJECTED


def test_a_target_that_is_held_already_is_no_order():
    assert rebalance((0.0, 1000.0, 100.0), 10.0, 1.0, 100.0, TENTH)[-1] == NOTHING


def test_an_order_without_a_price_is_dropped():
    assert rebalance((1000.0, 1000.0, 100.0), 0.0, 1.0, math.nan, TENTH)[-1] == UNPRICED


def test_an_account_worth_nothing_places_no_order():
    assert rebalance((100.0, -5.0, 100.0), -1.0, 1.0, 100.0, TENTH)[-1] == REJECTED


def test_rounding_is_no_position():
    assert near(0.1 + 0.2, 0.3)
    assert not near(1.0, 1.0001)
    assert sell(0.0, 0.3, 0.1 + 0.2, 1.0, (0.0, 0.0, 0.0))[1] == 0.0


money = st.floats(1, 1e6)
fraction = st.floats(0, 0.05)


@settings(deadline=None)  # the first example compiles the kernel
@given(
    cash=money,
    held=st.floats(-100, 100),
    weight=st.floats(-1, 1),
    price=st.floats(1, 1e4),
    fee=fraction,
    slippage=fraction,
)
def test_what_the_account_loses_is_the_fee_and_the_slippage(
    cash, held, weight, price, fee, slippage
):
    value = cash + held * price
    after, position, size, filled_at, paid, _ = rebalance(
        (cash, value, price), held, weight, price, (fee, slippage, 0.0)
    )
    lost = paid + abs(size) * abs(filled_at - price)
    assert after + position * price == pytest.approx(value - lost, rel=1e-9, abs=1e-6)
    assert after >= 0
