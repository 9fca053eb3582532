"""What a bar does to each order, by hand; and the laws that no bar can break."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.market.brackets import protective_exit
from workbench.market.resting import fill_on_bar, fillable, trailed
from workbench.market.venue.layout import LIMIT, MARKET, STOP_LIMIT, STOP_MARKET, TRAILING

pytestmark = pytest.mark.kernel  # also with the compiler off

NAN = math.nan
BAR = (100.0, 106.0, 94.0, 103.0)


@pytest.mark.parametrize(
    ("kind", "side", "limit", "stop", "price", "triggered"),
    [
        (MARKET, 1, NAN, NAN, 100.0, False),
        (LIMIT, 1, 95.0, NAN, 95.0, False),
        (LIMIT, 1, 94.0, NAN, 94.0, False),  # touched
        (LIMIT, 1, 93.9, NAN, NAN, False),
        (LIMIT, 1, 104.0, NAN, 100.0, False),  # opens better
        (LIMIT, -1, 105.0, NAN, 105.0, False),
        (LIMIT, -1, 99.0, NAN, 100.0, False),
        (STOP_MARKET, 1, NAN, 104.0, 104.0, True),
        (STOP_MARKET, 1, NAN, 99.0, 100.0, True),  # a gap fills at the open
        (STOP_MARKET, -1, NAN, 95.0, 95.0, True),
        (STOP_MARKET, -1, NAN, 90.0, NAN, False),
        (TRAILING, -1, NAN, 95.0, 95.0, True),
        (STOP_LIMIT, 1, 105.0, 104.0, 104.0, True),  # set off within the limit
        (STOP_LIMIT, 1, 103.5, 104.0, 103.5, True),  # the close at 103 came back through it
        (STOP_LIMIT, 1, 102.0, 104.0, NAN, True),  # it may have, nobody knows
        (STOP_LIMIT, 1, 102.0, 107.0, NAN, False),
    ],
)
def test_orders_on_a_bar(kind, side, limit, stop, price, triggered):
    made, off = fill_on_bar(kind, side, (limit, stop), BAR)
    assert made == pytest.approx(price, nan_ok=True)
    assert off == triggered


def test_closes_alone_are_bars_too():
    assert fill_on_bar(MARKET, 1, (NAN, NAN), (NAN, NAN, NAN, 50.0))[0] == 50.0
    assert fill_on_bar(LIMIT, 1, (51.0, NAN), (NAN, NAN, NAN, 50.0))[0] == 50.0
    assert math.isnan(fill_on_bar(LIMIT, 1, (51.0, NAN), (NAN, NAN, NAN, NAN))[0])


def test_a_trailing_stop_only_comes_nearer():
    assert trailed(-1, NAN, 5.0, BAR) == 98.0  # from the close
    assert trailed(-1, 98.0, 5.0, BAR) == 101.0  # from the high
    assert trailed(-1, 102.0, 5.0, BAR) == 102.0
    assert trailed(1, 105.0, 5.0, BAR) == 99.0
    assert trailed(1, 105.0, 5.0, (NAN, NAN, NAN, 90.0)) == 95.0
    assert trailed(-1, 80.0, 5.0, (NAN, NAN, NAN, 90.0)) == 85.0
    assert trailed(1, 105.0, 5.0, (NAN, NAN, NAN, NAN)) == 105.0


def test_no_more_than_a_share_of_the_volume():
    assert fillable(100.0, 500.0, 0.1) == 50.0
    assert fillable(20.0, 500.0, 0.1) == 20.0
    assert fillable(20.0, NAN, 0.1) == 20.0
    assert fillable(20.0, 0.0, 0.1) == 0.0


prices = st.floats(1, 1000)
bars = st.tuples(prices, prices, prices, prices).map(
    lambda four: (four[0], max(four), min(four), four[3])
)


@given(
    st.sampled_from([LIMIT, STOP_MARKET, STOP_LIMIT]),
    st.sampled_from([1, -1]),
    prices,
    prices,
    bars,
)
def test_no_fill_outside_the_bar_or_beyond_the_limit(kind, side, limit, stop, bar):
    price, triggered = fill_on_bar(kind, side, (limit, stop), bar)
    if math.isnan(price):
        return
    assert bar[2] <= price <= bar[1]
    if kind != STOP_MARKET:
        assert (limit - price) * side >= 0
    if kind != LIMIT:
        assert triggered
        assert (bar[1] if side > 0 else -bar[2]) >= stop * side


@given(st.sampled_from([1, -1]), prices, prices, bars)
def test_a_stop_and_a_limit_are_the_two_exits_of_a_bracket(position, stop, take, bar):
    by_stop, _ = fill_on_bar(STOP_MARKET, -position, (NAN, stop), bar)
    by_limit, _ = fill_on_bar(LIMIT, -position, (take, NAN), bar)
    expected = by_limit if math.isnan(by_stop) else by_stop
    assert protective_exit(position, (stop, take), bar) == pytest.approx(expected, nan_ok=True)
