import datetime as dt
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from workbench.backtest import performance_report, run_backtest
from workbench.errors import (
    Cancelled,
    InvalidInput,
    OutOfRange,
    StoreError,
    UnknownName,
    UnusableFrame,
)
from workbench.market import Costs


def ran(strategy, data, *given, context, **options):
    return run_backtest(strategy, data, *given, use_gpu=False, context=context, **options)


def test_names_and_things_alike(prices, context):
    from workbench.registry import lookup

    by_name = ran("momentum", prices, parameters={"lookback": 20}, context=context)
    strategy = lookup("strategy", "momentum")
    by_thing = ran(strategy, prices, parameters={"lookback": 20}, context=context)
    assert by_name.equity.equals(by_thing.equity)


def test_ones_own_prices_are_compared_with_themselves(prices, context):
    report = ran("momentum", prices, parameters={"lookback": 20}, context=context)
    assert report.benchmark_comparison.benchmark == "equal weight, bought and held"
    assert any("equal weight" in note for note in report.notes)


def test_every_different_try_counts_once(prices, context, ledger):
    def trial(**parameters):
        return ran("momentum", prices, parameters=parameters, context=context).trial

    assert [trial(lookback=20), trial(lookback=30), trial(lookback=20)] == [1, 2, 2]
    assert ran("mean_reversion", prices, context=context).trial == 3
    assert ran("mean_reversion", prices, costs=Costs(fee_bps=9), context=context).trial == 4
    assert ran("mean_reversion", prices.iloc[:-1], context=context).trial == 1
    assert ledger.trials[0].outcome["bars"] == len(prices)


def test_a_report_is_judged_among_all_trials_of_its_question(prices, context):
    reports = [
        ran("momentum", prices, parameters={"lookback": bars}, context=context)
        for bars in (20, 30, 40)
    ]
    last = reports[-1].verdict
    assert [report.verdict.trials for report in reports] == [1, 2, 3]
    assert last.sharpe_per_bar == pytest.approx(reports[-1].results.sharpe_per_bar)
    assert f"p = {last.p_value:.2g}" in reports[-1].claim
    assert "3 trials" in last.sentence


def test_functions_weights_and_signals_are_trials_too(prices, context):
    weights = prices * 0 + 0.25
    assert ran(lambda bars: bars["close"] * 0 + 0.25, prices, context=context).trial == 1
    assert ran(weights, prices, context=context).trial == 2
    assert ran(weights * 0.5, prices, context=context).trial == 3
    assert ran((prices > 60, prices < 40), prices, context=context).trial == 4


def test_without_costs_trading_is_free(prices, context):
    report = ran("mean_reversion", prices, include_costs=False, context=context)
    assert report.costs is None
    assert report.orders["fee"].sum() == 0
    assert "none: trading was free" in repr(report)


def test_a_gpu_that_is_not_used_is_said(prices, context):
    assert "CPU" in run_backtest("mean_reversion", prices, context=context).notes[-1]


def test_dates_include_their_last_session(prices, context):
    start, end = prices.index[100].date(), prices.index[200].date()
    report = ran("mean_reversion", prices, start, end, context=context)
    assert (report.period.start.date(), report.period.end.date()) == (start, end)
    assert report.period.bars == 101


def test_reversed_dates_are_refused(prices, context):
    with pytest.raises(InvalidInput, match="end date is before the start date"):
        ran("momentum", prices, dt.date(2021, 1, 1), dt.date(2020, 1, 1), context=context)


@pytest.mark.parametrize(
    "dates", [(dt.date(2031, 1, 1), None), (None, dt.date(1999, 1, 1)), (dt.date(1999, 1, 1), None)]
)
def test_dates_outside_the_data_are_refused(prices, context, dates):
    with pytest.raises(OutOfRange, match="data run from 2020-01-01"):
        ran("mean_reversion", prices, *dates, context=context)


def test_unknown_names_are_refused(prices, context):
    with pytest.raises(UnknownName, match="momentum"):
        ran("momentun", prices, context=context)
    with pytest.raises(UnknownName):
        ran("momentum", "no-such-data", context=context)
    with pytest.raises(UnknownName, match="lookback"):
        ran("momentum", prices, parameters={"look": 3}, context=context)


def test_a_stopped_run_leaves_no_trial(prices, context, ledger):
    context.stop.set()
    with pytest.raises(Cancelled):
        ran("momentum", prices, context=context)
    assert not ledger.trials


def test_performance_of_the_last_days_of_the_data(prices, context):
    report = performance_report("mean_reversion", 60, symbol=prices, context=context)
    last = prices.index[-1]
    assert report.period.end == last
    assert report.period.start >= last - dt.timedelta(days=59)
    assert report.performance_metrics.total_trades == report.trade_statistics.total_trades
    assert str(last.date()) in report.notes[0]
    alone = performance_report(
        "mean_reversion", 60, include_benchmark=False, symbol=prices, context=context
    )
    assert alone.benchmark_comparison is None


def test_a_dataset_by_name_says_who_survived():
    pytest.importorskip("skfolio")
    report = run_backtest("momentum", "sp500-20", dt.date(2015, 1, 1), dt.date(2019, 12, 31))
    assert report.notes[0].startswith("Survivors only")
    assert report.benchmark_comparison.benchmark == "SP500"
    assert report.trial >= 1
    assert np.isfinite(report.results.sharpe_ratio)


def test_the_base_install_is_enough(tmp_path):
    """No settings, an empty home, and none of the extras' libraries."""
    script = textwrap.dedent(
        """
        import sys
        absent = "vectorbt holoviews hvplot panel mlflow torch scipy skfolio deltalake dask".split()
        sys.modules.update(dict.fromkeys(absent))
        import numpy as np, pandas as pd
        import workbench.backtest as wb
        rng = np.random.default_rng(0)
        prices = pd.DataFrame(
            100 * np.exp(np.cumsum(rng.normal(0, 0.01, (300, 2)), axis=0)),
            pd.bdate_range("2020-01-01", periods=300), ["A", "B"],
        )
        wb.run_backtest(lambda b: (b["close"] > b["close"].rolling(time=50).mean()) / 2, prices)
        report = wb.run_backtest("mean_reversion", prices)
        assert report.trial == 2
        assert len(report.tear_sheet()) > 10_000
        try:
            wb.run_backtest("mean_reversion", prices, engine="vectorbt")
        except Exception as error:
            print(type(error).__name__, error)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "WORKBENCH_HOME": str(tmp_path / "home")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("MissingExtra")
    assert "[lab]" in done.stdout


def test_true_and_false_for_several_symbols_are_no_weights(prices, context):
    above = prices > prices.rolling(20).mean()
    with pytest.raises(UnusableFrame, match=r"true and false for .* symbols.*Divide"):
        ran(above, prices, context=context)
    one = prices.iloc[:, :1]
    assert ran(above.iloc[:, :1], one, context=context).weights.max().max() == 1.0


def test_a_failure_that_cannot_be_recorded_is_told_as_it_was(prices, context, monkeypatch):
    def broken(bars):
        raise ZeroDivisionError("in the strategy")

    def full(*_arguments, **_named):
        raise StoreError("The journal cannot be written")

    monkeypatch.setattr(type(context.ledger), "record", full)
    with pytest.raises(ZeroDivisionError, match="in the strategy"):
        ran(broken, prices, context=context)
