"""A sweep of moving-average crosses beside vectorbt: every pair of windows, with fees.

Both are called as their users call them: vectorbt by its public calls (averages of all pairs,
crosses, `Portfolio.from_signals`, four measures), with either of its engines; ours by
`sweep_strategy`, which also keeps the bootstrap maxima of all trials. vectorbt's two engines round
their averages differently, so that exact ties fall differently; ours adds before it takes away,
as the compiled one (`rust`) does, and is held against that one. Orders fill at the close that
decided them, as there.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.measure import ROUNDS, in_turns, seconds, slope
from workbench.backtest.sweeps import SweepResult, job, sweep_strategy
from workbench.market import Costs
from workbench.registry import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TITLE = "parameter sweep"
TARGET = (
    ">= 150x vectorbt's better engine, equal to it, bootstrap maxima <= 15% more,"
    " memory <= 1 GB whatever the combinations"
)
LIBRARIES = ("numba", "numpy", "vectorbt", "vectorbt-rust")
FEE_BPS = 10.0
LARGEST = {"x1": 26, "x4": 51, "x16": 100}
"""The longest window: 300, 1,225 and 4,851 pairs."""
PANEL = 5
"""Symbols of the panel that vectorbt is given at once: 50 would need 40 GB."""
NO_BLOCKS = 10**9
COLD = """
import time
from benchmarks import w4_sweep as w
prices = w.one_stock()
start = time.perf_counter()
w.ours(prices, 100)
print(time.perf_counter() - start)
"""
PEAK = """
import resource
from benchmarks import w4_sweep as w
w.{call}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
LONG = """
import resource, sys
from workbench.backtest import sweep
from benchmarks import w4_sweep as w
from workbench.context import Context, Resources
from workbench.store import MemoryLedger
def told(done, total, message):
    print(int(done), flush=True)
context = Context(resources=Resources(ledger=MemoryLedger()), on_progress=told)
made = sweep(
    "mean_reversion", w.market(1), w.TEN_MILLION, parameters={"allow_short": False}, context=context
)
best = made.optimum
print(made.combinations, made.trial, best.position, repr(best.measures["sharpe_ratio"]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
TEN_MILLION = {
    "window": list(range(5, 105)),
    "entry_z": [0.5 + step / 100 for step in range(400)],
    "exit_z": [step / 500 for step in range(250)],
}


def one_stock() -> pd.DataFrame:
    """The 8,313 adjusted closes of Apple, 1990 to 2022, to the tenth of a cent."""
    from skfolio import datasets

    return datasets.load_sp500_dataset()[["AAPL"]]


def market(symbols: int = 50, bars: int = 2_500) -> pd.DataFrame:
    """Random walks in thousandths, so that averages tie as real ones do."""
    rng = np.random.default_rng(4)
    moves = rng.normal(0.0003, 0.015, (bars, symbols))
    closes = np.round(50 * np.exp(np.cumsum(moves, axis=0)), 3)
    columns = [f"S{number:02}" for number in range(symbols)]
    return pd.DataFrame(closes, pd.bdate_range("2013-01-01", periods=bars), columns)


def ours(prices: pd.DataFrame, largest: int) -> SweepResult:
    """Every pair of windows, fast below slow, for every symbol."""
    windows = list(range(2, largest + 1))
    return sweep_strategy(
        CROSS,
        prices,
        {"fast": windows, "slow": windows},
        by="symbol",
        costs=Costs(fee_bps=FEE_BPS, slippage_bps=0),
        fills_at="same close",
        initial_cash=100.0,
    )


CROSS = lookup("strategy", "moving_average_cross")


def vectorbt(prices: pd.DataFrame, largest: int, engine: str) -> dict[str, pd.Series]:
    """The same by vectorbt's public calls."""
    import vectorbt as vbt

    vbt.settings["engine"] = engine
    windows = list(range(2, largest + 1))
    fast, slow = vbt.MA.run_combs(prices, windows, r=2, short_names=["fast", "slow"])
    held = vbt.Portfolio.from_signals(
        prices,
        fast.ma_crossed_above(slow),
        fast.ma_crossed_below(slow),
        fees=FEE_BPS / 1e4,
        freq="1D",
    )
    return {
        "total_return": held.total_return(),
        "sharpe_per_bar": held.sharpe_ratio() / np.sqrt(365),
        "max_drawdown": held.max_drawdown(),
        "total_trades": held.trades.count(),
    }


def equal(made: SweepResult, theirs: dict[str, pd.Series]) -> bool:
    """Whether all four measures of all accounts are the same, to 1e-9.

    An account that never traded has a Sharpe ratio of infinity there and none here.
    """
    frame = made.to_frame()
    for name, values in theirs.items():
        expected = values.to_numpy(np.float64)
        if name == "sharpe_per_bar":
            expected = np.where(np.isinf(expected), np.nan, expected)
        if not np.allclose(frame[name].to_numpy(np.float64), expected, 1e-9, 1e-11, equal_nan=True):
            return False
    return True


