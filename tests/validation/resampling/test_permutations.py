"""What a permutation keeps and what it breaks; p-values that are uniform on noise."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnknownName, UnusableFrame
from workbench.validation.resampling import permutation_test_of, permute_bars, signal_permutation


def rng(seed=0):
    return np.random.default_rng(seed)


def market(seed=0, bars=60, symbols=3, *, opens=True):
    source = rng(seed)
    close = 50 * np.exp(np.cumsum(source.normal(0.001, 0.02, (bars, symbols)), axis=0))
    values = {"close": close}
    if opens:
        opened = close * np.exp(source.normal(0, 0.01, close.shape))
        values |= {
            "open": opened,
            "high": np.maximum(opened, close) * 1.01,
            "low": np.minimum(opened, close) * 0.99,
            "volume": source.uniform(1e5, 1e6, close.shape),
        }
    return xr.Dataset(
        {name: (("time", "symbol"), table) for name, table in values.items()},
        {
            "time": pd.bdate_range("2020-01-01", periods=bars, name="time"),
            "symbol": [f"S{at}" for at in range(symbols)],
        },
        {"timeframe": "1d"},
    )


def test_the_p_value_counts_the_observed_order_as_a_permutation():
    found = permutation_test_of(2.0, [1.0, 2.0, 3.0, np.nan], statistic="s", permuted="p")
    assert found.p_value == 3 / 5
    assert found.median == 2.0
    assert permutation_test_of(np.nan, [1.0], statistic="s", permuted="p").p_value == 1.0


@pytest.mark.kernel
def test_a_signal_that_knows_the_returns_is_found_and_its_samples_are_plain_sharpe_ratios():
    returns = rng(1).normal(0, 0.01, (200, 2))
    known = np.sign(returns) * (rng(2).random((200, 2)) < 0.6)
    found = signal_permutation(known, returns, rng(3), draws=99)
    gained = (known * returns).sum(axis=1)
    assert found.observed == pytest.approx(gained.mean() / gained.std(ddof=1))
    assert found.p_value == 0.01
    shifts = [(np.roll(known, -by, axis=0) * returns).sum(axis=1) for by in range(1, 200)]
    possible = np.sort([one.mean() / one.std(ddof=1) for one in shifts])
    nearest = possible[np.searchsorted(possible, found.samples).clip(max=198)]
    before = possible[(np.searchsorted(possible, found.samples) - 1).clip(min=0)]
    apart = np.minimum(abs(found.samples - nearest), abs(found.samples - before))
    assert apart.max() < 1e-12


@pytest.mark.kernel
def test_shuffling_keeps_what_was_held():
    held = np.zeros(300)
    held[5] = 1.0
    returns = rng(1).normal(size=300)
    found = signal_permutation(held, returns, rng(2), draws=400, how="shuffle")
    possible = np.unique([value / np.sqrt(300) for value in np.sign(returns)])
    # one bar held: mean / deviation is ± the same number whatever the size of the return
    assert np.unique(np.round(np.abs(found.samples), 9)).size == 1
    assert np.abs(found.samples[0]) == pytest.approx(abs(possible[0]), rel=2e-3)


def test_p_values_of_noise_are_uniform():
    """Of slow signals on noise 10% fall below 10%, for the shift that keeps their memory."""
    low = 0
    for seed in range(300):
        slow = np.sign(np.convolve(rng(seed).normal(size=170), np.ones(20), "valid"))
        low += (
            signal_permutation(
                slow, rng(seed + 1_000).normal(size=slow.size), rng(7), draws=99
            ).p_value
            <= 0.1
        )
    assert 0.04 <= low / 300 <= 0.165


def moves(bars):
    close = np.log(bars["close"].to_numpy())
    opened = np.log(bars["open"].to_numpy())
    return opened[1:] - close[:-1], (close - opened)[1:]


def test_permuted_bars_hold_the_same_moves_in_another_order():
    real = market()
    made = permute_bars(real, rng(1))
    for ours, theirs in zip(moves(made), moves(real), strict=True):
        assert not np.allclose(ours, theirs)
        order = np.argsort(ours[:, 0]), np.argsort(theirs[:, 0])
        # all symbols take the same order: sorting by the first sorts them all
        np.testing.assert_allclose(ours[order[0]], theirs[order[1]], atol=1e-12)
    np.testing.assert_allclose(made["close"][-1], real["close"][-1])
    np.testing.assert_array_equal(made["close"][0], real["close"][0])
    assert made.attrs == real.attrs
    assert made["time"].equals(real["time"])


def test_permuted_bars_are_still_bars():
    made = permute_bars(market(2), rng(1))
    body = np.maximum(made["open"], made["close"]), np.minimum(made["open"], made["close"])
    assert (made["high"] >= body[0]).all()
    assert (made["low"] <= body[1]).all()
    np.testing.assert_allclose(
        np.sort(made["volume"].to_numpy()[1:], axis=0),
        np.sort(market(2)["volume"].to_numpy()[1:], axis=0),
    )


def test_without_opens_moves_from_close_to_close_are_shuffled():
    real = market(opens=False)
    made = permute_bars(real, rng(4))
    ours, theirs = (np.diff(np.log(one["close"].to_numpy()), axis=0) for one in (made, real))
    np.testing.assert_allclose(np.sort(ours, axis=0), np.sort(theirs, axis=0), atol=1e-12)
    np.testing.assert_allclose(np.corrcoef(ours.T), np.corrcoef(theirs.T))


def test_bars_before_the_start_stay_as_they_are():
    real = market(5)
    made = permute_bars(real, rng(1), start=20)
    xr.testing.assert_allclose(made.isel(time=slice(0, 21)), real.isel(time=slice(0, 21)))
    assert not np.allclose(made["close"][21:-1], real["close"][21:-1])


def test_holes_and_late_listings_stay_where_they_are():
    real = market(6)
    missing = np.zeros(real["close"].shape, bool)
    missing[:25, 1] = True  # listed late
    missing[40, 2] = True
    real = real.where(xr.DataArray(~missing, dims=("time", "symbol")))
    made = permute_bars(real, rng(1))
    for name in real.data_vars:
        np.testing.assert_array_equal(np.isnan(made[name]), np.isnan(real[name]), err_msg=name)
    np.testing.assert_allclose(made["close"][-1], real["close"][-1])
    np.testing.assert_array_equal(made["close"][25, 1], real["close"][25, 1])


def test_what_cannot_be_permuted_is_refused():
    with pytest.raises(OutOfRange, match="start"):
        permute_bars(market(bars=10), rng(), start=8)
    with pytest.raises(UnusableFrame, match="zero or negative"):
        permute_bars(market() - 1e6, rng())
    with pytest.raises(InvalidInput, match="different shapes"):
        signal_permutation(np.zeros(20), np.zeros(21), rng())
    with pytest.raises(TooLittleHistory):
        signal_permutation(np.zeros(1), np.zeros(1), rng())
    with pytest.raises(OutOfRange, match="draws"):
        signal_permutation(np.zeros(20), np.zeros(20), rng(), draws=0)
    with pytest.raises(UnknownName, match="shuffle"):
        signal_permutation(np.zeros(20), np.zeros(20), rng(), how="dice")


def test_a_signal_that_holds_nothing_has_no_statistic_and_no_claim():
    found = signal_permutation(np.zeros(30), rng().normal(size=30), rng(), draws=20)
    assert np.isnan(found.observed)
    assert found.p_value == 1.0
    assert "p_value" in repr(found)
