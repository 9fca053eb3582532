"""Queue positions, by hand after the formulas of hftbacktest's documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.market.venue.queue import LOG, POWER, RISK_AVERSE, after_change, share_behind

pytestmark = pytest.mark.kernel  # also with the compiler off

lots = st.floats(0, 1e6)


def test_risk_averse_moves_only_when_the_level_is_smaller_than_the_queue():
    assert after_change((30.0, 0.0), 100.0, 60.0, RISK_AVERSE, 1.0) == 30.0
    assert after_change((30.0, 0.0), 100.0, 20.0, RISK_AVERSE, 1.0) == 20.0


def test_a_share_of_what_disappears_stood_ahead():
    # 40 ahead, 60 behind, n = 1: 60% of a cancellation is behind, of 20 lots 8 were ahead
    assert share_behind(40.0, 60.0, POWER, 1.0) == pytest.approx(0.6)
    assert after_change((40.0, 0.0), 100.0, 80.0, POWER, 1.0) == pytest.approx(32.0)
    assert share_behind(40.0, 60.0, POWER, 2.0) == pytest.approx(3600 / 5200)
    # the logarithms of 61 and 41 are 4.11087 and 3.71357
    assert share_behind(40.0, 60.0, LOG, 1.0) == pytest.approx(0.525388, abs=1e-6)


def test_what_traded_is_not_counted_twice():
    # 20 lots are gone of which 15 traded and are off the queue already: 5 were cancelled
    assert after_change((40.0, 15.0), 100.0, 80.0, POWER, 1.0) == pytest.approx(38.0)


def test_a_level_that_grows_grows_behind_us():
    for model in (RISK_AVERSE, POWER, LOG):
        assert after_change((40.0, 0.0), 100.0, 150.0, model, 1.0) == 40.0


def test_an_empty_level_has_no_queue():
    assert share_behind(0.0, 0.0, POWER, 2.0) == 1.0
    assert after_change((0.0, 0.0), 0.0, 0.0, LOG, 1.0) == 0.0


@given(ahead=lots, behind=lots, gone=st.floats(0, 1), model=st.sampled_from([POWER, LOG]))
def test_cancellations_never_push_us_back(ahead, behind, gone, model):
    before = ahead + behind
    after = before * (1 - gone)
    made = after_change((ahead, 0.0), before, after, model, 2.0)
    assert made <= min(ahead, after) + 1e-6
