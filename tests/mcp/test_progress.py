"""Progress is thinned out and always rises."""

from __future__ import annotations

import pytest

from workbench.mcp import progress
from workbench.mcp.progress import Reporter


@pytest.fixture
def told(monkeypatch):
    clock = {"now": 0.0}
    monkeypatch.setattr(progress, "monotonic", lambda: clock["now"])
    news = []
    reporter = Reporter(lambda *args: news.append(args))

    def tell(done, total=10, *, after=1.0):
        clock["now"] += after
        reporter(done, total, "")
        return news

    return tell


def test_every_report_is_sent_when_they_are_rare(told):
    for step in range(3):
        news = told(step)
    assert news == [(0, 10, ""), (1, 10, ""), (2, 10, "")]


def test_reports_in_quick_succession_are_left_out_but_not_the_last(told):
    for step in range(11):
        news = told(step, after=0.001)
    assert [done for done, _, _ in news] == [0, 10]


def test_a_second_phase_goes_on_where_the_first_ended(told):
    for done in (0, 5, 10, 0, 5, 10):
        news = told(done)
    assert [done for done, _, _ in news] == [0, 5, 10, 15, 20]
    assert news[-1] == (20, 20, "")


def test_the_same_is_not_told_twice(told):
    told(3)
    assert len(told(3)) == 1
