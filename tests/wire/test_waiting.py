"""How long an answer asks to wait, by its own clock and not by ours."""

from __future__ import annotations

import pytest

from workbench.wire import asked_to_wait

DATE = "Mon, 11 Mar 2024 14:00:00 GMT"  # 1710165600 seconds since 1970


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"retry-after": " 0 "}, 0),
        ({"Retry-After": "Mon, 11 Mar 2024 14:01:30 GMT", "Date": DATE}, 90),
        ({"Retry-After": "Mon, 11 Mar 2024 13:00:00 GMT", "Date": DATE}, 0),
        ({"X-RateLimit-Reset": "1710165625", "date": DATE}, 25),
        ({"Retry-After": "3", "X-RateLimit-Reset": "1710165625", "Date": DATE}, 3),
    ],
)
def test_what_it_says_is_read(headers, seconds):
    assert asked_to_wait(headers) == seconds


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Date": DATE},
        {"Retry-After": "soon", "Date": DATE},
        {"Retry-After": "Mon, 11 Mar 2024 14:01:30 GMT"},
        {"X-RateLimit-Reset": "1710165625"},
        {"X-RateLimit-Reset": "never", "Date": DATE},
    ],
)
def test_what_cannot_be_read_is_nothing(headers):
    assert asked_to_wait(headers) is None
