"""How often the tests of forecasts reject a null that is true: 5% is promised, 3-8% allowed.

`python -m benchmarks.forecast_size` goes through every cell (test, null, origins, horizon) that
`results/forecast_size.json` does not hold yet, and writes each as it is done: it can be stopped
and resumed. About half an hour on one core; a small version is in tests/forecast/evaluation.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.forecast.evaluation import (
    RollingOrigins,
    clark_west,
    diebold_mariano,
    model_confidence_set,
)
from workbench.forecast.evaluation.means import mean_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULT = Path(__file__).resolve().parent / "results" / "forecast_size.json"
ORIGINS, HORIZONS = (250, 1_000, 2_000), (1, 5, 12, 24, 50)
DRAWS, SET_DRAWS = 4_000, 1_000
SIZE, LOWEST, HIGHEST = 0.05, 0.03, 0.08

Floats = np.ndarray


def main() -> int:
    """Simulate what is missing, and say which cells are outside."""
    done: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    for name, cell in _cells():
        if name not in done:
            rng = np.random.default_rng(zlib.crc32(name.encode()))
            done[name] = cell(rng)
            print(f"{name:<60} {done[name]}", flush=True)
            RESULT.parent.mkdir(exist_ok=True)
            RESULT.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    outside = [n for n, cell in done.items() if not LOWEST <= cell["rejected"] <= HIGHEST]
    print(f"{len(done)} cells, {len(outside)} outside {LOWEST:.0%}-{HIGHEST:.0%}: {outside}")
    return len(outside)


def _cells() -> Iterator[tuple[str, Callable[[np.random.Generator], dict[str, Any]]]]:
    for origins in ORIGINS:
        for horizon in HORIZONS:
            if horizon * 20 > origins:
                continue
            for test in (_equal_noise, _persistent_noise, _clustered, _useless, _useless_slow):
                name = f"{test.__name__[1:]}, {origins} origins, {horizon} steps"
                yield name, lambda rng, t=test, n=origins, h=horizon: _size(rng, t, n, h)
            if horizon * 100 <= origins <= 1_000:
                name = f"confidence_set of 4, {origins} origins, {horizon} steps"
                yield name, lambda rng, n=origins, h=horizon: _set_size(rng, n, h)


def _size(rng: np.random.Generator, test: Any, origins: int, horizon: int) -> dict[str, Any]:
    p_values = np.array([test(rng, origins, horizon) for _ in range(DRAWS)])
    method = mean_test(rng.normal(size=origins), horizon).method
    return {"rejected": round(float(np.mean(p_values < SIZE)), 4), "draws": DRAWS, "test": method}


def _outcomes(steps: Floats, horizon: int) -> Floats:
    path = np.r_[0.0, np.cumsum(steps)]
    return path[horizon:-1] - path[: -horizon - 1]


def _walk(rng: np.random.Generator, origins: int, horizon: int) -> Floats:
    return _outcomes(rng.standard_normal(origins + horizon), horizon)


def _equal_noise(rng: np.random.Generator, origins: int, horizon: int) -> float:
    """Two forecasts of a random walk, each with noise of its own."""
    noise = 0.3 * math.sqrt(horizon) * rng.standard_normal((2, origins))
    return _difference(_walk(rng, origins, horizon), *noise, horizon)


def _persistent_noise(rng: np.random.Generator, origins: int, horizon: int) -> float:
    """The same, and the noise of neighbouring origins is nearly the same."""
    noise = [0.3 * math.sqrt(horizon) * _slow(rng, origins) for _ in range(2)]
    return _difference(_walk(rng, origins, horizon), *noise, horizon)


def _clustered(rng: np.random.Generator, origins: int, horizon: int) -> float:
    """Two forecasts with noise of a walk whose volatility clusters."""
    shocks, steps, variance = rng.standard_normal(origins + horizon), [], 1.0
    for shock in shocks.tolist():
        steps.append(math.sqrt(variance) * shock)
        variance = 0.05 + 0.1 * steps[-1] ** 2 + 0.85 * variance
    noise = 0.3 * math.sqrt(horizon) * rng.standard_normal((2, origins))
    return _difference(_outcomes(np.array(steps), horizon), *noise, horizon)


def _useless(rng: np.random.Generator, origins: int, horizon: int) -> float:
    """Clark-West: a term that is noise, beside no change."""
    term = 0.3 * math.sqrt(horizon) * rng.standard_normal(origins)
    return clark_west(term, np.zeros(origins), _walk(rng, origins, horizon), horizon).p_value


def _useless_slow(rng: np.random.Generator, origins: int, horizon: int) -> float:
    """Clark-West: a slow signal that says nothing, beside no change."""
    term = 0.3 * math.sqrt(horizon) * _slow(rng, origins)
    return clark_west(term, np.zeros(origins), _walk(rng, origins, horizon), horizon).p_value


def _difference(came: Floats, ours: Floats, theirs: Floats, horizon: int) -> float:
    return diebold_mariano(np.abs(came - ours), np.abs(came - theirs), horizon).p_value


def _slow(rng: np.random.Generator, origins: int) -> Floats:
    """A first-order autoregression of 0.9 with variance 1."""
    values, last = [], rng.standard_normal()
    for shock in (math.sqrt(1 - 0.81) * rng.standard_normal(origins)).tolist():
        last = 0.9 * last + shock
        values.append(last)
    return np.array(values)


def _set_size(rng: np.random.Generator, origins: int, horizon: int) -> dict[str, Any]:
    """How often a set of four equally good forecasters loses one."""
    rejected = 0
    for _ in range(SET_DRAWS):
        came = _walk(rng, origins, horizon)[None, :, None]
        noise = 0.3 * math.sqrt(horizon) * rng.standard_normal((4, 1, origins, 1, 1))
        said = dict(zip("abcd", noise, strict=True))
        windows = RollingOrigins((0.5,), np.zeros((1, origins)), came, np.ones(1), said)
        rejected += len(model_confidence_set_of(windows, rng, horizon)) < 4
    share = round(rejected / SET_DRAWS, 4)
    return {"rejected": share, "draws": SET_DRAWS, "test": "model confidence set"}


def model_confidence_set_of(
    windows: RollingOrigins, rng: np.random.Generator, horizon: int
) -> list[str]:
    """Who is in the set; the one step of these windows reaches over `horizon` steps."""
    thinned = RollingOrigins(
        windows.quantiles,
        windows.last[:, ::horizon],
        windows.actual[:, ::horizon],
        windows.unit,
        {name: said[:, ::horizon] for name, said in windows.predicted.items()},
    )
    return model_confidence_set(thinned, rng, draws=300).included


if __name__ == "__main__":
    sys.exit(main())
