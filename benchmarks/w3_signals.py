"""Entries and exits by column beside vectorbt, with both of its engines, and backtesting.py.

Each column is an account of its own. A call is what a researcher waits for: the simulation, the
trades as a table, the equity at each bar, Sharpe ratio and deepest drawdown of every column.
Against vectorbt with fees, slippage and a stop-loss on open, high, low and close; its records are
taken as they are, which costs less than its readable ones. Against backtesting.py with fees only,
in whole units, at the next open, one run a column as it asks: its stops are prices fixed before
the fill. No signal is given on the first bar, where the two disagree what a drawdown falls from.
"""

from __future__ import annotations

import contextlib
import io
import resource
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, seconds, slope
from workbench.backtest import simulate_signals
from workbench.data.panel import panel_of_arrays
from workbench.market import Costs

if TYPE_CHECKING:
    import xarray as xr

    from workbench.backtest import SignalAccounts

TITLE = "signal backtest"
TARGET = ">= 5x vectorbt's better engine, >= 300x backtesting.py, cold <= 1 s"
LIBRARIES = ("backtesting", "numba", "numpy", "pandas", "vectorbt", "vectorbt-rust")

SHAPES = {"x1": (10_000, 100), "x8": (1_000_000, 8)}
DENSE, SPARSE = 0.02, 1_388 / 1_000_000
"""The chance of an entry and of an exit at a bar; a sparse column of a million has 1,388 orders."""
COSTS = Costs(fee_bps=10, slippage_bps=5)
STOP, CASH = 0.05, 1e6

COLD = """
import time
from benchmarks import w3_signals as w
work = w.work((10_000, 100), w.DENSE)
start = time.perf_counter()
w.ours(work)
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Work:
    """Prices as bars and as frames, and the signals."""

    bars: xr.Dataset
    frames: dict[str, pd.DataFrame]
    entries: pd.DataFrame
    exits: pd.DataFrame

    def column(self, at: int) -> Work:
        """One column of it."""
        return Work(
            self.bars.isel(symbol=[at]),
            {name: frame.iloc[:, [at]] for name, frame in self.frames.items()},
            self.entries.iloc[:, [at]],
            self.exits.iloc[:, [at]],
        )


def work(shape: tuple[int, int], chance: float, seed: int = 3) -> Work:
    """Random walks of equal spread whatever their length, and random signals."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 1 / np.sqrt(shape[0]), shape), axis=0))
    opened = close * np.exp(rng.normal(0, 0.002, shape))
    values = {
        "open": opened,
        "high": np.maximum(opened, close) * 1.001,
        "low": np.minimum(opened, close) * 0.999,
        "close": close,
    }
    time = pd.date_range("2000-01-01", periods=shape[0], freq="min")
    symbols = [f"S{number:03}" for number in range(shape[1])]
    bars = panel_of_arrays(
        times=time.to_numpy(),
        symbols=symbols,
        values=values,
        calendar="24/7",
        currency="USD",
        attrs={"timeframe": "1m", "adjust": "none"},
    )
    tables = [rng.random(shape) < chance for _ in range(2)]
    for table in tables:
        table[0] = False
    frames = [pd.DataFrame(table, time, symbols) for table in (*values.values(), *tables)]
    return Work(bars, dict(zip(values, frames, strict=False)), *frames[4:])


def ours(given: Work) -> tuple[SignalAccounts, pd.DataFrame]:
    """Simulated, and everything that is asked of it."""
    made = simulate_signals(
        given.bars,
        given.entries,
        given.exits,
        stop_loss=STOP,
        costs=COSTS,
        fills_at="same close",
        initial_cash=CASH,
        periods_per_year=525_600,
    )
    return made, made.trades


def theirs(given: Work, engine: str) -> tuple[Any, ...]:
    """The same through `Portfolio.from_signals`."""
    import vectorbt

    prices = given.frames
    made = vectorbt.Portfolio.from_signals(
        prices["close"],
        given.entries,
        given.exits,
        open=prices["open"],
        high=prices["high"],
        low=prices["low"],
        sl_stop=STOP,
        stop_exit_price="stopmarket",
        upon_long_conflict="exit",
        fees=COSTS.fee_bps / 1e4,
        slippage=COSTS.slippage_bps / 1e4,
        min_size=0.0,
        init_cash=CASH,
        freq="1min",
        engine=engine,
    )
    return made, made.trades.records, made.value(), made.sharpe_ratio(), made.max_drawdown()


def same(given: Work, engine: str) -> bool:
    """Whether trades, equity, Sharpe ratio and drawdown agree to 1e-9."""
    made, trades = ours(given)
    _, records, value, sharpe, fallen = theirs(given, engine)
    measures, time = made.to_frame(), given.bars.indexes["time"]
    pairs = [
        (time.get_indexer(trades["entry_time"]), records["entry_idx"]),
        (time.get_indexer(trades["exit_time"]), records["exit_idx"]),
        (trades["pnl"], records["pnl"]),
        (trades["size"], records["size"]),
        (made.equity, value),
        (measures["sharpe_ratio"], sharpe),
        (measures["max_drawdown"], fallen),
    ]
    return len(trades) == len(records) and all(
        np.allclose(mine, their, rtol=1e-9, atol=1e-6 if mine is trades["pnl"] else 1e-9 * CASH)
        for mine, their in pairs[:5]
    ) and all(np.allclose(mine, their, rtol=1e-9) for mine, their in pairs[5:])  # fmt: skip


