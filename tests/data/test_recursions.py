"""The compiled recursions against values worked by hand and moments of the formula."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.sources.recursions import (
    autoregression,
    garch_variance,
    markov_states,
    square_root_variance,
)

pytestmark = pytest.mark.kernel


def test_a_shock_fades_by_the_persistence():
    values = np.empty(4)
    autoregression(np.array([1.0, 0.0, 2.0, 0.0]), 0.5, values)
    assert values.tolist() == [1.0, 0.5, 2.25, 1.125]


def test_a_chain_stays_while_the_draw_is_below():
    states = np.empty(5)
    markov_states(np.array([0.5, 0.95, 0.5, 0.7, 0.2]), 0.0, 0.9, 0.6, states)
    assert states.tolist() == [0.0, 1.0, 1.0, 0.0, 0.0]


def test_variance_follows_the_last_shock():
    """0.1 + (0.2·1² + 0.5)·1 = 0.8; 0.1 + (0.2·2² + 0.5)·0.8 = 1.14."""
    variance = np.empty(3)
    garch_variance(np.array([1.0, 2.0, 0.0]), 0.1, 0.2, 0.5, 1.0, variance)
    np.testing.assert_allclose(variance, [1.0, 0.8, 1.14])


@pytest.mark.parametrize("start", [0.0005, 0.04, 0.30])
def test_a_step_of_hestons_variance_has_its_exact_moments(start):
    """J. Cox, J. Ingersoll and S. Ross, Econometrica 53, 1985, equation 19; a low start is drawn
    from the exponential tail, a high one from the squared normal."""
    reversion, level, wildness, years = 2.0, 0.04, 0.8, 0.1
    draw, count = np.random.default_rng(5), 20_000
    found = np.empty(count)
    for one in range(count):
        variance = np.array([start, np.nan])
        normal, uniform = draw.standard_normal(1), draw.random(1)
        square_root_variance(normal, uniform, (reversion, level, wildness), years, variance)
        found[one] = variance[1]
    decay = np.exp(-reversion * years)
    mean = start * decay + level * (1 - decay)
    spread = wildness**2 / reversion * (start * (decay - decay**2) + level / 2 * (1 - decay) ** 2)
    assert found.min() >= 0
    assert abs(found.mean() - mean) < 4 * np.sqrt(spread / count)
    error = ((found - mean) ** 2).std() / np.sqrt(count)
    assert abs(((found - mean) ** 2).mean() - spread) < 4 * error
