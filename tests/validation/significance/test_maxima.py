"""The running maxima: laws of merging, exactness, and what bad input does."""

import hashlib
import math

import numpy as np
import pytest

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.validation.significance import Maxima, block_edges, multipliers, studentised_mean
from workbench.validation.significance.studentised import penalised


def of(returns, holding=1):
    maxima = Maxima.empty(returns.shape[-1])
    maxima.add_returns(returns, holding)
    return maxima


def noise(trials, bars=640, seed=1):
    return np.random.default_rng(seed).standard_normal((trials, bars)) * 0.01


@pytest.mark.parametrize("blocks", [16, 32, 64, 128])
def test_each_draw_gives_half_of_the_blocks_a_minus(blocks):
    signs = multipliers(blocks)
    assert signs.shape == (blocks, 1_000)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert not signs.sum(axis=0).any()
    distinct = len(np.unique(signs, axis=1).T)
    assert distinct > 900


def test_multipliers_are_the_same_for_ever():
    first = "".join("+" if sign > 0 else "-" for sign in multipliers(16)[:, 0])
    assert first == "----++-+-++++--+"
    assert (
        hashlib.sha256(multipliers(128).astype("i1").tobytes()).hexdigest()[:16]
        == "253b08398e6f2e89"
    )


@pytest.mark.parametrize("bars", [16, 60, 252, 2_520, 8_313])
def test_coarser_blocks_are_made_of_finer_ones(bars):
    finest = block_edges(bars)
    assert finest[0] == 0
    assert finest[-1] == bars
    assert np.ptp(np.diff(finest)) <= 1
    assert set(block_edges(bars, 16)) <= set(finest)


def test_order_and_parts_do_not_matter():
    returns = noise(50)
    whole = of(returns)
    parts = of(returns[30:])
    parts.merge(of(returns[:30]))
    assert parts.trials == whole.trials == 50
    assert parts.observed == pytest.approx(whole.observed)
    np.testing.assert_allclose(parts.maxima, whole.maxima, rtol=1e-5)


def test_equal_trials_change_nothing_but_the_count():
    returns = noise(20)
    once, twice = of(returns), of(np.vstack([returns, returns]))
    assert twice.trials == 40
    np.testing.assert_allclose(twice.maxima, once.maxima, rtol=1e-5)
    assert twice.p_value() == once.p_value()


def test_the_statistic_is_the_t_of_a_textbook_scaled_by_what_signs_do_not_change():
    stats = pytest.importorskip("scipy.stats")
    returns = noise(1, seed=4) ** 2 - 0.0001  # skewed to the right, which is not credited
    bars = returns.shape[1]
    student = stats.ttest_1samp(returns[0], 0).statistic
    scaled = student * math.sqrt(bars / (bars - 1)) / math.sqrt(1 + student**2 / (bars - 1))
    assert of(returns).observed == pytest.approx(scaled)
    assert studentised_mean(returns[0]) == pytest.approx(of(returns).observed)


def test_a_negative_skewness_counts_against_a_trial():
    # Hall (1992) by hand: k = −2/√2500 = −0.04; 4 + k/3·16 + k²/27·64 + k/6
    expected = 4 - 0.0133333333 * 16 + 0.0016 / 27 * 64 - 0.04 / 6
    lowered = penalised(np.array([4.0, 4.0]), np.array([-2.0, 2.0]), 2_500)
    assert lowered == pytest.approx([expected, 4.0])


def test_rare_large_losses_are_mistaken_for_skill_less_often():
    losing = 1 - np.random.default_rng(1).standard_exponential((2_000, 640))
    squares, cubes = (losing**2).sum(axis=1), (losing**3).sum(axis=1)
    sums = np.add.reduceat(losing, block_edges(640)[:-1], axis=1)
    seen, unseen = Maxima.empty(640), Maxima.empty(640)
    seen.add(sums, squares, cubes=cubes)
    unseen.add(sums, squares)
    assert seen.observed < unseen.observed - 0.5
    np.testing.assert_array_equal(seen.maxima, unseen.maxima)


