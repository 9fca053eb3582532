"""What may be claimed, in plain words."""

import json
import math

import numpy as np
import pytest

from workbench.errors import InvalidInput, NoData
from workbench.validation.significance import Maxima, studentised_mean, verdict


def noise(trials, bars=1_260, seed=1):
    return np.random.default_rng(seed).standard_normal((trials, bars)) * 0.01


def asked(returns):
    maxima = Maxima.empty(returns.shape[1])
    maxima.add_returns(returns)
    return maxima


def test_the_best_of_noise_claims_nothing():
    returns = noise(300)
    best = returns[np.argmax([studentised_mean(one) for one in returns])]
    found = verdict(best, asked(returns), sharpe_variance=1 / 1_260)
    assert found.p_value > 0.05
    assert found.t_statistic > 2
    assert found.sentence.startswith("The best of 300 trials (about ")
    assert found.sentence.endswith(f"with probability {found.p_value:.2f}: nothing is claimed.")
    assert found.sentence in repr(found)


def test_a_trial_with_skill_is_more_than_luck():
    returns = noise(300)
    returns[5] += 0.002
    maxima = asked(returns)
    found = verdict(returns[5], maxima)
    assert found.p_value < 0.002
    assert "below 0.002: more than luck, all trials counted" in found.sentence
    assert found.t_statistic > found.critical
    other = verdict(returns[6], maxima)
    assert other.sentence.startswith("This is not the best of 300 trials")
    assert other.p_value > found.p_value


def test_the_trial_is_taken_in_and_the_maxima_stay_as_they_are():
    maxima = asked(noise(20))
    before = maxima.to_bytes()
    found = verdict(noise(1, seed=9)[0] + 0.002, maxima)
    assert maxima.to_bytes() == before
    assert found.sentence.startswith("The best of 20 trials")


def test_one_trial():
    returns = noise(1)[0]
    weak = verdict(returns - returns.mean() + 0.0001)
    assert weak.trials == 1
    assert weak.sentence.startswith("Luck alone would do as well as this one trial with prob")
    assert weak.sentence.endswith("nothing is claimed.")
    strong = verdict(returns - returns.mean() + 0.001)
    assert strong.sentence.endswith("more than luck.")
    assert strong.deflated_sharpe == strong.psr


def test_trials_without_returns_add_their_tail():
    returns = noise(1)[0] + 0.0011
    alone, among = verdict(returns), verdict(returns, unmeasured=1_000)
    assert among.trials == 1_001
    assert among.p_value > 10 * alone.p_value


def test_few_bars_cannot_tell():
    found = verdict(noise(1, 45)[0] + 0.1)
    assert found.sentence == (
        "Cannot tell: 45 bars are too few to tell skill from luck (60 are needed)."
    )
    assert math.isnan(found.p_value)
    assert json.loads(found.model_dump_json())["p_value"] is None
    with pytest.raises(NoData):
        found.plot()
    holes = noise(1, 100)[0]
    holes[:50] = np.nan
    assert verdict(holes).sentence.startswith("Cannot tell: 50 bars")
    assert verdict(np.array([0.1])).sentence.startswith("Cannot tell: 1 bars")


@pytest.mark.parametrize("value", [0.0, 0.01])
def test_constant_returns_cannot_tell(value):
    found = verdict(np.full(300, value), asked(noise(5, 300)))
    assert found.sentence == "Cannot tell: the returns never change."
    assert math.isnan(found.p_value)
    assert found.trials == 5


def test_holes_are_bars_without_a_position():
    returns = noise(1, 500)[0] + 0.001
    holes, flat = returns.copy(), returns.copy()
    holes[100:120], flat[100:120] = np.nan, 0
    assert verdict(holes).p_value == verdict(flat).p_value
    assert verdict(holes).sharpe_per_bar > verdict(flat).sharpe_per_bar


def test_rare_losses_and_long_holdings_are_noted():
    returns = np.full(1_260, 0.001)
    returns[::90] = -0.03
    returns += noise(1)[0] * 0.01
    found = verdict(returns, longest_holding=400)
    assert [note.split()[0] for note in found.notes] == ["Luck", "Losses", "A"]
    assert "note: Losses are rare and large" in repr(found)
    assert found.block_length == 1_260 // 16


def test_survivors_and_the_picture():
    found = verdict(noise(1)[0], survivors=["a"])
    assert found.survivors == ["a"]
    assert found.plot().title.text.startswith("Best of 1 by luck alone")


def test_maxima_of_another_question_are_refused():
    with pytest.raises(InvalidInput, match="another question"):
        verdict(noise(1, 100)[0], Maxima.empty(200))


def test_every_claim_says_what_it_is_against_and_nothing_else_does():
    rng = np.random.default_rng(12)
    noise = rng.normal(0, 0.01, 1_000)
    good, poor = verdict(noise + 0.002), verdict(noise - noise.mean())
    assert good.p_value < 0.05 < poor.p_value
    assert any("earning nothing" in note for note in good.notes)
    assert not any("earning nothing" in note for note in poor.notes)


def test_smoothed_returns_are_named():
    drawn = np.random.default_rng(1).normal(0.0005, 0.01, 520)
    smoothed = np.convolve(drawn, np.ones(10) / 10, "valid")
    assert any("late or smoothed" in note for note in verdict(smoothed).notes)
    assert not any("late or smoothed" in note for note in verdict(drawn).notes)
