"""A call of every operation there is, and the files that the calls read.

The tests of the doors share it: each operation has a row, or those tests fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["CALLS", "arguments_of", "furnish", "tool_of"]

EXPIRIES = {"ESH2024": "2024-03-15", "ESM2024": "2024-06-21"}
ONE_DAY = {"start": "2024-03-01", "end": "2024-03-01"}
PERIOD = {"start_date": "2019-01-02", "end_date": "2020-12-31"}
SMALL = {"epochs": 1, "horizon": 4, "input_size": 24, "max_seconds": 20, "end_date": "1994-01-01"}

CALLS: dict[str, dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]] = {
    "ping": {},
    "doctor": {},
    "list_datasets": {},
    "get_bars": {"dataset": "sp500-20:AAPL,MSFT", "limit": 3, **PERIOD},
    "synthetic_bars": {"process": "momentum", "symbols": 2, "sessions": 50, "limit": 5},
    "list_features": {},
    "compute_feature": {"feature": "rsi", "dataset": "AAPL", "limit": 5},
    "quick_analysis": {"symbol": "AAPL"},
    "list_strategies": {},
    "get_strategy_info": {"strategy": "momentum"},
    "save_strategy": {"strategy": "momentum", "name": "my_momentum", "replace": True},
    "run_backtest": {"strategy": "momentum", "symbol": "sp500-20:AAPL,MSFT,XOM", **PERIOD},
    "performance_report": {"strategy": "mean_reversion", "symbol": "AAPL", "period_days": 400},
    "backtest_strategy": {"strategy": "buy_and_hold", "symbol": "AAPL", **PERIOD},
    "quick_backtest": {"strategy": "mean_reversion", "symbol": "AAPL", "days": 90},
    "simulate_trade": {"strategy": "mean_reversion", "symbol": "AAPL", "action": "buy"},
    "run_benchmark": {"strategy": "mean_reversion", "symbol": "us-tech-5"},
    "get_trial_ledger": {"limit": 5},
    "keep_holdout": {"symbol": "us-tech-5"},
    "open_holdout": {"strategy": "momentum", "symbol": "us-tech-5"},
    "check_leaks": {"thing": "buy_and_hold", "bars": "sp500-20:AAPL", **PERIOD},
    "import_backtest": {"path": "{home}/returns.csv", "kind": "returns"},
    "compare_runs": lambda answers: {
        "runs": [f"{answers['run_backtest']['question']}#{place}" for place in (1, 1)]
    },
    "get_strategy_comparison": {
        "strategies": ["momentum", "buy_and_hold"],
        "symbol": "sp500-20:AAPL,MSFT,XOM",
        **PERIOD,
    },
    "recommend_strategy": {
        "symbol": "sp500-20:AAPL,MSFT",
        "strategies": ["mean_reversion", "buy_and_hold"],
        **PERIOD,
    },
    "adaptive_strategy_selection": {"symbol": "AAPL", "strategies": ["momentum", "buy_and_hold"]},
    "validate_strategy": {
        "strategy": "momentum",
        "symbol": "sp500-20:AAPL,MSFT,XOM",
        "grid": {"lookback": [21, 63]},
        "permutations": 19,
        "draws": 100,
        **PERIOD,
    },
    "sweep": {
        "strategy": "moving_average_cross",
        "symbol": "sp500-20:AAPL",
        "grid": {"fast": {"min": 2, "max": 10, "step": 4}, "slow": [20, 50]},
        **PERIOD,
    },
    "optimize_strategy": {
        "strategy": "mean_reversion",
        "symbol": "AAPL",
        "parameter_ranges": {"window": {"min": 5, "max": 40}},
        "max_iterations": 4,
        **PERIOD,
    },
    "optimize_parameters": {
        "strategy": "moving_average_cross",
        "symbol": "sp500-20:AAPL",
        "parameter_ranges": {"fast": [5, 10]},
    },
    "correlation_analysis": {"symbols": ["AAPL", "MSFT", "XOM"]},
    "risk_analysis": {
        "portfolio": [{"symbol": "AAPL", "value": 6000}, {"symbol": "XOM", "value": 4000}],
        "simulations": 2_000,
    },
    "neural_model_status": {},
    "list_model_types": {},
    "neural_train": {"data_path": "sp500-20:AAPL", **SMALL},
    "neural_forecast": lambda answers: {
        "symbol": "AAPL",
        "horizon": 3,
        "model_id": answers["neural_train"]["model_id"],
    },
    "neural_predict": lambda answers: {
        "model_id": answers["neural_train"]["model_id"],
        "input": [
            [100.0 + step % 7 for step in range(24)],
            [50.0 - step % 5 for step in range(30)],
        ],
    },
    "neural_evaluate": lambda answers: {
        "model_id": answers["neural_train"]["model_id"],
        "test_data": "sp500-20:AAPL",
        "metrics": ["mae", "accuracy"],
        "end_date": "1995-01-01",
    },
    "neural_backtest": lambda answers: {
        "model_id": answers["neural_train"]["model_id"],
        "end_date": "1996-12-31",
    },
    "neural_optimize": lambda answers: {
        "model_id": answers["neural_train"]["model_id"],
        "parameter_ranges": {"learning_rate": {"choices": [0.002, 0.01]}},
        "trials": 2,
        "max_seconds": 20,
        "end_date": "1995-01-01",
    },
    "add_dataset": {"name": "mine", "path": "{home}/mine.csv"},
    "get_market_status": {},
    "list_sessions": {"start_date": "2024-11-25", "end_date": "2024-12-31"},
    "add_corporate_actions": {"path": "{home}/actions.csv", "dataset": "us-tech-5"},
    "get_corporate_actions": {"symbols": ["AAPL"]},
    "adjustment_factors": {"dataset": "us-tech-5:AAPL"},
    "check_quality": {"dataset": "us-indices:IXIC", "limit": 3},
    "list_quarantine": {"limit": 3},
    "repair_dataset": {"dataset": "mine", "check": "spike"},
    "download_data": {"source": "synthetic", "symbols": ["GBM-1"], "start": "2024-01-02"},
    "add_instruments": {"path": "{home}/instruments.csv"},
    "download_instruments": {"source": "polygon", "symbols": ["AAPL", "NVDA"]},
    "find_instruments": {"query": "acme"},
    "add_dataset as contracts": {"name": "contracts", "path": "{home}/contracts.csv"},
    "continuous_future": {"dataset": "contracts", "expiries": EXPIRIES, "roll": "calendar"},
    "backtest_future": {
        "strategy": "buy_and_hold",
        "dataset": "contracts",
        "multiplier": 50,
        "expiries": EXPIRIES,
        "roll": "calendar",
    },
    "make_universe": {
        "name": "priciest",
        "dataset": "us-tech-5",
        "rule": "top 2 by price, rebalanced monthly",
        "replace": True,
    },
    "get_universe": {"name": "priciest", "on": "2010-06-30"},
    "add_fundamentals": {"path": "{home}/facts.csv"},
    "get_fundamentals": {"symbols": ["ACME"], "items": ["revenue"], "span": "quarter"},
    "download_fundamentals": {"symbols": ["AAPL"], "start_date": "2023-01-01"},
    "add_macro": {"name": "cpi", "path": "{home}/cpi.csv", "lag_days": 14},
    "get_macro": {"series": ["cpi"], "as_of": "2020-03-31"},
    "download_ticks": {"source": "polygon", "symbol": "AAPL", **ONE_DAY},
    "get_ticks": {"dataset": "polygon-trades", "symbol": "AAPL", "limit": 3},
    "get_polygon_data": {"symbol": "AAPL", "start_date": "2024-02-01", "end_date": "2024-03-01"},
    "query_data": {"sql": "SELECT symbol, count(*) AS bars FROM bars_1d GROUP BY symbol"},
    "get_market_analysis": {"symbol": "us-tech-5:IBM"},
    "lake_history": {"table": "bars_1d", "limit": 3},
    "compact_lake": {},
    "vacuum_lake": {},
    "verify_lake": {},
    "run_notebook": {"notebook": "tiny", "parameters": {"number": 2}},
    "list_runs": {"limit": 5},
    "get_run": lambda answers: {"run_id": answers["run_notebook"]["run_id"]},
}
"""In an order in which a call can use the answers of those before it; Polygon is on loopback."""

FILES = {
    "mine.csv": "date,MINE\n" + "\n".join(f"2024-01-{d:02d},{100 + d}.5" for d in range(1, 29)),
    "returns.csv": "date,returns\n"
    + "\n".join(f"2024-01-{d:02d},{0.01 * (-1) ** d + 0.001}" for d in range(1, 29)),
    "actions.csv": "symbol,date,kind,ratio\nAAPL,2005-02-28,split,2:1",
    "instruments.csv": "symbol,name,asset_class,venue\nACME,Acme Works,equity,XNYS",
    "contracts.csv": "date,ESH2024,ESM2024\n"
    + "\n".join(f"2024-03-{d:02d},{5000 + d},{5060 + d}" for d in (4, 5, 6, 7, 8, 11, 12, 13, 14)),
    "facts.csv": "symbol,item,period_start,period_end,value,unit,filed_at\n"
    "ACME,revenue,2019-01-01,2019-03-31,1e9,USD,2019-05-01\n"
    "ACME,revenue,2019-04-01,2019-06-30,1.1e9,USD,2019-08-01",
    "cpi.csv": "date,cpi\n2020-01-01,258.7\n2020-02-01,259.0\n2020-03-01,258.1",
}


def furnish(folder: Path) -> None:
    """Put the files of the calls, and a notebook, into a home."""
    (folder / "notebooks").mkdir(parents=True)
    cells = [
        nbformat.v4.new_code_cell("number = 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("number * 2"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, folder / "notebooks" / "tiny.ipynb")
    for name, text in FILES.items():
        (folder / name).write_text(f"{text}\n")


def tool_of(call):
    """A tool that is called twice has two rows: ``add_dataset``, ``add_dataset as contracts``."""
    return call.partition(" ")[0]


def arguments_of(call, answers, home):
    given = CALLS[call]
    given = given(answers) if callable(given) else given
    filled = {
        name: value.format(home=home) if name == "path" else value for name, value in given.items()
    }
    return {**filled, "replace": True} if tool_of(call) == "add_dataset" else filled
