"""Trials are described, written and judged among all others."""

import math
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.context import Context
from workbench.context.resources import Resources
from workbench.domain.enums import Caller
from workbench.ports import DataScope, Grid, Points, QuestionRecord
from workbench.store import MemoryLedger
from workbench.validation import (
    Attempt,
    SweepAttempt,
    best_by_luck,
    p_on_data,
    p_on_question,
    question_of,
    reason_of,
    record_sweep_trials,
    record_trial,
    scope_of,
)
from workbench.validation.significance import Maxima
from workbench.validation.trials import Recorded, claim_of, related_trials, trial_line

NOON = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def bars():
    time = pd.date_range("2020-01-01", periods=5, name="time")
    close = np.arange(10.0).reshape(5, 2) + 1
    return xr.Dataset(
        {"close": (("time", "symbol"), close)},
        {"time": time, "symbol": ["A", "B"]},
        {"timeframe": "1d", "dataset": "mine"},
    )


@pytest.fixture
def context():
    return Context(clock=lambda: NOON, resources=Resources(ledger=MemoryLedger()))


def attempt(returns=None, parameters=None, question="q", **changes):
    return Attempt(question, "momentum", "0" * 64, parameters or {}, returns=returns, **changes)


def noise(rng, trials=1, bars=252):
    return rng.normal(0.0, 0.01, (trials, bars))


def student(returns):
    """The studentised mean, by hand."""
    return returns.mean(-1) / returns.std(-1, ddof=1) * math.sqrt(returns.shape[-1])


def test_a_question_is_the_data_under_any_name(bars):
    assert question_of(bars) == question_of(bars.assign_attrs(dataset="another"))


@pytest.mark.parametrize(
    "change",
    [
        lambda bars: bars.isel(time=slice(1, None)),
        lambda bars: bars.isel(symbol=[0]),
        lambda bars: bars * 1.01,
        lambda bars: bars.assign_coords(symbol=["A", "C"]),
        lambda bars: bars.assign_attrs(timeframe="1w"),
    ],
)
def test_other_data_are_another_question(bars, change):
    with xr.set_options(keep_attrs=True):
        assert question_of(change(bars)) != question_of(bars)


def test_the_scope_of_a_question_is_its_symbols_and_dates(bars):
    first, last = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 5, tzinfo=UTC)
    assert scope_of(bars) == DataScope("mine", ("A", "B"), first, last, "1d", 5)
    assert scope_of(bars.drop_attrs()).dataset == "your frame"


def test_synthetic_and_short_data_do_not_count(bars):
    assert reason_of(bars) == "fewer than 60 bars"
    assert reason_of(bars.assign_attrs(synthetic=True)) == "synthetic data"
    long = xr.concat([bars] * 12, "time")
    assert reason_of(long) == ""


def test_a_trial_is_written_with_the_time_and_the_caller_of_the_context(context):
    tried = Attempt("q", "momentum", "0123456789abcdefgh", {"top": 1}, {"sharpe": 0.1})
    agent = context.replace(caller=Caller.AGENT)
    assert record_trial(tried, "backtest", context=agent).trial == 1
    [trial] = context.ledger.trials
    assert (trial.subject, trial.verb, trial.at) == ("momentum@0123456789abcdef", "backtest", NOON)
    assert trial.caller == "agent"


def test_a_single_trial_has_its_own_p_value(context):
    returns = noise(np.random.default_rng(1))[0] + 0.002
    made = record_trial(attempt(returns), "backtest", context=context)
    assert made.statistic == pytest.approx(returns.sum() / math.sqrt((returns**2).sum()))
    normal = 1 - NormalDist().cdf(made.statistic)
    assert p_on_question(made) == pytest.approx(normal, abs=0.02)
    assert made.record.best.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1))


