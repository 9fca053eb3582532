"""Designs are noise with the moments and the dependence that they promise."""

import numpy as np
import pandas as pd
import pytest

from workbench.validation.significance.designs import (
    DAILY,
    DESIGNS,
    follow,
    garch,
    market,
)

pytestmark = pytest.mark.kernel

HELD = {"independent": 1, "fat tails": 1, "variants": 21}
"""Bars that a position lasts at most; look-backs have a test of their own."""


@pytest.mark.parametrize("name", DESIGNS)
def test_nobody_earns_anything(name):
    returns, holding = DESIGNS[name](40, 300, np.random.default_rng(3))
    assert returns.shape == (40, 300)
    assert returns.dtype == np.float32
    assert returns.std() == pytest.approx(DAILY, rel=0.25)
    assert abs(returns.mean()) < 4 * DAILY / np.sqrt(300)
    assert name == "look-backs" or holding == HELD[name]
    again, _ = DESIGNS[name](40, 300, np.random.default_rng(3))
    np.testing.assert_array_equal(returns, again)


def test_wild_and_quiet_times_follow_each_other():
    drawn = garch(60, 400, np.random.default_rng(1)).astype(np.float64)
    squares = drawn**2 - (drawn**2).mean()
    after = (squares[:, 1:] * squares[:, :-1]).mean() / (squares**2).mean()
    before = (drawn[:, 1:] * drawn[:, :-1]).mean() / (drawn**2).mean()
    assert after > 0.04
    assert abs(before) < 0.04
    assert (drawn**4).mean() / (drawn**2).mean() ** 2 > 4


def test_a_look_back_follows_the_sign_of_the_sum_by_hand():
    moves = np.array([[1, 1, -3, 1, 1, 1, -9]], np.float32)
    made = np.empty((1, 4), np.float32)
    # sums of the last three: -1, -1, -1, 3: short, short, short, long
    longest = follow(moves, np.array([3]), made)
    np.testing.assert_array_equal(made, [[-1, -1, -1, -9]])
    assert longest == 3


def test_look_backs_hold_as_long_as_a_sign_lasts():
    """The sums and the runs of their signs counted again by pandas."""
    returns, holding = DESIGNS["look-backs"](200, 600, np.random.default_rng(5))
    moves = pd.DataFrame(market(100, 850, np.random.default_rng(5)).T.astype(np.float64))
    side = np.stack(
        [np.where(moves.rolling(window).sum() >= 0, 1, -1)[249:-1] for window in (125, 250)]
    )
    expected = side * moves.to_numpy()[250:]
    np.testing.assert_allclose(returns, expected.transpose(2, 0, 1).reshape(200, 600), rtol=1e-6)
    flat = pd.DataFrame(side.transpose(1, 2, 0).reshape(600, 200))
    runs = flat.apply(lambda one: one.groupby((one != one.shift()).cumsum()).cumcount() + 1)
    assert holding == runs.to_numpy().max() < 600


def test_neighbouring_look_backs_are_almost_the_same_trial():
    returns, _ = DESIGNS["look-backs"](5_000, 300, np.random.default_rng(1))
    assert np.corrcoef(returns[48], returns[49])[0, 1] > 0.8
    variants, _ = DESIGNS["variants"](100, 300, np.random.default_rng(1))
    assert np.linalg.matrix_rank(variants.astype(np.float64), tol=1e-4) == 20
