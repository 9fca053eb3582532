"""The promise of adaptive intervals, counted on three data sets.

`python -m benchmarks.forecast_calibration` replays 90% intervals of repeat-last at 1, 5 and 24
steps: 8 exchange rates and 36 stocks (both from the shared material; a set that is absent is
left out) and 40 simulated series. It takes a minute.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.forecast.calibration import check_calibration

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULT = Path(__file__).resolve().parent / "results" / "forecast_calibration.json"
STEPS = (1, 5, 24)
SIMULATED, BARS = 40, 5_000


def main() -> None:
    """Check every series of every set, print the table and keep it."""
    rows = [row for name, series in _sets() for row in _judged(name, series)]
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    RESULT.write_text(json.dumps({"level": 0.9, "rows": rows}, indent=2) + "\n", encoding="utf-8")


def _judged(name: str, series: list[np.ndarray]) -> list[dict[str, Any]]:
    reports = [check_calibration(values, STEPS).to_frame() for values in series]
    rows = []
    for step in STEPS:
        each = pd.DataFrame([report.loc[step] for report in reports])
        score = each["interval_score"] / each["rolling_score"]
        within = each["coverage"].between(0.88, 0.92)
        calm_and_wild = each["calm"].between(0.84, 0.95) & each["wild"].between(0.84, 0.95)
        rows.append(
            {
                "set": name,
                "series": len(each),
                "step": step,
                "fewest_origins": int(each["origins"].min()),
                "within_88_92": round(float(within.mean()), 3),
                "lowest": round(float(each["coverage"].min()), 4),
                "highest": round(float(each["coverage"].max()), 4),
                "calm_and_wild_84_95": round(float(calm_and_wild.mean()), 3),
                "score_over_rolling_mean": round(float(score.mean()), 3),
                "score_over_rolling_median": round(float(score.median()), 3),
            }
        )
    return rows


def _sets() -> Iterator[tuple[str, list[np.ndarray]]]:
    shared = Path(os.environ.get("WORKBENCH_SHARED") or RESULT.parents[3] / "shared")
    rates = shared / "data" / "forecasting" / "exchange_rate.txt.gz"
    if rates.is_file():
        yield "exchange rates", list(np.loadtxt(rates, delimiter=",").T)
    stocks = sorted((shared / "data" / "prices" / "us_daily_adjusted").glob("*.csv.gz"))
    if stocks:
        yield "stocks", [pd.read_csv(file)["adjusted_close"].to_numpy() for file in stocks]
    yield "simulated", [_volatile_walk(np.random.default_rng(seed)) for seed in range(SIMULATED)]


def _volatile_walk(rng: np.random.Generator) -> np.ndarray:
    """GARCH(1, 1) with shocks of a t with five degrees of freedom."""
    shocks = rng.standard_t(5, BARS) / math.sqrt(5 / 3)
    steps, variance = np.empty(BARS), 1e-4
    for at in range(BARS):
        steps[at] = math.sqrt(variance) * shocks[at]
        variance = 2e-6 + 0.08 * steps[at] ** 2 + 0.90 * variance
    return 100.0 * np.exp(np.cumsum(steps))


if __name__ == "__main__":
    main()
