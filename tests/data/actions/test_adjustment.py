"""What is adjusted, what is not, and what is said about it."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from workbench.data import bars
from workbench.data.actions import adjust_bars, factors, unadjust_bars
from workbench.errors import InvalidInput, UnknownName

SPLIT = {"symbol": "A", "time": "2024-01-04", "kind": "split", "ratio": 2.0}
DIVIDEND = {"symbol": "A", "time": "2024-01-04", "kind": "dividend", "amount": 1.0}


def closes(made, symbol="A"):
    return made["close"].sel(symbol=symbol).to_numpy().tolist()


def test_none_is_the_identity(panel, actions):
    given = panel({"A": [10.0, 10.0, 5.0]})
    assert adjust_bars(given, actions(SPLIT), "none") is given


def test_an_ex_date_after_the_last_bar_does_nothing(panel, actions):
    given = panel({"A": [10.0, 10.0]})
    made = adjust_bars(given, actions(SPLIT), "all")
    assert closes(made) == [10.0, 10.0]


def test_an_ex_date_at_the_first_bar_does_nothing(panel, actions):
    given = panel({"A": [10.0, 10.0]}, days="2024-01-04")
    assert closes(adjust_bars(given, actions(SPLIT), "all")) == [10.0, 10.0]


def test_an_ex_date_without_a_bar_counts_from_the_next(panel, actions):
    given = panel({"A": [10.0, 10.0, np.nan, 5.0]})
    assert closes(adjust_bars(given, actions(SPLIT), "splits"))[:2] == [5.0, 5.0]
    weekend = {**SPLIT, "time": "2024-01-06"}
    given = panel({"A": [10.0, 10.0, 10.0, 10.0, 5.0]})  # Tuesday to Friday, and Monday
    assert closes(adjust_bars(given, actions(weekend), "splits")) == [5.0] * 5


def test_actions_of_others_do_nothing(panel, actions):
    given = panel({"A": [10.0, 10.0, 5.0], "B": [7.0, 7.0, 7.0]})
    assert closes(adjust_bars(given, actions(SPLIT), "all"), "B") == [7.0] * 3


def test_a_reverse_split(panel, actions):
    given = panel({"A": [1.0, 1.0, 10.0]}, volume=500.0)
    made = adjust_bars(given, actions({**SPLIT, "ratio": 0.1}), "splits")
    np.testing.assert_allclose(closes(made), [10.0] * 3)
    np.testing.assert_allclose(made["volume"][:, 0], [50.0, 50.0, 500.0])


def test_all_prices_of_a_bar_move_together(panel, actions):
    given = panel({"A": [10.0, 10.0, 5.0]})
    given = given.assign(open=given["close"] - 1, high=given["close"] + 1)
    made = adjust_bars(given, actions(SPLIT), "splits")
    assert made["open"][:, 0].to_numpy().tolist() == [4.5, 4.5, 4.0]
    assert made["high"][:, 0].to_numpy().tolist() == [5.5, 5.5, 6.0]


def test_two_dividends_of_one_day_are_one_sum(panel, actions):
    given = panel({"A": [10.0, 10.0, 7.0]})
    both = actions(DIVIDEND, {**DIVIDEND, "kind": "special_dividend", "amount": 2.0})
    np.testing.assert_allclose(closes(adjust_bars(given, both, "all")), [7.0] * 3)
    one_by_one = factors(given, both)["price_factor"].tolist()
    np.testing.assert_allclose(one_by_one, [9 / 10, 7 / 9])


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({**DIVIDEND, "amount": 12.0}, "not less than the price"),
        ({**DIVIDEND, "currency": "EUR"}, "paid in EUR, the price is in USD"),
        (
            {**DIVIDEND, "kind": "spin_off", "amount": None, "ratio": 0.1, "into": "Z"},
            "price of its shares",
        ),
        ({**SPLIT, "ratio": None}, "ratio is unknown"),
        ({**DIVIDEND, "amount": None}, "its amount is unknown"),
    ],
)
def test_what_cannot_be_valued_is_said_and_changes_nothing(panel, actions, action, words, caplog):
    given = panel({"A": [10.0, 10.0, 9.0]})
    made = adjust_bars(given, actions(action), "all")
    assert closes(made) == [10.0, 10.0, 9.0]
    assert words in made.attrs["unadjusted"][0]
    assert "2024-01-04" in caplog.text
    assert factors(given, actions(action))["applied"].tolist() == [False]


@pytest.mark.parametrize(
    ("quoted", "paid", "amount"), [("GBX", "GBP", 1.0), ("GBP", "GBX", 1e4), ("GBX", "GBp", 100.0)]
)
def test_pounds_are_paid_on_prices_in_pence(panel, actions, quoted, paid, amount):
    given = panel({"A": [1000.0, 1000.0, 900.0]}, currency=quoted)
    made = adjust_bars(given, actions({**DIVIDEND, "amount": amount, "currency": paid}), "all")
    np.testing.assert_allclose(closes(made), [900.0] * 3)


def test_intraday_bars_turn_at_midnight_of_the_exchange(actions):
    """20:00 in New York is the next day in UTC, and still before the ex-date."""
    stamps = pd.DatetimeIndex(
        ["2024-01-03T20:00", "2024-01-04T01:00", "2024-01-04T14:30"], tz="UTC"
    )
    frame = pd.DataFrame({"A": [10.0, 10.0, 5.0]}, index=stamps)
    given = bars(frame, timeframe="1h", calendar="XNYS").assign_attrs(adjust="none")
    assert closes(adjust_bars(given, actions(SPLIT), "splits")) == [5.0] * 3


@pytest.mark.parametrize("ex_date", ["2018-11-04", "2018-02-18"])
def test_midnights_that_there_are_not_or_twice(actions, ex_date):
    """In São Paulo the clocks changed at midnight until 2019."""
    day = pd.Timestamp(ex_date, tz="UTC")
    stamps = pd.DatetimeIndex([day + pd.Timedelta(hours=hour) for hour in (0, 1, 12)])
    frame = pd.DataFrame({"A": [10.0, 10.0, 5.0]}, index=stamps)
    given = bars(frame, timeframe="1h", calendar="BVMF").assign_attrs(adjust="none")
    split = {**SPLIT, "time": ex_date}
    assert closes(adjust_bars(given, actions(split), "splits")) == [5.0] * 3


def test_a_split_within_a_week_is_not_guessed(panel, actions):
    given = panel({"A": [10.0, 5.0]}, days=["2024-01-02", "2024-01-08"], timeframe="1w")
    inside = {**SPLIT, "time": "2024-01-08"}
    with pytest.raises(InvalidInput, match="Adjust daily bars, then resample"):
        adjust_bars(given, actions(inside), "splits")
    assert closes(adjust_bars(given, actions(), "splits")) == [10.0, 5.0]


def test_what_is_adjusted_already_is_not_adjusted_again(panel, actions):
    given = panel({"A": [10.0, 10.0, 5.0]})
    made = adjust_bars(given, actions(SPLIT), "splits")
    assert adjust_bars(made, actions(SPLIT), "splits") is made
    for wanted in ("all", "none", "vendor"):
        with pytest.raises(InvalidInput, match="'splits'"):
            adjust_bars(made, actions(SPLIT), wanted)


def test_prices_of_a_vendor_that_divides_by_all_splits_up_to_today(panel, actions):
    """Apple, 4 for 1 on 2020-08-31: closes as traded are 499.23 and 129.04 (Nasdaq)."""
    days = ["2020-08-28", "2020-08-31"]
    given = panel({"AAPL": [124.8075, 129.04]}, days=days, volume=4.0).assign_attrs(adjust="splits")
    split = {"symbol": "AAPL", "time": "2020-08-31", "kind": "split", "ratio": 4.0}
    made = unadjust_bars(given, actions(split))
    np.testing.assert_allclose(closes(made, "AAPL"), [499.23, 129.04])
    assert made["volume"][:, 0].to_numpy().tolist() == [1.0, 4.0]
    assert made.attrs["adjust"] == "none"
    earlier = given.isel(time=[0])  # the vendor divides by a split after the last bar too
    np.testing.assert_allclose(closes(unadjust_bars(earlier, actions(split)), "AAPL"), [499.23])
    with pytest.raises(InvalidInput, match="splits alone"):
        unadjust_bars(given.assign_attrs(adjust="all"), actions(split))


def test_words_that_mean_nothing_here_name_the_others(panel, actions):
    given = panel({"A": [10.0, 10.0, 5.0]})
    with pytest.raises(UnknownName, match="splits"):
        adjust_bars(given, actions(SPLIT), "dividends")
    with pytest.raises(UnknownName, match="prior_close"):
        adjust_bars(given, actions(SPLIT), "all", dividend_base="close")
    with pytest.raises(UnknownName, match="all"):
        factors(given, actions(SPLIT), "none")


def test_bars_without_a_close_cannot_be_adjusted(panel, actions):
    given = panel({"A": [10.0, 10.0, 5.0]})
    given = given.assign(open=given["close"]).drop_vars("close")
    with pytest.raises(InvalidInput, match="close"):
        adjust_bars(given, actions(SPLIT), "all")


def test_a_view_as_of_the_day_before_ignores_what_was_not_announced(panel, actions, lake):
    from workbench.data.actions import load_actions, store_actions

    given = panel({"A": [10.0, 10.0, 9.0]})
    told = {**DIVIDEND, "declared_at": datetime.fromisoformat("2024-01-03")}
    store_actions(lake, "x", actions(told), datetime.fromisoformat("2024-06-01"))
    then = load_actions(lake, "x", ["A"], datetime.fromisoformat("2024-01-03T12:00"))
    now = load_actions(lake, "x", ["A"])
    assert closes(adjust_bars(given, then, "all")) == [10.0, 10.0, 9.0]
    np.testing.assert_allclose(closes(adjust_bars(given, now, "all")), [9.0] * 3)
