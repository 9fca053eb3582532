"""The lake beside hand-tuned Parquet: one symbol, one month, everything; how blocks trade off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import in_turns, seconds, slope

if TYPE_CHECKING:
    import xarray as xr

    from workbench.ports import LakeUpkeep

TITLE = "the lake"
TARGET = "one symbol <= 3x a tuned pyarrow read, everything >= 0.5x, memory <= 2x the result"
LIBRARIES = ("deltalake", "pyarrow", "xarray")
SIZES = {"x1": (250, 2_500), "x4": (500, 5_000), "x16": (1_000, 10_000)}
FIELDS = ("open", "high", "low", "close", "volume")
COLUMNS = ["symbol", "time", *FIELDS]
FIRST = np.datetime64("1985-01-01", "us")
LARGE = (5_000, 5_040)
"""Twenty years of every US share: ingested once, read once."""
MONTH = ("1990-03-01", "1990-04-01")
MOMENT = pa.timestamp("us")
NOW = datetime(2024, 1, 1, tzinfo=UTC)

PEAK = """
import json
from pathlib import Path
from workbench.data import load_bars
def peak():  # of this process: getrusage remembers that of its parent
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in l)
    return int(line.split()[1]) / 1024
load_bars("synthetic-x1")
before = peak()
made = load_bars("synthetic-x16")
print(json.dumps([peak() - before, made.nbytes / 1024**2]))
"""


def bars(symbols: int, sessions: int) -> pa.Table:
    """Random walks in cents, sorted by symbol and time."""
    rng = np.random.default_rng(12)
    steps = rng.normal(0, 0.01, (symbols, sessions))
    close = np.round(100 * np.exp(np.cumsum(steps, axis=1)), 2).ravel()
    names = pa.array([f"S{number:04}" for number in range(symbols)])
    codes = pa.array(np.repeat(np.arange(symbols, dtype=np.int32), sessions))
    times = FIRST + np.tile(np.arange(sessions), symbols) * np.timedelta64(1, "D")
    prices = {"open": 1.0, "high": 1.01, "low": 0.99, "close": 1.0}
    return pa.table(
        {
            "symbol": pa.DictionaryArray.from_arrays(codes, names).cast(pa.string()),
            "time": pa.array(times),
            **{name: pa.array(np.round(close * factor, 2)) for name, factor in prices.items()},
            "volume": pa.array(rng.integers(1_000, 1_000_000, len(close)).astype(float)),
        }
    )


def ingest(rows: pa.Table, symbols: int, sessions: int, name: str) -> None:
    """Bring rows into the lake as a download does, fifty symbols at a time."""
    from workbench.context import current
    from workbench.data.knowledge import upsert

    lake, step = current().lake, 50 * sessions
    for start in range(0, rows.num_rows, step):
        part = rows.slice(start, step)
        upsert(
            lake,
            "bars_1d",
            name,
            part,
            keys=("symbol", "time"),
            recorded_at=NOW.replace(tzinfo=None),
        )
    cast("LakeUpkeep", lake).compact("bars_1d")
    catalogue(name, symbols, sessions)


def catalogue(name: str, symbols: int, sessions: int) -> None:
    """Write the manifest of a synthetic dataset."""
    from workbench.data.manifest import Manifest, Series, write_manifest
    from workbench.settings import home

    first, last = FIRST.astype("datetime64[D]"), (FIRST + np.timedelta64(sessions - 1, "D"))
    one = Series(start=first.item(), end=last.astype("datetime64[D]").item(), rows=sessions)
    facts = Manifest(
        name=name,
        title="Random walks",
        carrier="download",
        vendor="synthetic",
        calendar="24/7",
        currency="USD",
        fields=dict.fromkeys(FIELDS, "USD"),
        adjust="none",
        stored="none",
        survivorship="Invented.",
        source="Invented.",
        licence="None.",
        universe={f"S{number:04}": one for number in range(symbols)},
    )
    write_manifest(facts, home() / "datasets")


def same(made: xr.Dataset, rows: pa.Table) -> bool:
    """Whether bars in the hand are these rows, number by number."""
    shape = (made.sizes["symbol"], made.sizes["time"])
    return all(
        np.array_equal(made[name].to_numpy().T, rows[name].to_numpy().reshape(shape))
        for name in FIELDS
    )


def tuned(path: Path, **how: Any) -> pa.Table:
    """Read a raw Parquet file whose row groups are single symbols."""
    return pq.read_table(path, columns=COLUMNS, **how)


def row(
    size: str, peer: str, ours: float, theirs: float, *, equal: bool, **more: Any
) -> dict[str, Any]:
    """One line of the results."""
    return {
        "size": size,
        "peer": peer,
        "ours_seconds": round(ours, 5),
        "peer_seconds": round(theirs, 5),
        "ratio": round(theirs / ours, 3),
        "equal": equal,
        "peak_rss_mb": None,
        **more,
    }


def one_size(size: str, folder: Path) -> list[dict[str, Any]]:
    """Ingest a size into a lake and a raw file, and read both in three ways."""
    from workbench.data import load_bars

    symbols, sessions = SIZES[size]
    rows, name = bars(symbols, sessions), f"synthetic-{size}"
    raw = folder / f"{size}.parquet"
    written = seconds(
        partial(pq.write_table, rows, raw, compression="zstd", row_group_size=sessions)
    )
    ingested = seconds(partial(ingest, rows, symbols, sessions, name))
    middle = f"S{symbols // 2:04}"
    low, high = (np.datetime64(day, "us") for day in MONTH)
    inside = pc.and_(
        pc.greater_equal(rows["time"], pa.scalar(low, MOMENT)),
        pc.less(rows["time"], pa.scalar(high, MOMENT)),
    )
    time = pc.field("time")
    filters = (time >= pa.scalar(low, MOMENT)) & (time < pa.scalar(high, MOMENT))
    found = [row(f"{size} ingest and compact", "write_table", ingested, written, equal=True)]
    ways = {
        "one symbol": (
            partial(load_bars, f"{name}:{middle}"),
            partial(tuned, raw, filters=[("symbol", "==", middle)]),
            rows.filter(pc.equal(rows["symbol"], middle)),
        ),
        "one month": (
            partial(load_bars, name, *MONTH),
            partial(tuned, raw, filters=filters),
            rows.filter(inside),
        ),
        "everything": (partial(load_bars, name), partial(tuned, raw), rows),
    }
    for way, (ours, theirs, expected) in ways.items():
        equal = same(ours(), expected) and theirs().num_rows == expected.num_rows
        found.append(row(f"{size} {way}", "pyarrow", *in_turns(ours, theirs), equal=equal))
    return found


def large(folder: Path) -> list[dict[str, Any]]:
    """Five thousand symbols over twenty years: does it fit, and are both common reads cheap."""
    from workbench.data import load_bars

    symbols, sessions = LARGE
    rows, raw = bars(symbols, sessions), folder / "large.parquet"
    written = seconds(
        partial(pq.write_table, rows, raw, compression="zstd", row_group_size=sessions)
    )
    ingested = seconds(partial(ingest, rows, symbols, sessions, "synthetic-large"))
    expected = rows.filter(pc.equal(rows["symbol"], "S2500"))
    del rows
    size = f"{symbols} symbols x {sessions} bars"
    one, month = (
        partial(load_bars, "synthetic-large:S2500"),
        partial(load_bars, "synthetic-large", *MONTH),
    )
    raw_one = partial(tuned, raw, filters=[("symbol", "==", "S2500")])
    low, high = (pa.scalar(np.datetime64(day, "us"), MOMENT) for day in MONTH)
    raw_month = partial(tuned, raw, filters=(pc.field("time") >= low) & (pc.field("time") < high))
    return [
        row(f"{size} ingest and compact", "write_table", ingested, written, equal=True),
        row(f"{size} one symbol", "pyarrow", *in_turns(one, raw_one), equal=same(one(), expected)),
        row(
            f"{size} one month",
            "pyarrow",
            *in_turns(month, raw_month),
            equal=int(month()["close"].count()) == raw_month().num_rows,
        ),
    ]


def trade_off(folder: Path) -> list[dict[str, Any]]:
    """The same rows in few and in many blocks: one symbol against one month."""
    from workbench.store import DeltaLake
    from workbench.store.lake.blocks import cuts

    symbols, sessions = SIZES["x16"]
    rows = bars(symbols, sessions)
    low, high = (datetime.fromisoformat(day) for day in MONTH)
    usual, found = cuts.__defaults__, []
    for target in (10_000_000, 2_000_000, 500_000, 125_000):
        cuts.__defaults__ = (target,)
        lake = DeltaLake(str(folder / f"blocks-{target}"))
        lake.append("bars", rows)
        times = [
            in_turns(partial(lake.read, "bars", filters=filters), lambda: None)[0]
            for filters in (
                [("symbol", "==", "S0500")],
                [("time", ">=", low), ("time", "<", high)],
            )
        ]
        blocks = len(lake.files("bars"))
        size = f"{blocks} blocks: one symbol (ours), one month (peer)"
        found.append(row(size, "itself", *times, equal=True))
    cuts.__defaults__ = usual
    return found


def memory() -> tuple[float, float]:
    """Peak megabytes of reading everything, and those of the result, in a process of its own."""
    run = subprocess.run([sys.executable, "-c", PEAK], check=True, capture_output=True, text=True)
    peak, result = json.loads(run.stdout)
    return peak, result


def run() -> dict[str, Any]:
    """Three sizes, the trade-off, and the memory of the largest."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        rows = [one for size in SIZES for one in one_size(size, Path(home))]
        peak, result = memory()
        rows += trade_off(Path(home)) + large(Path(home))
    named = {one["size"]: one for one in rows}
    named["x16 everything"]["peak_rss_mb"] = round(peak)
    whole = [named[f"{size} everything"]["ours_seconds"] for size in SIZES]
    met = (
        named["x16 one symbol"]["ratio"] >= 1 / 3
        and named["x16 everything"]["ratio"] >= 0.5
        and peak <= 2 * result
        and all(one["equal"] for one in rows)
    )
    counts = [float(symbols * sessions) for symbols, sessions in SIZES.values()]
    return {
        "rows": rows,
        "met": met,
        "slope": round(slope(counts, whole), 2),
        "result_mb": round(result),
    }
