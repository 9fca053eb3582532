"""The verbs of corporate actions, as a notebook and as a wire call them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from workbench import registry
from workbench.context import current
from workbench.data import add_dataset
from workbench.data.actions import (
    add_corporate_actions,
    adjustment_factors,
    get_corporate_actions,
)
from workbench.errors import InvalidInput, NoData, UnknownName

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")


@pytest.fixture
def csv(tmp_path, own_home):
    path = tmp_path / "actions.csv"
    path.write_text(
        "symbol,ex_date,kind,ratio,amount,currency,declaration date\n"
        "MINE,2024-01-10,dividend,,0.5,USD,2024-01-05\n"
        "MINE,2024-01-17,split,2:1,,,\n"
        "OTHER,2024-01-17,dividend,,1.5,EUR,\n"
    )
    return str(path)


def test_actions_are_added_shown_and_added_again(csv):
    added = add_corporate_actions(csv, "mine")
    assert (added.new, added.changed, added.unchanged) == (3, 0, 0)
    assert added.kinds == {"dividend": 2, "split": 1}
    assert (added.start, added.end) == (date(2024, 1, 10), date(2024, 1, 17))
    assert add_corporate_actions(csv, "mine").unchanged == 3
    shown = get_corporate_actions(["MINE"])
    assert shown.dataset == "mine"
    assert [one.kind for one in shown.records] == ["dividend", "split"]
    frame = shown.to_frame()
    assert frame["ex_date"].tolist() == [date(2024, 1, 10), date(2024, 1, 17)]
    assert "into" not in frame
    assert "mine" in repr(shown)


def test_what_was_not_announced_is_not_shown(csv):
    add_corporate_actions(csv, "mine")
    assert get_corporate_actions(["MINE"], as_of="2024-01-04").actions == 0
    assert get_corporate_actions(["MINE"], as_of="2024-01-06").actions == 1
    later = get_corporate_actions(["MINE"], "2024-01-11", "2024-01-17")
    assert [one.kind for one in later.records] == ["split"]
    assert get_corporate_actions(["MINE"], kinds=["rename", "merger"]).actions == 0
    assert get_corporate_actions(["MINE"], kinds=["dividend"]).records[0].amount == 0.5


def test_from_a_wire(csv):
    add_corporate_actions(csv, "mine")
    report = registry.call("get_corporate_actions", {"symbols": ["MINE", "OTHER"], "limit": 1})
    sent = json.loads(report.model_dump_json())
    assert (sent["actions"], sent["left_out"], len(sent["records"])) == (3, 2, 1)
    assert "table" not in sent


def test_two_datasets_with_actions_of_one_symbol(csv):
    with pytest.raises(NoData, match="data actions add"):
        get_corporate_actions(["MINE"])
    add_corporate_actions(csv, "mine")
    add_corporate_actions(csv, "yours")
    with pytest.raises(InvalidInput, match="mine"):
        get_corporate_actions(["MINE"])
    assert get_corporate_actions(["MINE"], dataset="yours").actions == 2


def test_a_vendor_is_asked_and_nothing_is_kept(csv, monkeypatch, actions):
    from workbench.data.actions import asking

    class Vendor:
        def actions(self, symbols, start, end):
            assert symbols == ["BRK-B"]
            assert (start.isoformat()[:10], end.isoformat()[:10]) == ("2024-01-01", "2025-01-01")
            good = {"symbol": "BRK-B", "time": "2024-03-01", "kind": "dividend", "amount": 1.0}
            yield actions(good, {**good, "amount": -1.0})

    monkeypatch.setattr(asking, "adapter", lambda _role, _name: Vendor())
    shown = get_corporate_actions(["BRK.B"], "2024-01-01", "2024-12-31", source="yahoo")
    assert [one.symbol for one in shown.records] == ["BRK.B"]
    assert "amount above zero" in shown.rejected[0]
    with pytest.raises(NoData):
        get_corporate_actions(["BRK.B"])


def test_an_unknown_vendor_names_the_others(own_home):
    with pytest.raises(UnknownName, match="polygon"):
        get_corporate_actions(["A"], source="nobody")


def test_a_file_with_an_action_that_cannot_be_used(tmp_path, own_home):
    path = tmp_path / "bad.csv"
    path.write_text("symbol,date,kind,ratio\nA,2024-01-02,split,\n")
    with pytest.raises(InvalidInput, match="ratio above zero"):
        add_corporate_actions(str(path), "mine")
    path.write_text("symbol,date,dividends\nA,2024-01-02,0\n")
    with pytest.raises(NoData):
        add_corporate_actions(str(path), "mine")


def test_the_table_of_factors(csv, tmp_path):
    days = pd.bdate_range("2024-01-02", "2024-01-31")
    days = days[days != "2024-01-15"]  # Martin Luther King Jr. Day
    close = np.where(days < pd.Timestamp("2024-01-17"), 20.0, 10.0)
    prices = tmp_path / "prices.csv"
    frame = pd.DataFrame({"Date": days, "Close": close, "Adj Close": close})
    frame.to_csv(prices, index=False)
    how = {"columns": {"time": "Date", "close": "Close"}, "calendar": "XNYS", "currency": "USD"}
    add_dataset("mine", str(prices), **how)
    at = current().replace(clock=lambda: datetime(2024, 6, 1, tzinfo=UTC))
    add_corporate_actions(csv, "mine", context=at)
    report = adjustment_factors("mine")
    assert [one.price_factor for one in report.records] == [1 - 0.5 / 20, 0.5]
    assert report.records[0].cumulative_factor == pytest.approx(0.4875)
    assert report.not_applied == 0
    assert report.paths["MINE"].iloc[[0, -1]].tolist() == pytest.approx([0.4875, 1.0])
    assert report.plot() is not None
    only_splits = adjustment_factors("mine", adjust="splits", end_date="2024-01-12")
    assert only_splits.actions == 0
    then = adjustment_factors("mine", end_date="2024-01-12", as_of="2024-01-12")
    assert [one.kind for one in then.records] == ["dividend"]
    sent = json.loads(report.model_dump_json())
    assert sent["records"][1]["amount"] is None


def test_the_factors_of_a_frame(csv):
    add_corporate_actions(csv, "mine")
    days = pd.DatetimeIndex(["2024-01-16", "2024-01-17"])
    frame = pd.DataFrame({"MINE": [20.0, 10.0]}, index=days)
    report = adjustment_factors(frame, actions="mine")
    assert [one.volume_factor for one in report.records] == [2.0]
