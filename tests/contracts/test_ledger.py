"""Every trial ledger counts alike."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from workbench.errors import InvalidInput
from workbench.ports import (
    BestTrial,
    DataScope,
    Grid,
    Holdout,
    KeptSeries,
    Moments,
    Opening,
    Points,
    SweepTrials,
    Trial,
)
from workbench.store import Database, MemoryLedger, SqlLedger

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def ledger(request, tmp_path):
    if request.param == "memory":
        return MemoryLedger()
    if request.param == "sqlite":
        return SqlLedger(Database(f"sqlite:///{tmp_path}/journal.db"), tmp_path / "trials")
    return SqlLedger(Database(request.getfixturevalue("empty_postgres_url")), tmp_path / "trials")


def trial(parameters=None, question="q", subject="momentum@1", **changes):
    given = {"verb": "backtest", "outcome": {"sharpe": 1.0}, "at": NOON, **changes}
    return Trial(question, subject, parameters or {}, **given)


def sweep(points, question="q", subject="momentum@1", **changes):
    return SweepTrials(question, subject, points, **{"at": NOON, **changes})


def scope(symbols=("A",), start=NOON, days=10):
    return DataScope("mine", tuple(symbols), start, start + days * DAY, "1d", days + 1)


def joined(mark):
    """Folds a letter into the maxima, as bootstrap maxima are merged: whatever the order."""
    return lambda before: bytes(sorted({*before, *mark}))


def test_a_question_that_was_never_asked_has_no_trials(ledger):
    assert ledger.count("q") == 0
    assert ledger.question("q").count == 0
    assert ledger.questions() == []
    assert ledger.series("q") is None


def test_different_parameters_and_subjects_are_different_trials(ledger):
    assert ledger.record(trial({"lookback": 20})) == 1
    assert ledger.record(trial({"lookback": 30})) == 2
    assert ledger.record(trial({"lookback": 30}, subject="momentum@2")) == 3
    assert ledger.count("q") == 3


def test_what_is_assumed_makes_a_trial_another_unless_it_is_nothing(ledger):
    assert ledger.record(trial(assumptions={"costs": {"fee_bps": 1.0}})) == 1
    assert ledger.record(trial(assumptions={"costs": {"fee_bps": 2}})) == 2
    assert ledger.record(trial(assumptions={"costs": {"fee_bps": 1, "borrow_bps": 0.0}})) == 2
    assert (
        ledger.record(trial(assumptions={"costs": {"fee_bps": 1}, "fills_at": "same close"})) == 3
    )


def test_the_same_trial_counts_once(ledger):
    ledger.record(trial({"a": 1, "b": 2}))
    assert ledger.record(trial({"b": 2, "a": 1}, outcome={"sharpe": 2.0})) == 1
    assert ledger.record(trial({"a": 1.0, "b": np.int64(2)}, caller="agent")) == 1
    assert ledger.question("q").callers == {"person": 1}


def test_true_is_not_one(ledger):
    ledger.record(trial({"a": 1}))
    assert ledger.record(trial({"a": True})) == 2


def test_questions_are_counted_apart(ledger):
    ledger.record(trial(question="q"))
    assert ledger.record(trial(question="other")) == 1


def test_an_outcome_may_be_undefined(ledger):
    assert ledger.record(trial(outcome={"sharpe": math.nan, "max": math.inf})) == 1
    assert ledger.question("q").moments == Moments()
    assert ledger.question("q").best is None


def test_what_does_not_count_is_remembered_with_its_reason(ledger):
    assert ledger.record(trial({"a": 1}, reason="failed", sharpe=9.0)) == 0
    assert ledger.record_sweep(sweep(Grid({"a": range(5)}), reason="synthetic")) == 0
    assert ledger.record(trial({"a": 1}, sharpe=0.5)) == 1
    record = ledger.question("q")
    assert record.uncounted == {"failed": 1, "synthetic": 5}
    assert record.best.sharpe == 0.5
    assert record.moments.count == 1


def test_everybody_counts_and_is_named(ledger):
    ledger.record(trial({"a": 1}))
    ledger.record(trial({"a": 2}, caller="agent"))
    ledger.record_sweep(sweep(Grid({"a": [1, 2, 3, 4]}), caller="schedule"))
    record = ledger.question("q")
    assert record.callers == {"agent": 1, "person": 1, "schedule": 2}
    assert record.verbs == {"backtest": 2, "sweep": 2}
    assert record.subjects == ("momentum@1",)


def test_a_grid_counts_every_point_once(ledger):
    grid = Grid({"fast": [5, 10, 20], "slow": [10, 20]})
    assert ledger.record_sweep(sweep(grid)) == 6
    assert ledger.record_sweep(sweep(grid)) == 6
    assert ledger.record_sweep(sweep(Grid({"slow": [10, 20, 50], "fast": [20.0, 30.0]}))) == 10


def test_skipped_points_were_not_tried(ledger):
    axes = {"fast": [5, 10, 20], "slow": [10, 20]}
    impossible = np.array([2, 4, 5])  # (10, 10), (20, 10), (20, 20)
    assert ledger.record_sweep(sweep(Grid(axes, impossible))) == 3
    assert ledger.record(trial({"fast": 20, "slow": 10})) == 4
    assert ledger.record(trial({"fast": 5, "slow": 10})) == 4
    assert ledger.record_sweep(sweep(Grid(axes))) == 6


def test_other_assumptions_are_another_grid(ledger):
    grid = Grid({"a": [1, 2, 3]})
    ledger.record_sweep(sweep(grid))
    assert ledger.record_sweep(sweep(grid, assumptions={"costs": {"fee_bps": 3}})) == 6
    assert ledger.record_sweep(sweep(grid, subject="momentum@2")) == 9


def test_points_are_found_in_grids_and_grids_in_points(ledger):
    columns = {"a": np.array([1, 2, 2, 9]), "b": ["x", "y", "y", "x"]}
    assert ledger.record_sweep(sweep(Points(columns))) == 3  # one is repeated
    assert ledger.record(trial({"a": 9, "b": "x"})) == 3
    assert ledger.record(trial({"a": 7, "b": "x"})) == 4
    assert ledger.record_sweep(sweep(Grid({"a": [1, 2, 7], "b": ["x", "y"]}))) == 7
    assert ledger.record_sweep(sweep(Points({"a": [1, 2, 8], "b": ["y", "x", "y"]}))) == 8


def test_a_value_twice_on_an_axis_is_refused(ledger):
    with pytest.raises(InvalidInput, match="holds a value twice"):
        ledger.record_sweep(sweep(Grid({"a": [1, 1.0]})))
    assert ledger.count("q") == 0


@pytest.mark.parametrize("seed", range(4))
def test_overlapping_sets_are_counted_as_a_list_of_them_would_be(ledger, seed):
    rng = np.random.default_rng(seed)
    seen = set()
    for _ in range(8):
        size = int(rng.integers(1, 6))
        axes = {name: rng.permutation(7)[:size].tolist() for name in ("a", "b")}
        axes["c"] = ["x"]
        total = size * size
        if rng.random() < 0.3:
            columns = {name: rng.integers(0, 7, 9) for name in ("a", "b")} | {"c": ["x"] * 9}
            points, made = Points(columns), list(zip(columns["a"], columns["b"], strict=True))
        else:
            skipped = np.flatnonzero(rng.random(total) < 0.3)
            points = Grid(axes, skipped)
            made = [(a, b) for a in axes["a"] for b in axes["b"]]
            made = [one for at, one in enumerate(made) if at not in skipped]
        seen |= {(int(a), int(b)) for a, b in made}
        single = rng.integers(0, 7, 2).tolist()
        seen.add(tuple(single))
        ledger.record(trial({"a": single[0], "b": single[1], "c": "x"}))
        assert ledger.record_sweep(sweep(points)) == len(seen)


def test_moments_leave_repeats_out(ledger):
    values = np.array([0.1, -0.2, 0.4, np.nan])
    ledger.record(trial({"a": 0}, sharpe=0.1))
    ledger.record_sweep(sweep(Grid({"a": [0, 1, 2, 3]}), sharpes=values))
    moments = ledger.question("q").moments
    assert moments.count == 3
    assert moments.mean == pytest.approx(0.1)
    assert moments.variance == pytest.approx(np.var([0.1, -0.2, 0.4], ddof=1))
    assert (moments.low, moments.high) == (-0.2, 0.4)


def test_moments_without_their_values_are_weighted_down(ledger):
    told = Moments(4, 0.5, 2.0, -1.0, 1.0)
    ledger.record(trial({"a": 0}))
    ledger.record_sweep(sweep(Grid({"a": [0, 1, 2, 3]}), moments=told))
    assert ledger.question("q").moments == Moments(3, 0.5, 1.5, -1.0, 1.0)


def test_the_best_trial_is_remembered(ledger):
    ledger.record(trial({"a": 1}, sharpe=0.1))
    best = KeptSeries((BestTrial("momentum@1", {"a": 5}, 0.3),), np.zeros((1, 3), np.float32))
    ledger.record_sweep(sweep(Grid({"a": [5, 6]}), best=best))
    ledger.record(trial({"a": 2}, sharpe=0.2))
    assert ledger.question("q").best == BestTrial("momentum@1", {"a": 5}, 0.3)


def test_maxima_are_folded_in(ledger):
    ledger.record(trial({"a": 1}), joined(b"x"))
    ledger.record_sweep(sweep(Grid({"a": [5, 6]})), joined(b"yz"))
    ledger.record(trial({"a": 3}, reason="failed"), joined(b"!"))
    assert ledger.question("q").maxima == b"xyz"


def test_a_fold_that_fails_leaves_nothing(ledger):
    def fail(_before):
        raise ZeroDivisionError

    for write in (ledger.record, ledger.record_sweep):
        told = trial({"a": 1}) if write == ledger.record else sweep(Grid({"a": [1]}))
        with pytest.raises(ZeroDivisionError):
            write(told, fail)
    assert ledger.count("q") == 0
    assert ledger.question("q").callers == {}


def test_trials_that_no_maximum_knows_are_told_until_they_are_made_again(ledger):
    for value in (1, 2, 3):
        ledger.record(trial({"a": value}))
    ledger.record(trial({"a": 4}, verb="train"))
    assert ledger.question("q").unmeasured == 3
    ledger.record(trial({"a": 1}), joined(b"x"))
    assert ledger.question("q").unmeasured == 2
    ledger.record_sweep(sweep(Grid({"a": [2, 9]})), joined(b"x"))
    assert ledger.question("q").unmeasured == 1
    ledger.record_sweep(sweep(Points({"a": [3]})), joined(b"x"))
    record = ledger.question("q")
    assert (record.count, record.unmeasured) == (5, 0)


def test_series_of_the_best_are_kept_across_sweeps(ledger):
    def kept(*found):
        trials = tuple(BestTrial("momentum@1", {"a": a}, sharpe) for a, sharpe in found)
        return KeptSeries(trials, np.array([[a, a + 0.5] for a, _ in found], np.float32))

    ledger.record_sweep(sweep(Grid({"a": [1, 2]}), best=kept((1, 0.1), (2, 0.4))))
    ledger.record_sweep(sweep(Grid({"a": [2, 3]}), best=kept((2, 0.4), (3, 0.2))))
    returns = np.array([7.0, 8.0], "<f4").tobytes()
    ledger.record(trial({"a": 7}, sharpe=0.3, returns=returns))
    ledger.record(trial({"a": 8}, sharpe=0.9, returns=returns, reason="synthetic"))
    found = ledger.series("q")
    assert [one.parameters["a"] for one in found.trials] == [2, 7, 3, 1]
    assert found.returns.dtype == np.float32
    assert found.returns.tolist() == [[2, 2.5], [7, 8], [3, 3.5], [1, 1.5]]


def test_no_more_than_a_thousand_series_are_kept(ledger):
    for turn in range(2):
        values = range(turn * 700, turn * 700 + 700)
        trials = tuple(BestTrial("m", {"a": a}, a / 1e4) for a in values)
        best = KeptSeries(trials, np.zeros((700, 2), np.float32))
        ledger.record_sweep(sweep(Grid({"a": values}), best=best))
    found = ledger.series("q")
    assert len(found.trials) == 1000
    assert found.trials[-1].parameters == {"a": 400}


def test_related_questions_share_a_symbol_and_dates(ledger):
    ledger.record(trial(question="one", scope=scope("AB")))
    ledger.record(trial(question="later", scope=scope("BC", NOON + 8 * DAY)))
    ledger.record(trial(question="apart", scope=scope("D")))
    ledger.record(trial(question="long after", scope=scope("A", NOON + 99 * DAY)))
    ledger.record(trial(question="unknown"))
    found = ledger.related(["B", "Z"], NOON, NOON + 10 * DAY)
    assert {one.question for one in found} == {"one", "later"}
    assert {one.question for one in ledger.related(["A"], NOON, NOON)} == {"one"}
    assert ledger.related([], NOON, NOON) == []
    assert ledger.question("one").scope == scope("AB")


def test_the_question_asked_last_comes_first(ledger):
    for at, name in enumerate("abc"):
        ledger.record(trial(question=name, at=NOON + at * DAY))
    ledger.record(trial(question="a", at=NOON + 9 * DAY))
    assert [one.question for one in ledger.questions()] == ["a", "c", "b"]
    assert [one.question for one in ledger.questions(2)] == ["a", "c"]
    first = ledger.question("a")
    assert (first.first_at, first.last_at) == (NOON, NOON + 9 * DAY)


def opening(caller="person", at=NOON, question="q", symbols=("A",), start=NOON, **changes):
    return Opening(question, symbols, start, start + DAY, "m@1", {"a": 1}, caller, at, 7, **changes)


def holdout(symbols=("A", "B"), start=NOON, **changes):
    return Holdout(symbols, "1d", start, "mine", **{"caller": "person", "at": NOON, **changes})


def test_a_holdout_is_opened_once(ledger):
    ledger.record(trial())
    assert ledger.open_holdout(opening()) == opening()
    assert ledger.open_holdout(opening("agent", NOON + DAY)) == opening()
    assert ledger.question("q").openings == (opening(),)
    assert ledger.question("q").count == 1


def test_the_same_bars_are_opened_once_whatever_the_question(ledger):
    first = opening(symbols=("A", "B"))
    ledger.open_holdout(first)
    assert ledger.open_holdout(opening(question="other", symbols=("B", "C"))) == first
    late = opening(question="other", symbols=("B", "C"), start=NOON + DAY)  # the last bar is both
    assert ledger.open_holdout(late) == first
    later = opening(question="other", symbols=("B",), start=NOON + 2 * DAY)
    assert ledger.open_holdout(later) == later
    elsewhere = opening(question="third", symbols=("C",))
    assert ledger.open_holdout(elsewhere) == elsewhere
    assert ledger.openings(["B"], NOON, NOON) == [first]
    assert ledger.openings(["A", "B"], NOON, NOON + 9 * DAY) == [first, later]


def test_an_opening_made_again_stands_beside_the_first(ledger):
    ledger.open_holdout(opening())
    second = opening(at=NOON + DAY, again=True)
    assert ledger.open_holdout(second) == second
    told = ledger.tell_opening(second, {"sharpe": 0.5})
    assert told == opening(at=NOON + DAY, again=True, outcome={"sharpe": 0.5})
    assert ledger.question("q").openings == (opening(), told)
    costs = {"costs": {"fee_bps": 1.0}}
    ledger.open_holdout(opening(assumptions=costs, again=True))
    assert ledger.tell_opening(second, {"sharpe": 0.7}).outcome == {"sharpe": 0.7}
    assert [one.assumptions for one in ledger.question("q").openings] == [{}, {}, costs]


def test_what_was_seen_is_told_to_the_look_that_saw_it(ledger):
    """The same strategy looked again at later bars; the first look keeps its own outcome."""
    first, later = opening(holdout="held"), opening(holdout="more", start=NOON + DAY, again=True)
    for look in (first, later):
        ledger.open_holdout(look)
    assert ledger.tell_opening(first, {"sharpe": 1}) == opening(
        holdout="held", outcome={"sharpe": 1}
    )
    assert [one.outcome for one in ledger.question("q").openings] == [{"sharpe": 1}, {}]


def test_the_bars_of_a_holdout_know_that_they_were_opened(ledger):
    ledger.record(trial(question="held"))
    ledger.open_holdout(opening(holdout="held"))
    assert ledger.question("held").openings == (opening(holdout="held"),)
    assert {one.question for one in ledger.questions()} == {"held", "q"}


def test_what_is_kept_first_stands_until_it_is_opened(ledger):
    first = holdout()
    assert ledger.holdouts(["A"]) == []
    assert ledger.keep_holdout(first) == first
    assert ledger.keep_holdout(holdout(start=NOON + DAY, caller="agent")) == first
    assert ledger.keep_holdout(holdout(symbols=("A",))) == holdout(symbols=("A",))
    ledger.open_holdout(opening(symbols=("A", "B")))
    second = holdout(start=NOON + 2 * DAY)
    assert ledger.keep_holdout(second) == second
    assert ledger.holdouts(["B", "C"]) == [second, first]
