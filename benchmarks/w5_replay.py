"""Quotes and trades replayed beside hftbacktest (compiled) and nautilus-trader (Python).

Each peer runs in an environment of its own, made here on first use, and in turns with ours on
the same stream. hftbacktest: quotes and trades, 1% orders, its risk-averse queue, whole fills and
constant latencies; the position and the cash at every wake must be equal (a quote at another
price is two rows of its depth). nautilus: quotes, a Python strategy called at each, no latency;
every fill must be equal in time, side, price and size. Trades are left out there, because by
default it matches limit orders against quotes alone. backtesting.py knows bars only and has no
quotes, queue or latency to compare: it is timed in W3.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measure import ROUNDS, seconds, slope
from workbench.backtest.replay import Events, Latency, Replay, Venue, replay, replay_compiled
from workbench.backtest.replay.events import code
from workbench.market import Costs
from workbench.market.venue import ask, bid, buy, cancel, my_order, my_orders, sell
from workbench.market.venue import layout as at
from workbench.settings import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.market.venue import World

TITLE = "event replay"
TARGET = ">= 1x hftbacktest compiled, >= 1x nautilus-trader with a Python strategy"
LIBRARIES = ("numba", "numpy")
SIZES = {"x1": 312_500, "x4": 1_250_000, "x16": 5_000_000}
PEERS = {"hftbacktest": "hftbacktest==2.4.4", "nautilus": "nautilus_trader==1.221.0"}
ORDERS_EVERY = 200
"""Events from wake to wake; two orders at each make 1%."""
ENTRY, RESPONSE, FEED = 2_000_003, 2_000_007, 1_000_001
TICK = 0.01

COLD = """
import time
from benchmarks import w5_replay as w
events = w.market(10_000)
start = time.perf_counter()
w.compiled(events)
print(time.perf_counter() - start)
"""


def market(count: int, *, trades: bool = True, seed: int = 5) -> Events:
    """A book of one tick that moves by ticks and never crosses, with trades at its prices."""
    rng = np.random.default_rng(seed)
    moves = rng.choice(np.array([-1, 0, 1]), count, p=[0.03, 0.94, 0.03])
    traded = (moves == 0) & (rng.random(count) < (0.2 if trades else 0.0))
    side = np.where(rng.random(count) < 0.5, 1, -1)
    middle = 20_000 + np.cumsum(moves)
    step = np.repeat(np.arange(count), np.where(moves != 0, 2, 1))[:count]
    second = np.r_[False, step[1:] == step[:-1]]
    moved = moves[step]  # up: the ask first, then the bid; down: the bid first
    which = np.where(moved != 0, np.where(second, moved, -moved), side[step])
    price = middle[step] + np.where((which > 0) == traded[step], 1, 0)
    rows = np.empty((count, 5), dtype=np.int64)
    rows[:, at.TIME] = 1_700_000_000_000_000_000 + np.cumsum(rng.integers(1, 2_000_000, count))
    rows[:, at.RECEIVED] = rows[:, at.TIME] + (FEED if trades else 0)
    rows[:, at.CODE] = code(np.where(traded[step], at.TRADE, at.QUOTE), which, 0)
    rows[:, at.AT] = price
    rows[:, at.AMOUNT] = rng.integers(1, 60, count)
    return Events(rows, ("X",), (TICK,), (1.0,))


def interval(events: Events) -> int:
    """Nanoseconds from wake to wake."""
    first, last = events.rows[[0, -1], at.TIME]
    return int((last - first) // (len(events) // ORDERS_EVERY))


def quoting(world: World, memory: np.ndarray) -> None:
    """Cancel everything and quote one lot at the best bid and ask."""
    memory[0] += 1
    for place in range(my_orders(world) - 1, -1, -1):
        cancel(world, my_order(world, place))
    buy(world, 0, bid(world, 0), 1)
    sell(world, 0, ask(world, 0), 1)


class Quoting:
    """The strategy of the nautilus peer: called at each quote, acting at the first after a wake."""

    def __init__(self, start: int, wait: int) -> None:
        self.due, self.wait = start + wait, wait

    def __call__(self, view: Any, orders: Any) -> None:
        """Look at the clock; act rarely."""
        if view.time < self.due:
            return
        self.due += self.wait
        orders.cancel_all()
        best_bid, best_ask = view.bid, view.ask
        orders.buy(1, best_bid)
        orders.sell(1, best_ask)


def compiled(events: Events) -> Replay:
    """Our compiled replay."""
    return replay_compiled(
        quoting,
        events,
        venue=Venue(Latency.fixed(ENTRY, RESPONSE)),
        every=interval(events),
        costs=Costs.none(),
        initial_cash=0.0,
    )


def depth_rows(events: Events) -> np.ndarray:
    """The stream as hftbacktest reads it: a quote at a new price also removes the old level."""
    rows = events.rows
    kind = rows[:, at.CODE] & at.KIND_MASK
    side = ((rows[:, at.CODE] >> at.KIND_BITS) & at.SIDE_MASK) - 1
    old = np.zeros(len(rows), dtype=np.int64)
    for one in (1, -1):
        own = np.flatnonzero((kind == at.QUOTE) & (side == one))
        prices = rows[own, at.AT]
        before = np.r_[prices[:1], prices[:-1]]
        old[own] = np.where(before != prices, before, 0)
    source = np.repeat(np.arange(len(rows)), np.where(old != 0, 2, 1))
    removes = np.r_[False, source[1:] == source[:-1]]
    fields = [("ev", "u8"), ("exch_ts", "i8"), ("local_ts", "i8"), ("px", "f8"), ("qty", "f8")]
    fields += [("order_id", "u8"), ("ival", "i8"), ("fval", "f8")]
    made = np.zeros(len(source), dtype=np.dtype(fields, align=True))
    flags = np.where(side > 0, 1 << 29, 1 << 28) | (1 << 31) | (1 << 30)
    made["ev"] = (flags | np.where(kind == at.TRADE, 2, 1))[source]
    made["exch_ts"], made["local_ts"] = rows[source, at.TIME], rows[source, at.RECEIVED]
    made["px"] = np.where(removes, old[source], rows[source, at.AT]) * TICK
    made["qty"] = np.where(removes, 0, rows[source, at.AMOUNT])
    return made


def whole_quotes(events: Events) -> dict[str, np.ndarray]:
    """Both sides at each event, from the first at which both are known."""
    rows = events.rows
    side = ((rows[:, at.CODE] >> at.KIND_BITS) & at.SIDE_MASK) - 1
    latest = [
        np.maximum.accumulate(np.where(side == one, np.arange(len(rows)), -1)) for one in (1, -1)
    ]
    first = int(np.argmax((latest[0] >= 0) & (latest[1] >= 0)))
    found = {"rows": rows[first:]}
    for name, index in zip(("bid", "ask"), latest, strict=True):
        found[name] = rows[index[first:], at.AT] * TICK
        found[f"{name}_size"] = rows[index[first:], at.AMOUNT]
    return found


class Peer:
    """A peer in a process of its own that answers each line with the seconds of one run."""

    def __init__(self, name: str, script: str, data: dict[str, Any]) -> None:
        folder = cache_folder("peers")
        self.answers = folder / f"{name}.answer.npz"
        given = folder / f"{name}.npz"
        np.savez(given, **data)
        command = [environment(name), Path(__file__).parent / "peers" / script, given]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self) -> float:
        """Run once more."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(json.loads(self.process.stdout.readline())["seconds"])

    def close(self) -> None:
        """End its process."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(timeout=60)


def environment(name: str) -> Path:
    """The Python of a peer's own environment, made on first use."""
    folder = cache_folder(f"peers/{name}-{PEERS[name].rpartition('=')[2]}")
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEERS[name]], check=True)
        done.touch()
    return python


