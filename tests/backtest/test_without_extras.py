"""What the base install is enough for works where an extra of the benchmarks is not there."""

import os
import subprocess
import sys

ASKED = """
import sys
sys.modules["bottleneck"] = sys.modules["numbagg"] = None  # as if they were not installed
import numpy as np, pandas as pd
import workbench as wb

moves = np.random.default_rng(1).normal(0.0005, 0.01, (300, 2))
days = pd.bdate_range("2020-01-01", periods=300)
prices = pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), days, ["A", "B"])
prices.iloc[50, 0] = np.nan
names = ["buy_and_hold", "mean_reversion"]
assert wb.recommend_strategy(symbol=prices, strategies=names).market_conditions.trend
assert wb.adaptive_strategy_selection(prices, strategies=names).selected_strategy in names
assert wb.simulate_trade("buy_and_hold", prices[["A"]], "buy").status in {"executed", "cut"}
assert wb.quick_backtest("mean_reversion", prices, 200).bars > 100
assert len(wb.get_strategy_comparison(names, symbol=prices).comparison) == 2
assert wb.run_benchmark("mean_reversion", symbol=prices).benchmark_comparisons
"""


def test_short_questions_need_no_library_that_only_the_benchmarks_bring(tmp_path):
    environment = {**os.environ, "WORKBENCH_HOME": str(tmp_path)}
    made = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
