"""Ledoit and Wolf (2008) against a plain transcription of its formulas, arch, and simulation."""

import numpy as np
import pytest

from workbench.errors import InvalidInput, NoData, OutOfRange, TooLittleHistory, UnknownName
from workbench.validation.resampling import sharpe_difference
from workbench.validation.resampling.longrun import (
    automatic_bandwidth,
    long_run_covariance,
    parzen_covariance,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def two_series(seed=0, bars=240, gap=0.0, phi=0.2):
    noise = rng(seed).standard_t(6, (bars, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]]) * 0.01
    for at in range(1, bars):
        noise[at] += phi * noise[at - 1]
    return noise[:, 0] + 0.0005 + gap, noise[:, 1] * 1.5 + 0.00075


# A transcription of the paper's formulas, one loop for each sum.


def plain_parzen(x):
    x = abs(x)
    return 1 - 6 * x**2 + 6 * x**3 if x <= 0.5 else 2 * (1 - x) ** 3 if x <= 1 else 0.0


def plain_slope(m1, m2, g1, g2):
    s1, s2 = (g1 - m1**2) ** 1.5, (g2 - m2**2) ** 1.5
    return np.array([g1 / s1, -g2 / s2, -0.5 * m1 / s1, 0.5 * m2 / s2])


def plain_error(first, second):
    bars = len(first)
    v = np.array([first - first.mean(), second - second.mean(),
                  first**2 - (first**2).mean(), second**2 - (second**2).mean()])  # fmt: skip
    a = (v[:, 1:] @ v[:, :-1].T) @ np.linalg.inv(v[:, :-1] @ v[:, :-1].T)
    u, d, w = np.linalg.svd(a)
    a = u @ np.diag([min(size, 0.97) for size in d]) @ w
    e = v[:, 1:] - a @ v[:, :-1]
    above = below = 0.0
    for row in e:
        y, x = row[1:] - row[1:].mean(), row[:-1] - row[:-1].mean()
        rho = (x @ y) / (x @ x)
        sigma4 = np.mean((y - rho * x) ** 2) ** 2
        above += 4 * rho**2 * sigma4 / (1 - rho) ** 8
        below += sigma4 / (1 - rho) ** 4
    n = e.shape[1]
    s = 2.6614 * (above / below * n) ** 0.2
    psi = np.zeros((4, 4))
    for j in range(-n + 1, n):
        gamma = np.zeros((4, 4))
        for t in range(max(j, 0), min(n, n + j)):
            gamma += np.outer(e[:, t], e[:, t - j]) / n
        psi += plain_parzen(j / s) * gamma
    psi *= n / (n - 4)
    back = np.linalg.inv(np.eye(4) - a)
    psi = back @ psi @ back.T
    m1, m2, g1, g2 = first.mean(), second.mean(), (first**2).mean(), (second**2).mean()
    slope = plain_slope(m1, m2, g1, g2)
    return np.sqrt(slope @ psi @ slope / bars)


def test_the_standard_error_is_that_of_the_formulas():
    first, second = two_series(3, bars=90)
    found = sharpe_difference(first, second, method="hac")
    assert found.standard_error == pytest.approx(plain_error(first, second), rel=1e-9)
    assert found.difference == pytest.approx(
        first.mean() / first.std() - second.mean() / second.std()
    )


def test_the_hac_p_value_is_that_of_the_normal_distribution():
    stats = pytest.importorskip("scipy.stats")
    found = sharpe_difference(*two_series(3), method="hac")
    z = abs(found.difference) / found.standard_error
    assert found.p_value == pytest.approx(2 * stats.norm.sf(z))
    assert found.high - found.difference == pytest.approx(
        stats.norm.ppf(0.975) * found.standard_error
    )


def test_the_parzen_covariance_is_that_of_arch():
    kernels = pytest.importorskip("arch.covariance.kernel")
    values = np.column_stack(two_series(5, bars=150))
    centred = values - values.mean(axis=0)
    theirs = kernels.Parzen(values, bandwidth=11.0, df_adjust=2, center=True)
    weights = [plain_parzen(lag / 12.0) for lag in range(12)]
    np.testing.assert_allclose(theirs.kernel_weights, weights)  # arch divides by bandwidth + 1
    ours = parzen_covariance(centred, 12.0)
    np.testing.assert_allclose(ours, np.asarray(theirs.cov.long_run), rtol=1e-10)


