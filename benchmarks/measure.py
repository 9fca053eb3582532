"""How a figure is taken: ours and the peer's in turns, warm, the median of at least seven."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROUNDS = 7


def seconds(call: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turns(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the median seconds of both, called in turns after a warm-up."""
    ours()
    peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(max(rounds, ROUNDS))]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def slope(sizes: list[float], times: list[float]) -> float:
    """Return the fitted log-log slope of time over size."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def machine() -> dict[str, Any]:
    """Return what the figures were taken on, with its measured roofs."""
    block = np.ones(25_000_000)
    target = np.empty_like(block)
    matrix = np.ones((1500, 1500))
    copy = median(seconds(lambda: np.copyto(target, block)) for _ in range(ROUNDS))
    product = median(seconds(lambda: matrix @ matrix) for _ in range(ROUNDS))
    return {
        "cpu": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "copy_gb_per_second": round(2 * block.nbytes / copy / 1e9, 1),
        "product_gflops": round(2 * 1500**3 / product / 1e9, 1),
    }


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the installed versions of the libraries that a workload names."""
    return {name: version(name) for name in sorted(names)}


def show(text: str, begin: str, end: str) -> None:
    """Put a table between two marks of README.md."""
    readme = Path(__file__).with_name("README.md")
    before, _, rest = readme.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
