"""Laws of a future traded by contract: it earns what its series earns, and rolls only cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.backtest import simulate_futures
from workbench.data import bars
from workbench.data.futures import continuous
from workbench.market import Costs, Margin

SYMBOLS = ["XYF2024", "XYG2024", "XYH2024"]
MANY = Margin(leverage=100.0, maintenance=0.0)


@st.composite
def chains(draw):
    """Three contracts over forty sessions, each with its own premium, and their last days."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    days = pd.bdate_range("2024-01-01", periods=40)
    walk = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (40, 1)), axis=0))
    close = walk * np.exp(rng.normal(0, 0.01, (40, 3)) + np.arange(3) * 0.03)
    ends = np.sort(rng.choice(np.arange(10, 38), size=3, replace=False))
    close[np.arange(40)[:, None] > ends[None, :]] = np.nan
    made = bars(pd.DataFrame(close, days, SYMBOLS), calendar="24/5")
    size = rng.integers(1, 100, close.shape).astype(float)
    made["volume"] = made["close"].copy(data=np.where(np.isnan(close), np.nan, size))
    return (
        made,
        dict(zip(SYMBOLS, days[ends], strict=True)),
        draw(st.sampled_from([1.0, 12.5, 50.0])),
    )


def always(bars):
    return bars["close"] * 0 + 1.0


@settings(max_examples=25, deadline=None)
@given(chains(), st.sampled_from(["volume", "calendar"]))
def test_without_costs_the_account_grows_as_the_spliced_series(made, roll):
    chain, ends, multiplier = made
    report = simulate_futures(
        always, chain, ends, multiplier=multiplier, roll=roll, costs=Costs.none(), margin=MANY,
        lot=0.0, fills_at="same close",
    ).backtest  # fmt: skip
    series = continuous(chain, ends, roll=roll).bars["close"].to_series().to_numpy()
    growth = report.equity["strategy"].to_numpy() / report.initial_cash
    np.testing.assert_allclose(growth, series / series[0], rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(chains(), st.integers(0, 2**32 - 1))
def test_profit_by_contract_is_the_profit_and_costs_only_cost(made, seed):
    chain, ends, multiplier = made
    length = chain.sizes["time"]
    wanted = np.random.default_rng(seed).normal(0, 1, length)
    wanted[::3] = np.nan

    def one(bars):
        return bars["close"].copy(data=wanted[: bars.sizes["time"], None])

    results = [
        simulate_futures(one, chain, ends, multiplier=multiplier, costs=costs, margin=MANY, lot=0.0)
        for costs in (Costs.none(), Costs(fee_per_share=1.0))
    ]
    for result in results:
        final = result.backtest.equity["strategy"].iloc[-1]
        earned = final - result.initial_cash
        assert result.contracts["pnl"].sum() == pytest.approx(earned, abs=1e-3)
        assert (result.rolls["fees"] >= 0).all()
    assert results[0].roll_cost == 0
    traded = results[1].rolled
    assert (results[1].roll_cost > 0) == (traded > 0)


@settings(max_examples=15, deadline=None)
@given(chains(), st.integers(12, 39))
def test_what_comes_later_changes_no_order_of_the_past(made, cut):
    chain, ends, multiplier = made
    terms = {"multiplier": multiplier, "roll": "calendar", "lot": 1.0, "margin": MANY}
    whole = simulate_futures(always, chain, ends, **terms)
    first = continuous(chain, ends, roll="calendar").bars["time"].to_numpy()
    cut = min(cut, len(first) - 1)
    early = simulate_futures(always, chain.sel(time=slice(None, first[cut])), ends, **terms)
    orders = whole.backtest.orders
    before = orders[orders["time"] <= first[cut]].reset_index(drop=True)
    pd.testing.assert_frame_equal(early.backtest.orders, before)
