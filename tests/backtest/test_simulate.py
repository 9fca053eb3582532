import numpy as np
import pandas as pd
import pytest

from workbench.backtest import simulate
from workbench.errors import (
    InvalidInput,
    NoData,
    OutOfRange,
    TooLittleHistory,
    UnknownName,
    UnusableFrame,
)
from workbench.market import Costs
from workbench.registry import lookup

FREE = Costs.none()


@pytest.fixture
def momentum():
    return lookup("strategy", "momentum")


def all_in(bars):
    return bars["close"] * 0 + 1 / bars.sizes["symbol"]


def test_signals_fill_at_the_next_open_where_there_are_opens(make_bars):
    bars = make_bars(symbols=1)
    report = simulate(all_in, bars, costs=FREE)
    assert report.fills_at == "next open"
    first = report.orders.iloc[0]
    assert first["time"] == bars.indexes["time"][1]
    assert first["price"] == pytest.approx(float(bars["open"][1, 0]))


def test_signals_fill_at_the_next_close_otherwise(prices):
    report = simulate(all_in, prices[["S0"]], costs=FREE)
    assert report.fills_at == "next close"
    assert report.orders.iloc[0]["price"] == pytest.approx(prices["S0"].iloc[1])


def test_a_strategy_a_function_and_a_table_of_weights_agree(momentum, prices):
    weights = momentum(prices_as_bars(prices), lookback=20).to_pandas()
    parameters = {"lookback": 20}
    reports = [
        simulate(momentum, prices, parameters=parameters),
        simulate(lambda bars: momentum(bars, lookback=20), prices),
        simulate(weights, prices),
        simulate(weights.dropna(how="all"), prices),
    ]
    for report in reports[1:]:
        assert report.equity.equals(reports[0].equity)
    assert reports[0].parameters["lookback"] == 20


def prices_as_bars(prices):
    from workbench.data import bars

    return bars(prices)


def test_entries_and_exits_hold_in_between(prices):
    one = prices[["S0"]]
    entries, exits = one * 0 > 0, one * 0 > 0
    entries.iloc[[2, 4]], exits.iloc[[7]] = True, True
    report = simulate((entries, exits), one, costs=FREE)
    [trade] = report.trades.to_dict("records")
    assert (trade["entry_time"], trade["exit_time"]) == (one.index[3], one.index[8])
    grown = one["S0"].iloc[8] / one["S0"].iloc[3]
    assert report.results.total_return == pytest.approx(grown - 1)


def test_the_default_benchmark_is_an_equal_part_of_each(prices):
    report = simulate(all_in, prices, costs=FREE)
    grown = (prices / prices.iloc[0]).mean(axis=1)
    np.testing.assert_allclose(report.equity["benchmark"], grown * 100_000)
    assert report.benchmark_comparison.benchmark == "equal weight, bought and held"


def test_a_benchmark_of_ones_own(prices):
    report = simulate(all_in, prices, benchmark=prices["S1"])
    grown = prices["S1"].iloc[-1] / prices["S1"].iloc[0] - 1
    assert report.benchmark_comparison.benchmark_return == pytest.approx(grown)
    with pytest.raises(InvalidInput, match="one symbol"):
        simulate(all_in, prices, benchmark=prices)
    with pytest.raises(NoData, match="no price at the first bar"):
        simulate(all_in, prices, benchmark=prices["S1"].iloc[5:])


def test_earlier_bars_only_warm_up(momentum, prices):
    start = prices.index[150]
    report = simulate(momentum, prices, start=start, parameters={"lookback": 100})
    assert report.period.start == start
    assert report.equity.index[0] == start
    assert report.orders["time"].iloc[0] < prices.index[200]


def test_the_first_bar_buys_what_is_wanted_by_then(prices):
    start = prices.index[150]
    report = simulate(lookup("strategy", "buy_and_hold"), prices, costs=FREE, start=start)
    assert report.orders["time"].tolist() == [start] * 4
    grown = (prices.iloc[-1] / prices.loc[start]).mean()
    assert report.results.total_return == pytest.approx(grown - 1)