def test_the_long_run_covariance_of_an_autoregression_is_that_of_theory():
    noise, values = rng(1).normal(size=20_000), np.zeros(20_000)
    for at in range(1, 20_000):
        values[at] = 0.5 * values[at - 1] + noise[at]
    centred = (values - values.mean())[:, None]
    assert long_run_covariance(centred)[0, 0] == pytest.approx(4.0, rel=0.1)  # 1 / (1 − 0.5)²
    assert automatic_bandwidth(centred) > automatic_bandwidth(noise[:, None])


def plain_bootstrap(first, second, block, index):
    """Section 3.2.2 of the paper, for drawn positions."""
    bars = len(first)
    base = first.mean() / first.std() - second.mean() / second.std()
    out = []
    for row in index:
        a, b = first[row], second[row]
        m1, m2, g1, g2 = a.mean(), b.mean(), (a**2).mean(), (b**2).mean()
        y = np.column_stack([a - m1, b - m2, a**2 - g1, b**2 - g2])
        psi = np.zeros((4, 4))
        for j in range(bars // block):
            zeta = block**0.5 * y[j * block : (j + 1) * block].mean(axis=0)
            psi += np.outer(zeta, zeta) / (bars // block)
        slope = plain_slope(m1, m2, g1, g2)
        delta = m1 / np.sqrt(g1 - m1**2) - m2 / np.sqrt(g2 - m2**2)
        out.append(abs(delta - base) / np.sqrt(slope @ psi @ slope / bars))
    return np.array(out)


@pytest.mark.kernel
def test_the_bootstrap_is_that_of_the_paper():
    from workbench.validation.resampling import resampled

    first, second = two_series(8, bars=110)
    found = sharpe_difference(first, second, rng(4), block=7, draws=100)
    index = resampled(110, rng(4), draws=100, block=7, which="circular")
    answer = plain_bootstrap(first, second, 7, index)
    np.testing.assert_allclose(found.samples, answer, rtol=1e-8)
    reached = np.sum(answer >= abs(found.difference) / plain_error(first, second))
    assert found.p_value == pytest.approx((1 + reached) / 101)


def test_equal_sharpe_ratios_are_rarely_told_apart_and_different_ones_often():
    """Size at 10% within 3.5 standard errors of 200 simulations; power where theory has it."""
    wrong = found = 0
    for seed in range(200):
        wrong += sharpe_difference(*two_series(seed), rng(seed), draws=199).p_value <= 0.1
    for seed in range(40):
        pair = two_series(seed, gap=0.003)
        found += sharpe_difference(*pair, rng(seed), draws=199).p_value <= 0.1
    assert 0.03 <= wrong / 200 <= 0.175
    assert found / 40 > 0.8


def test_a_series_beside_itself_does_not_differ():
    first, _ = two_series(1)
    found = sharpe_difference(first, first, rng())
    assert (found.difference, found.p_value, found.low, found.high) == (0.0, 1.0, 0.0, 0.0)


def test_swapping_the_series_changes_the_sign_only():
    first, second = two_series(2)
    one = sharpe_difference(first, second, rng(1), block=5, draws=199)
    other = sharpe_difference(second, first, rng(1), block=5, draws=199)
    assert one.difference == -other.difference
    assert one.p_value == other.p_value
    assert one.low == pytest.approx(-other.high)


def test_holes_are_left_out_of_both():
    first, second = two_series(2)
    at = [4, 40]
    holed = np.insert(first, at, np.nan), np.insert(second, at, 0.01)
    assert sharpe_difference(*holed, method="hac") == sharpe_difference(first, second, method="hac")


def test_what_cannot_be_compared_is_refused():
    first, second = two_series(2)
    with pytest.raises(InvalidInput, match="same bars"):
        sharpe_difference(first, second[1:], rng())
    with pytest.raises(InvalidInput, match="generator"):
        sharpe_difference(first, second)
    with pytest.raises(TooLittleHistory):
        sharpe_difference(first[:9], second[:9], rng())
    with pytest.raises(NoData, match="constant"):
        sharpe_difference(first, np.full_like(first, 0.001), rng())
    with pytest.raises(OutOfRange, match="block"):
        sharpe_difference(first, second, rng(), block=200)
    with pytest.raises(OutOfRange, match="draws"):
        sharpe_difference(first, second, rng(), draws=9)
    with pytest.raises(OutOfRange, match="level"):
        sharpe_difference(first, second, rng(), level=0)
    with pytest.raises(UnknownName, match="hac"):
        sharpe_difference(first, second, rng(), method="memmel")


def test_a_difference_is_seen():
    pair = two_series(2)
    drawn = sharpe_difference(*pair, rng(), draws=199)
    assert "p_value" in repr(drawn)
    assert drawn.plot().renderers[0].data_source.data["count"].sum() == 199
    assert sharpe_difference(*pair, method="hac").plot().y_range.factors == ["difference"]
