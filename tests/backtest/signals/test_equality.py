"""Accounts of signals are those of ``vectorbt.Portfolio.from_signals``, to 1e-9."""

import numpy as np
import pytest

from workbench.backtest import simulate_signals
from workbench.data import bars as read_bars
from workbench.market import Costs

vectorbt = pytest.importorskip("vectorbt")

EQUAL = {"rtol": 1e-9, "atol": 1e-6}
"""Relative, and a millionth of a unit of currency on accounts of 100,000."""


def tables(bars, rng, count):
    """Signals, none on the first bar: what is lost there is the one difference of the falls."""
    made = [rng.random(bars["close"].shape) < rng.uniform(0.02, 0.2) for _ in range(count)]
    for table in made:
        table[0] = False
    return [bars["close"].copy(data=table).to_pandas() for table in made]


def with_reach(bars, rng):
    """Highs and lows, here and there missing."""
    close = bars["close"]
    for name, sign in (("high", 1), ("low", -1)):
        both = np.stack([close, bars["open"]] if "open" in bars else [close, close])
        table = (both.max(0) if sign > 0 else both.min(0)) * (
            1 + sign * rng.uniform(0, 0.01, close.shape)
        )
        table[rng.random(table.shape) < 0.02] = np.nan
        bars[name] = close.copy(data=table)
    return bars


def theirs(bars, signals, costs, fills_at, **stops):
    delay = 0 if fills_at == "same close" else 1
    shifted = [table.shift(delay, fill_value=False) for table in signals]
    frames = {name: bars[name].to_pandas() for name in ("open", "high", "low") if name in bars}
    short = dict(zip(("short_entries", "short_exits"), shifted[2:], strict=False))
    at_open = (
        {"price": frames["open"], "val_price": frames["open"]} if fills_at == "next open" else {}
    )
    return vectorbt.Portfolio.from_signals(
        bars["close"].to_pandas(), *shifted[:2], **short, **frames, **at_open, **stops,
        fees=costs.fee_bps / 1e4, slippage=costs.slippage_bps / 1e4, fixed_fees=costs.fixed_fee,
        init_cash=1e5, freq="1D", stop_exit_price="stopmarket", stop_entry_price="price",
        upon_long_conflict="exit", upon_short_conflict="exit", min_size=0.0,
    )  # fmt: skip


STOPS = [
    ({}, {}),
    ({"stop_loss": 0.03}, {"sl_stop": 0.03}),
    ({"trailing_stop": 0.04}, {"sl_stop": 0.04, "sl_trail": True}),
    ({"stop_loss": 0.02, "take_profit": 0.05}, {"sl_stop": 0.02, "tp_stop": 0.05}),
    ({"trailing_stop": 0.03, "take_profit": 0.03},
     {"sl_stop": 0.03, "sl_trail": True, "tp_stop": 0.03}),
]  # fmt: skip


@pytest.mark.parametrize("sides", ["long", "both"])
@pytest.mark.parametrize("seed", range(50))
def test_random_configurations(make_bars, seed, sides):
    rng = np.random.default_rng([seed, 11])
    bars = make_bars(
        seed, bars=150, symbols=1 + seed % 6, opens=seed % 3 != 1, holes=0.04 * (seed % 4 == 3)
    )
    if seed % 2:
        bars = with_reach(bars, rng)
    bars = read_bars(bars)  # a row without any price is none
    fee, slippage, fixed = rng.integers(0, [40, 40, 4])
    costs = Costs(fee_bps=fee, slippage_bps=slippage, fixed_fee=fixed)
    ours, peers = STOPS[seed % len(STOPS)]
    whens = ("same close", "next close", "next open")
    fills_at = whens[seed % 3 if "open" in bars and not ours else seed % 2]
    signals = tables(bars, rng, 2 if sides == "long" else 4)

    made = simulate_signals(
        bars, *signals, **ours, costs=costs, fills_at=fills_at, periods_per_year=365
    )
    peer = theirs(bars, signals, costs, fills_at, **peers)
    agree(made, peer)
    assert len(made.trades) > 0


def agree(made, peer):
    records = peer.order_records
    np.testing.assert_array_equal(
        made.filled[:, :2], np.column_stack([records["idx"], records["col"]])
    )
    signed = np.where(records["side"] == 0, records["size"], -records["size"])
    for column, expected in ((2, signed), (3, records["price"]), (4, records["fees"])):
        np.testing.assert_allclose(made.filled[:, column], expected, **EQUAL)
    np.testing.assert_allclose(made.equity, peer.value(), **EQUAL)
    trades, trips = made.trades, peer.trades.records
    assert len(trades) == len(trips)
    closes = made.equity.index
    np.testing.assert_array_equal(closes.get_indexer(trades["entry_time"]), trips["entry_idx"])
    np.testing.assert_array_equal(closes.get_indexer(trades["exit_time"]), trips["exit_idx"])
    np.testing.assert_array_equal(trades["open"], trips["status"] == 0)
    for mine, their in (("pnl", "pnl"), ("return", "return"), ("size", "size")):
        np.testing.assert_allclose(trades[mine], trips[their], **EQUAL)
    measures = made.to_frame()
    np.testing.assert_array_equal(measures["trades"], np.atleast_1d(peer.trades.count()))
    for mine, their in (
        ("sharpe_ratio", peer.sharpe_ratio),
        ("total_return", peer.total_return),
        ("max_drawdown", peer.max_drawdown),
        ("win_rate", peer.trades.win_rate),
        ("fees", peer.orders.fees.sum),
        ("final_value", peer.final_value),
    ):
        expected = np.atleast_1d(their())
        moved = np.isfinite(expected)
        np.testing.assert_allclose(measures[mine][moved], expected[moved], rtol=1e-9, atol=1e-12)
