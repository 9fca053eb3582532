"""Who survives, beside arch's SPA and StepM."""

import numpy as np
import pytest

from workbench.errors import InvalidInput
from workbench.validation.significance import Maxima, step_down


def trials(skilled, count=120, bars=1_280, seed=1):
    generator = np.random.default_rng(seed)
    shared = generator.standard_normal(bars)
    returns = (generator.standard_normal((count, bars)) + 0.7 * shared) * 0.01
    for index, t_value in enumerate(skilled):
        returns[index] += t_value / np.sqrt(bars) * 0.0122
    return returns


@pytest.mark.parametrize("seed", range(4))
def test_the_p_value_is_near_that_of_arch(seed):
    bootstrap = pytest.importorskip("arch.bootstrap")
    returns = trials([2.5], seed=seed)
    maxima = Maxima.empty(returns.shape[1])
    maxima.add_returns(returns)
    peer = bootstrap.SPA(np.zeros(returns.shape[1]), -returns.T, block_size=10, reps=1_000, seed=1)
    peer.compute()
    assert maxima.p_value() == pytest.approx(peer.pvalues["upper"], abs=0.06)


def test_survivors_are_those_of_arch():
    bootstrap = pytest.importorskip("arch.bootstrap")
    returns = trials([7, 6.5, 6, 0, 0])
    peer = bootstrap.StepM(np.zeros(returns.shape[1]), -returns.T, block_size=10, seed=1)
    peer.compute()
    found = step_down(returns)
    assert sorted(found.survivors) == sorted(str(one) for one in peer.superior_models)
    assert set(found.survivors) >= {"0", "1", "2"}


def test_setting_the_best_aside_finds_more():
    returns = trials([], count=3, seed=8)
    returns = np.vstack([returns, returns[:1] * 0.5 + 0.004])
    maxima = Maxima.empty(returns.shape[1])
    maxima.add_returns(returns)
    found = step_down(returns).to_frame()
    single = np.array([maxima.p_value(float(one)) for one in found["t_statistic"]])
    assert (found["p_value"] <= single + 1e-12).all()
    assert (found["p_value"].to_numpy()[1:] < single[1:]).any()


def test_p_values_rise_from_the_best_on():
    found = step_down(trials([5, 3], count=30), [f"t{number}" for number in range(30)])
    values = found.to_frame()["p_value"].to_numpy()
    assert (np.diff(values) >= 0).all()
    assert found.trials[0].trial == "t0"
    assert "survivors" in repr(found)


def test_the_rest_of_a_sweep_counts():
    returns = trials([4.0], count=40)
    rest = Maxima.empty(returns.shape[1])
    rest.add_returns(trials([], count=2_000, seed=3))
    alone, among = step_down(returns), step_down(returns, rest=rest)
    assert among.trials[0].p_value > alone.trials[0].p_value
    assert rest.trials == 2_000


def test_constant_trials_come_last_without_a_p_value():
    returns = trials([5], count=5)
    returns[2] = 0
    found = step_down(returns)
    assert found.trials[-1].trial == "2"
    assert np.isnan(found.trials[-1].p_value)
    assert "2" not in found.survivors


def test_names_must_fit():
    with pytest.raises(InvalidInput, match="as many names"):
        step_down(trials([], count=3), ["a"])
