"""Accounts of signals, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import simulate, simulate_signals
from workbench.backtest.signals.loop import STRETCH
from workbench.data.panel import panel_of_arrays
from workbench.errors import InvalidInput, OutOfRange, UnknownName, UnusableFrame
from workbench.market import Costs

pytestmark = pytest.mark.kernel  # also with the compiler off

FREE = Costs.none()


def bars(closes, **more):
    """One symbol a column; opens, highs and lows where they are given."""
    tables = {"close": closes, **more}
    width = len(closes[0]) if np.ndim(closes[0]) else 1
    values = {
        name: np.array(table, dtype=float).reshape(-1, width) for name, table in tables.items()
    }
    return panel_of_arrays(
        times=pd.date_range("2024-01-01", periods=len(closes), freq="D").to_numpy(),
        symbols=list("ABCDEFGH")[:width],
        values=values,
        calendar="24/7",
        currency="USD",
        attrs={"timeframe": "1d", "adjust": "none"},
    )


def at(made, *cells):
    """A table of bool that is true at some bars, or at ``(bar, symbol)``."""
    table = np.zeros(made["close"].shape, dtype=bool)
    for cell in cells:
        table[cell if isinstance(cell, tuple) else (cell, 0)] = True
    return table


def run(made, enter, leave, *short, **options):
    options = {"costs": FREE, "initial_cash": 1000.0, "fills_at": "same close"} | options
    return simulate_signals(made, at(made, *enter), at(made, *leave), *short, **options)


def test_each_symbol_has_an_account_of_its_own():
    made = bars([[100, 10], [110, 10], [121, 20], [121, 40]])
    report = run(made, [0, (1, 1)], [2, (3, 1)])
    assert report.equity["A"].tolist() == pytest.approx([1000, 1100, 1210, 1210])
    assert report.equity["B"].tolist() == pytest.approx([1000, 1000, 2000, 4000])
    assert report.orders["size"].tolist() == pytest.approx([10, 10, 100, 100])
    assert report.to_frame()["total_return"].tolist() == pytest.approx([0.21, 3.0])
    assert (report.worst_return, report.best_return) == pytest.approx((0.21, 3.0))


def test_costs_are_paid_on_both_sides():
    report = run(
        bars([100, 100, 100]), [0], [1], costs=Costs(fee_bps=100, slippage_bps=100, fixed_fee=10)
    )
    # (1000 − 10) / 1.01 / 101 units at 101; sold at 99, less 1% and 10
    units = 990 / 1.01 / 101
    assert report.orders["size"].tolist() == pytest.approx([units, units])
    assert report.orders["price"].tolist() == pytest.approx([101, 99])
    assert report.equity["A"].iloc[-1] == pytest.approx(units * 99 * 0.99 - 10)
    [trade] = report.trades.to_dict("records")
    assert trade["pnl"] == pytest.approx(units * 99 * 0.99 - 10 - 1000)
    assert report.to_frame()["fees"].tolist() == pytest.approx(
        [10 + units * 1.01 + 10 + units * 0.99]
    )


def test_a_signal_is_known_at_its_close_and_traded_later():
    made = bars([100, 100, 100, 100], open=[1, 50, 100, 200])
    assert run(made, [0], [2], fills_at="next open").orders["price"].tolist() == [50, 200]
    assert run(made, [0], [2], fills_at=None).fills_at == "next open"
    assert run(made, [0], [2], fills_at="next close").orders["time"].dt.day.tolist() == [2, 4]
    assert run(made, [3], [], fills_at="next close").orders.empty
    assert run(bars([1, 1]), [0], [], fills_at=None).fills_at == "next close"


def test_who_is_in_does_not_add_and_an_exit_wins():
    made = bars([100, 100, 50, 100, 100])
    report = run(made, [0, 1, 2, 3], [3])
    assert report.orders["time"].dt.day.tolist() == [1, 4]
    assert run(made, [1], [1]).orders.empty


def test_an_entry_of_the_other_side_turns_the_position_over():
    made = bars([100, 110, 99])
    report = run(made, [0], [], at(made, 1), at(made))
    # 10 units sold at 110 are 1100, which sells 10 more short; at 99 the short has gained 110
    assert report.orders["size"].tolist() == pytest.approx([10, 20])
    assert report.equity["A"].tolist() == pytest.approx([1000, 1100, 1210])
    assert report.trades["side"].tolist() == ["long", "short"]
    assert report.trades["open"].tolist() == [False, True]


def test_entries_of_both_sides_are_nothing():
    made = bars([100, 100])
    assert run(made, [0], [], at(made, 0), at(made)).orders.empty


def test_a_short_position_that_cannot_be_bought_back_whole():
    made = bars([100, 300])
    report = run(made, [], [], at(made, 0), at(made, 1))
    assert report.orders["size"].tolist() == pytest.approx([10, 2000 / 300])
    assert any("in part only" in note for note in report.notes)


@pytest.mark.parametrize(
    ("when", "day", "price"), [("same close", 3, 90), ("next open", 2, 90), ("next close", 3, 90)]
)
def test_a_stop_watches_from_the_fill_on(when, day, price):
    made = bars([100, 100, 100, 100], open=[100] * 4, high=[100] * 4, low=[80, 85, 85, 100])
    report = run(made, [0], [], fills_at=when, stop_loss=0.1)
    first = 2 if when == "same close" else day
    leave = report.orders.iloc[1]
    assert (leave["reason"], leave["price"]) == ("exit", price)
    assert leave["time"].day == first
    assert report.trades["exit_reason"].tolist() == ["exit"]


def test_a_bar_that_opens_beyond_the_stop_fills_at_its_open():
    made = bars([100, 80, 80], open=[100, 70, 80], high=[100, 82, 80], low=[100, 65, 80])
    assert run(made, [0], [], stop_loss=0.1).orders["price"].tolist() == [100, 70]


def test_the_stop_counts_before_the_target():
    made = bars([100, 100], open=[100, 100], high=[100, 120], low=[100, 80])
    assert run(made, [0], [], stop_loss=0.1, take_profit=0.1).orders["price"].iloc[
        1
    ] == pytest.approx(90)
    assert run(made, [0], [], take_profit=0.1).orders["price"].iloc[1] == pytest.approx(110)


def test_a_trailing_stop_follows_the_highs_of_earlier_bars():
    made = bars(
        [100, 115, 110, 100],
        open=[100, 100, 115, 109],
        high=[100, 120, 118, 109],
        low=[100, 100, 109, 100],
    )
    # the high of 120 counts from the next bar on: 108 is hit in the last
    report = run(made, [0], [], trailing_stop=0.1)
    assert report.orders["price"].tolist() == pytest.approx([100, 108])
    nearer = run(made, [0], [], trailing_stop=0.1, stop_loss=0.5)
    assert nearer.orders["price"].tolist() == pytest.approx([100, 108])


def test_a_trailing_stop_of_a_short_position_follows_the_lows():
    made = bars(
        [100, 85, 86, 95], open=[100, 100, 85, 86], high=[100, 100, 87, 96], low=[100, 80, 84, 86]
    )
    report = run(made, [], [], at(made, 0), at(made), trailing_stop=0.1)
    assert report.orders["price"].tolist() == pytest.approx([100, 88])


def test_a_stop_replaces_the_signals_of_its_bar():
    made = bars([100, 80, 80, 80])
    report = run(made, [0, 1], [], stop_loss=0.1)
    assert report.orders["reason"].tolist() == ["order", "exit"]


def test_a_hole_drops_the_order_and_keeps_the_value():
    made = bars([100, np.nan, 120, np.nan])
    report = run(made, [0], [1])
    assert report.equity["A"].tolist() == pytest.approx([1000, 1000, 1200, 1200])
    assert any("had no price" in note for note in report.notes)
    assert report.trades["exit_price"].tolist() == [120]
    assert run(bars([np.nan, np.nan]), [0], []).trades.empty


def test_lots_leave_the_rest_in_cash():
    report = run(bars([300, 600]), [0], [], lot=1.0)
    assert report.orders["size"].tolist() == [3]
    assert report.equity["A"].tolist() == [1000, 1900]


def test_fees_beyond_the_cash_reject_the_order():
    report = run(bars([100, 100]), [0], [], costs=Costs(fixed_fee=2000))
    assert report.orders.empty
    assert any("rejected" in note for note in report.notes)


def test_impact_is_felt_and_needs_volume():
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 40)))
    costs = Costs(fee_bps=0, slippage_bps=0, impact=1.0)
    made = bars(closes, volume=[1e4] * 40)
    report = run(made, [30], [35], costs=costs)
    assert report.orders["price"].iloc[0] > closes[30]
    assert report.orders["price"].iloc[1] < closes[35]
    with pytest.raises(InvalidInput, match="volume"):
        run(bars(closes), [30], [], costs=costs)


def test_who_leaves_the_universe_is_sold_and_not_bought():
    made = bars([100, 100, 100, 100])
    made = made.assign_coords(member=(("time", "symbol"), [[True], [True], [False], [False]]))
    assert run(made, [0, 2], []).orders["side"].tolist() == ["buy", "sell"]


def test_the_measures_are_those_of_the_room():
    from workbench.validation import measure

    closes = 100 * np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.01, 60)))
    report = run(bars(closes), [0, 20], [10, 50], costs=Costs(), periods_per_year=252)
    equity = report.equity["A"].to_numpy()
    returns = equity / np.r_[1000.0, equity[:-1]] - 1
    row = report.to_frame().iloc[0]
    for name in ("total_return", "sharpe_ratio", "max_drawdown"):
        assert row[name] == pytest.approx(measure(name, returns, 252), rel=1e-9)
    assert row["final_value"] == equity[-1]


def test_what_differs_from_vectorbt_is_what_is_said():
    """The cash at the start is the first peak, and who never moved has no Sharpe ratio."""
    made = bars([[100, 100], [50, 100]])
    report = run(made, [0], [], costs=Costs(fee_bps=1000, slippage_bps=0))
    # 1000 buys 1000/1.1 worth: the first close is 909.09, the last half of that
    assert report.to_frame()["max_drawdown"].tolist() == pytest.approx([0.5 / 1.1 - 1, 0.0])
    assert np.isnan(report.to_frame()["sharpe_ratio"]["B"])


def test_signals_are_read_as_tables_of_any_kind():
    made = bars([[100, 10], [110, 10], [121, 20]])
    frame = pd.DataFrame(
        {"A": [True, False]}, made.indexes["time"][:2]
    )  # rows and columns may miss
    leave = pd.DataFrame(False, made.indexes["time"], list("AB"))
    options = {"costs": FREE, "fills_at": "same close"}
    report = simulate_signals(made, frame, leave, **options)
    assert report.orders["symbol"].tolist() == ["A"]
    array = made["close"].copy(data=at(made, 0))
    assert simulate_signals(made, array, leave, **options).equity.equals(report.equity)
    assert simulate_signals(made["close"].to_pandas(), frame, leave, **options).symbols == 2


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"stop_loss": 5.0}, OutOfRange, "stop_loss"),
        ({"take_profit": -0.1}, OutOfRange, "take_profit"),
        ({"initial_cash": 0.0}, OutOfRange, "initial_cash"),
        ({"lot": -1.0}, OutOfRange, "lot"),
        ({"periods_per_year": 0.0}, OutOfRange, "periods_per_year"),
        ({"fills_at": "yesterday"}, UnknownName, "next close"),
        ({"costs": Costs(borrow_bps_per_year=10)}, InvalidInput, "holding"),
        ({"short_entries": np.zeros((2, 1), dtype=bool)}, InvalidInput, "Give both"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(options, error, match):
    with pytest.raises(error, match=match):
        run(bars([100, 100]), [0], [], **options)


def test_who_owes_is_named_and_has_no_returns():
    made = bars([100, 300, 300])
    report = run(made, [], [], at(made, 0), at(made))
    assert report.equity["A"].tolist() == pytest.approx([1000, -1000, -1000])
    assert any("1 accounts ended owing money" in note for note in report.notes)
    assert report.to_frame()["max_drawdown"].tolist() == [-2.0]


def test_one_bar_has_no_sharpe_ratio():
    measures = run(bars([100.0]), [0], []).to_frame()
    assert np.isnan(measures["sharpe_ratio"]["A"])
    assert measures["trades"].tolist() == [1]


def test_a_signal_that_is_on_no_bar_is_refused():
    made = bars([100, 100])
    tables = pd.DataFrame(True, made.indexes["time"] + pd.Timedelta(9, "D"), ["A"])
    with pytest.raises(UnusableFrame, match="A table of signals has a time that is no bar"):
        simulate_signals(made, tables, tables)


def test_words_are_no_signals():
    made = bars([100, 100])
    with pytest.raises(InvalidInput, match="true and false"):
        simulate_signals(made, "up", "down")


@pytest.mark.parametrize("value", [-1, 0.3, 2])
def test_sides_and_weights_are_no_signals(value):
    made = bars([100, 110, 121])
    none = at(made)
    sides = np.array([[1], [0], [value]])
    for trade in (simulate_signals, lambda given, *pair: simulate(pair, given)):
        with pytest.raises(InvalidInput, match=f"true and false.*got '?{value}"):
            trade(made, sides, none)
    kept = simulate_signals(made, np.array([[1.0], [np.nan], [0]]), none, fills_at="same close")
    assert kept.orders["time"].dt.day.tolist() == [1]


def test_threads_give_what_one_gives(make_bars, monkeypatch):
    from workbench.backtest.signals import accounts

    made = make_bars(4, bars=150, symbols=7)
    rng = np.random.default_rng(4)
    tables = [rng.random(made["close"].shape) < 0.1 for _ in range(2)]
    whole = simulate_signals(made, *tables, stop_loss=0.05)
    monkeypatch.setattr(accounts, "CELLS", 1)
    monkeypatch.setattr(accounts.os, "cpu_count", lambda: 3)
    shared = simulate_signals(made, *tables, stop_loss=0.05)
    np.testing.assert_array_equal(shared.filled, whole.filled)
    np.testing.assert_array_equal(shared.equity, whole.equity)


def test_a_stretch_ends_nowhere(make_bars):
    """Positions are carried from one stretch of bars into the next: of 300 symbols one is 64."""
    made = make_bars(5, bars=200, symbols=300)
    assert STRETCH < 300 * 64
    rng = np.random.default_rng(5)
    tables = [rng.random(made["close"].shape) < 0.05 for _ in range(2)]
    whole = simulate_signals(made, *tables, trailing_stop=0.05)
    some = [0, 150, 299]
    alone = simulate_signals(
        made.isel(symbol=some), *[one[:, some] for one in tables], trailing_stop=0.05
    )
    pd.testing.assert_frame_equal(alone.equity, whole.equity.iloc[:, some], check_exact=True)
    pd.testing.assert_frame_equal(alone.measures, whole.measures.iloc[some], rtol=1e-12)


def test_before_its_first_close_a_symbol_is_worth_what_was_paid():
    made = bars([[1, np.nan], [1, np.nan], [1, 110]], open=[[1, np.nan], [1, 100], [1, 105]])
    report = run(made, [(0, 1)], [], fills_at="next open")
    assert report.equity["B"].tolist() == pytest.approx([1000, 1000, 1100])
    assert report.to_frame()["max_drawdown"]["B"] == 0


def test_it_is_good_to_look_at(make_bars):
    made = make_bars(6, bars=50)
    report = simulate_signals(made, made["close"] > 50, made["close"] < 49)
    assert "SignalAccounts" in repr(report)
    assert repr(run(bars([1, 1]), [0], [])).count("!") == 1
    assert report.plot().renderers
