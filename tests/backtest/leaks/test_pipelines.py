"""Pipelines: a chain of steps, of which the first that looks ahead is named; fits on the past."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest.leaks import check_leaks
from workbench.errors import InvalidInput


@pytest.fixture
def table(prices):
    return prices.iloc[:150, :2]


def returns(prices):
    return prices.pct_change()


def smoothed(moves):
    return moves.rolling(5).mean()


def scaled_on_all(moves):
    return (moves - moves.mean()) / moves.std()


def signs(moves):
    return np.sign(moves)


CHAIN = [("returns", returns), ("smoothed", smoothed), ("signs", signs)]


def test_a_chain_of_causal_steps_is_clean(table, context):
    report = check_leaks(CHAIN, table, context=context)
    assert report.function == "clean", report
    assert report.subject == "pipeline returns → smoothed → signs"


@pytest.mark.parametrize(("at", "step"), [(0, "ahead"), (2, "scaled"), (3, "last")])
def test_the_first_step_that_looks_ahead_is_named(table, context, at, step):
    leaky = {
        "ahead": lambda prices: prices.shift(-1),
        "scaled": scaled_on_all,
        "last": lambda signs: signs.bfill(),
    }[step]
    steps = [*CHAIN[:at], (step, leaky), *CHAIN[at:]]
    report = check_leaks(steps, table, context=context)
    assert report.function == "leak", report
    assert f"The step {step!r} is the first that looks ahead." in report.notes


class Centred:
    """Takes off the mean of what it was fitted on; an estimator as scikit-learn has them."""

    def fit(self, rows):
        self.mean = rows.mean()
        return self

    def transform(self, rows):
        return rows - self.mean


def test_a_step_that_is_fitted_is_fitted_on_the_past(table, context):
    steps = [("returns", returns), ("centred", Centred()), ("signs", signs)]
    report = check_leaks(steps, table, context=context)
    assert report.function == "clean", report
    assert "first third" in repr(report)


def test_fit_transform_on_the_whole_sample_leaks(table, context):
    steps = [("returns", returns), ("centred", lambda rows: Centred().fit(rows).transform(rows))]
    report = check_leaks(steps, table, context=context)
    assert report.function == "leak"
    assert "The step 'centred' is the first that looks ahead." in report.notes


def test_a_feature_may_come_first(make_bars, context):
    steps = [("sma", "feature:sma"), ("signs", lambda made: np.sign(made - made.shift(time=1)))]
    bars = make_bars(bars=120, symbols=2)
    assert check_leaks(steps, bars, context=context).function == "clean"
    with pytest.raises(InvalidInput, match="only the first step"):
        check_leaks([("returns", returns), ("sma", "feature:sma")], bars, context=context)


def test_what_cannot_be_called_is_no_step(table, context):
    with pytest.raises(InvalidInput, match="'table' of the pipeline"):
        check_leaks([("returns", returns), ("table", pd.DataFrame())], table, context=context)


def test_a_pipeline_of_scikit_learn(table, context):
    pytest.importorskip("sklearn")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    assert check_leaks(make_pipeline(StandardScaler()), table, context=context).function == "clean"
