"""Simulated losses against closed forms, within the error that they report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import Cancelled
from workbench.risk import FittedReturns, ReturnModel, empirical_tail, fit, simulate
from workbench.risk.simulation import CAPTIONS, DRAWS

ANSWERS = json.loads((Path(__file__).parents[1] / "answers" / "tail_risk.json").read_text())
SCALE = 1e-3  # small enough that no return is near -100%


def fitted(mean, factor, degrees=np.inf) -> FittedReturns:
    return FittedReturns(np.empty((0, len(mean))), np.array(mean), np.array(factor), degrees)


def drawn(model, one, amounts, *, horizon=1, simulations=200_000, seed=5):
    rng = np.random.default_rng(seed)
    return simulate(
        one, np.array(amounts), model=model, horizon=horizon, simulations=simulations, rng=rng
    )


def test_every_model_has_a_draw_and_a_caption():
    assert set(DRAWS) == set(CAPTIONS) == set(ReturnModel)


@pytest.mark.parametrize("case", ANSWERS["normal"], ids=str)
def test_normal_model_meets_the_closed_form_within_its_error(case):
    # two independent assets: 0.6² + 0.8² = 1
    deviation = case["deviation"] * SCALE
    one = fitted([-case["mean"] * SCALE / 2] * 2, [[0.6 * deviation, 0.0], [0.0, 0.8 * deviation]])
    found = empirical_tail(drawn(ReturnModel.NORMAL, one, [1.0, 1.0]), case["tail"])
    assert abs(found.var - case["var"] * SCALE) < 4 * found.var_error
    assert abs(found.es - case["es"] * SCALE) < 4 * found.es_error
    assert found.es_error < 0.02 * deviation


@pytest.mark.parametrize("case", ANSWERS["student_t"], ids=str)
def test_student_t_model_meets_the_closed_form_within_its_error(case):
    one = fitted([0.0], [[SCALE]], case["degrees"])
    found = empirical_tail(drawn(ReturnModel.STUDENT_T, one, [1.0]), case["tail"])
    assert abs(found.var - case["var"] * SCALE) < 4 * found.var_error
    assert abs(found.es - case["es"] * SCALE) < 4 * found.es_error


@pytest.mark.parametrize("model", list(ReturnModel))
def test_moments_of_history_come_back(model):
    rng = np.random.default_rng(2)
    mixing = np.array([[0.01, 0.0, 0.0], [0.006, 0.012, 0.0], [-0.004, 0.002, 0.009]])
    history = 0.0005 + rng.standard_t(9, (2_000, 3)) * np.sqrt(7 / 9) @ mixing.T
    weights = np.array([0.5, 0.3, 0.2])
    losses = drawn(model, fit(history, weights), weights)
    portfolio = history @ weights
    assert -losses.mean() == pytest.approx(portfolio.mean(), abs=4 * losses.std() / 200_000**0.5)
    assert losses.std() == pytest.approx(portfolio.std(), rel=0.02)


def test_degrees_of_freedom_are_found_again():
    history = np.random.default_rng(4).standard_t(10, (200_000, 1))
    assert fit(history, np.ones(1)).degrees == pytest.approx(10, rel=0.25)
    assert np.isinf(fit(np.random.default_rng(4).uniform(size=(500, 1)), np.ones(1)).degrees)


def test_collinear_assets_are_no_obstacle():
    rng = np.random.default_rng(8)
    base = rng.normal(0, 0.01, 400)
    history = np.column_stack([base, base, -base, np.zeros(400)])
    weights = np.array([0.5, 0.0, 0.5, 0.0])
    one = fit(history, weights)
    np.testing.assert_allclose(one.factor @ one.factor.T, np.cov(history.T), atol=1e-18)
    assert np.abs(drawn(ReturnModel.NORMAL, one, weights, simulations=1_000)).max() < 1e-9


def test_a_horizon_is_compounded_period_by_period():
    still = fitted([0.10, -0.05], [[0.0, 0.0], [0.0, 0.0]])
    losses = drawn(ReturnModel.NORMAL, still, [100.0, 100.0], horizon=2, simulations=10)
    np.testing.assert_allclose(losses, 100 * (1 - 1.1**2) + 100 * (1 - 0.95**2))


def test_no_more_than_everything_can_be_lost():
    wild = fitted([0.0], [[3.0]])
    assert drawn(ReturnModel.NORMAL, wild, [100.0], horizon=2, simulations=5_000).max() == 100


def test_the_bootstrap_draws_whole_days():
    history = np.array([[0.01, -0.01], [0.02, -0.02], [-0.03, 0.03]])
    losses = drawn(ReturnModel.BOOTSTRAP, fit(history, np.ones(2)), [1.0, 1.0], simulations=1_000)
    np.testing.assert_allclose(losses, 0, atol=1e-15)


def test_a_seed_says_it_all():
    one = fitted([0.0], [[0.01]], 6.0)
    first, second = (drawn(ReturnModel.STUDENT_T, one, [1.0], seed=3) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, drawn(ReturnModel.STUDENT_T, one, [1.0], seed=4))


def test_progress_can_stop_it():
    def stop(done, total, _message):
        raise Cancelled(done, total)

    with pytest.raises(Cancelled):
        simulate(
            fitted([0.0], [[0.01]]),
            np.ones(1),
            model=ReturnModel.NORMAL,
            horizon=1,
            simulations=1_000,
            rng=np.random.default_rng(0),
            progress=stop,
        )
