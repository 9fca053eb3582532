"""The probability of overfitting beside an implementation of its own, written from the paper."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory
from workbench.validation.significance import backtest_overfitting


def from_the_paper(returns, parts):
    """Section 2.2 step by step, with pandas and no shortcut."""
    table = pd.DataFrame(returns.T)
    numbered = np.array_split(np.arange(len(table)), parts)
    logits = []
    for training in combinations(range(parts), parts // 2):
        inside = table.iloc[np.concatenate([numbered[one] for one in training])]
        others = [numbered[one] for one in range(parts) if one not in training]
        outside = table.iloc[np.concatenate(others)]
        best = (inside.mean() / inside.std()).idxmax()
        rank = (outside.mean() / outside.std()).rank()[best]
        share = rank / (table.shape[1] + 1)
        logits.append(np.log(share / (1 - share)))
    return np.array(logits)


def noise(trials, bars, seed):
    return np.random.default_rng(seed).standard_normal((trials, bars)) * 0.01


@pytest.mark.parametrize(("trials", "bars", "parts"), [(7, 120, 6), (3, 40, 4), (20, 400, 8)])
def test_every_logit_is_that_of_the_paper(trials, bars, parts):
    returns = noise(trials, bars, trials)
    expected = from_the_paper(returns, parts)
    found = backtest_overfitting(returns, parts)
    np.testing.assert_allclose(found.logits, expected)
    assert found.probability == np.mean(expected <= 0)
    assert found.splits == len(expected)


def test_the_best_of_noise_is_as_often_below_the_median_as_above():
    found = [backtest_overfitting(noise(100, 504, seed), 10).probability for seed in range(100)]
    assert 0.42 <= np.mean(found) <= 0.58


def test_one_trial_with_skill_is_recognised():
    found = []
    for seed in range(20):
        returns = noise(100, 2_520, seed)
        returns[17] += 1.5 / np.sqrt(252) * 0.01
        found.append(backtest_overfitting(returns, 10).probability)
    assert np.mean(found) <= 0.25


def test_sixteen_parts_have_12870_splits():
    found = backtest_overfitting(noise(10, 320, 1))
    assert found.splits == 12_870
    assert "splits" in repr(found)
    assert found.plot().title.text.startswith("Overfit in")


def test_constant_trials_have_a_ratio_of_zero():
    returns = noise(4, 64, 2)
    returns[1] = 0
    returns[2] = 0.001
    assert np.isfinite(backtest_overfitting(returns, 4).logits).all()
    assert np.isnan(backtest_overfitting(np.zeros((3, 64)), 4).slope)


def test_what_cannot_be_cut_is_named():
    with pytest.raises(InvalidInput, match="two trials"):
        backtest_overfitting(noise(1, 100, 1))
    with pytest.raises(OutOfRange, match="even number"):
        backtest_overfitting(noise(5, 100, 1), parts=7)
    with pytest.raises(TooLittleHistory):
        backtest_overfitting(noise(5, 20, 1))
