from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain import Timeframe
from workbench.errors import InvalidInput


@given(st.integers(1, 9999), st.sampled_from("smhdwM"))
def test_what_is_written_is_read_again(count, unit):
    timeframe = Timeframe(count, unit)
    assert Timeframe.parse(str(timeframe)) == timeframe
    assert Timeframe.parse(timeframe) is timeframe


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("1h", 3600), ("1w", 604800)]
)
def test_seconds(text, seconds):
    assert Timeframe.parse(text).seconds == seconds


def test_a_day_is_a_session_and_not_intraday():
    assert not Timeframe.parse("1d").is_intraday
    assert Timeframe.parse("1m").is_intraday
    assert not Timeframe.parse("1M").is_intraday


@pytest.mark.parametrize("text", ["", "0m", "m", "1x", "-1d", "1.5h", "10000d", "1D"])
def test_other_texts_are_refused(text):
    with pytest.raises(InvalidInput, match="timeframe"):
        Timeframe.parse(text)
