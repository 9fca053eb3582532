"""Universes: by rule, as listed, kept in the lake, and honest about who is missing."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from workbench import registry
from workbench.data import add_dataset, bars, list_datasets, load_bars
from workbench.data.universes import (
    UniverseRule,
    constituents,
    get_universe,
    load_membership,
    make_universe,
    membership,
    universe_bars,
)
from workbench.domain import ACTION_COLUMNS, MEMBERSHIP_COLUMNS
from workbench.errors import (
    ConfigurationError,
    InvalidInput,
    NoData,
    OutOfRange,
    StoreError,
    UnknownName,
    UnusableFrame,
)

ANSWER = yaml.safe_load(
    (Path(__file__).parents[1] / "answers" / "universe_fifteen_sessions.yaml").read_text()
)
ACTIONS = pa.schema(list(ACTION_COLUMNS.items()))


def panel(closes, volumes, sessions, calendar="XNYS"):
    days = pd.DatetimeIndex(sessions)
    frames = [
        pd.DataFrame({"time": days, "symbol": name, "close": closes[name], "volume": volumes[name]})
        for name in closes
    ]
    long = pd.concat(frames).dropna()
    made = bars(long.astype({"close": float, "volume": float}), timeframe="1d", calendar=calendar)
    return made.assign_attrs(adjust="none", dataset="hand", survivorship="Worked by hand.")


def actions(*rows):
    return pa.Table.from_pylist([dict(row) for row in rows], ACTIONS)


@pytest.fixture
def worked():
    return panel(ANSWER["closes"], ANSWER["volumes"], ANSWER["sessions"])


@pytest.fixture
def delisting():
    told = ANSWER["delisting"]
    time = datetime.combine(told["time"], datetime.min.time())
    return actions({**told, "time": time, "kind": "delisting"})


def spells(members):
    columns = ["symbol", "time", "until", "leaves_by", "delisting_return"]
    rows = [[row[name] for name in columns] for row in members.table.to_pylist()]
    return [[row[0], *(at and at.date() for at in row[1:3]), *row[3:]] for row in rows]


def test_members_as_worked_out_by_hand(worked, delisting):
    made = membership(worked, ANSWER["rule"], delistings=delisting)
    expected = [[*one[:4], one[4] and pytest.approx(one[4])] for one in ANSWER["spells"]]
    assert spells(made) == expected
    assert made.table.column_names == list(MEMBERSHIP_COLUMNS)
    assert "3 symbols in 4 spells, 2024-01-02 to 2024-01-23" in repr(made)
    held = made.mask.to_pandas()
    assert held.loc["2024-01-05"].sum() == 0
    assert held.loc["2024-01-17"].to_dict() == {"A": False, "B": True, "C": False, "D": True}
    assert held.loc["2024-01-19"].to_dict() == {"A": False, "B": True, "C": False, "D": False}


def test_without_delistings_a_name_that_ended_leaves_at_the_next_rebalance(worked):
    ended = [one for one in spells(membership(worked, ANSWER["rule"])) if one[0] == "D"]
    assert ended == [["D", date(2024, 1, 16), date(2024, 1, 22), "rule", None]]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"kind": "merger", "amount": 3.0, "ratio": 0.5, "into": "A"}, -0.84),  # (3 + 0.5*10)/50-1
        ({"kind": "merger", "amount": 60.0}, 0.2),
        ({"kind": "merger", "ratio": 0.5, "into": "ELSEWHERE"}, None),
        ({"kind": "delisting"}, None),
        ({"kind": "delisting", "amount": 0.0}, -1.0),
    ],
)
def test_what_a_holder_received_or_nothing_where_it_is_unknown(worked, action, expected):
    gone = actions({"symbol": "D", "time": datetime.fromisoformat("2024-01-18"), **action})
    made = membership(worked, ANSWER["rule"], delistings=gone)
    found = next(one for one in spells(made) if one[0] == "D")
    assert found[3] == action["kind"]
    assert found[4] == (None if expected is None else pytest.approx(expected))


def test_a_split_does_not_end_a_membership(worked):
    split = actions(
        {"symbol": "B", "time": datetime.fromisoformat("2024-01-18"), "kind": "split", "ratio": 2.0}
    )
    plain = membership(worked, ANSWER["rule"])
    assert membership(worked, ANSWER["rule"], delistings=split).table.equals(plain.table)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("rebalanced weekly", ["2024-01-08", "2024-01-16", "2024-01-22"]),
        ("rebalanced weekly at the last session", ["2024-01-05", "2024-01-12", "2024-01-19"]),
        ("rebalanced monthly", []),
        ("rebalanced monthly at the last session", []),
    ],
)
def test_the_calendar_and_not_the_panel_says_where_a_period_ends(worked, text, days):
    """The panel ends on 2024-01-23, which is no end of a month."""
    counts = membership(worked, f"top 1 by volume, {text}").counts()
    first = counts.index[counts["members"] > 0][:1]
    assert [f"{day:%Y-%m-%d}" for day in first] == days[:1]


def test_a_bar_that_is_known_late_is_used_late(worked):
    """Bars that arrive two days after the close are not there on the next session."""
    late = worked.assign_coords(known_at=worked["known_at"] + np.timedelta64(48, "h"))
    made = membership(late, "top 1 by volume, rebalanced weekly")
    # On Monday 01-08 nothing is newer than Friday 01-05 and the last that has arrived is 01-04.
    assert spells(membership(worked, "top 1 by volume, rebalanced weekly"))[0][0] == "C"
    volumes = worked["volume"].sel(time="2024-01-04").to_pandas()
    assert [one[0] for one in spells(made) if one[1] == date(2024, 1, 8)] == [volumes.idxmax()]
    assert len(made.mask) == len(worked["time"])


def test_market_value_is_used_where_it_is_known(worked):
    with pytest.raises(UnusableFrame, match="market_value"):
        membership(worked, "top 1 by market value, rebalanced weekly")
    value = worked["close"].copy(data=np.tile([1.0, 2.0, np.nan, np.nan], (15, 1)))
    made = membership(worked.assign(market_value=value), "top 1 by market value, rebalanced weekly")
    assert [one[0] for one in spells(made)] == ["B"]


def test_intraday_bars_are_refused_with_the_cure(worked):
    with pytest.raises(UnusableFrame, match="daily bars"):
        membership(worked.assign_attrs(timeframe="5m"), "top 1 by volume")


def test_an_instrument_survives_its_symbol(worked):
    named = worked.assign_coords(instrument=("symbol", ["i-1", "i-2", "i-3", "i-4"]))
    made = membership(named, ANSWER["rule"])
    assert {(row["symbol"], row["instrument"]) for row in made.table.to_pylist()} == {
        ("A", "i-1"), ("B", "i-2"), ("D", "i-4"),
    }  # fmt: skip


def test_survivorship_counts_who_has_ended_and_inherits(worked, delisting):
    told = membership(worked, ANSWER["rule"], delistings=delisting).survivorship
    assert "4 symbols of hand, 1 of which has ended, 1 with a known delisting return" in told
    assert told.endswith("Worked by hand.")
    survivors = worked.sel(symbol=["A", "B", "C"])
    assert "survivors only" in membership(survivors, ANSWER["rule"]).survivorship


def test_adjusted_prices_are_said_to_know_the_future(worked):
    adjusted = worked.assign_attrs(adjust="vendor")
    assert "known in advance" in membership(adjusted, ANSWER["rule"]).survivorship
    plain = membership(adjusted, "top 2 by volume, rebalanced weekly").survivorship
    assert "known in advance" not in plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the best ones", "not understood"),
        ("top 5 by volume, price > 5, price > 6", "said twice"),
        ("price > 5", "top"),
        ("top 0 by volume", "top"),
        ("top 5 by volume, kept to rank 3", "at least top"),
    ],
)
def test_a_rule_that_is_not_understood_is_told_with_an_example(text, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        UniverseRule.parse(text)
    assert "60-day median dollar volume" in caught.value.cure


def test_the_rule_of_the_issue_is_read():
    rule = UniverseRule.parse(
        "Top 500 by 60-day  median dollar volume, price > 5, rebalanced monthly"
    )
    assert (rule.top, rule.window, rule.min_price, rule.history) == (500, 60, 5.0, 60)
    assert rule.measure == "dollar volume"
    assert rule.rebalance == "monthly"
    assert rule.on == "first"


LISTED = pd.DataFrame(
    {
        "Ticker": ["B", "A", "A", "Z"],
        "Added": ["2024-01-05", "2024-01-03", "2024-01-17", "2024-01-03"],
        "Removed": [None, "2024-01-10", None, "2024-01-17"],
        "Reason": [None, None, None, "delisting"],
    }
)


def test_constituents_are_read_with_the_usual_headings():
    table = constituents(LISTED)
    assert [(row["symbol"], row["leaves_by"]) for row in table.to_pylist()] == [
        ("A", "rule"), ("A", None), ("B", None), ("Z", "delisting"),
    ]  # fmt: skip
    assert table["until"].to_pylist()[0] == datetime.fromisoformat("2024-01-10")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Removed": ["2024-01-05", None, None, None]}, "before its exit"),
        ({"Removed": [None, None, None, None]}, "last one of its symbol"),
        ({"Added": [None, "2024-01-03", "2024-01-17", "2024-01-03"]}, "no entry"),
    ],
)
def test_constituents_that_cannot_be_are_refused(change, words):
    with pytest.raises(UnusableFrame, match=words):
        constituents(LISTED.assign(**change))


def test_constituents_need_a_symbol_and_an_entry():
    with pytest.raises(UnusableFrame, match="no entry"):
        constituents(LISTED.drop(columns="Added"))


def test_bars_of_a_universe_carry_mask_and_survivorship(worked, delisting):
    members = membership(worked, ANSWER["rule"], delistings=delisting)
    made = universe_bars(worked.drop_sel(symbol="D"), members, name="mine")
    assert made["symbol"].to_numpy().tolist() == ["A", "B"]
    assert made["member"].dtype == bool
    assert made["member"].dims == ("time", "symbol")
    np.testing.assert_array_equal(made["member"], members.mask.sel(symbol=["A", "B"]))
    assert made.attrs["dataset"] == "mine"
    assert "Without bars in hand and missing from every result: 1, D." in made.attrs["survivorship"]
    assert list(made.data_vars) == list(worked.data_vars)
    with pytest.raises(NoData, match="No member"):
        universe_bars(worked.sel(symbol=["C"]), members, name="mine")


def test_bars_of_a_period_have_the_members_of_that_period(worked, delisting):
    members = membership(worked, ANSWER["rule"], delistings=delisting)
    first = worked.sel(time=slice("2024-01-02", "2024-01-12"))
    made = universe_bars(first, members, name="mine")
    assert made["symbol"].to_numpy().tolist() == ["A", "B"]  # D comes later and is not missed
    assert "missing" not in made.attrs["survivorship"]
    assert members.between(end=date(2024, 1, 16)) == ["A", "B"]
    assert members.between(date(2024, 1, 16), date(2024, 1, 18)) == ["B", "D"]
    assert members.between(date(2024, 1, 18), date(2024, 1, 22)) == ["B"]
    assert members.between() == members.symbols == ["A", "B", "D"]
    some = universe_bars(worked, members, name="mine:B", symbols=["B"])
    assert some["symbol"].to_numpy().tolist() == ["B"]
    assert "missing" not in some.attrs["survivorship"]


def test_the_survivorship_reaches_the_report_of_a_backtest(worked, delisting):
    from workbench.backtest import simulate
    from workbench.registry import lookup

    members = membership(worked, ANSWER["rule"], delistings=delisting)
    made = universe_bars(worked, members, name="mine")
    report = simulate(lookup("strategy", "buy_and_hold"), made)
    assert report.survivorship == members.survivorship
    assert members.survivorship in report.notes


def test_a_mask_fits_intraday_bars_by_their_session(worked, delisting):
    """An evening bar of 2024-01-17 in New York has the UTC date of the 18th."""
    members = membership(worked, ANSWER["rule"], delistings=delisting)
    stamps = pd.DatetimeIndex(["2024-01-17 20:55", "2024-01-18 00:30", "2024-01-18 14:30"])
    frame = pd.DataFrame({"D": [50.0, 50.0, 50.0], "B": 20.0}, index=stamps)
    intraday = bars(frame, timeframe="5m", calendar="XNYS", tz="UTC")
    made = universe_bars(intraday, members, name="mine")
    assert made["member"].sel(symbol="D").to_numpy().tolist() == [True, True, False]


@pytest.fixture
def dataset(own_home, tmp_path, worked):
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    path = tmp_path / "hand.csv"
    frame = worked[["close", "volume"]].reset_coords(drop=True).to_dataframe().dropna()
    frame.reset_index().to_csv(path, index=False)
    columns = {"close": "close", "volume": "volume"}
    add_dataset("hand", str(path), columns=columns, calendar="XNYS", timeframe="1d")
    return "hand"


def test_a_universe_is_made_kept_and_shown(dataset):
    made = make_universe("two", dataset, ANSWER["rule"])
    assert (made.count, made.members, made.ever) == (2, ["A", "B"], 3)
    assert made.rule == ANSWER["rule"]
    shown = get_universe("two", date(2024, 1, 20))
    assert shown.on == date(2024, 1, 19)  # a Saturday: the session before it
    assert shown.members == ["B", "D"]
    assert [one.symbol for one in shown.spells] == ["A", "B", "D", "A"]
    assert shown.to_frame().shape == (4, 6)
    assert "Chosen by rule over 4 symbols of hand" in repr(shown)
    assert shown.plot() is not None
    sent = json.loads(shown.model_dump_json())
    assert sent["spells"][0] == {
        "symbol": "A", "instrument": "A", "entry": "2024-01-08", "exit": "2024-01-16",
        "leaves_by": "rule", "delisting_return": None,
    }  # fmt: skip
    with pytest.raises(OutOfRange):
        get_universe("two", date(2025, 1, 1))


def test_a_universe_is_a_dataset_of_every_door(dataset):
    made = make_universe("two", dataset, ANSWER["rule"])
    assert "two" in registry.names("dataset")
    assert list_datasets().to_frame().loc["two", "survivorship"] == made.survivorship
    loaded = load_bars("two")
    assert loaded["symbol"].to_numpy().tolist() == ["A", "B", "D"]
    expected = universe_bars(load_bars(dataset), made.membership, name="two")
    np.testing.assert_array_equal(loaded["member"], expected["member"])
    assert loaded.attrs["dataset"] == "two"
    assert loaded.attrs["survivorship"] == made.survivorship
    early = load_bars("two", "2024-01-02", "2024-01-13")
    assert early["symbol"].to_numpy().tolist() == ["A", "B"]
    assert load_bars("two:B").attrs["dataset"] == "two:B"
    assert load_bars("B").attrs["dataset"] == "hand:B"  # its bars are those of the dataset
    with pytest.raises(UnknownName, match="symbol in two"):
        load_bars("two:C")


def test_what_comes_back_from_the_lake_is_what_went_in(dataset):
    from workbench.context import current

    made = make_universe("two", dataset, ANSWER["rule"])
    kept = load_membership(current().lake, "two")
    assert kept.table.equals(made.membership.table)
    assert kept.survivorship == made.survivorship
    np.testing.assert_array_equal(kept.mask, made.membership.mask.sel(symbol=kept.symbols))


def test_delistings_and_instruments_of_the_lake_are_used(dataset, delisting):
    from workbench.context import current
    from workbench.data.actions import store_actions
    from workbench.data.instruments import store_instruments

    lake, at = current().lake, datetime.fromisoformat("2024-02-01")
    store_actions(lake, dataset, delisting, at)
    named = pa.table({"instrument": ["FIGI-D"], "symbol": ["D"], "asset_class": ["equity"]})
    store_instruments(lake, dataset, named, at)
    made = make_universe("two", dataset, ANSWER["rule"])
    assert [one.delisting_return for one in made.spells if one.symbol == "D"] == [
        pytest.approx(-0.2)
    ]
    assert {one.symbol: one.instrument for one in made.spells} == {
        "A": "A", "B": "B", "D": "FIGI-D",
    }  # fmt: skip


def test_listed_constituents_make_a_universe(dataset, tmp_path):
    path = tmp_path / "members.csv"
    LISTED.to_csv(path, index=False)
    made = make_universe("listed", dataset, constituents=str(path))
    assert made.rule == ""
    assert made.title == "Members as members.csv lists them"
    assert "3 symbols, 1 of which left again" in made.survivorship
    assert "Without bars in hand and missing from every result: 1, Z." in made.survivorship
    assert get_universe("listed", date(2024, 1, 4)).members == ["A", "Z"]
    assert universe_bars(
        load_bars("hand"), made.membership, name="listed"
    )["symbol"].to_numpy().tolist() == ["A", "B"]  # fmt: skip


def test_a_name_is_taken_only_on_demand(dataset):
    make_universe("two", dataset, ANSWER["rule"])
    with pytest.raises(InvalidInput, match="replace"):
        make_universe("two", dataset, ANSWER["rule"])
    make_universe("two", dataset, "top 1 by volume, rebalanced weekly", replace=True)
    assert get_universe("two").members == ["C"]
    for name, words in (("hand", "dataset has this name"), ("My Own", "lower-case")):
        with pytest.raises(InvalidInput, match=words):
            make_universe(name, dataset, ANSWER["rule"])


def test_what_cannot_be_made_is_told(dataset, worked):
    with pytest.raises(InvalidInput, match="by a rule or by a list"):
        make_universe("two", dataset)
    with pytest.raises(InvalidInput, match="needs a name"):
        make_universe("two", worked, ANSWER["rule"])
    with pytest.raises(NoData, match="ever a member"):
        make_universe("two", dataset, "top 5 by volume, price > 1000, rebalanced weekly")
    with pytest.raises(UnknownName, match="universe"):
        get_universe("two")


def test_members_that_have_left_the_lake_are_told(own_home, dataset):
    import shutil

    make_universe("two", dataset, ANSWER["rule"])
    shutil.rmtree(own_home / "lake" / "universes")
    with pytest.raises(StoreError, match="Make it again"):
        get_universe("two")


def test_a_broken_manifest_is_named_with_its_file(own_home, dataset):
    make_universe("two", dataset, ANSWER["rule"])
    path = own_home / "datasets" / "two.yaml"
    path.write_text(path.read_text().replace("of: hand", "of: ''"))
    with pytest.raises(ConfigurationError, match="of:"):
        get_universe("two")
    path.write_text("name: [")
    with pytest.raises(ConfigurationError, match="manifest"):
        get_universe("two")


def test_the_universe_of_real_prices_from_a_wire(shared, own_home, tmp_path):
    """Three of the 36 stocks in 2008 by the rule of the issue, asked for by a door."""
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    folder = shared / "data" / "prices" / "us_daily_adjusted"
    frames = [
        pd.read_csv(folder / f"{symbol}.csv.gz").assign(symbol=symbol)
        for symbol in ("AAPL", "AXP", "AMZN")
    ]
    frame = pd.concat(frames)
    frame = frame[frame["timestamp"].str.startswith("2008")]
    path = tmp_path / "three.csv"
    columns = ["timestamp", "symbol", "open", "high", "low", "close", "volume"]
    frame[columns].to_csv(path, index=False)
    add_dataset("three", str(path), calendar="XNYS")
    rule = "top 2 by 60-day median dollar volume, price > 5, rebalanced monthly"
    made = registry.call("make_universe", {"name": "big", "dataset": "three", "rule": rule})
    assert len(made.plot().children) == 2  # a year is enough for a turnover
    counts = made.membership.counts()
    # Sixty sessions of 2008 have passed by 28 March; the first choice is that of 1 April.
    assert counts.index[counts["members"] > 0][0] == pd.Timestamp("2008-04-01")
    frame["money"] = frame["close"] * frame["volume"]
    money = frame.pivot_table(index="timestamp", columns="symbol", values="money")
    before = money[money.index < "2008-04-01"].tail(60).median()
    assert get_universe("big", date(2008, 4, 1)).members == sorted(before.nlargest(2).index)


def test_a_universe_sees_the_actions_of_its_bars(own_home):
    """The splits of the dataset explain the jumps of the universe's prices as traded."""
    pytest.importorskip("bokeh_sampledata", reason="the extra 'lab' is not installed")
    from workbench.data import add_corporate_actions, adjustment_factors, check_quality

    make_universe("liquid", "us-tech-5", "top 4 by 60-day median dollar volume, rebalanced monthly")
    found = check_quality("liquid:AAPL", adjust="none").to_frame()["check"].tolist()
    assert found.count("split_shaped") == 2
    splits = own_home / "splits.csv"
    splits.write_text(
        "symbol,time,kind,ratio\nAAPL,2000-06-21,split,2\nAAPL,2005-02-28,split,2\n"
        "MSFT,2003-02-18,split,2\n"
    )
    add_corporate_actions(str(splits), "us-tech-5")
    assert check_quality("liquid:AAPL", adjust="none").to_frame().empty
    assert len(adjustment_factors("liquid:AAPL").to_frame()) == 2
