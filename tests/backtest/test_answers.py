"""The ten-bar momentum example that was worked out by hand."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from workbench.backtest import simulate
from workbench.market import Costs
from workbench.registry import lookup

pytestmark = pytest.mark.kernel  # also with the compiler off

ANSWER = yaml.safe_load(
    (Path(__file__).parents[1] / "answers" / "momentum_ten_bars.yaml").read_text()
)
TIME = pd.bdate_range("2024-01-01", periods=10)


@pytest.fixture(scope="module", params=["kernel", "replay", "vectorbt"])
def report(request):
    if request.param == "vectorbt":
        pytest.importorskip("vectorbt")
    return simulate(
        lookup("strategy", "momentum"),
        pd.DataFrame(ANSWER["closes"], index=TIME, dtype=float),
        costs=Costs(**ANSWER["costs"]),
        initial_cash=ANSWER["initial_cash"],
        parameters=ANSWER["parameters"],
        engine=request.param,
    )


def _close(value):
    return pytest.approx(value, rel=1e-11)


def test_the_account_at_each_close(report):
    assert report.equity["strategy"].tolist() == _close(ANSWER["equity"])


def test_the_orders(report):
    bars = report.orders.assign(time=TIME.get_indexer(report.orders["time"]))
    for row, expected in zip(bars.itertuples(index=False), ANSWER["orders"], strict=True):
        assert list(row[:3]) == expected[:3]
        assert list(row[3:6]) == _close(expected[3:])


def test_the_trades(report):
    for row, (symbol, entry, leave, profit) in zip(
        report.trades.itertuples(), ANSWER["trades"], strict=True
    ):
        assert (row.symbol, row.entry_time, row.exit_time) == (symbol, TIME[entry], TIME[leave])
        assert row.pnl == _close(profit)


def test_the_numbers(report):
    assert report.results.total_return == _close(ANSWER["total_return"])
    assert report.results.max_drawdown == _close(ANSWER["max_drawdown"])
    assert report.results.win_rate == ANSWER["win_rate"]
    assert report.costs.total_commission == _close(ANSWER["total_commission"])
