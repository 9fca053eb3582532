"""What happens to a position while it is held, worked by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from workbench.backtest import simulate
from workbench.data.actions import actions_of_frame
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.market import Costs, Margin

pytestmark = pytest.mark.kernel  # also with the compiler off

FREE = Costs.none()


def frame(closes, start="2024-01-01", freq="D"):
    """One symbol, or a dict of them."""
    closes = closes if isinstance(closes, dict) else {"A": closes}
    count = len(next(iter(closes.values())))
    return pd.DataFrame(closes, pd.date_range(start, periods=count, freq=freq), dtype=float)


def held(prices, weights, **options):
    """The report of weights that are wanted from the first bar on."""
    wanted = pd.DataFrame(np.nan, prices.index, prices.columns)
    wanted.iloc[0] = weights
    options = {"costs": FREE, "initial_cash": 1000.0} | options
    return simulate(wanted, prices, fills_at="same close", **options)


def test_a_short_position_pays_for_the_days_it_is_borrowed():
    prices = frame([100, 100, 100, 100], freq="B", start="2024-01-04")  # Thursday to Tuesday
    costs = Costs(fee_bps=0, slippage_bps=0, borrow_bps_per_year=365)
    report = held(prices, -1.0, costs=costs)
    # 1000 × 3.65% / 365 = 0.10 a day, three days over the weekend
    assert report.equity["strategy"].tolist() == pytest.approx([1000, 999.9, 999.6, 999.5])
    assert report.costs.borrow == pytest.approx(0.5)
    assert any("pay 365 bps a year to borrow" in note for note in report.notes)


def test_funding_is_paid_by_the_long_and_received_by_the_short():
    costs = Costs(fee_bps=0, slippage_bps=0, funding_bps_per_year=3650)
    long, short = (held(frame([100, 100]), weight, costs=costs) for weight in (1.0, -1.0))
    assert long.costs.funding == pytest.approx(1.0)  # 1000 × 36.5% / 365
    assert short.costs.funding == pytest.approx(-1.0)
    assert short.equity["strategy"].iloc[-1] == pytest.approx(1001)


def test_a_loan_bears_interest():
    costs = Costs(fee_bps=0, slippage_bps=0, interest_bps_per_year=730)
    report = held(frame([100, 100]), 2.0, costs=costs, margin=Margin(leverage=2))
    assert report.costs.interest == pytest.approx(0.2)  # 1000 × 7.3% / 365
    assert report.equity["strategy"].iloc[-1] == pytest.approx(999.8)


def test_leverage_ends_where_it_is_said_to():
    report = held(frame([100, 110]), 5.0, margin=Margin(leverage=3, maintenance=0))
    assert report.orders["size"].tolist() == pytest.approx([30])
    assert report.equity["strategy"].iloc[-1] == pytest.approx(1300)
    assert held(frame([100, 110]), 5.0).orders["size"].tolist() == pytest.approx([10])


def test_short_sales_use_the_margin_too():
    prices = frame({"A": [100.0, 100.0], "B": [100.0, 100.0]})
    report = held(prices, [-1.5, 1.5], margin=Margin(leverage=2))
    # the sale comes first and takes 1.5 of the 2
    assert report.weights.iloc[0].tolist() == pytest.approx([-1.5, 0.5])


def test_an_account_without_margin_is_closed_out():
    report = held(frame([100, 70, 60, 120]), 2.0, margin=Margin(leverage=2, maintenance=0.25))
    # at 70: 400 of 1400 is 29%; at 60: 200 of 1200 is 17%, and all is sold
    assert report.equity["strategy"].tolist() == pytest.approx([1000, 400, 200, 200])
    assert report.orders["reason"].tolist() == ["order", "liquidation"]
    assert report.trades["exit_reason"].tolist() == ["liquidation"]
    assert any("closed out on 1 bars" in note for note in report.notes)


def test_an_account_can_end_owing_money():
    report = held(frame([100, 300]), -1.0, margin=Margin())
    assert report.equity["strategy"].iloc[-1] == pytest.approx(-1000)
    assert any("owing money" in note for note in report.notes)


def acting(**rows):
    table = {"symbol": ["A"], "time": [dt.datetime(2024, 1, 3)], "kind": ["dividend"]}  # noqa: DTZ001
    return actions_of_frame(pd.DataFrame(table | {name: [one] for name, one in rows.items()}))


def raw(prices):
    from workbench.data import bars

    return bars(prices, calendar="24/7", currency="USD").assign_attrs(adjust="none")


def test_a_dividend_is_paid_on_the_ex_date_and_taken_from_the_short():
    prices = raw(frame([100, 100, 98, 98]))
    actions = acting(amount=2.0, currency="USD")
    wanted = prices["close"].copy(data=[[1.0], [np.nan], [np.nan], [np.nan]])
    for side, paid in ((1, 20), (-1, -20)):
        report = simulate(
            wanted * side, prices, actions=actions, costs=FREE, initial_cash=1000.0,
            fills_at="same close",
        )  # fmt: skip
        assert report.equity["strategy"].tolist() == pytest.approx([1000] * 4)
        assert report.costs.dividends == pytest.approx(paid)


def test_a_split_changes_shares_and_not_the_account():
    prices = raw(frame([100, 100, 50, 55]))
    wanted = prices["close"].copy(data=[[1.0], [np.nan], [np.nan], [0.0]])
    report = simulate(
        wanted, prices, actions=acting(kind="split", ratio=2.0), costs=FREE, initial_cash=1000.0,
        fills_at="same close",
    )  # fmt: skip
    assert report.equity["strategy"].tolist() == pytest.approx([1000, 1000, 1000, 1100])
    assert report.orders["size"].tolist() == pytest.approx([10, 20])
    [trade] = report.trades.to_dict("records")
    assert (trade["size"], trade["entry_price"], trade["exit_price"]) == pytest.approx((20, 50, 55))
    assert (trade["pnl"], trade["mae"], trade["mfe"]) == pytest.approx((100, 0, 0.1), abs=1e-12)


def test_adjusted_prices_have_no_actions_of_their_own():
    with pytest.raises(InvalidInput, match="adjusted for them already"):
        held(frame([100, 100]), 1.0, actions=acting(amount=1.0))


def test_what_a_delisted_share_brings_is_said():
    prices = frame({"A": [100.0, 80.0, np.nan, np.nan], "B": [100.0] * 4})
    report = held(prices, [0.5, 0.5], delisting_returns={"A": -0.3})
    # 5 shares of 80 bring 56 each
    assert report.equity["strategy"].tolist() == pytest.approx([1000, 900, 780, 780])
    assert report.orders["reason"].tolist() == ["order", "order", "delisting"]
    assert report.weights["A"].iloc[-1] == 0


def test_a_share_that_ends_unexplained_keeps_its_value_and_is_named():
    prices = frame({"A": [100.0, 80.0, np.nan, np.nan], "B": [100.0] * 4})
    report = held(prices, [0.5, 0.5])
    assert report.equity["strategy"].iloc[-1] == pytest.approx(900)
    assert any("A has no price after 2024-01-02" in note for note in report.notes)


@pytest.mark.parametrize(
    ("given", "error"), [({"X": -0.3}, UnknownName), ({"A": -1.2}, InvalidInput)]
)
def test_delisting_returns_that_cannot_be(given, error):
    with pytest.raises(error):
        held(frame([100.0, np.nan]), 1.0, delisting_returns=given)


def test_prices_in_two_currencies_need_rates():
    prices = raw(frame({"A": [100.0, 100.0], "B": [50.0, 50.0]}))
    mixed = prices.assign_coords(currency=("symbol", ["USD", "EUR"]))
    with pytest.raises(InvalidInput, match=r"several currencies.*EUR, USD"):
        held_in(mixed)
    with pytest.raises(InvalidInput, match="without exchange rates"):
        held_in(mixed, currency="USD")
    pair = raw(frame({"EUR/USD": [1.0, 1.1]}))
    report = held_in(mixed, currency="USD", rates=pair)
    # half of 1000 in euros gains ten per cent with the euro
    assert report.equity["strategy"].tolist() == pytest.approx([1000, 1050])


def held_in(bars, **options):
    wanted = bars["close"].copy(data=np.array([[0.5, 0.5], [np.nan, np.nan]]))
    return simulate(wanted, bars, costs=FREE, initial_cash=1000.0, fills_at="same close", **options)


def test_impact_is_charged_and_needs_volume(make_bars):
    bars = make_bars(symbols=1, bars=40)
    wanted = bars["close"].copy(data=np.full(bars["close"].shape, np.nan))
    wanted[30] = 1.0
    costs = Costs(fee_bps=0, slippage_bps=0, impact=1.0)
    with pytest.raises(InvalidInput, match="the bars have none"):
        simulate(wanted, bars, costs=costs)
    bars["volume"] = bars["close"] * 0 + 1e4
    report = simulate(wanted, bars, costs=costs)
    returns = bars["close"].to_numpy()[11:31, 0] / bars["close"].to_numpy()[10:30, 0] - 1
    [order] = report.orders.to_dict("records")
    moved = order["price"] / float(bars["open"][31, 0]) - 1
    assert moved == pytest.approx(returns.std(ddof=1) * np.sqrt(order["size"] / 1e4))
    assert report.costs.impact == pytest.approx(
        order["size"] * order["price"] * moved / (1 + moved)
    )
    bars["volume"] = bars["close"] * 0
    nothing = simulate(wanted, bars, costs=costs)
    assert not len(nothing.orders)
    assert any("dropped" in note for note in nothing.notes)


def test_lots_are_whole_and_checked():
    report = held(frame([30.0, 30.0]), 1.0, lot=10)
    assert report.orders["size"].tolist() == [30]
    with pytest.raises(OutOfRange, match="lot"):
        held(frame([30.0, 30.0]), 1.0, lot=-1)


@pytest.mark.parametrize("engine", ["vectorbt", "replay"])
def test_an_engine_refuses_what_it_cannot_do(engine):
    pytest.importorskip("vectorbt")
    with pytest.raises(InvalidInput, match="borrow, funding or interest, margin"):
        held(
            frame([30.0, 30.0]), 1.0, engine=engine, margin=Margin(),
            costs=Costs(borrow_bps_per_year=1),
        )  # fmt: skip


def test_the_terms_of_the_costs_add_up_to_what_the_account_lost():
    rng = np.random.default_rng(11)
    prices = frame({name: 100 * np.exp(np.cumsum(rng.normal(0, 0.02, 80))) for name in "AB"})
    wanted = pd.DataFrame(rng.normal(0, 0.5, prices.shape), prices.index, prices.columns)
    wanted[rng.random(wanted.shape) < 0.7] = np.nan
    costs = Costs(
        fee_bps=3, slippage_bps=4, spread_bps=6, fixed_fee=1, fee_per_share=0.01, minimum_fee=2,
        borrow_bps_per_year=300, funding_bps_per_year=100,
    )  # fmt: skip
    report = simulate(wanted, prices, costs=costs, fills_at="same close")
    charged = report.costs
    lost = (
        charged.total_commission + charged.slippage + charged.spread + charged.borrow
        + charged.funding
    )  # fmt: skip
    orders = report.orders
    before = orders["price"] / (1 + np.where(orders["side"] == "buy", 7e-4, -7e-4))
    signed = orders["size"].where(orders["side"] == "buy", -orders["size"])
    last = orders["symbol"].map(prices.iloc[-1])
    gained = (signed * (last - before)).sum()  # at the prices of the bars
    assert report.equity["strategy"].iloc[-1] == pytest.approx(1e5 + gained - lost)


def test_nothing_is_paid_for_a_table_of_actions_without_rows():
    prices = raw(frame([100, 101, 102]))
    none = acting(amount=1.0).slice(0, 0)
    assert isinstance(none, pa.Table)
    wanted = prices["close"].copy(data=[[1.0], [np.nan], [np.nan]])
    with_them = simulate(wanted, prices, actions=none)
    assert with_them.equity.equals(simulate(wanted, prices).equity)
