"""The last bars judge once: kept, opened, refused, and told of ever after."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import check_leaks, keep_holdout, open_holdout, run_backtest
from workbench.context import Context
from workbench.context.resources import Resources
from workbench.domain import Caller
from workbench.errors import (
    InvalidInput,
    NoData,
    NotAllowed,
    OutOfRange,
    StoreError,
    TooLittleHistory,
    UnknownName,
    UnusableFrame,
)
from workbench.market.costs import Costs
from workbench.ports import Holdout
from workbench.store import Database, MemoryLedger, SqlLedger
from workbench.validation.trials import get_trial_ledger

NOW = dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)


@pytest.fixture(params=["memory", "sqlite"])
def context(request, tmp_path):
    """The verbs over both ledgers: a dialect may not decide who looks twice."""
    ledger = MemoryLedger()
    if request.param == "sqlite":
        ledger = SqlLedger(Database(f"sqlite:///{tmp_path}/journal.db"), tmp_path / "trials")
    return Context(clock=lambda: NOW, resources=Resources(ledger=ledger))


def prices(bars=400, symbols=("A", "B"), seed=1):
    generator = np.random.default_rng(seed)
    moves = generator.normal(0.0004, 0.01, (bars, len(symbols)))
    index = pd.bdate_range("2022-01-03", periods=bars, name="time")
    return pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), index=index, columns=list(symbols))


def as_agent(context):
    return context.replace(caller=Caller.AGENT)


def test_a_fifth_of_the_bars_is_kept_and_the_first_wish_stands(context):
    table = prices()
    kept = keep_holdout(table, context=context)
    assert (kept.bars, kept.kept_by, kept.kept_at) == (80, "person", NOW)
    assert kept.start.replace(tzinfo=None) == table.index[320]
    assert kept.choose_until == table.index[319].date()
    assert (kept.looks, kept.trials, kept.openings) == (0, 0, [])
    later = keep_holdout(table, 0.5, context=as_agent(context))
    assert later.start == kept.start
    assert "fixed on 2024-05-06 by a person" in later.notes[0]
    assert "closed" in repr(kept)


def test_a_date_may_be_given_instead(context):
    table = prices()
    kept = keep_holdout(table, start_date=table.index[250].date(), context=context)
    assert kept.start.replace(tzinfo=None) == table.index[250]


@pytest.mark.parametrize(("share", "short"), [(0.1, "a hold-out"), (0.9, "choosing")])
def test_both_parts_need_sixty_bars(context, share, short):
    with pytest.raises(TooLittleHistory, match=short):
        keep_holdout(prices(), share, context=context)


def test_it_is_opened_once_and_the_second_look_is_told_of_the_first(context):
    table = prices()
    kept = keep_holdout(table, context=context)
    chosen = {"lookback": 21}
    run_backtest("momentum", table, end_date=kept.choose_until, parameters=chosen, context=context)
    opened = open_holdout("momentum", table, parameters=chosen, context=as_agent(context))
    [look] = opened.openings
    assert (look.caller, look.opened_at, look.trials, look.again) == ("agent", NOW, 1, False)
    assert look.parameters["lookback"] == 21
    assert look.outcome["p_value"] == opened.p_value
    assert opened.backtest.period.bars == 80
    assert opened.backtest.trial == 1
    assert opened.looks == 0
    assert "hold-out" not in opened.claim
    assert opened.plot() is not None
    for caller in (context, as_agent(context)):
        with pytest.raises(NotAllowed, match=r"opened on 2024-05-06 by the agent with momentum"):
            open_holdout("buy_and_hold", table, context=caller)
    with pytest.raises(NotAllowed, match="lookback=21"):
        open_holdout("momentum", table, parameters={"lookback": 42}, context=context)
    with pytest.raises(NotAllowed, match="lookback=21"):
        open_holdout("momentum", table, parameters=chosen, costs=Costs.none(), context=context)


def test_the_same_look_shows_the_same_and_counts_once(context):
    table = prices()
    keep_holdout(table, context=context)
    first = open_holdout("momentum", table, context=as_agent(context))
    second = open_holdout("momentum", table, parameters={"top": 5}, context=context)
    assert second.openings == first.openings
    assert (second.p_value, second.claim) == (first.p_value, first.claim)
    open_holdout("buy_and_hold", table, again=True, context=context)
    third = open_holdout("buy_and_hold", table, again=True, context=context)
    assert [look.again for look in third.openings] == [False, True]


def test_a_symbol_more_makes_no_other_bars(context):
    table = prices()
    keep_holdout(table, context=context)
    open_holdout("buy_and_hold", table, context=context)
    wider = prices(symbols=("A", "C"))
    with pytest.raises(TooLittleHistory, match="nobody has opened"):
        keep_holdout(wider, context=context)
    start = table.index[320].tz_localize("UTC").to_pydatetime()
    context.ledger.keep_holdout(Holdout(("A", "C"), "1d", start, "wider", "person", NOW))
    with pytest.raises(NotAllowed, match="opened on 2024-05-06"):
        open_holdout("buy_and_hold", wider, context=context)


def test_a_person_may_look_again_and_every_later_claim_tells(context):
    table = prices()
    kept = keep_holdout(table, context=context)
    assert not open_holdout("buy_and_hold", table, again=True, context=context).openings[0].again
    once = run_backtest("buy_and_hold", table, end_date=kept.choose_until, context=context)
    assert "its hold-out was opened on 2024-05-06" in once.claim
    with pytest.raises(NotAllowed, match="Only a person"):
        open_holdout("momentum", table, again=True, context=as_agent(context))
    second = open_holdout("momentum", table, again=True, context=context)
    assert [look.again for look in second.openings] == [False, True]
    assert "its hold-out was opened 2 times (2024-05-06, 2024-05-06)" in second.claim
    later = run_backtest("momentum", table, end_date=kept.choose_until, context=context)
    assert "its hold-out was opened 2 times" in later.claim
    [asked] = [
        one for one in get_trial_ledger(context=context).questions if one.verbs.get("backtest")
    ]
    assert asked.holdout_openings == 2
    assert "(2 times)" in repr(get_trial_ledger(context=context))


def test_who_looked_before_it_was_opened_is_told_so(context):
    table = prices()
    keep_holdout(table, context=context)
    peeked = run_backtest("momentum", table, context=context)
    assert any("no longer blind" in note for note in peeked.notes)
    opened = open_holdout("momentum", table, context=context)
    assert opened.looks == 1
    assert "1 trials have seen bars of it" in opened.notes[0]
    assert opened.backtest.all_trials.questions == 2
    again = run_backtest("momentum", table, parameters={"lookback": 30}, context=context)
    assert not any("no longer blind" in note for note in again.notes)


def test_a_backtest_that_failed_may_be_repeated_by_the_same_code_only(context):
    table = prices()
    keep_holdout(table, context=context)
    broken = {"now": True}

    def fragile(bars):
        if broken["now"]:
            raise RuntimeError("no luck")
        return bars["close"] * 0 + 0.5

    with pytest.raises(Exception, match="no luck"):
        open_holdout(fragile, table, context=context)
    with pytest.raises(NotAllowed, match="no luck"):
        open_holdout("buy_and_hold", table, context=context)
    [look] = context.ledger.openings(["A"], NOW.replace(year=2022), NOW)
    assert look.outcome["error"] == "RuntimeError: no luck"
    broken["now"] = False  # what it closes over is part of the code: this is another one
    with pytest.raises(NotAllowed, match="no luck"):
        open_holdout(fragile, table, context=context)


def test_a_backtest_that_failed_by_accident_is_made_good(context, monkeypatch):
    table = prices()
    keep_holdout(table, context=context)

    def killed(*_, **__):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("workbench.backtest.holdout.opening.simulate", killed)
        with pytest.raises(MemoryError):
            open_holdout("momentum", table, context=context)
    [look] = open_holdout("momentum", table, context=context).openings
    assert look.outcome["p_value"] > 0


def test_a_kill_between_the_record_and_the_look_leaves_the_look_to_be_made(context, monkeypatch):
    table = prices()
    keep_holdout(table, context=context)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workbench.backtest.holdout.opening.simulate", killed)
        with pytest.raises(KeyboardInterrupt):
            open_holdout("momentum", table, context=context)
    with pytest.raises(NotAllowed, match="result: not known"):
        open_holdout("buy_and_hold", table, context=context)
    [look] = open_holdout("momentum", table, context=context).openings
    assert look.outcome["p_value"] > 0


@pytest.mark.parametrize("full", ["open_holdout", "record", "tell_opening"])
def test_a_full_disk_shows_nothing_that_is_not_written_down(context, monkeypatch, full):
    table = prices()
    keep_holdout(table, context=context)

    def no_room(*_, **__):
        raise StoreError("The journal cannot be written: no room")

    with monkeypatch.context() as patch:
        patch.setattr(context.ledger, full, no_room)
        with pytest.raises(StoreError, match="no room"):
            open_holdout("momentum", table, context=context)
    if full == "open_holdout":
        assert not keep_holdout(table, context=context).openings
    else:
        with pytest.raises(NotAllowed, match="momentum"):
            open_holdout("buy_and_hold", table, context=context)
    [look] = open_holdout("momentum", table, context=context).openings
    assert look.outcome["p_value"] > 0


def test_the_bars_that_come_later_can_be_kept(context):
    table = prices(bars=470)
    keep_holdout(table.iloc[:400], context=context)
    open_holdout("buy_and_hold", table.iloc[:400], context=context)
    kept = keep_holdout(table, 0.5, context=context)
    assert kept.bars == 70
    assert kept.start.replace(tzinfo=None) == table.index[400]
    assert open_holdout("buy_and_hold", table, context=context).backtest.period.bars == 70


def test_nothing_is_opened_by_a_wrong_request(context):
    table = prices()
    with pytest.raises(InvalidInput, match="keep_holdout"):
        open_holdout("momentum", table, context=context)
    closed = keep_holdout(table, context=context)
    with pytest.raises(UnknownName):
        open_holdout("momentum", table, parameters={"look": 3}, context=context)
    with pytest.raises(TooLittleHistory):
        open_holdout("momentum", table.iloc[:350], context=context)
    assert not keep_holdout(table, context=context).openings
    assert math.isnan(closed.p_value)
    with pytest.raises(NoData, match="open_holdout"):
        closed.plot()


@pytest.mark.parametrize(
    ("strategy", "options", "error"),
    [
        pytest.param(5, {}, InvalidInput, id="a number"),
        pytest.param(object(), {}, InvalidInput, id="an object"),
        pytest.param(
            prices() * 0 + 0.5,
            {"parameters": {"lookback": 3}},
            InvalidInput,
            id="parameters of a table",
        ),
        pytest.param(prices(symbols=("A", "X")) * 0 + 0.5, {}, UnusableFrame, id="another symbol"),
        pytest.param("momentum", {"costs": Costs(impact=1.0)}, InvalidInput, id="impact"),
        pytest.param("momentum", {"initial_cash": -1.0}, OutOfRange, id="debt"),
        pytest.param("momentum", {"initial_cash": math.nan}, OutOfRange, id="no amount"),
        pytest.param(
            "momentum", {"parameters": {"lookback": 500}}, TooLittleHistory, id="too long"
        ),
        pytest.param("momentum", {"parameters": {"lookback": -3}}, OutOfRange, id="negative"),
    ],
)
def test_a_wrong_request_spends_no_holdout(context, strategy, options, error):
    table = prices()
    keep_holdout(table, context=context)
    with pytest.raises(error):
        open_holdout(strategy, table, context=context, **options)
    assert keep_holdout(table, context=context).openings == []


@pytest.mark.parametrize("share", [0.0, 1.0, math.nan])
def test_a_share_is_a_part(context, share):
    with pytest.raises(OutOfRange, match="share"):
        keep_holdout(prices(), share, context=context)


def test_a_table_of_weights_is_judged_too(context):
    table = prices()
    keep_holdout(table, context=context)
    weights = table * 0 + 0.4
    opened = open_holdout(weights, table, context=context)
    assert opened.openings[0].subject.startswith("weights@")


def test_the_leak_check_knows_who_looked(context):
    table = prices()

    def said(frame=table):
        report = check_leaks("buy_and_hold", frame, context=context)
        [check] = [one for one in report.checks if one.name == "hold-out"]
        return check.verdict, check.why, report

    assert said()[0] == "cannot tell"
    kept = keep_holdout(table, context=context)
    assert said()[:2] == (
        "clean",
        f"The hold-out of {kept.start:%Y-%m-%d} was never opened, and no other trial saw it.",
    )
    assert said(table.iloc[:320])[0] == "clean"
    open_holdout("buy_and_hold", table, context=context)
    assert "opened once" in said()[1]
    run_backtest("momentum", table, context=context)
    verdict, why, report = said()
    assert verdict == "leak"
    assert "1 trials saw bars of it" in why
    assert "selection on the hold-out" in {str(one.kind) for one in report.findings}
    open_holdout("momentum", table, again=True, context=context)
    assert "opened 2 times" in said()[1]
