"""News of a run: thinned out, and shown by whoever shows this process."""

from __future__ import annotations

import pytest

from workbench.context import Throttled, current, show_progress, silent
from workbench.context import progress as progress_module


@pytest.fixture
def news(monkeypatch):
    clock = iter(range(1_000))
    monkeypatch.setattr(progress_module, "monotonic", lambda: next(clock) / 100)
    return []


def test_a_slow_display_hears_few_news_and_always_the_last(news):
    told = Throttled(lambda *args: news.append(args), interval_seconds=0.1)
    for step in range(101):
        told(step, 100, "")
    assert news[0] == (0, 100, "")
    assert news[-1] == (100, 100, "")
    assert len(news) < 20


def test_the_process_shows_its_own_runs_when_told_to(news):
    show_progress(lambda *args: news.append(args))
    try:
        current().progress(1, 2, "half")
    finally:
        show_progress(silent)
    current().progress(2, 2, "whole")
    assert news == [(1, 2, "half")]
