"""A history made elsewhere gets the report that the same history made here has."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import run_backtest, simulate
from workbench.backtest.importing import import_backtest, imported
from workbench.backtest.importing.series import bars_a_year_of
from workbench.errors import InvalidInput, TooLittleHistory, UnknownName, UnusableFrame

LABELS = {"strategy": "mine", "initial_cash": 1e5}


@pytest.fixture
def made(make_bars):
    """A backtest of ours whose parts are then imported."""
    bars = make_bars(5, symbols=3)
    rng = np.random.default_rng(6)
    weights = bars["close"].copy(data=rng.normal(0.2, 0.3, bars["close"].shape))
    return bars, weights, simulate(weights.where(rng.random(weights.shape) < 0.1), bars)


def as_fills(report):
    orders = report.orders.set_index("time")
    return orders[["symbol", "side", "size", "price", "fee"]]


def test_returns_have_the_numbers_of_their_backtest(made):
    _, _, report = made
    found = imported(report.returns, None, kind="returns", labels=LABELS)
    assert found.results.sharpe_ratio == pytest.approx(report.results.sharpe_ratio)
    assert found.results.max_drawdown == pytest.approx(report.results.max_drawdown)
    np.testing.assert_allclose(found.equity["strategy"], report.equity["strategy"])
    assert found.risk_metrics == report.risk_metrics
    assert found.costs is None
    assert found.benchmark_comparison is None
    assert "Nothing is known of trades" in repr(found)


def test_fills_have_the_account_and_trades_of_their_backtest(made):
    bars, _, report = made
    found = imported(as_fills(report), bars, labels=LABELS)
    np.testing.assert_allclose(found.equity["strategy"], report.equity["strategy"], rtol=1e-12)
    pd.testing.assert_frame_equal(found.trades, report.trades, rtol=1e-9, check_dtype=False)
    assert found.costs.total_commission == pytest.approx(report.costs.total_commission)
    assert found.question == report.question


def test_a_portfolio_of_vectorbt_keeps_its_account():
    vbt = pytest.importorskip("vectorbt")
    days = pd.bdate_range("2020-01-01", periods=200)
    rng = np.random.default_rng(8)
    close = pd.Series(100 * np.exp(np.cumsum(rng.normal(0, 0.02, 200))), days, name="X")
    entries, exits = (pd.Series(rng.random(200) < 0.1, days) for _ in range(2))
    portfolio = vbt.Portfolio.from_signals(close, entries, exits, fees=0.001, freq="1D")
    found = imported(portfolio, None, labels=LABELS)
    np.testing.assert_allclose(found.equity["strategy"], portfolio.value(), rtol=1e-9)
    assert found.results.total_return == pytest.approx(portfolio.total_return())
    assert found.results.max_drawdown == pytest.approx(portfolio.max_drawdown())
    assert len(found.trades) == portfolio.trades.count()
    assert found.initial_cash == 100
    two = vbt.Portfolio.from_signals(
        pd.concat([close, close], axis=1, keys=["A", "B"]), entries, exits, freq="1D"
    )
    with pytest.raises(InvalidInput, match="several accounts"):
        imported(two, None, labels=LABELS)


def test_weights_trade_as_in_a_backtest(made):
    bars, weights, _ = made
    found = imported(weights.to_pandas(), bars, labels=LABELS)
    assert found.strategy == "mine"
    np.testing.assert_array_equal(
        found.equity["strategy"], simulate(weights, bars).equity["strategy"]
    )


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.01, -0.02, 0.0, 0.01], "returns"),
        ([100, 101.5, 99, 103], "equity"),
        ([1.0, 1.01, 0.99, 1.02], "equity"),
        ([-0.2, 0.1, 0.3, -0.1], "returns"),
    ],
)
def test_a_series_is_guessed_and_the_guess_is_told(values, kind):
    series = pd.Series(values, pd.bdate_range("2024-01-01", periods=4))
    found = imported(series, None, labels=LABELS)
    assert any(f"taken for {kind}" in note for note in found.notes)


def test_fills_within_a_day_belong_to_its_session_and_on_a_weekend_to_the_next():
    days = pd.bdate_range("2024-01-01", periods=10)
    prices = pd.DataFrame({"A": np.arange(10.0, 20)}, days)
    fills = pd.DataFrame(
        {
            "time": ["2024-01-03 15:30", "2024-01-06 12:00"],
            "symbol": "A",
            "size": [10, -10],
            "price": [12, 15],
        }
    )
    found = imported(fills, prices, labels={"strategy": "mine", "initial_cash": 1_000.0})
    assert found.trades["entry_time"].tolist() == [pd.Timestamp("2024-01-03")]
    assert found.trades["exit_time"].tolist() == [pd.Timestamp("2024-01-08")]
    assert found.equity["strategy"].tolist() == [
        1000, 1000, 1000, 1010, 1020, 1030, 1030, 1030, 1030, 1030,
    ]  # fmt: skip


def test_fills_of_intraday_bars_belong_to_the_bar_that_contains_them():
    bars = pd.date_range("2024-01-02 14:00", periods=6, freq="h", tz="UTC")
    prices = pd.DataFrame({"A": np.arange(10.0, 16)}, bars)
    fills = pd.DataFrame(
        {"symbol": ["A"], "size": [1.0], "price": [12.5]}, pd.DatetimeIndex(["2024-01-02 16:59"])
    )
    assert imported(fills, prices, labels=LABELS).orders["time"].tolist() == [
        bars[2].tz_convert(None)
    ]
    late = fills.set_axis(pd.DatetimeIndex(["2024-01-02 21:00"]))
    with pytest.raises(UnusableFrame, match="outside the prices"):
        imported(late, prices, labels=LABELS)


def bad(**changes):
    row = {"symbol": ["A"], "size": [1.0], "price": [10.0], **changes}
    return pd.DataFrame(row, pd.DatetimeIndex(["2024-01-03"]))


@pytest.mark.parametrize(
    ("fills", "says"),
    [
        (bad(symbol=["B"]), "symbol without prices"),
        (bad(size=[np.nan]), "size is missing"),
        (bad(price=["ten"]), "price is missing or no number"),
        (bad(price=[0.0]), "price is not above 0"),
        (bad().drop(columns="size"), "lack a column"),
        (bad().set_axis(pd.DatetimeIndex(["2023-01-03"])), "outside the prices"),
    ],
)
def test_what_is_wrong_with_fills_is_named(fills, says):
    prices = pd.DataFrame({"A": np.arange(10.0, 20)}, pd.bdate_range("2024-01-01", periods=10))
    with pytest.raises(UnusableFrame, match=says):
        imported(fills, prices, kind="trades", labels=LABELS)


def test_what_is_no_history_is_refused():
    days = pd.bdate_range("2024-01-01", periods=4)
    good = pd.Series([0.01, -0.02, 0.0, 0.01], days)
    for history, kind, error, says in [
        (3, None, UnusableFrame, "no history"),
        (good, "dreams", UnknownName, "kind"),
        (good.set_axis(days[[0, 1, 1, 2]]), "returns", UnusableFrame, "time twice"),
        (good.replace(0.0, np.inf), "returns", UnusableFrame, "infinite"),
        (good - 2, "returns", UnusableFrame, "below -1"),
        (good, "equity", UnusableFrame, "above 0"),
        (good.iloc[:1], "returns", TooLittleHistory, "2"),
        (good.astype(str) + "%", "returns", UnusableFrame, "no numbers"),
        (good.reset_index(drop=True), None, UnusableFrame, "no times"),
        (good.to_frame("a").assign(b=1.0), "returns", UnusableFrame, "one column"),
        (good.to_frame("a").assign(b=1.0), None, InvalidInput, "beside prices"),
    ]:
        with pytest.raises(error, match=says):
            imported(history, None, kind=kind, labels=LABELS)


def test_years_are_read_from_the_times():
    def year(frequency, bars=500):
        return bars_a_year_of(pd.date_range("2015-01-01", periods=bars, freq=frequency))

    assert year("B") == 252.0  # 261 weekdays, most of them sessions
    assert year("D") == 365.0
    assert year("W") == 52.0
    assert year("ME", 60) == 12.0
    assert year("QE", 40) == pytest.approx(4.0, abs=0.1)


def test_a_file_is_imported_through_the_door(tmp_path, context):
    days = pd.bdate_range("2022-01-03", periods=100, name="date")
    returns = pd.Series(np.random.default_rng(1).normal(0.001, 0.01, 100), days, name="ret")
    returns.to_csv(tmp_path / "returns.csv")
    benchmark = pd.DataFrame({"M": np.linspace(100, 120, 100)}, days)
    found = import_backtest(
        str(tmp_path / "returns.csv"), benchmark=benchmark, name="fund", context=context
    )
    assert (found.strategy, found.period.bars) == ("fund", 100)
    assert found.benchmark_comparison.benchmark == "M"
    assert "<h2>Months</h2>" in found.tear_sheet()


def test_the_import_of_a_backtest_asks_the_same_question(made, context):
    bars, weights, _ = made
    first = run_backtest(weights, bars, use_gpu=False, context=context)
    found = import_backtest(as_fills(first), bars, kind="trades", context=context)
    assert found.question == first.question


def history(seed, bars=100):
    days = pd.bdate_range("2022-01-03", periods=bars, name="date")
    return pd.Series(np.random.default_rng(seed).normal(0.001, 0.01, bars), days, name="ret")


def test_an_imported_history_is_one_trial_whatever_it_is_called(context, ledger):
    first = import_backtest(history(1), context=context)
    assert import_backtest(history(1), name="fund", context=context).trial == 1
    second = import_backtest(history(2), context=context)
    assert (first.trial, second.trial) == (1, 2)
    assert "trial 2 on this question" in second.claim
    assert "counted in the ledger as one trial" in second.notes[-1]
    record = ledger.question(first.question)
    assert (record.count, record.unmeasured, record.verbs) == (2, 0, {"import": 2})
    assert record.scope.dataset == "imported returns"


def test_those_that_were_tried_and_not_brought_count_in_the_verdict(context):
    alone = import_backtest(history(3), context=context)
    among = import_backtest(history(3), tried=50, context=context)
    assert alone.verdict.trials == 1
    assert among.verdict.trials == 50
    assert among.verdict.p_value > alone.verdict.p_value
    assert f"p = {among.verdict.p_value:.2g}" in among.claim


def test_a_short_history_is_judged_and_not_counted(context, ledger):
    found = import_backtest(history(1, 59), context=context)
    assert (found.trial, found.claim, found.verdict) == (None, "", None)
    assert "too few" in found.notes[-1]
    assert ledger.questions() == []


def test_trades_on_drawn_prices_are_not_counted(made, context):
    bars, weights, _ = made
    first = run_backtest(weights, bars, use_gpu=False, context=context)
    fills = as_fills(first)
    assert import_backtest(fills, bars, kind="trades", context=context).all_trials is None
    drawn = bars.assign_attrs(synthetic=True)
    found = import_backtest(fills, drawn, kind="trades", context=context)
    assert found.trial is None
    assert "not counted in the ledger: synthetic data" in found.notes[-1]


def test_an_import_counts_beside_the_backtests_of_the_same_data(made, context):
    bars, weights, _ = made
    first = run_backtest(weights, bars, use_gpu=False, context=context)
    found = import_backtest(as_fills(first), bars, kind="trades", context=context)
    assert (first.trial, found.trial) == (1, 2)
