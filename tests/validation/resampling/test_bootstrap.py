"""Block lengths and intervals against arch and scipy; laws of the draws."""

import math

import numpy as np
import pytest

from workbench.errors import OutOfRange, TooLittleHistory, UnknownName
from workbench.validation import MEASURES, Measure
from workbench.validation.resampling import (
    block_lengths,
    bootstrap_intervals,
    resampled,
    wealth_paths,
)
from workbench.validation.resampling.intervals import bca_quantiles
from workbench.validation.resampling.sampling import COMPILED, jackknifed, sampled


def rng(seed=0):
    return np.random.default_rng(seed)


def autoregressive(phi, bars=400, seed=0):
    noise, values = rng(seed).normal(0, 0.01, bars), np.zeros(bars)
    for at in range(1, bars):
        values[at] = phi * values[at - 1] + noise[at]
    return values


@pytest.mark.parametrize("phi", [-0.4, 0.0, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("seed", [1, 2])
def test_block_lengths_are_those_of_arch(phi, seed):
    bootstrap = pytest.importorskip("arch.bootstrap")
    series = autoregressive(phi, seed=seed)
    theirs = bootstrap.optimal_block_length(series).iloc[0]
    ours = block_lengths(series)
    assert ours["stationary"] == pytest.approx(max(theirs["stationary"], 1.0))
    assert ours["circular"] == pytest.approx(max(theirs["circular"], 1.0))


def test_block_lengths_grow_with_the_memory_of_a_series_and_a_constant_has_none():
    lengths = [block_lengths(autoregressive(phi, 2_000))["circular"] for phi in (0.0, 0.5, 0.9)]
    assert lengths == sorted(lengths)
    assert lengths[0] < 5 < lengths[2]
    assert block_lengths(np.full(50, 0.01)) == {"stationary": 1.0, "circular": 1.0}
    holes = np.insert(autoregressive(0.5), [3, 9], np.nan)
    assert block_lengths(holes) == block_lengths(autoregressive(0.5))


@pytest.mark.kernel
def test_circular_blocks_are_equally_long_and_wrap_around():
    index = resampled(50, rng(), draws=200, block=7, which="circular")
    follows = (np.diff(index, axis=1) % 50) == 1
    inside = np.arange(1, 50) % 7 != 0
    assert follows[:, inside].all()
    assert follows[:, ~inside].mean() < 0.1  # a new block rarely begins where the last one ended
    counts = np.bincount(index.ravel(), minlength=50)
    assert counts.min() > 0.5 * counts.mean()  # the ends are drawn as often as the middle


def test_stationary_blocks_are_as_long_as_asked_on_average():
    index = resampled(100, rng(1), draws=400, block=8.0)
    new = (np.diff(index, axis=1) % 100) != 1
    assert 1 / new.mean() == pytest.approx(8.0, rel=0.05)
    singles = resampled(100, rng(1), draws=400, block=1.0)
    assert ((np.diff(singles, axis=1) % 100) != 1).mean() > 0.98


@pytest.mark.kernel
@pytest.mark.parametrize("holes", [False, True])
def test_every_measure_of_a_draw_is_that_of_its_plain_function(holes):
    returns = rng(3).standard_t(4, 120) * 0.01 - 0.001
    if holes:
        returns[::2] = 0.002
    index = resampled(120, rng(5), draws=20, block=4.5)
    ours = sampled(returns, list(Measure), 252.0, rng(5), draws=20, block=4.5)
    assert set(COMPILED) <= set(Measure)
    for row, positions in zip(ours, index, strict=True):
        for which, value in zip(Measure, row, strict=True):
            answer = MEASURES[which](returns[positions], 252.0)
            assert value == pytest.approx(answer, rel=1e-11, nan_ok=True), which


@pytest.mark.kernel
@pytest.mark.parametrize("values", [[0.01] * 12, [0.0] * 12, [0.02] * 11 + [-1.5]])
def test_constant_and_ruined_histories_have_the_measures_of_the_plain_functions(values):
    returns = np.array(values)
    index = resampled(12, rng(5), draws=5, block=2.0)
    ours = sampled(returns, list(Measure), 252.0, rng(5), draws=5, block=2.0)
    for row, positions in zip(ours, index, strict=True):
        answer = [MEASURES[which](returns[positions], 252.0) for which in Measure]
        np.testing.assert_allclose(row, answer, rtol=1e-11, atol=1e-15)


def test_a_measure_that_has_no_compiled_form_is_computed_all_the_same(monkeypatch):
    import workbench.validation.resampling.sampling as module

    returns = rng(3).normal(0, 0.01, 60)
    whole = sampled(returns, [Measure.CALMAR_RATIO], 252.0, rng(5), draws=9, block=3.0)
    monkeypatch.setattr(module, "COMPILED", ())
    slow = sampled(returns, [Measure.CALMAR_RATIO], 252.0, rng(5), draws=9, block=3.0)
    np.testing.assert_allclose(slow, whole, rtol=1e-11)


def test_bca_intervals_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    values = rng(11).standard_t(4, 80) * 0.01 + 0.002
    theirs = stats.bootstrap(
        (values,),
        lambda x, axis=-1: x.mean(axis=axis) / x.std(axis=axis, ddof=1),
        n_resamples=999,
        method="BCa",
        rng=np.random.default_rng(4),
    )
    draws = theirs.bootstrap_distribution
    found = values.mean() / values.std(ddof=1)
    left_out = jackknifed(values, [Measure.SHARPE_PER_BAR], 252.0, 1)[:, 0]
    shares = bca_quantiles(draws, found, left_out, 0.95)
    low, high = np.quantile(draws, shares)
    assert low == pytest.approx(theirs.confidence_interval.low, rel=1e-9)
    assert high == pytest.approx(theirs.confidence_interval.high, rel=1e-9)


def test_percentile_interval_of_the_mean_is_that_of_arch():
    bootstrap = pytest.importorskip("arch.bootstrap")
    values = autoregressive(0.4, 300, seed=9) + 0.001
    ours = bootstrap_intervals(
        values, 1.0, rng(1), measures=["sharpe_ratio"], method="percentile", draws=4_000, block=6
    ).measures["sharpe_ratio"]
    peer = bootstrap.StationaryBootstrap(6, values, seed=np.random.default_rng(2))
    low, high = peer.conf_int(
        lambda x: x.mean() / x.std(ddof=1), reps=4_000, method="percentile"
    ).ravel()
    assert ours.low == pytest.approx(low, abs=0.15 * (high - low))
    assert ours.high == pytest.approx(high, abs=0.15 * (high - low))
    assert ours.standard_error == pytest.approx((high - low) / 3.92, rel=0.1)


def test_intervals_hold_the_truth_as_often_as_they_say():
    hits = 0
    for seed in range(120):
        values = autoregressive(0.3, 250, seed=seed) + 0.001
        found = bootstrap_intervals(
            values, 1.0, rng(seed), measures=["sharpe_per_bar"], level=0.8, draws=200
        ).measures["sharpe_per_bar"]
        truth = 0.001 / (0.01 / math.sqrt(1 - 0.3**2))
        hits += found.low <= truth <= found.high
    assert 0.66 <= hits / 120 <= 0.9  # 80% ± 3.3 standard errors, and a little undercoverage


def test_what_is_not_defined_is_nan_and_what_cannot_be_drawn_is_refused():
    flat = bootstrap_intervals(np.full(40, 0.001), 252.0, rng(), draws=100)
    assert math.isnan(flat.measures["sharpe_ratio"].low)
    assert flat.measures["annualized_return"].estimate == pytest.approx(1.001**252 - 1)
    with pytest.raises(TooLittleHistory):
        bootstrap_intervals([0.01], 252.0, rng())
    with pytest.raises(OutOfRange, match="level"):
        bootstrap_intervals(np.zeros(40), 252.0, rng(), level=1.0)
    with pytest.raises(OutOfRange, match="draws"):
        bootstrap_intervals(np.zeros(40), 252.0, rng(), draws=10)
    with pytest.raises(OutOfRange, match="block"):
        bootstrap_intervals(np.zeros(40), 252.0, rng(), block=41)
    with pytest.raises(UnknownName, match="bca"):
        bootstrap_intervals(np.zeros(40), 252.0, rng(), method="bcaa")
    with pytest.raises(UnknownName, match="circular"):
        resampled(20, rng(), draws=1, block=2, which="moving")


def test_intervals_are_read_and_seen():
    found = bootstrap_intervals(rng(1).normal(0, 0.01, 200), 252.0, rng(), draws=200)
    assert "sharpe_ratio" in repr(found)
    assert list(found.to_frame().columns) == ["estimate", "low", "high", "standard_error"]
    first = found.plot().children[0]
    assert first.y_range.factors[-1] == "annualized_return"
    dumped = found.model_dump(mode="json")
    assert set(dumped["measures"]) == set(Measure)
    assert "samples" not in dumped


@pytest.mark.kernel
def test_paths_are_walked_as_wealth_is():
    returns = rng(2).normal(0.001, 0.02, 150)
    found = wealth_paths(returns, rng(7), draws=30, bars=60, block=5.0)
    index = np.empty((30, 60), dtype=np.int64)
    source = rng(7)
    for draw in range(30):  # the same draws by the public function, one history at a time
        from workbench.validation.resampling.blocks import draw_index

        draw_index(source, 150, 5.0, index[draw], True)
    wealth = np.cumprod(1 + returns[index], axis=1)
    peak = np.maximum(np.maximum.accumulate(wealth, axis=1), 1.0)
    below = wealth < peak
    waits = [
        max(map(len, "".join("x" if b else " " for b in row).split()), default=0) for row in below
    ]
    np.testing.assert_allclose(found.finals, wealth[:, -1])
    np.testing.assert_allclose(found.drawdowns, (wealth / peak - 1).min(axis=1), atol=1e-15)
    np.testing.assert_array_equal(found.under_water, waits)
    np.testing.assert_allclose(found.fan.loc[60, 0.5], np.median(wealth[:, -1]))
    assert found.fan.loc[0].tolist() == [1.0] * 5
    assert found.probability_of_loss == np.mean(wealth[:, -1] < 1)


@pytest.mark.kernel
def test_the_history_itself_stands_beside_its_paths():
    returns = np.array([0.1, -0.5, 0.2, 0.2, 1.0, 0.0, 0.0, -0.1, 0.05, 0.05])
    found = wealth_paths(returns, rng(), draws=50)
    assert found.observed_final == pytest.approx(np.prod(1 + returns))
    assert found.observed_drawdown == pytest.approx(-0.5)
    assert found.observed_under_water == 3  # bars 1 to 3; what falls at bar 7 waits 3 as well
    assert len(found.history) == 11


def test_ruin_is_the_end_of_a_path():
    returns = np.r_[np.full(30, 0.01), -1.0]
    found = wealth_paths(returns, rng(), draws=200, bars=400)
    assert (found.finals >= 0).all()
    assert found.median_final == 0.0
    assert found.drawdowns.min() == -1.0
    assert len(found.plot().children) == 2
    with pytest.raises(OutOfRange, match="bars"):
        wealth_paths(returns, rng(), bars=0)
