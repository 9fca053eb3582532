"""A future by contract, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import simulate_futures
from workbench.data import bars
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.market import Bracket, Costs, Margin
from workbench.strategies import strategy

pytestmark = pytest.mark.kernel  # also with the compiler off

FREE = Costs.none()
DAYS = pd.bdate_range("2024-01-01", periods=7)
ENDS = {"XYF2024": DAYS[5], "XYG2024": DAYS[6] + pd.Timedelta(30, "D")}
FRONT = [100.0, 102.0, 104.0, 106.0, 105.0, 103.0, np.nan]
BACK = [110.0, 112.0, 114.0, 117.0, 118.0, 120.0, 116.0]
OPENS = (
    [100.0, 101.0, 103.0, 105.0, 106.0, 104.0, np.nan],
    [110.0, 111.0, 113.0, 116.0, 118.0, 119.0, 119.0],
)


def chain(front=FRONT, back=BACK, opens=None):
    closes = pd.DataFrame({"XYF2024": front, "XYG2024": back}, DAYS)
    made = bars(closes, calendar="24/5", currency="USD")
    if opens is not None:
        made["open"] = made["close"].copy(data=np.array(opens).T)
    return made


def want(**rows):
    """Weights of the series, by the number of their bar."""
    made = pd.DataFrame(np.nan, DAYS, ["XY=F"])
    for bar, weight in rows.items():
        made.iloc[int(bar[1:])] = weight
    return made


def run(weights, given=None, **options):
    terms = {"roll": "calendar", "sessions_before": 2, "multiplier": 50, "costs": FREE}
    terms |= {"initial_cash": 100_000.0} | options
    return simulate_futures(weights, chain() if given is None else given, ENDS, **terms)


def test_by_hand():
    """Ten contracts, one roll, out; every number on paper.

    0.55 × 100,000 / (101 × 50) is 10.89: ten contracts, at 101 × 1.001. Equity at the closes:
    429.5 is ten times (102 − 101.101) × 50 less 20 of fees, then 1,000, then 1,000 less the roll
    (10 × 50 × (0.106 + 0.117) of slippage and 40 of fees), 500, and (118.881 − 118) × 500 − 20.
    """
    costs = Costs(fee_bps=0, slippage_bps=10, fee_per_share=2)
    made = run(want(b0=0.55, b4=0.0), chain(opens=OPENS), costs=costs)
    report = made.backtest
    orders = report.orders
    assert orders["symbol"].tolist() == ["XYF2024", "XYF2024", "XYG2024", "XYG2024"]
    assert orders["side"].tolist() == ["buy", "sell", "buy", "sell"]
    assert orders["size"].tolist() == [10, 10, 10, 10]
    assert orders["price"].tolist() == pytest.approx([101.101, 105.894, 117.117, 118.881])
    assert orders["fee"].tolist() == [20, 20, 20, 20]
    assert orders["reason"].tolist() == ["order", "roll", "roll", "order"]
    assert report.equity["strategy"].tolist() == pytest.approx(
        [100_000, 100_429.5, 101_429.5, 102_278, 102_778, 103_198.5, 103_198.5]
    )
    assert made.contracts["pnl"].tolist() == pytest.approx([2_356.5, 842.0])
    assert made.contracts["most"].tolist() == [10, 10]
    assert made.to_frame() is made.contracts
    [roll] = made.rolls.to_dict("records")
    assert (roll["date"], roll["from"], roll["to"]) == (DAYS[3], "XYF2024", "XYG2024")
    assert (roll["contracts"], roll["fees"]) == (10, 40)
    assert (roll["left_at"], roll["entered_at"]) == pytest.approx((105.894, 117.117))
    assert roll["slippage"] == pytest.approx(111.5)
    assert (made.rolled, made.roll_cost) == (1, pytest.approx(151.5))
    assert report.trades["exit_reason"].tolist() == ["roll", "order"]
    assert report.trades["exit_price"].tolist() == pytest.approx([105.894, 118.881])
    assert report.costs.total_commission == 80


def test_a_short_position_is_rolled_too():
    made = run(want(b0=-0.5), fills_at="same close")
    # −0.5 × 100,000 / 5,000; the roll gains nothing; 120 → 116 in the new contract
    assert made.backtest.orders["size"].tolist() == [10, 10, 10]
    assert made.rolls["contracts"].tolist() == [-10]
    change = -10 * 50 * np.array([0, 2, 4, 6, 7, 9, 5])
    assert made.backtest.equity["strategy"].tolist() == pytest.approx(100_000 + change)
    assert not any("proceeds" in note for note in made.notes)


def test_an_order_at_the_close_of_a_roll_is_part_of_it():
    made = run(want(b0=0.5, b2=0.2), fills_at="next close")
    # 0.2 × 102,000 / (117 × 50) is 3.5: nine of 102 are sold, three of 117 bought
    orders = made.backtest.orders
    assert orders["size"].tolist() == [9, 9, 3]
    assert orders["price"].tolist() == [102, 106, 117]
    assert orders["reason"].tolist() == ["order", "roll", "roll"]


def test_who_holds_nothing_rolls_nothing():
    made = run(want(b4=0.5), fills_at="next close")
    assert (made.rolled, made.roll_cost) == (0, 0)
    assert made.backtest.orders["symbol"].tolist() == ["XYG2024"]
    entering = run(want(b2=0.5), fills_at="next close").backtest.orders
    assert (entering["symbol"].tolist(), entering["reason"].tolist()) == (["XYG2024"], ["order"])


def test_leverage_ends_where_it_is_said_to():
    made = run(want(b0=50.0), fills_at="same close", margin=Margin(leverage=4, maintenance=0))
    assert made.backtest.orders["size"].iloc[0] == 80  # 4 × 100,000 / 5,000
    assert made.backtest.weights.iloc[0].sum() == pytest.approx(4.0)


def test_an_account_without_margin_is_closed_out():
    falling = chain(front=[100, 95, 90, 90, 90, 90, np.nan])
    made = run(
        want(b0=8.0), falling, fills_at="same close", margin=Margin(leverage=8, maintenance=0.05)
    )
    # 160 contracts lose 40,000 at 95: 60,000 for 760,000; at 90 it is 20,000 for 720,000
    assert made.backtest.orders["reason"].tolist() == ["order", "liquidation"]
    assert made.backtest.equity["strategy"].tolist() == pytest.approx([1e5, 6e4] + [2e4] * 5)
    assert any("closed out on 1 bars" in note for note in made.notes)


def test_the_strategy_sees_a_series_whose_past_never_changes():
    seen = []

    def watch(bars):
        seen.append(bars["close"].to_numpy()[:, 0])
        return bars["close"] * 0

    run(watch, adjust="ratio")
    run(watch, adjust="none")
    ratio = 117 / 106
    assert seen[0].tolist() == pytest.approx(
        [100, 102, 104, 106, 118 / ratio, 120 / ratio, 116 / ratio]
    )
    assert seen[1].tolist() == [100, 102, 104, 106, 118, 120, 116]


@strategy("below", form="step", inputs={"close": lambda bars, _: bars["close"]})
def below(state, seen, position, *, stop: float = 105.0):
    """In from the first bar on, with a stop."""
    return state + 1, Bracket(1.0 if state == 0 else np.nan, stop)


@pytest.mark.parametrize(
    ("adjust", "front", "level", "own"),
    [
        ("none", [118.0] * 6 + [np.nan], 109.0, 109.0),
        ("ratio", FRONT, 99.0, 99.0 * 117 / 106),
        ("difference", FRONT, 99.0, 110.0),
    ],
)
def test_a_stop_of_the_series_is_hit_at_the_price_of_the_contract(adjust, front, level, own):
    """The low of 108 in the sixth bar is the first below the stop, whatever the series."""
    given = chain(front=front, back=[110, 112, 114, 117, 118, 116, 116])
    low = given["close"].to_numpy().copy()
    low[5] = [front[5], 108.0]
    given["low"], given["high"] = given["close"].copy(data=low), given["close"]
    made = run(below, given, adjust=adjust, fills_at="same close", parameters={"stop": level})
    leave = made.backtest.orders.iloc[-1]
    assert (leave["reason"], leave["symbol"], leave["time"]) == ("exit", "XYG2024", DAYS[5])
    assert leave["price"] == pytest.approx(own, rel=1e-12)


def test_a_hole_drops_the_order_and_keeps_the_value():
    holed = chain(front=[100, 110, np.nan, 106, 105, 103, np.nan])
    made = run(want(b0=0.5, b1=0.0), holed, fills_at="next close")
    # 0.5 × 100,000 / 5,500 is nine; the sale is dropped, so they are rolled at 106 into 117
    assert made.backtest.orders["reason"].tolist() == ["order", "roll", "roll"]
    assert any("1 orders were dropped" in note for note in made.notes)
    change = 9 * 50 * np.array([0, 0, 0, -4, -3, -1, -5])
    assert made.backtest.equity["strategy"].tolist() == pytest.approx(100_000 + change)


def test_who_lost_everything_may_leave():
    made = run(
        want(b0=5.0, b1=0.0),
        chain(opens=([100.0] * 2 + [79.0] + [100.0] * 3 + [np.nan], BACK)),
        margin=Margin(leverage=5, maintenance=0),
    )
    # 100 contracts lose 105,000 from 100 to the open of 79; the close of 104 is not theirs any more
    assert made.backtest.orders["price"].tolist() == [100, 79]
    assert made.backtest.equity["strategy"].tolist()[2:] == [-5_000] * 5


def test_what_no_close_saw_was_held_too():
    given = chain(opens=OPENS)
    low = given["close"].to_numpy().copy()
    low[1, 0] = 90.0
    given["low"], given["high"] = given["close"].copy(data=low), given["close"] + 5
    made = run(below, given, parameters={"stop": 95.0})
    assert made.backtest.orders["reason"].tolist() == ["order", "exit"]
    assert made.contracts["most"].tolist() == [19]  # 100,000 / (101 × 50)
    assert made.contracts["pnl"].tolist() == pytest.approx([-19 * 6 * 50])


def test_what_is_lost_cannot_be_ordered_with():
    broke = chain(front=[100, 10, 10, 10, 10, 10, np.nan])
    made = run(
        want(b0=5.0, b2=1.0), broke, fills_at="same close", margin=Margin(leverage=5, maintenance=0)
    )
    assert any("rejected" in note for note in made.notes)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"multiplier": 0}, OutOfRange),
        ({"lot": -1.0}, OutOfRange),
        ({"costs": Costs(funding_bps_per_year=5)}, InvalidInput),
        ({"costs": Costs(impact=1.0)}, InvalidInput),
        ({"fills_at": "next open"}, InvalidInput),
        ({"roll": "volume"}, InvalidInput),
    ],
)
def test_what_cannot_be_asked_for_is_refused(options, error):
    with pytest.raises(error):
        run(want(b0=1.0), **options)


def test_a_contract_without_a_last_day_is_refused():
    with pytest.raises(UnknownName):
        simulate_futures(want(b0=1.0), chain(), {"XYF2024": DAYS[5]}, multiplier=50)


def test_it_is_good_to_look_at():
    made = run(want(b0=0.5), fills_at="same close")
    assert "roll_cost" in repr(made)
    assert "50 a point" in repr(made)
    assert made.plot().children