def apart(mine: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """The median seconds of both in turns; what the peer leaves behind is collected in between."""
    pairs = []
    for _ in range(ROUNDS):
        own = seconds(mine)
        pairs.append((own, seconds(peer)))
        gc.collect()
    return median(one for one, _ in pairs), median(two for _, two in pairs)


def row(size: str, engine: str, prices: pd.DataFrame, largest: int) -> dict[str, Any]:
    """One line of the results: equality, then the time."""
    same = equal(ours(prices, largest), vectorbt(prices, largest, engine))
    gc.collect()
    mine, theirs = apart(lambda: ours(prices, largest), lambda: vectorbt(prices, largest, engine))
    return {
        "size": size,
        "peer": f"vectorbt {engine}",
        "ours_seconds": round(mine, 4),
        "peer_seconds": round(theirs, 4),
        "ratio": round(theirs / mine, 1),
        "equal": same,
        "peak_rss_mb": None,
    }


def whole_panel(piece: dict[str, Any]) -> dict[str, Any]:
    """All 50 symbols at once, beside the piece that the peer can do."""
    prices = market()
    ours(prices, 100)
    mine = sorted(seconds(lambda: ours(prices, 100)) for _ in range(3))[1]
    theirs = piece["peer_seconds"] * prices.shape[1] / PANEL
    return {
        **piece,
        "size": "4,851 pairs x 50 symbols x 2,500 bars (the peer's time: 10 pieces of 5)",
        "ours_seconds": round(mine, 3),
        "peer_seconds": round(theirs, 1),
        "ratio": round(theirs / mine, 1),
        "peak_rss_mb": round(printed(PEAK.format(call="ours(w.market(), 100)"))[-1]),
    }


def maxima_cost(prices: pd.DataFrame) -> dict[str, float]:
    """What the bootstrap maxima add: with them, and without blocks and maxima."""
    usual = job.FEWEST_BARS

    def without() -> None:
        job.FEWEST_BARS = NO_BLOCKS
        try:
            ours(prices, 100)
        finally:
            job.FEWEST_BARS = usual

    whole, bare = in_turns(lambda: ours(prices, 100), without, 21)
    return {
        "with_seconds": round(whole, 4),
        "without_seconds": round(bare, 4),
        "share": round(whole / bare - 1, 3),
    }


def printed(code: str) -> list[float]:
    """The numbers that a new process prints."""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return [float(word) for word in run.stdout.split()]


def ten_million() -> dict[str, Any]:
    """A sweep of 10 million combinations: killed in the middle, resumed, and once undisturbed."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        killed_at = _killed(folder)
        resumed_at, resumed = _whole(folder)
        apart = time.perf_counter() - began
        began = time.perf_counter()
        _, undisturbed = _whole(folder)
    return {
        "combinations": int(resumed[0]),
        "killed_at": killed_at,
        "resumed_at": resumed_at,
        "equal": resumed[:-1] == undisturbed[:-1],
        "seconds": round(time.perf_counter() - began, 1),
        "seconds_killed_and_resumed": round(apart, 1),
        "peak_rss_mb": round(undisturbed[-1]),
    }


def _lines(folder: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", LONG],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "WORKBENCH_HOME": folder},
    )
    for line in process.stdout or ():
        yield process, line
    process.wait()


def _killed(folder: str) -> int:
    """Kill it after half; how far it was."""
    done = 0
    for process, line in _lines(folder):
        done = int(line.split()[0])
        if done > 5_000_000 and any(Path(folder).glob("sweeps/*.npz")):
            process.send_signal(signal.SIGKILL)
            break
    return done


def _whole(folder: str) -> tuple[int, list[float]]:
    """Run it to its end; where it began, and the numbers of the best."""
    lines = [line.split() for _, line in _lines(folder)]
    first = next(int(words[0]) for words in lines if words[0] != "0")
    return first, [float(word) for words in lines[-2:] for word in words]


def run() -> dict[str, Any]:
    """Both peers at three sizes, a panel, and what a sweep costs beside the clock."""
    prices = one_stock()
    stock = {size: row(f"{size}: one stock", "rust", prices, top) for size, top in LARGEST.items()}
    slower = row("x16: one stock", "numba", prices, LARGEST["x16"])
    stock["x16"]["peak_rss_mb"] = round(printed(PEAK.format(call="ours(w.one_stock(), 100)"))[-1])
    piece = row(f"4,851 pairs x {PANEL} symbols x 2,500 bars", "rust", market(PANEL), 100)
    panel = whole_panel(piece)
    rows = [*stock.values(), slower, piece, panel]
    cost, long = maxima_cost(prices), ten_million()
    pairs = [top * (top - 1) / 2 for top in LARGEST.values()]
    return {
        "rows": rows,
        "met": all(one["equal"] for one in rows)
        and all(one["ratio"] >= 150 for one in (stock["x16"], panel))
        and cost["share"] <= 0.15
        and max(panel["peak_rss_mb"], long["peak_rss_mb"]) <= 1_024
        and long["equal"],
        "slope": round(slope(pairs, [one["ours_seconds"] for one in stock.values()]), 2),
        "cold_seconds": round(printed(COLD)[-1], 3),
        "maxima": cost,
        "ten_million": long,
    }