def test_one_trial_has_the_p_value_of_a_t_test():
    stats = pytest.importorskip("scipy.stats")
    many = noise(60, seed=5) + np.linspace(0, 0.002, 60)[:, None]
    expected = stats.ttest_1samp(many, 0, axis=1, alternative="greater").pvalue
    found = np.array([of(returns).p_value() for returns in many])
    assert found.mean() == pytest.approx(expected.mean(), abs=0.01)
    assert found == pytest.approx(expected, abs=0.06)
    assert of(many[0]).effective_trials() == pytest.approx(1, abs=0.1)


def test_independent_trials_are_counted_as_such():
    assert of(noise(400)).effective_trials() == pytest.approx(400, rel=0.15)


def test_copies_count_as_one():
    returns = noise(1)
    scaled = returns * np.linspace(0.5, 3, 200)[:, None]
    assert of(scaled).effective_trials() == pytest.approx(1, abs=0.1)


def test_the_longest_holding_chooses_the_blocks():
    maxima = Maxima.empty(2_520)
    assert maxima.levels == (19, 39, 78, 157)
    maxima.add_returns(noise(3, 2_520), longest_holding=10)
    assert maxima.block_length == 19
    maxima.add_returns(noise(3, 2_520, seed=2), longest_holding=60)
    assert maxima.block_length == 78
    maxima.add_returns(noise(3, 2_520, seed=3), longest_holding=2_000)
    assert maxima.block_length == 157
    assert np.isfinite(maxima.maxima[-1]).all()


def test_bytes_come_back():
    maxima = of(noise(7), holding=30)
    again = Maxima.from_bytes(maxima.to_bytes())
    assert again.to_bytes() == maxima.to_bytes()
    assert (again.bars, again.trials, again.longest_holding) == (640, 7, 30)
    assert again.p_value() == maxima.p_value()
    nothing = Maxima.from_bytes(Maxima.empty(100).to_bytes())
    assert math.isinf(nothing.observed)


@pytest.mark.parametrize("data", [b"", b"x\n", b'{"format": 9, "bars": 100}\n', b'{"format": 1}\n'])
def test_other_bytes_are_refused(data):
    with pytest.raises(InvalidInput, match="no bootstrap maxima"):
        Maxima.from_bytes(data)


def test_what_never_traded_counts_and_says_nothing():
    maxima = of(np.zeros((4, 640)))
    assert maxima.trials == 4
    assert math.isnan(maxima.p_value())
    assert math.isnan(maxima.critical())
    assert maxima.effective_trials() == 0
    maxima.add_returns(np.full((1, 640), 0.001))
    assert math.isinf(maxima.observed)


def test_what_failed_does_not_count():
    maxima = Maxima.empty(640)
    sums = np.ones((3, 128))
    sums[1, 5] = np.nan
    maxima.add(sums, np.array([1.0, 1.0, np.inf]))
    assert maxima.trials == 1


def test_a_hole_is_a_bar_without_a_position():
    returns = noise(2)
    holes = returns.copy()
    holes[:, 100:120] = np.nan
    returns[:, 100:120] = 0
    assert of(holes).to_bytes() == of(returns).to_bytes()


def test_wrong_shapes_are_named():
    maxima = Maxima.empty(640)
    with pytest.raises(InvalidInput, match="640 bars"):
        maxima.add_returns(np.zeros((2, 100)))
    with pytest.raises(InvalidInput, match="128 block sums"):
        maxima.add(np.zeros((2, 100)), np.zeros(2))
    with pytest.raises(InvalidInput, match="128 block sums"):
        maxima.add(np.zeros((2, 128)), np.zeros(3))
    with pytest.raises(InvalidInput, match="another question"):
        maxima.merge(Maxima.empty(641))
    with pytest.raises(TooLittleHistory):
        Maxima.empty(15)