def test_each_further_trial_makes_the_same_result_less_surprising(context):
    rng = np.random.default_rng(2)
    good = noise(rng)[0] + 0.0015
    first = p_on_question(record_trial(attempt(good), "backtest", context=context))
    for number, returns in enumerate(noise(rng, 40)):
        record_trial(attempt(returns, {"a": number}), "backtest", context=context)
    again = record_trial(attempt(good), "backtest", context=context)
    assert again.trial == again.maxima.trials == 41
    assert p_on_question(again) > 3 * first


def test_order_and_repeats_do_not_change_what_is_claimed():
    rng = np.random.default_rng(3)
    series = dict(enumerate(noise(rng, 6)))

    def p_value(order):
        context = Context(clock=lambda: NOON, resources=Resources(ledger=MemoryLedger()))
        for number in order:
            tried = attempt(series[number], {"a": number})
            made = record_trial(tried, "backtest", context=context)
        return p_on_question(made), made.trial

    assert p_value([0, 1, 2, 3, 4, 5]) == p_value([4, 3, 3, 2, 1, 0, 0, 2, 5])


def test_a_sweep_and_its_backtests_one_by_one_come_to_the_same():
    returns = noise(np.random.default_rng(4), 6)
    axes = {"fast": [5, 10, 20], "slow": [50, 100]}
    one, other = (
        Context(clock=lambda: NOON, resources=Resources(ledger=MemoryLedger())) for _ in "ab"
    )
    maxima = Maxima.empty(252)
    maxima.add_returns(returns)
    sweep = SweepAttempt(
        "q", "momentum", "0" * 64, Grid(axes), {"top": 3}, maxima=maxima,
        sharpes=student(returns) / math.sqrt(252),
        best=({"fast": 5, "slow": 50},), best_returns=returns[:1],
    )  # fmt: skip
    swept = record_sweep_trials(sweep, context=one)
    points = [(fast, slow) for fast in axes["fast"] for slow in axes["slow"]]
    for (fast, slow), series in zip(points, returns, strict=True):
        tried = attempt(series, {"fast": fast, "slow": slow, "top": 3})
        single = record_trial(tried, "backtest", context=other)
    assert swept.trial == single.trial == 6
    assert swept.maxima.p_value() == single.maxima.p_value()
    assert swept.record.moments.mean == pytest.approx(single.record.moments.mean)
    assert swept.record.moments.variance == pytest.approx(single.record.moments.variance)
    # One of its points, run alone, is nothing new.
    again = attempt(returns[3], {"top": 3, "slow": 100, "fast": 10})
    assert record_trial(again, "backtest", context=one).trial == 6
    assert one.ledger.series("q").trials[0].parameters == {"top": 3, "fast": 5, "slow": 50}


def test_points_of_a_random_search_have_the_fixed_parameters_too(context):
    search = SweepAttempt("q", "momentum", "0" * 64, Points({"a": [1, 2, 2]}), {"top": 3})
    assert record_sweep_trials(search, "optimise", context=context).trial == 2
    single = attempt(parameters={"top": 3, "a": 2})
    assert record_trial(single, "backtest", context=context).trial == 2


@pytest.mark.parametrize(
    ("returns", "reason"),
    [
        (np.full(100, np.inf), "failed: its returns are not finite"),
        (np.zeros(59), "fewer than 60 bars"),
    ],
)
def test_returns_that_are_no_evidence_do_not_count(context, returns, reason):
    made = record_trial(attempt(returns), "backtest", context=context)
    assert (made.trial, made.reason) == (0, reason)
    assert math.isnan(p_on_question(made))
    assert trial_line(made, math.nan) == f"not counted ({reason}): nothing is claimed"
    assert made.record.uncounted == {reason: 1}


def test_trials_without_returns_cost_their_own_tail(context):
    returns = noise(np.random.default_rng(5))[0] + 0.002
    alone = record_trial(attempt(returns), "backtest", context=context)
    for number in range(7):
        record_trial(attempt(parameters={"a": number}), "backtest", context=context)
    made = record_trial(attempt(returns), "backtest", context=context)
    tail = 1 - NormalDist().cdf(made.statistic)
    assert p_on_question(made) == pytest.approx(p_on_question(alone) + 7 * tail)
    assert "(7 of them without returns" in trial_line(made, 0.2)


