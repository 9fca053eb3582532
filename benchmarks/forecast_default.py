"""The default forecast: skill where skill exists, and hardly a departure where there is none.

`python -m benchmarks.forecast_default` goes through every cell that
`results/forecast_default.json` does not hold yet and writes each as it is done: it can be
stopped and resumed. 400 random walks of 2,000 steps at each horizon; series of known
signal-to-noise, fitted to 4,000 steps and judged by the next 4,000 beside the true model; the
exchange rates by the split 70/10/20, left out where they are absent. A quarter of an hour on
one core.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.exchange import HORIZONS, financial_default, rates_file, read_panel, repeat_last
from workbench.forecast import fit_default

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULT = Path(__file__).resolve().parent / "results" / "forecast_default.json"
WALKS, LENGTH = 400, 2_000
SERIES, LEARNED, JUDGED = 20, 4_000, 4_000

Floats = np.ndarray


def main() -> int:
    """Simulate what is missing, and say which cells miss their target."""
    done: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    for name, cell in _cells():
        if name not in done:
            done[name] = cell()
            print(f"{name:<50} {done[name]}", flush=True)
            RESULT.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    missed = [name for name, cell in done.items() if not cell["met"]]
    print(f"{len(done)} cells, {len(missed)} missed: {missed}")
    return len(missed)


def _cells() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    for horizon in (1, 5, 12, 24):
        yield f"random walks, {horizon} steps", lambda h=horizon: _walks(h)
    for lag in (0.15, 0.2, 0.3, -0.2):
        for horizon in (1, 5):
            name = f"momentum {lag}, {horizon} steps"
            yield name, lambda a=lag, h=horizon: _skill(_momentum, a, h)
    for pull in (0.05, 0.1):
        for horizon in (1, 5):
            name = f"pull to the mean {pull}, {horizon} steps"
            yield name, lambda a=pull, h=horizon: _skill(_pulled, a, h)
    for horizon in HORIZONS if rates_file().is_file() else ():
        yield f"exchange rates, {horizon} steps", lambda h=horizon: _exchange(h)


def _walks(horizon: int) -> dict[str, Any]:
    departed = 0
    for seed in range(WALKS):
        steps = np.random.default_rng(seed).normal(0, 0.01, LENGTH)
        departed += fit_default(100 * np.exp(np.cumsum(steps)), horizon).decision.departs
    share = departed / WALKS
    return {"departs": share, "walks": WALKS, "met": share <= 0.075}


def _momentum(rng: np.random.Generator, lag: float, horizon: int) -> tuple[Floats, Floats]:
    """Returns with a first-order autocorrelation; the truth is known at each time."""
    steps = rng.normal(0, 0.01, LEARNED + JUDGED)
    for at in range(1, len(steps)):
        steps[at] += lag * steps[at - 1]
    path = np.cumsum(steps)
    return path, path + steps * sum(lag**power for power in range(1, horizon + 1))


def _pulled(rng: np.random.Generator, pull: float, horizon: int) -> tuple[Floats, Floats]:
    """A level that is pulled back to its mean."""
    path = rng.normal(0, 0.01, LEARNED + JUDGED)
    for at in range(1, len(path)):
        path[at] += (1 - pull) * path[at - 1]
    return path, path * (1 - pull) ** horizon


def _skill(make: Any, strength: float, horizon: int) -> dict[str, Any]:
    attained, attainable, departed = [], [], 0
    origins = np.arange(LEARNED, LEARNED + JUDGED - horizon)
    for seed in range(SERIES):
        path, truth = make(np.random.default_rng(seed), strength, horizon)
        default = fit_default(np.exp(path[:LEARNED]), horizon)
        departed += default.decision.departs
        windows = np.lib.stride_tricks.sliding_window_view(np.exp(path), 12)[origins - 12]
        said = np.log(default.predict(windows, [0.5])[:, horizon - 1, 0])
        last, came = path[origins - 1], path[origins + horizon - 1]
        naive = np.mean((came - last) ** 2)
        attained.append(1 - np.mean((came - said) ** 2) / naive)
        attainable.append(1 - np.mean((came - truth[origins - 1]) ** 2) / naive)
    share = float(np.mean(attained) / np.mean(attainable))
    return {
        "attainable_skill": round(float(np.mean(attainable)), 4),
        "attained_share": round(share, 3),
        "departs": departed / SERIES,
        "met": share >= 0.8,
    }


def _exchange(horizon: int) -> dict[str, Any]:
    """Mean squared error of the scaled test windows over that of repeat-last, W8's default."""
    panel = read_panel()
    ours, departed = financial_default(panel, horizon)
    mse, naive = float(ours.mse.mean()), float(repeat_last(panel, horizon).mse.mean())
    return {
        "departs": departed,
        "mse": round(mse, 4),
        "mse_repeat_last": round(naive, 4),
        "mse_ratio": round(mse / naive, 4),
        "met": mse / naive <= (1.02 if departed else 1.0),
    }


if __name__ == "__main__":
    sys.exit(main())
