"""The compiled engine on real prices beside vectorbt, and its rules one by one."""

import json
import os
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import xarray as xr

from workbench.backtest import engine, simulate
from workbench.backtest.plan import plan_orders
from workbench.market import Costs
from workbench.registry import lookup

EQUAL = {"rtol": 1e-9, "atol": 1e-6}
"""Relative, and a millionth of a unit of currency on accounts of 100,000."""


def _random_targets(bars, seed):
    """Long and short, often more than the account, with holes and rows without orders."""
    rng = np.random.default_rng([seed, 1])
    weights = rng.normal(0.1, 0.4, bars["close"].shape)
    weights[rng.random(weights.shape) < 0.3] = np.nan
    weights[rng.random(len(weights)) < 0.5] = np.nan
    return bars["close"].copy(data=weights)


@pytest.mark.parametrize("name", ["momentum", "mean_reversion", "buy_and_hold"])
def test_strategies_on_real_prices_give_the_same_report(name):
    datasets = pytest.importorskip("skfolio.datasets")
    pytest.importorskip("vectorbt")
    prices = datasets.load_sp500_dataset().iloc[-1500:, :10]
    reports = [
        simulate(lookup("strategy", name), prices, engine=which, costs=Costs(fixed_fee=1.0))
        for which in ("kernel", "vectorbt")
    ]
    ours, theirs = reports
    np.testing.assert_allclose(ours.equity["strategy"], theirs.equity["strategy"], rtol=1e-9)
    assert ours.trades[["symbol", "entry_time", "exit_time", "side"]].equals(
        theirs.trades[["symbol", "entry_time", "exit_time", "side"]]
    )
    np.testing.assert_allclose(ours.trades["pnl"], theirs.trades["pnl"], **EQUAL)


def test_sales_pay_for_buys_of_the_same_bar(make_bars):
    bars = make_bars(symbols=2)
    targets = bars["close"].copy(data=np.full(bars["close"].shape, np.nan))
    targets[0], targets[5] = [0.0, 1.0], [1.0, 0.0]
    filled = engine.fill_plan(plan_orders(targets, bars), Costs.none(), 1000.0)
    _, sale, purchase = filled.orders
    assert sale[:2].tolist() == [6, 1]
    assert sale[2] < 0
    assert purchase[:2].tolist() == [6, 0]
    assert purchase[2] * purchase[3] == pytest.approx(-sale[2] * sale[3])


def test_cash_never_falls_below_nothing(make_bars):
    bars = make_bars(1)
    plan = plan_orders(_random_targets(bars, 1) * 3, bars)
    assert engine.fill_plan(plan, Costs(fee_bps=50), 1e5).cash.min() >= 0


def test_the_interpreter_gives_what_the_compiler_gives(make_bars, tmp_path):
    script = textwrap.dedent(
        """
        import json, pickle, sys
        from pathlib import Path
        import xarray as xr
        from workbench.backtest import engine
        from workbench.backtest.plan import plan_orders
        from workbench.backtest.trades import trade_frame
        from workbench.market import Costs
        bars, targets = map(xr.Dataset.from_dict, pickle.loads(Path(sys.argv[1]).read_bytes()))
        plan = plan_orders(targets["close"], bars)
        filled = engine.fill_plan(plan, Costs(fee_bps=10, fixed_fee=1.0), 1e5)
        pnl = trade_frame(plan, filled)["pnl"].tolist()
        print(json.dumps([filled.orders.tolist(), filled.cash.tolist(), pnl]))
        """
    )
    bars = make_bars(5, bars=120, holes=0.05)
    given = (bars.to_dict(), _random_targets(bars, 5).to_dataset(name="close").to_dict())
    file = tmp_path / "given"
    file.write_bytes(pickle.dumps(given))

    def ran(disabled):
        done = subprocess.run(
            [sys.executable, "-c", script, str(file)],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert ran("0") == ran("1")


def test_a_bar_without_a_price_drops_the_order_and_keeps_the_value(make_bars):
    bars = make_bars(symbols=1, bars=10, opens=False)
    bars["close"][4] = np.nan
    targets = xr.full_like(bars["close"], np.nan)
    targets[0], targets[3] = 1.0, 0.0
    filled = engine.fill_plan(plan_orders(targets, bars), Costs.none(), 1000.0)
    assert len(filled.orders) == 1
    assert filled.statuses[4] == 1