def test_a_claim_needs_a_small_p_value():
    assert claim_of(0.051) == claim_of(math.nan) == "nothing is claimed"
    assert claim_of(0.05) == "more than luck, all trials counted"
    line = trial_line(Recorded(7, QuestionRecord("q", 7)), 0.312)
    assert line == "trial 7 on this question; family-wise p = 0.31: nothing is claimed"


def test_the_best_of_lucky_trials_is_what_simulation_says():
    best = np.random.default_rng(6).normal(size=(4000, 50)).max(axis=1)
    assert best_by_luck(50, 252) * math.sqrt(252) == pytest.approx(np.median(best), abs=0.03)
    above = best_by_luck(50, 252, 0.95) * math.sqrt(252)
    assert above == pytest.approx(np.quantile(best, 0.95), abs=0.06)


def test_other_questions_on_the_data_are_told_apart(context):
    rng = np.random.default_rng(7)

    def tried(question, symbols, days, returns):
        start = NOON + timedelta(days=days)
        data = DataScope("mine", symbols, start, start + timedelta(days=99), "1d", 252)
        made = attempt(returns, question=question, scope=data)
        return record_trial(made, "backtest", context=context), data

    good = noise(rng)[0] + 0.0015
    first, data = tried("q", ("A", "B"), 0, good)
    assert related_trials(first, data, context=context) is None
    tried("far", ("A",), 400, noise(rng)[0])
    tried("other", ("Z",), 0, noise(rng)[0])
    assert related_trials(first, data, context=context) is None
    tried("near", ("B", "C"), 50, noise(rng)[0])
    found = related_trials(first, data, context=context)
    assert (found.trials, found.questions, found.unmeasured) == (2, 2, 0)
    assert found.p_value >= p_on_question(first)
    assert "2 trials of 2 questions" in found.sentence


def maxima_of(returns):
    found = Maxima.empty(returns.shape[1])
    found.add_returns(returns)
    return found


@pytest.mark.parametrize(
    ("lengths", "low"),
    [
        ([(0, 256), (0, 255), (0, 254), (0, 253)], 0.02),  # four nights: nearly one question
        ([(0, 256), (0, 192), (64, 256), (32, 224)], 0.005),  # overlapping windows
        ([(0, 128), (128, 256)], 0.02),  # two halves
    ],
)
def test_the_best_of_several_questions_is_claimed_no_more_often_than_stated(lengths, low):
    """Noise, ten strategies in each question; the best of all is taken and judged."""
    rng, repeats, rejected = np.random.default_rng(8), 400, 0
    for _ in range(repeats):
        returns = noise(rng, 10, 256)
        parts = [maxima_of(returns[:, start:stop]) for start, stop in lengths]
        records = [QuestionRecord(str(n), 10, maxima=m.to_bytes()) for n, m in enumerate(parts)]
        rejected += p_on_data(max(one.observed for one in parts), records) <= 0.05
    share = rejected / repeats
    assert low <= share <= 0.075


def test_the_night_before_is_counted_nearly_once():
    rng = np.random.default_rng(9)
    returns = noise(rng, 20, 1024)
    nights = [maxima_of(returns[:, : 1024 - back]) for back in range(5)]
    records = [QuestionRecord(str(n), 20, maxima=m.to_bytes()) for n, m in enumerate(nights)]
    statistic = nights[0].critical(0.05)
    alone = p_on_data(statistic, records[:1])
    assert alone <= p_on_data(statistic, records) < 2 * alone


def test_without_maxima_no_p_value_is_known():
    assert math.isnan(p_on_data(2.0, [QuestionRecord("q", 5, unmeasured=5)]))
    known = QuestionRecord("q", 1, maxima=maxima_of(noise(np.random.default_rng(0))).to_bytes())
    assert math.isnan(p_on_data(math.nan, [known]))
