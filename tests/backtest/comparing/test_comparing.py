"""Runs that differ in one thing differ in that thing, and luck is not called skill."""

import dataclasses
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import run_backtest
from workbench.backtest.comparing import Run, compare, compare_runs, run_of
from workbench.context import Context
from workbench.context.resources import Resources
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.market import Costs
from workbench.ports import DataScope, Trial
from workbench.store import MemoryLedger

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def context():
    return Context(clock=lambda: NOON, resources=Resources(ledger=MemoryLedger()))


@pytest.fixture
def prices(make_bars):
    return make_bars(3, opens=False)["close"].to_pandas()


def ran(prices, context, **options):
    name = options.pop("strategy", "mean_reversion")
    return run_backtest(name, prices, use_gpu=False, context=context, **options)


def test_the_same_run_twice_is_the_same(prices, context):
    one = ran(prices, context)
    found = compare_runs([one, one], context=context)
    assert found.differences == {}
    assert found.sentence == "The runs were asked the same."
    assert found.tests[0].differing_bars == 0
    assert "earns the same" in found.tests[0].sentence


@pytest.mark.parametrize(
    ("changed", "facts", "word"),
    [
        ({"parameters": {"window": 20}}, {"parameter window"}, "parameters"),
        ({"costs": Costs(fee_bps=50)}, {"costs"}, "costs"),
        ({"fills_at": "same close"}, {"fills_at"}, "costs"),
        ({"strategy": "buy_and_hold"}, {"strategy"}, "code"),
        ({"end_date": "2020-12-01"}, {"end", "bars", "data"}, "data"),
    ],
)
def test_what_was_changed_is_what_differs(prices, context, changed, facts, word):
    found = compare_runs([ran(prices, context), ran(prices, context, **changed)], context=context)
    assert facts <= set(found.differences)
    assert set(found.differences) - facts <= {
        "code", "parameter entry_z", "parameter exit_z", "parameter max_hold", "parameter window",
        "parameter allow_short", "parameter max_half_life",
    }  # fmt: skip
    assert word in found.sentence


def test_revised_prices_are_told_from_other_dates(prices, context):
    revised = prices.copy()
    revised.iloc[50, 0] *= 1.01
    found = compare_runs([ran(prices, context), ran(revised, context)], context=context)
    assert set(found.differences) == {"data", "dataset"}  # a table is named by its content
    assert "revised" in found.notes[0]


def run(name, returns, **facts):
    return Run(name, {"strategy": name, "data": "d", **facts}, returns, 252.0)


def test_a_real_difference_is_found_and_noise_is_not():
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2015-01-01", periods=1500)
    noise = pd.Series(rng.normal(0, 0.01, 1500), days)
    better, alike = noise + 0.001, noise + rng.normal(0, 0.0005, 1500)
    found = compare([run("a", better), run("b", noise), run("c", alike)], rng=rng)
    real, _ = found.tests
    assert real.p_value < 0.01
    assert real.low < real.sharpe_difference == pytest.approx(0.001 / 0.01 * 252**0.5, rel=0.1)
    assert "hardly luck" in real.sentence
    same = compare([run("b", noise), run("c", alike)], rng=rng).tests[0]
    assert same.p_value > 0.05
    assert same.correlation > 0.99
    assert "could be luck" in same.sentence


def test_the_first_bar_that_differs_is_named():
    days = pd.bdate_range("2015-01-01", periods=100)
    noise = pd.Series(np.random.default_rng(3).normal(0, 0.01, 100), days)
    other = noise.copy()
    other.iloc[40:] *= 1.5
    found = compare([run("a", noise), run("b", other)], rng=np.random.default_rng(1))
    assert found.tests[0].first_difference == days[40]
    assert found.tests[0].differing_bars == 60
    assert "not deterministic" not in found.sentence
    again = compare([run("a", noise), run("a", other)], rng=np.random.default_rng(1))
    assert "not deterministic" in again.sentence


def test_runs_without_a_shared_bar_are_not_tested(context):
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2015-01-01", periods=200)
    noise = pd.Series(rng.normal(0, 0.01, 200), days)
    found = compare([run("a", noise.iloc[:100]), run("b", noise.iloc[100:])], rng=rng)
    assert "shares no bar" in found.tests[0].sentence
    with pytest.raises(NoData, match="no dated bars"):
        found.plot()
    flat = compare([run("a", noise), run("b", noise * 0)], rng=rng)
    assert "too few or too flat" in flat.tests[0].sentence


def trial(parameters, returns, question="q1"):
    scope = DataScope("mine", ("A", "B"), NOON, NOON, "1d", len(returns))
    return Trial(
        question,
        "momentum@abc",
        parameters,
        "backtest",
        {},
        NOON,
        sharpe=float(returns.mean() / returns.std()),
        returns=returns.astype("<f4").tobytes(),
        scope=scope,
    )


def test_trials_of_the_ledger_are_runs(context):
    rng = np.random.default_rng(5)
    good, bad = rng.normal(0.002, 0.01, 300), rng.normal(-0.002, 0.01, 300)
    context.ledger.record(trial({"lookback": 20}, bad))
    context.ledger.record(trial({"lookback": 90}, good))
    found = compare_runs(["q1#1", "q1#2"], context=context)
    assert found.differences["parameter lookback"] == dict(zip(found.runs, (90, 20), strict=True))
    assert found.tests[0].bars == 300
    assert found.tests[0].p_value < 0.05
    assert found.equity is None
    first = run_of("q1", context.ledger)
    assert first.facts["symbols"] == "A, B"
    np.testing.assert_allclose(first.returns, good, rtol=1e-6)


def test_what_the_ledger_does_not_have_is_named(context):
    with pytest.raises(UnknownName, match="question"):
        run_of("nowhere#1", context.ledger)
    context.ledger.record(trial({}, np.random.default_rng(1).normal(0, 0.01, 100)))
    with pytest.raises(UnknownName, match="place"):
        run_of("q1#9", context.ledger)
    with pytest.raises(InvalidInput, match="no run"):
        run_of(3, context.ledger)
    with pytest.raises(InvalidInput, match="two runs"):
        compare_runs(["q1#1"], context=context)


def test_two_runs_of_one_name_are_lettered_and_drawn(prices, context):
    one = ran(prices, context)
    found = compare_runs([one, one], context=context)
    assert found.runs == ["mean_reversion #1", "mean_reversion #1 (b)"]
    assert len(found.plot().children) == 2
    assert list(found.to_frame().columns) == found.runs


def test_other_code_under_the_same_name_is_other_code(prices, context):
    def named(share):
        def mine(bars):
            return bars["close"] * 0 + share

        return mine

    one, other = (ran(prices, context, strategy=named(share)) for share in (0.25, 0.1))
    found = compare_runs([one, other], context=context)
    assert set(found.differences) == {"code"}
    assert found.sentence == "The runs differ in code."


def test_bars_of_the_ledger_are_counted_by_their_timeframe(context):
    returns = np.random.default_rng(6).normal(0, 0.01, 100)
    context.ledger.record(trial({}, returns))
    assert run_of("q1", context.ledger).periods_per_year == 252.0
    weekly = trial({}, returns, question="q2")
    scope = DataScope("mine", ("A",), NOON, NOON, "1w", 100)
    context.ledger.record(dataclasses.replace(weekly, scope=scope))
    assert run_of("q2", context.ledger).periods_per_year == 52.0