def whole_units(given: Work) -> tuple[SignalAccounts, pd.DataFrame]:
    """What backtesting.py does: whole units, at the next open, fees only."""
    made = simulate_signals(
        given.bars,
        given.entries,
        given.exits,
        costs=Costs(fee_bps=10, slippage_bps=0),
        fills_at="next open",
        initial_cash=CASH,
        lot=1.0,
    )
    return made, made.trades


def by_backtesting(given: Work) -> list[Any]:
    """One run a column."""
    from backtesting import Backtest, Strategy

    found = []
    for symbol in given.entries:
        enter, leave = given.entries[symbol].to_numpy(), given.exits[symbol].to_numpy()
        prices = pd.DataFrame({name.title(): one[symbol] for name, one in given.frames.items()})

        class Signals(Strategy):
            """In at an entry, out at an exit."""

            def init(self) -> None:
                """Nothing to prepare."""

            def next(self, enter: np.ndarray = enter, leave: np.ndarray = leave) -> None:
                """Look at the signals of the bar."""
                bar = len(self.data) - 1
                if self.position:
                    if leave[bar]:
                        self.position.close()
                elif enter[bar] and not leave[bar]:
                    self.buy()

        with contextlib.redirect_stderr(io.StringIO()):  # its progress bar
            run = Backtest(prices, Signals, cash=CASH, commission=0.001, finalize_trades=True)
            found.append(run.run())
    return found


def same_units(given: Work) -> bool:
    """Whether equity and closed trades agree; the last bar closes theirs once more."""
    made, trades = whole_units(given)
    for symbol, run in zip(given.entries, by_backtesting(given), strict=True):
        own = trades[(trades["symbol"] == symbol) & ~trades["open"]]
        peer = run["_trades"].iloc[: len(own)]
        equal = len(run["_trades"]) - len(own) in (0, 1) and all(
            np.allclose(own[mine], peer[their], rtol=1e-9)
            for mine, their in (("size", "Size"), ("entry_price", "EntryPrice"), ("pnl", "PnL"))
        )
        before = slice(0, -1)
        values = run["_equity_curve"]["Equity"][before]
        if not (equal and np.allclose(made.equity[symbol][before], values, rtol=1e-9)):
            return False
    return True


def row(size: str, peer: str, times: tuple[float, float], *, equal: bool) -> dict[str, Any]:
    """One line of the results."""
    mine, their = times
    return {
        "size": size,
        "peer": peer,
        "ours_seconds": round(mine, 5),
        "peer_seconds": round(their, 4),
        "ratio": round(their / mine, 2),
        "equal": equal,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def beside_vectorbt(size: str, chance: float, kind: str) -> list[dict[str, Any]]:
    """Both engines on one workload."""
    given = work(SHAPES[size], chance)
    label = f"{size} {SHAPES[size][0]:,} x {SHAPES[size][1]} {kind}"
    return [
        row(
            label,
            f"vectorbt {engine}",
            in_turns(partial(ours, given), partial(theirs, given, engine)),
            equal=same(given, engine),
        )
        for engine in ("rust", "numba")
    ]


def beside_backtesting(size: str, columns: int) -> dict[str, Any]:
    """Whole units on the first columns."""
    bars, symbols = SHAPES[size]
    given = work((bars, symbols), DENSE)
    given = given if columns == symbols else given.column(0)
    times = in_turns(partial(whole_units, given), partial(by_backtesting, given))
    label = f"{size} {bars:,} x {columns} random, whole units"
    return row(label, "backtesting.py", times, equal=same_units(given))


def run() -> dict[str, Any]:
    """Both peers on both workloads; the slope over 62,500 to 4,000,000 bars of 8 columns."""
    lengths = [62_500, 250_000, 1_000_000, 4_000_000]
    alone = []
    for length in lengths:
        given = work((length, 8), DENSE)
        ours(given)
        alone.append(min(seconds(partial(ours, given)) for _ in range(3)))
    rows = []
    for size in SHAPES:
        rows += beside_vectorbt(size, DENSE, "random 2%")
        rows += beside_vectorbt(size, SPARSE, "sparse")
    rows += [beside_backtesting("x1", 100), beside_backtesting("x8", 1)]
    cold = float(subprocess.check_output([sys.executable, "-c", COLD], text=True))
    best = {}
    for one in rows[:8]:
        best[one["size"]] = min(best.get(one["size"], np.inf), one["ratio"])
    met = all(one["equal"] for one in rows) and cold <= 1.0
    return {
        "rows": rows,
        "met": bool(
            met and min(best.values()) >= 5 and all(one["ratio"] >= 300 for one in rows[8:])
        ),
        "cold_seconds": round(cold, 3),
        "slope": round(slope([float(n) for n in lengths], alone), 2),
    }
