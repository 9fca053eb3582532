"""Counts of effective trials that stand beside the bootstrap's."""

import numpy as np
import pytest

from workbench.validation.significance import cluster_count, correlations, participation_ratio

pytestmark = pytest.mark.kernel


def test_eigenvalues_by_hand():
    # three equal trials and one of its own: eigenvalues 3, 1, 0, 0
    correlation = np.eye(4, dtype=np.float32)
    correlation[:3, :3] = 1
    assert participation_ratio(correlation) == pytest.approx(16 / 10)
    assert cluster_count(correlation) == 2


def test_correlations_are_those_of_numpy():
    returns = np.random.default_rng(1).standard_normal((6, 300))
    found = correlations(returns)
    np.testing.assert_allclose(found, np.corrcoef(returns), atol=1e-5)
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(returns))
    expected = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
    assert participation_ratio(found) == pytest.approx(expected, rel=1e-4)


def test_a_constant_trial_is_alone():
    returns = np.random.default_rng(1).standard_normal((3, 50))
    returns[1] = 0.5
    found = correlations(returns)
    assert not found[1].any()
    assert cluster_count(found) == 3
