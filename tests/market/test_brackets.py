"""The rule of stops and targets: worked by hand, and beside vectorbt's."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.compute import kernel
from workbench.market import Bracket
from workbench.market.brackets import furthest, protective_exit, stop_level

pytestmark = pytest.mark.kernel  # also with the compiler off

NAN = math.nan
LONG, SHORT = 1.0, -1.0
BAR = (100.0, 105.0, 95.0, 102.0)
"""Open, high, low, close."""


@kernel
def built(exposure, stop):
    return Bracket(exposure, stop)


def test_a_kernel_builds_a_bracket():
    made = built(0.5, 90.0)
    assert made.exposure == 0.5
    assert made.stop == 90
    assert math.isnan(made.take)
    assert math.isnan(made.trail)


@pytest.mark.parametrize(
    ("side", "stop", "take", "bar", "price"),
    [
        (LONG, 96.0, NAN, BAR, 96.0),  # the bar falls through the stop
        (LONG, 95.0, NAN, BAR, 95.0),  # touching is enough
        (LONG, 94.0, NAN, BAR, NAN),
        (LONG, 101.0, NAN, BAR, 100.0),  # opened below: the open is all one gets
        (LONG, NAN, 104.0, BAR, 104.0),
        (LONG, NAN, 99.0, BAR, 100.0),  # opened above the target: a better price
        (LONG, NAN, 106.0, BAR, NAN),
        (LONG, 96.0, 104.0, BAR, 96.0),  # both in one bar: the loss counts
        (SHORT, 104.0, NAN, BAR, 104.0),
        (SHORT, 99.0, NAN, BAR, 100.0),
        (SHORT, NAN, 96.0, BAR, 96.0),
        (SHORT, NAN, 101.0, BAR, 100.0),
        (SHORT, 104.0, 96.0, BAR, 104.0),
        (0.0, 96.0, 104.0, BAR, NAN),  # nothing is held
        (LONG, NAN, NAN, BAR, NAN),
        (LONG, 101.0, NAN, (NAN, NAN, NAN, 100.0), 100.0),  # closes only
        (LONG, 101.0, NAN, (103.0, NAN, NAN, 100.0), 101.0),  # from the open to the close
        (LONG, 101.0, 99.0, (NAN, NAN, NAN, NAN), NAN),  # a hole
    ],
)
def test_what_a_bar_hits(side, stop, take, bar, price):
    assert protective_exit(side, (stop, take), bar) == pytest.approx(price, nan_ok=True)


@pytest.mark.parametrize(
    ("side", "stop", "trail", "best", "level"),
    [
        (LONG, 90.0, NAN, 120.0, 90.0),
        (LONG, NAN, 10.0, 120.0, 110.0),
        (LONG, 90.0, 10.0, 120.0, 110.0),
        (LONG, 115.0, 10.0, 120.0, 115.0),
        (SHORT, NAN, 10.0, 80.0, 90.0),
        (SHORT, 85.0, 10.0, 80.0, 85.0),
        (LONG, NAN, NAN, 120.0, NAN),
    ],
)
def test_the_nearer_stop_counts(side, stop, trail, best, level):
    assert stop_level(side, stop, trail, best) == pytest.approx(level, nan_ok=True)


def test_the_best_price_follows_highs_and_lows():
    assert furthest(LONG, 103.0, BAR) == 105
    assert furthest(LONG, 106.0, BAR) == 106
    assert furthest(SHORT, 97.0, BAR) == 95
    assert furthest(LONG, 99.0, (NAN, NAN, NAN, 101.0)) == 101
    assert furthest(SHORT, 99.0, (98.0, NAN, NAN, 101.0)) == 98
    assert furthest(LONG, 99.0, (NAN, NAN, NAN, NAN)) == 99


price = st.floats(50, 150)


@settings(max_examples=50, deadline=None)
@given(
    side=st.sampled_from([LONG, SHORT]),
    entry=price,
    loss=st.floats(0, 0.3),
    gain=st.floats(0, 0.3),
    opened=price,
    closed=price,
    wick=st.floats(0, 20),
)
def test_it_is_the_rule_of_vectorbt(side, entry, loss, gain, opened, closed, wick):
    pytest.importorskip("vectorbt")
    from vectorbt.portfolio.nb import get_stop_price_nb

    high, low = max(opened, closed) + wick, min(opened, closed) - wick
    theirs = get_stop_price_nb(side, entry, loss, opened, low, high, True)
    if np.isnan(theirs):
        theirs = get_stop_price_nb(side, entry, gain, opened, low, high, False)
    levels = entry * (1 - side * loss), entry * (1 + side * gain)
    assert protective_exit(side, levels, (opened, high, low, closed)) == pytest.approx(
        theirs, rel=1e-12, nan_ok=True
    )


@settings(max_examples=50, deadline=None)
@given(side=st.sampled_from([LONG, SHORT]), stop=price, take=price, opened=price, wick=price)
def test_a_fill_lies_inside_its_bar(side, stop, take, opened, wick):
    bar = (opened, opened + wick, opened - wick / 2, opened)
    filled = protective_exit(side, (stop, take), bar)
    assert np.isnan(filled) or bar[2] <= filled <= bar[1]
