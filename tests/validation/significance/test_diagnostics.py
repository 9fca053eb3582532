"""Sharpe ratios by themselves: the worked example of the deflated one, and laws."""

import numpy as np
import pytest

from workbench.validation.significance import (
    SharpeMoments,
    deflated_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
    standard_error_hac,
    standard_error_iid,
)

EXAMPLE = SharpeMoments(2.5 / 250**0.5, skewness=-3, kurtosis=10, bars=1_250)
"""Bailey and López de Prado (2014), The Deflated Sharpe Ratio, section 5."""


@pytest.mark.parametrize(("trials", "expected"), [(100, 0.9004), (46, 0.9505)])
def test_the_worked_example_of_the_paper(trials, expected):
    assert deflated_sharpe(EXAMPLE, trials, 0.5 / 250) == pytest.approx(expected, abs=5e-4)


def test_more_trials_deflate_more_and_one_trial_is_the_probability_alone():
    found = [deflated_sharpe(EXAMPLE, trials, 0.5 / 250) for trials in (10, 100, 1_000)]
    assert found == sorted(found, reverse=True)
    assert probabilistic_sharpe(EXAMPLE) > found[0]


def test_the_minimum_track_record_is_where_the_probability_is_reached():
    bars = minimum_track_record(EXAMPLE)
    reached = SharpeMoments(EXAMPLE.sharpe, EXAMPLE.skewness, EXAMPLE.kurtosis, int(np.ceil(bars)))
    assert probabilistic_sharpe(reached) == pytest.approx(0.95, abs=0.01)


def test_errors_are_those_of_a_simulation():
    rng = np.random.default_rng(4)
    drawn = rng.normal(0.1, 1.0, (3_000, 400))
    spread = (drawn.mean(axis=1) / drawn.std(axis=1)).std()
    one = drawn[0]
    assert standard_error_iid(sharpe_moments(one)) == pytest.approx(spread, rel=0.06)
    assert standard_error_hac(one) == pytest.approx(spread, rel=0.35)
