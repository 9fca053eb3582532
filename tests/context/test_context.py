from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workbench.context import Context, Resources, current
from workbench.domain import Effect, Scope
from workbench.errors import Cancelled, NotAllowed
from workbench.settings import Settings


def test_progress_tells_and_stops():
    told = []
    context = Context(on_progress=lambda *news: told.append(news))
    context.progress(1, 4, "reading")
    context.stop.set()
    with pytest.raises(Cancelled) as stopped:
        context.progress(2, 4, "reading")
    assert told == [(1, 4, "reading")]
    assert (stopped.value.done, stopped.value.total) == (2, 4)


def test_nobody_trades_unless_it_was_granted():
    with pytest.raises(NotAllowed, match="trade"):
        Context().allow(Effect.TRADE)
    Context(scopes=frozenset(Scope)).allow(Effect.TRADE)


def test_randomness_depends_on_seed_and_key_alone():
    one = Context(resources=Resources(settings=Settings(seed=1)))
    same = Context(resources=Resources(settings=Settings(seed=1)))
    other = Context(resources=Resources(settings=Settings(seed=2)))
    draw = one.rng(7).random()
    assert draw == same.rng(7).random()
    assert draw != other.rng(7).random()
    assert draw != one.rng(8).random()


def test_time_is_given():
    noon = datetime(2024, 6, 3, 12, tzinfo=UTC)
    assert Context(clock=lambda: noon).now() == noon
    assert Context().now().tzinfo is UTC


def test_stores_are_given_or_opened_once():
    lake = object()
    context = Context(resources=Resources(lake=lake))
    assert context.lake is lake
    assert context.replace(scopes=frozenset()).lake is lake


def test_every_opener_exists():
    from importlib import import_module

    from workbench.context.resources import OPENERS

    for target in OPENERS.values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))


def test_the_process_has_one_context_for_each_home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "a"))
    first = current()
    assert current() is first
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "b"))
    assert current() is not first
    assert str(tmp_path / "b") in current().settings.resolved_lake_url()
