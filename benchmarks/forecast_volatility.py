"""Realised volatility of 36 stocks: the default beside HAR-RV and GARCH.

`python -m benchmarks.forecast_volatility` forecasts the variance of the next day from the
thousandth day on; HAR and the default are estimated anew every month, GARCH every quarter. It
keeps each stock as it is done and can be stopped and resumed; ten minutes on one core.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.forecast.volatility import (
    VOLATILITY_MODELS,
    daily_variance,
    forecast_variance,
    qlike,
)

RESULT = Path(__file__).resolve().parent / "results" / "forecast_volatility.json"
FIRST = 1_000
REFITS = {"log-HAR": 22, "HAR": 22, "GARCH": 66}


def main() -> int:
    """Forecast what is missing, and count the stocks on which the default is not best."""
    shared = Path(os.environ.get("WORKBENCH_SHARED") or RESULT.parents[3] / "shared")
    done = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    for file in sorted((shared / "data" / "prices" / "us_daily_adjusted").glob("*.csv.gz")):
        name = file.name.removesuffix(".csv.gz")
        if name not in done:
            done[name] = _losses(pd.read_csv(file))
            print(f"{name:<6} {done[name]}", flush=True)
            RESULT.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    table = pd.DataFrame(done).T
    worse = table.index[table["log-HAR"] > table[["HAR", "GARCH"]].min(axis=1)].tolist()
    print(f"mean QLIKE {table.mean().round(4).to_dict()}; default not best on {worse}")
    return len(worse)


def _losses(bars: pd.DataFrame) -> dict[str, float]:
    factor = bars["adjusted_close"] / bars["close"]
    prices = [(bars[c] * factor).to_numpy() for c in ("open", "high", "low", "close")]
    variances, returns = daily_variance(*prices), np.diff(np.log(prices[3]))
    found = {}
    for model in VOLATILITY_MODELS:
        said = forecast_variance(returns, variances, FIRST, model=model, refit_every=REFITS[model])
        found[model] = round(float(qlike(variances[FIRST:], said[FIRST:]).mean()), 4)
    return found


if __name__ == "__main__":
    sys.exit(main())