def in_turns(ours: Callable[[], object], peer: Peer) -> tuple[float, float]:
    """The median seconds of both; the peer times itself, without loading its data."""
    ours()
    peer()
    pairs = [(seconds(ours), peer()) for _ in range(ROUNDS)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def row(size: str, peer: str, times: tuple[float, float], *, equal: bool) -> dict[str, Any]:
    """One line of the results."""
    ours, theirs = times
    return {
        "size": size,
        "peer": peer,
        "ours_seconds": round(ours, 4),
        "peer_seconds": round(theirs, 4),
        "ratio": round(theirs / ours, 3),
        "equal": equal,
        "peak_rss_mb": None,
    }


def beside_hftbacktest(size: str) -> dict[str, Any]:
    """Position and cash at each wake, then the time."""
    events = market(SIZES[size])
    data = {"rows": depth_rows(events), "entry": ENTRY, "response": RESPONSE, "tick": TICK}
    wakes = len(events) // ORDERS_EVERY
    peer = Peer("hftbacktest", "hft_peer.py", data | {"interval": interval(events), "wakes": wakes})
    try:
        times = in_turns(lambda: compiled(events), peer)
    finally:
        peer.close()
    theirs = np.load(peer.answers)
    seen = compiled(events).filled.dropna(subset=["seen"])
    signed = np.where(seen["side"] == "buy", 1, -1) * seen["size"].to_numpy()
    start, wait = int(events.rows[0, at.TIME]), interval(events)
    moments = start + wait * np.arange(1, len(theirs["positions"]) + 1)
    heard = np.searchsorted(seen["seen"].astype("int64").to_numpy(), moments, side="right")
    held = np.r_[0, np.cumsum(signed)][heard]
    cash = np.r_[0, np.cumsum(-signed * seen["price"].to_numpy())][heard]
    equal = np.array_equal(theirs["positions"], held) and np.allclose(
        theirs["balances"], cash, rtol=1e-9, atol=1e-6
    )
    return row(f"{size} compiled", "hftbacktest", times, equal=bool(equal))


def beside_nautilus(size: str) -> dict[str, Any]:
    """Every fill, then the time."""
    events = market(SIZES[size], trades=False)
    data = whole_quotes(events)
    start, wait = int(data["rows"][0, at.TIME]), interval(events)
    peer = Peer("nautilus", "nautilus_peer.py", data | {"interval": wait})

    def ours() -> Replay:
        return replay(Quoting(start, wait), events, wake=("quote",), costs=Costs.none())

    try:
        times = in_turns(ours, peer)
    finally:
        peer.close()
    theirs, made = np.load(peer.answers), ours().filled
    side = np.where(made["side"] == "buy", 1, -1)
    equal = np.array_equal(theirs["times"], made["time"].astype("int64")) and np.allclose(
        theirs["fills"][:, 1:], np.column_stack([side, made["price"], made["size"]]), rtol=1e-9
    )
    return row(f"{size} Python", "nautilus-trader", times, equal=bool(equal))


def run() -> dict[str, Any]:
    """Both peers at three sizes."""
    rows = [beside_hftbacktest(size) for size in SIZES]
    rows += [beside_nautilus(size) for size in SIZES]
    cold = subprocess.run(
        [sys.executable, "-c", COLD], check=True, capture_output=True, text=True
    ).stdout
    largest = [one for one in rows if one["size"].startswith("x16")]
    return {
        "rows": rows,
        "met": all(one["ratio"] >= 1 for one in largest) and all(one["equal"] for one in rows),
        "slope": round(
            slope([float(n) for n in SIZES.values()], [one["ours_seconds"] for one in rows[:3]]), 2
        ),
        "cold_seconds": round(float(cold), 3),
        "peers": PEERS,
    }
