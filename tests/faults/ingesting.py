"""An ingest that can be killed: a process of its own, forked anew for every try.

``python ingesting.py HOME ROUNDS SEED`` prints one JSON line for each round. Forking keeps the
imports; deltalake starts its threads on first use, so the parent never touches a lake.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import deltalake  # noqa: F401  loaded before the forks
import numpy as np
import pyarrow as pa

from workbench.context import Context, Resources
from workbench.data.canonical import content_hash
from workbench.data.downloads import download_data, fetching, running  # noqa: F401
from workbench.ports import SourceFacts
from workbench.store import DeltaLake

SYMBOLS = [f"S{number:02}" for number in range(24)]
SESSIONS = 250
NOW = datetime(2024, 6, 3, 23, tzinfo=UTC)


class Steady:
    """A source whose every bar follows from its symbol and day."""

    facts = SourceFacts(
        name="steady",
        title="Bars of tests",
        timeframes=("1d",),
        licence="None.",
        survivorship="Survivors only.",
        calendar="24/7",
    )

    def bars(self, symbols, _timeframe, start, end):
        days = np.arange(start, end, timedelta(days=1)).astype("datetime64[us]")
        for symbol in symbols:
            closes = 100 + np.sin(days.astype(np.int64) / 1e13 + int(symbol[1:]))
            numbers = pa.array(np.round(closes, 4))
            yield pa.table(
                {
                    "symbol": pa.array([symbol] * len(days), pa.string()),
                    "time": pa.array(days),
                    **dict.fromkeys(("open", "high", "low", "close"), numbers),
                    "volume": pa.array(np.full(len(days), 1e4)),
                }
            )


def ingest(folder: Path) -> None:
    os.environ["WORKBENCH_HOME"] = str(folder)
    fetching.PIECES_PER_WRITE = 4
    context = Context(resources=Resources(lake=DeltaLake(str(folder / "lake"))), clock=lambda: NOW)
    start = NOW.date() - timedelta(days=SESSIONS)
    download_data(Steady(), SYMBOLS, start, dataset="steady", actions=False, context=context)


def look(folder: Path) -> dict[str, object]:
    """What a reader of the lake sees, and whether it is whole."""
    lake = DeltaLake(str(folder / "lake"))
    counts: dict[str, int] = {}
    digest, problems = "", []
    if lake.version("bars_1d") is not None:
        rows = lake.read("bars_1d")
        for symbol in rows["symbol"].to_pylist():
            counts[symbol] = counts.get(symbol, 0) + 1
        digest, problems = content_hash(rows), lake.verify("bars_1d")
    return {
        "symbols": len(counts),
        "sizes": sorted(set(counts.values())),
        "hash": digest,
        "problems": problems,
    }


def in_child(work) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def asked(folder: Path) -> dict[str, object]:
    """`look` in a child of its own."""
    answer = folder / "answer.json"
    _, status = os.waitpid(in_child(lambda: answer.write_text(json.dumps(look(folder)))), 0)
    return json.loads(answer.read_text()) if status == 0 else {"failed": status}


def main(home: str, rounds: int, seed: int) -> None:
    draw, folder = random.Random(seed), Path(home)
    began = time.monotonic()
    _, status = os.waitpid(in_child(lambda: ingest(folder / "whole")), 0)
    length = time.monotonic() - began
    print(json.dumps({"status": status, **asked(folder / "whole")}), flush=True)
    for number in range(rounds):
        place = folder / str(number)
        child = in_child(lambda place=place: ingest(place))
        time.sleep(draw.uniform(0, length))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        place.mkdir(exist_ok=True)
        after = asked(place)
        _, again = os.waitpid(in_child(lambda place=place: ingest(place)), 0)
        line = {"killed": os.WIFSIGNALED(status), "after": after, "again": again}
        print(json.dumps({**line, "end": asked(place)}), flush=True)
        shutil.rmtree(place)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
