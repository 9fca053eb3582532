"""Prices and quantities on the grid, always to the side that harms nobody."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain import Side
from workbench.errors import InvalidInput, OutOfRange
from workbench.market.rounding import (
    US_EQUITY_TICKS,
    in_steps,
    round_limit,
    round_quantity,
    round_stop,
    steps_of,
    tick_at,
)

prices = st.decimals("-500", "5000", places=7)
steps = st.sampled_from(["0.01", "0.05", "0.25", "0.0001", "1", "0.03125", "5e-7"]).map(Decimal)


@given(price=prices, tick=steps, side=st.sampled_from(Side))
def test_a_limit_is_never_worse_and_a_stop_never_early(price, tick, side):
    limit, stop = round_limit(price, side, tick), round_stop(price, side, tick)
    assert (price - limit) * side.sign >= 0
    assert (stop - price) * side.sign >= 0
    for made in (limit, stop):
        assert abs(made - price) < tick
        assert made % tick == 0
        assert steps_of(made, tick) * tick == made


@given(quantity=prices, lot=steps)
def test_a_quantity_is_never_more_than_asked(quantity, lot):
    made = round_quantity(quantity, lot)
    assert made % lot == 0
    assert 0 <= abs(quantity) - abs(made) < lot
    assert made * quantity >= 0


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1), steps)
def test_recorded_floats_are_the_ticks_that_they_mean(counts, tick):
    floats = [float(count * tick) for count in counts]
    assert in_steps(floats, tick).tolist() == counts


def test_a_float_is_the_number_that_it_is_written_as():
    assert round_limit(0.3, Side.BUY, "0.1") == Decimal("0.3")  # in binary 0.3 is below 3 tenths
    assert round_limit(1.15, Side.SELL, "0.05") == Decimal("1.15")


def test_the_noise_of_a_product_is_not_a_price():
    assert 9999 * 0.01 > 99.99
    assert round_limit(9999 * 0.01, Side.SELL, "0.01") == Decimal("99.99")
    assert round_stop(9999 * 0.01, Side.BUY, "0.01") == Decimal("99.99")
    assert round_quantity(0.57 * 100, 1) == 57  # 56.99999999999999
    assert round_limit(Decimal("99.9900000000000001"), Side.SELL, "0.01") == 100


def test_ticks_that_depend_on_the_price():
    assert tick_at(Decimal("0.99995"), US_EQUITY_TICKS) == Decimal("0.0001")
    assert tick_at(Decimal(1), US_EQUITY_TICKS) == Decimal("0.01")
    assert round_limit("0.99996", Side.SELL, US_EQUITY_TICKS) == 1
    with pytest.raises(InvalidInput, match=r"No tick holds.*Begin the bands at 0"):
        tick_at(Decimal(1), [(Decimal(2), Decimal(1))])


def test_less_than_the_smallest_order_is_none():
    assert round_quantity("0.0123", "0.001", minimum="0.01") == Decimal("0.012")
    assert round_quantity("0.0099", "0.001", minimum="0.01") == 0


def test_what_is_not_on_the_grid_is_refused():
    with pytest.raises(InvalidInput, match=r"no multiple of 0.25.*Round it"):
        steps_of("1.1", "0.25")
    with pytest.raises(InvalidInput, match=r"price is no multiple of 0.5 .got 1.3.*1 of 3"):
        in_steps([1.0, 1.3, 2.5], "0.5")
    with pytest.raises(InvalidInput, match="size is no multiple"):
        in_steps([np.nan], 1, "size")
    with pytest.raises(OutOfRange, match="lot is out of range"):
        round_quantity(1, 0)