def test_costs_are_what_they_take_away(prices):
    free, charged = (simulate(all_in, prices, costs=costs) for costs in (FREE, Costs(fee_bps=20)))
    assert free.results.total_return > charged.results.total_return
    assert charged.costs.total_commission == pytest.approx(charged.orders["fee"].sum())
    assert free.costs.total_commission == free.costs.slippage == 0


def test_the_report_holds_together(momentum, make_bars):
    report = simulate(momentum, make_bars(), parameters={"lookback": 20})
    equity = report.equity["strategy"]
    assert report.results.total_return == pytest.approx(equity.iloc[-1] / 100_000 - 1)
    np.testing.assert_allclose((1 + report.returns).cumprod() * 100_000, equity)
    closed = report.trades.loc[~report.trades["open"], "pnl"].sum()
    still = report.trades.loc[report.trades["open"], "pnl"].sum()
    assert closed + still == pytest.approx(equity.iloc[-1] - 100_000)
    assert (report.weights.sum(axis=1) <= 1 + 1e-9).all()
    assert report.results.total_trades == len(report.trades)


def test_the_survivors_are_named_first(prices):
    bars = prices_as_bars(prices).assign_attrs(survivorship="Survivors only: chosen afterwards.")
    report = simulate(all_in, bars)
    assert report.notes[0] == "Survivors only: chosen afterwards."
    assert "Survivors only" in repr(report)


def test_a_strategy_that_never_trades_says_so(prices):
    report = simulate(lambda bars: bars["close"] * 0, prices)
    assert any("never traded" in note for note in report.notes)
    assert np.isnan(report.results.sharpe_ratio)
    assert '"sharpe_ratio":null' in report.model_dump_json()


def test_too_little_history_says_how_much(momentum, prices):
    with pytest.raises(TooLittleHistory, match="needs at least 128 bars and there are 50"):
        simulate(momentum, prices.iloc[:50])


@pytest.mark.parametrize("cash", [0, -1, np.nan, np.inf])
def test_cash_must_be_an_amount(prices, cash):
    with pytest.raises(OutOfRange, match="initial_cash"):
        simulate(all_in, prices, initial_cash=cash)


def test_an_unknown_engine_is_refused(prices):
    with pytest.raises(UnknownName, match="kernel, replay, vectorbt"):
        simulate(all_in, prices, engine="backtrader")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda weights: weights.rename(columns={"S0": "X"}), "symbol without prices"),
        (lambda weights: weights.shift(freq="400D"), "time that is no bar"),
        (lambda weights: pd.concat([weights, weights.iloc[:1]]), "a time twice"),
        (lambda weights: pd.concat([weights, weights.iloc[:, :1]], axis=1), "a symbol twice"),
        (lambda weights: weights * np.inf, "infinite"),
        (lambda weights: weights.reset_index(drop=True), "times down"),
    ],
)
def test_weights_that_do_not_fit_are_refused(prices, change, words):
    weights = prices * 0 + 0.25
    with pytest.raises(UnusableFrame, match=words):
        simulate(change(weights), prices)


def test_signals_come_as_a_pair(prices):
    with pytest.raises(InvalidInput, match="pair"):
        simulate((prices > 0,), prices)
    with pytest.raises(InvalidInput, match="no parameters"):
        simulate(prices * 0, prices, parameters={"lookback": 3})


def test_the_tear_sheet_is_one_page(momentum, make_bars, tmp_path):
    report = simulate(momentum, make_bars(), parameters={"lookback": 20})
    page = report.tear_sheet(tmp_path / "sheet.html")
    assert (tmp_path / "sheet.html").read_text() == page
    for words in ("Sharpe", "Max drawdown", "total_commission", report.notes[0]):
        assert words in page
    assert "<script src" not in page
    assert "<link" not in page
    assert "<iframe" in page._repr_html_()
