"""Sizes, bands and ensembles: laws, hand-worked rows, and the same answer bar by bar."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.backtest import simulate
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.market import Costs
from workbench.registry import lookup
from workbench.strategies import (
    Fixed,
    Kelly,
    Percent,
    VolatilityTarget,
    as_strategy,
    combined,
    rebalanced,
    sized,
)
from workbench.strategies.ensemble import _risk_parity, _voted
from workbench.strategies.overlays import Overlay, Recipe


def _mixed(bars):
    """Half in A and a quarter short in B from the first bar on."""
    weights = bars["close"] * np.nan
    weights[0, :2] = [0.5, -0.25]
    return weights


def _own_returns(bars, weights):
    """What weights of yesterday earned today, one row at a time."""
    held = weights.to_pandas().ffill().fillna(0.0)
    moves = bars["close"].to_pandas().pct_change()
    return (held.shift() * moves).sum(axis=1, min_count=1)


def test_a_share_and_a_fixed_weight(bars):
    half = sized(_mixed, Percent(0.5), rebalance="year").targets(bars)
    assert half[0].to_numpy().tolist() == [0.25, -0.125, 0.0]
    fixed = sized(_mixed, Fixed(0.3), rebalance="year").targets(bars)
    assert fixed[0].to_numpy().tolist() == [0.3, -0.3, 0.0]
    shrunk = sized(_mixed, Fixed(0.8, most=1.0), rebalance="year").targets(bars)
    assert shrunk[0].to_numpy().tolist() == [0.5, -0.5, 0.0]


def test_the_volatility_is_that_of_the_last_returns(bars):
    own = _own_returns(bars, as_strategy(_mixed).targets(bars))
    rule = VolatilityTarget(0.05, window=40, most=3.0)
    held = sized(_mixed, rule, rebalance="bar").targets(bars).to_pandas()
    sigma = own.rolling(40).std() * np.sqrt(252)
    expected = np.minimum(3.0, 0.05 / sigma)[60:]
    np.testing.assert_allclose(held["A"][60:], 0.5 * expected, rtol=1e-9)
    assert held["A"].iloc[0] == 0.5  # its own size until half the window is known
    earned = _own_returns(bars, sized(_mixed, rule, rebalance="bar").targets(bars))
    assert earned[60:].std() * np.sqrt(252) == pytest.approx(0.05, rel=0.1)


def test_kelly_is_the_mean_over_the_variance(bars):
    own = _own_returns(bars, as_strategy(_mixed).targets(bars))
    rule = Kelly(0.5, window=100, most=2.0)
    held = sized(_mixed, rule, rebalance="bar").targets(bars).to_pandas()
    full = own.rolling(100).mean() / own.rolling(100).var()
    expected = (0.5 * full).clip(0.0, 2.0)[120:]
    np.testing.assert_allclose(held["A"][120:], 0.5 * expected, rtol=1e-9, atol=1e-12)
    assert 0 < (expected == 0).mean() < 1
    assert (held.iloc[:50] == 0).all().all()


def test_any_sizer_of_one_s_own_is_taken(bars):
    class Halved:
        window = 3

        def size(self, weights, returns):
            assert returns.shape == (len(weights), 3)
            return weights / 2

    held = sized(_mixed, Halved(), rebalance="year").targets(bars)
    assert held[0].to_numpy().tolist() == [0.25, -0.125, 0.0]


def test_weights_are_set_when_the_strategy_decides_and_on_the_calendar(bars):
    held = sized(_mixed, Percent(0.5), rebalance="month").targets(bars).to_pandas()
    rows = held.dropna().index
    months = bars.indexes["time"].to_series().groupby(bars.indexes["time"].to_period("M")).first()
    assert list(rows) == list(months)


@pytest.mark.kernel
def test_a_band_waits_for_a_drift():
    """Half in A, which doubles: 2/3 at the second bar; half in B, which stands still."""
    time = pd.bdate_range("2020-01-01", periods=5)
    closes = np.array([[1.0, 1.0], [1.1, 1.0], [2.0, 1.0], [2.0, 1.0], [2.0, 1.0]])
    bars = xr.Dataset({"close": (("time", "symbol"), closes)}, {"time": time, "symbol": ["A", "B"]})

    def halves(bars):
        wanted = bars["close"] * 0 + 0.5
        wanted[4] = [0.5, 0.0]
        return wanted

    held = rebalanced(halves, band=0.1).targets(bars)
    assert np.isfinite(held).all("symbol").to_numpy().tolist() == [True, False, True, False, True]
    # 1.1 / 2.1 is 0.52, within the band; 2 / 3 is beyond it; leaving B does not wait
    assert held[4].to_numpy().tolist() == [0.5, 0.0]
    free = rebalanced(halves, band=0.2).targets(bars)
    assert np.isfinite(free).all("symbol").to_numpy().tolist() == [True, False, False, False, True]


def test_votes_need_more_than_half():
    held = np.array([[[0.5, 0.2, 0.0, 0.1]], [[0.3, -0.2, 0.0, 0.0]], [[-0.1, 0.0, 0.4, 0.2]]])
    assert _voted(held)[0].tolist() == pytest.approx([0.4, 0.0, 0.0, 0.15])


def test_risk_parity_gives_what_is_twice_as_wild_half():
    returns = np.array([[[0.01, -0.01] * 5], [[0.02, -0.02] * 5], [[0.0] * 10]])
    held = np.array([[[1.0, 0.0]], [[0.0, 1.0]], [[1.0, 1.0]]])
    np.testing.assert_allclose(_risk_parity(held, returns)[0], [2 / 3, 1 / 3])
    unknown = np.full((3, 1, 10), np.nan)
    np.testing.assert_allclose(_risk_parity(held, unknown)[0], [2 / 3, 2 / 3])


def test_weights_of_members_are_shares(bars):
    made = combined([_mixed, lambda bars: bars["close"] * 0 + 0.3], weights=[3, 1])
    np.testing.assert_allclose(made.targets(bars)[0], 0.75 * np.array([0.5, -0.25, 0]) + 0.25 * 0.3)


SWING = {
    "fast": 3, "slow": 6, "rsi_window": 3, "atr_window": 3, "pullback": 0.2, "rsi_high": 95.0,
    "oversold": 60.0, "stop_atr": 1.0, "risk": 0.02, "max_hold": 8,
}  # fmt: skip


def test_an_engine_trades_what_is_sized_and_not_the_original(bars):
    inner = lookup("strategy", "momentum")
    whole, half = (
        simulate(made, bars, parameters={"lookback": 20}, costs=Costs.none())
        for made in (inner, sized(inner, Percent(0.5)))
    )
    assert half.strategy == "momentum_sized"
    ratio = (half.weights.sum(axis=1) / whole.weights.sum(axis=1)).dropna()
    assert len(ratio) > 100
    assert ratio.between(0.4, 0.6).all()


def test_exits_of_an_only_member_close_its_position_inside_the_bar(bars):
    inner = lookup("strategy", "swing")
    reports = [
        simulate(made, bars, parameters=SWING, costs=Costs.none())
        for made in (inner, sized(inner, Percent(0.5), rebalance="year"))
    ]
    columns = ["symbol", "exit_time", "exit_price"]
    ends, of_half = ({*report.trades[columns].itertuples(index=False)} for report in reports)
    assert len(ends) > 20
    assert len(ends & of_half) > 0.9 * len(ends)


def test_exits_of_one_of_several_are_decisions_at_the_close(bars):
    made = combined({lookup("strategy", "swing"): SWING, lookup("strategy", "buy_and_hold"): {}})
    weights, exits = made.orders(bars, fills_at="same close")
    assert exits is None
    alone, closed = lookup("strategy", "swing").orders(bars, SWING, fills_at="same close")
    row = np.flatnonzero(np.isfinite(closed).any(axis=1) & ~np.isfinite(alone).any("symbol"))[0]
    left = np.isnan(alone.to_numpy()) & np.isfinite(closed)
    held = alone.to_pandas().mask(left, 0.0).ffill().fillna(0.0).to_numpy()
    np.testing.assert_allclose(weights[row], held[row] / 2 + 1 / 6)


def as_swing():
    """Swing with small windows."""
    recipe = Recipe(((lookup("strategy", "swing"), SWING),), lambda held, _: held[0], 1, "year")
    return Overlay("small_swing", lambda bars: bars, lambda _: recipe)


OVERLAYS = {
    "stopped": lambda: sized(as_swing(), VolatilityTarget(0.1, window=20)),
    "stopped within a band": lambda: rebalanced(as_swing(), band=0.01),
    "stopped among others": lambda: combined([as_swing(), lookup("strategy", "momentum")]),
    "stopped and nested": lambda: sized(rebalanced(as_swing(), band=0.01), Percent(0.5)),
    "target": lambda: sized(lookup("strategy", "mean_reversion"), VolatilityTarget(0.1, window=20)),
    "kelly": lambda: sized(lookup("strategy", "momentum"), Kelly(window=20)),
    "band": lambda: rebalanced(lookup("strategy", "equal_weight"), band=0.01),
    "parity": lambda: combined(
        {lookup("strategy", "momentum"): {"lookback": 20}, lookup("strategy", "random_entry"): {}},
        method="risk_parity",
        window=15,
    ),
    "nested": lambda: rebalanced(
        sized(lookup("strategy", "buy_and_hold"), VolatilityTarget(0.1, window=10)), band=0.05
    ),
}


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("name", OVERLAYS)
def test_bar_by_bar_is_the_same_as_at_once(bars, name, opened):
    made = OVERLAYS[name]()
    if opened:
        bars = bars.assign(open=bars["close"].shift(time=1) * 1.002)
    some = bars.isel(time=slice(0, 180))
    some["close"][50:53, 1] = np.nan
    given = {"lookback": 20} if name == "kelly" else {}
    whole, needs, memory = made.targets(some, given), made.warm_up(given), None
    assert np.isfinite(whole).any()
    for bar in range(some.sizes["time"]):
        window = some.isel(time=slice(max(0, bar + 1 - needs), bar + 1))
        row, memory = made.advance(window, memory, given)
        np.testing.assert_allclose(row, whole.isel(time=bar), rtol=1e-9, atol=1e-12)


def test_what_is_made_of_others_has_a_hash_of_its_own():
    inner = lookup("strategy", "momentum")
    hashes = [
        sized(inner, Percent(0.5)).source_hash,
        sized(inner, Percent(0.6)).source_hash,
        sized(lookup("strategy", "equal_weight"), Percent(0.5)).source_hash,
        rebalanced(inner, band=0.1).source_hash,
        combined([inner]).source_hash,
        combined({inner: {"top": 2}}).source_hash,
        inner.source_hash,
    ]
    assert len(set(hashes)) == len(hashes)
    assert sized(inner, Percent(0.5)).source_hash == hashes[0]


def test_an_overlay_has_the_parameters_of_the_original(bars):
    made = sized(lookup("strategy", "momentum"), Percent(0.5))
    assert made.warm_up({"lookback": 30}) == 31
    with pytest.raises(UnknownName):
        made.targets(bars, {"lookbak": 3})
    assert isinstance(made, Overlay)
    assert isinstance(made._recipe(made.checked()), Recipe)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Percent(0),
        lambda: Fixed(float("inf")),
        lambda: VolatilityTarget(-0.1),
        lambda: VolatilityTarget(0.1, window=1),
        lambda: Kelly(1.5),
        lambda: Kelly(window=1),
        lambda: rebalanced(_mixed, band=-1),
    ],
)
def test_sizes_out_of_range_are_refused(wrong):
    with pytest.raises(OutOfRange, match="Give"):
        wrong()


@pytest.mark.parametrize(
    ("members", "weights"),
    [("", ""), ("ensemble", ""), ("momentum", "0.5,0.5"), ("momentum", "a"), ("momentum", "0")],
)
def test_an_ensemble_that_cannot_be_read_is_refused(bars, members, weights):
    made = lookup("strategy", "ensemble")
    with pytest.raises(InvalidInput):
        made.targets(bars, {"members": members, "weights": weights})
    with pytest.raises(UnknownName, match="momentum"):
        made.targets(bars, {"members": "momentun"})


def test_the_plain_function_of_the_ensemble_is_the_strategy(bars):
    made = lookup("strategy", "ensemble")
    given = {"members": "equal_weight,buy_and_hold", "method": "voting"}
    xr.testing.assert_identical(made.function(bars, **given), made.targets(bars, given))
    with pytest.raises(InvalidInput, match="member"):
        combined([])
