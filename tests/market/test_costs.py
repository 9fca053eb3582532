import pytest
from pydantic import ValidationError

from workbench.market import Costs


def test_basis_points_become_fractions():
    assert Costs(fee_bps=10, slippage_bps=5, fixed_fee=1).rates == pytest.approx((1e-3, 5e-4, 1.0))


def test_trading_costs_something_unless_said_otherwise():
    assert Costs().fee_bps > 0
    assert Costs().slippage_bps > 0
    assert Costs.none().rates == (0, 0, 0)


def test_a_negative_cost_is_refused():
    with pytest.raises(ValidationError, match="fee_bps"):
        Costs(fee_bps=-1)


def test_costs_read_as_words():
    assert str(Costs(fixed_fee=2)) == "1 bps fee + 2 bps slippage + 2 an order"
