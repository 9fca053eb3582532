"""Actions in the lake: what was known when."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from workbench.data.actions import gather_actions, load_actions, sift_actions, store_actions
from workbench.errors import InvalidInput
from workbench.store import DeltaLake, MemoryLake

SPLIT = {"symbol": "A", "time": "2024-03-01", "kind": "split", "ratio": 2.0}
DIVIDEND = {"symbol": "A", "time": "2024-03-01", "kind": "dividend", "amount": 1.0}


def at(text):
    return datetime.fromisoformat(text)


NOW = at("2024-06-01")


@pytest.fixture(params=["memory", "delta"])
def lake(request, tmp_path):
    if request.param == "memory":
        return MemoryLake()
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    return DeltaLake(str(tmp_path / "lake"))


def amounts(lake, as_of=None):
    return load_actions(lake, "x", ["A"], as_of and at(as_of))["amount"].to_pylist()


def test_an_empty_lake_has_no_actions(lake):
    assert load_actions(lake, "x").num_rows == 0


def test_the_same_again_writes_nothing(lake, actions):
    both = actions(SPLIT, DIVIDEND)
    first = store_actions(lake, "x", both, NOW)
    assert (first.new, first.revised) == (2, 0)
    again = store_actions(lake, "x", both, at("2024-06-02"))
    assert (again.new, again.revised, again.unchanged) == (0, 0, 2)
    assert again.version == first.version
    loaded = load_actions(lake, "x")
    assert loaded["kind"].to_pylist() == ["dividend", "split"]
    assert load_actions(lake, "another").num_rows == 0
    assert load_actions(lake, "x", ["B"]).num_rows == 0


def test_a_restated_amount_leaves_the_old_one_to_the_past(lake, actions):
    store_actions(lake, "x", actions(DIVIDEND), NOW)
    wrote = store_actions(lake, "x", actions({**DIVIDEND, "amount": 1.1}), at("2024-07-01"))
    assert (wrote.new, wrote.revised) == (0, 1)
    assert amounts(lake) == [1.1]
    assert amounts(lake, "2024-06-30") == [1.0]
    assert amounts(lake, "2024-07-01") == [1.1]


def test_a_moved_ex_date_is_the_same_action_where_the_vendor_names_it(lake, actions):
    named = {**DIVIDEND, "source_id": "E1"}
    store_actions(lake, "x", actions(named), at("2024-01-10"))
    moved = {**named, "time": "2024-03-05"}
    wrote = store_actions(lake, "x", actions(moved), at("2024-02-01"))
    assert (wrote.new, wrote.revised) == (0, 1)
    assert load_actions(lake, "x")["time"].to_pylist() == [at("2024-03-05")]
    then = load_actions(lake, "x", as_of=at("2024-01-20"))
    assert then["time"].to_pylist() == [at("2024-03-01")]


def test_two_payments_of_one_kind_and_day_are_two(lake, actions):
    wrote = store_actions(lake, "x", actions(DIVIDEND, {**DIVIDEND, "amount": 3.0}), NOW)
    assert wrote.new == 2
    assert load_actions(lake, "x")["source_id"].to_pylist() == ["2024-03-01", "2024-03-01#2"]


@pytest.mark.parametrize(
    ("more", "before", "after"),
    [
        ({}, "2024-02-29T23:59", "2024-03-01"),  # unannounced: on its ex-date
        ({"declared_at": at("2024-02-01")}, "2024-02-01T23:59", "2024-02-02"),
        ({"declared_at": at("2024-02-01T12:30")}, "2024-02-01T12:29", "2024-02-01T12:30"),
        ({"declared_at": at("2024-04-01")}, "2024-02-29T23:59", "2024-03-01"),  # a slip of theirs
    ],
)
def test_when_an_action_became_known(lake, actions, more, before, after):
    store_actions(lake, "x", actions({**DIVIDEND, **more}), NOW)
    assert amounts(lake, before) == []
    assert amounts(lake, after) == [1.0]


def test_what_was_written_before_its_ex_date_was_known_then(lake, actions):
    store_actions(lake, "x", actions(DIVIDEND), at("2024-02-10"))
    assert amounts(lake, "2024-02-09") == []
    assert amounts(lake, "2024-02-10") == [1.0]


def test_a_moment_that_is_given_counts(lake, actions):
    store_actions(lake, "x", actions(DIVIDEND, known_at="2024-02-20T15:00"), NOW)
    assert amounts(lake, "2024-02-20T14:59") == []
    assert amounts(lake, "2024-02-20T15:00") == [1.0]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({**SPLIT, "ratio": 0.0}, "ratio above zero"),
        ({**SPLIT, "ratio": None}, "ratio above zero"),
        ({**DIVIDEND, "amount": -1.0}, "amount above zero"),
        ({**DIVIDEND, "kind": "party"}, "no kind of corporate action"),
        ({**DIVIDEND, "symbol": ""}, "no symbol"),
        ({"symbol": "A", "time": "2024-03-01", "kind": "rename"}, "into which symbol"),
        (
            {"symbol": "A", "time": "2024-03-01", "kind": "delisting", "amount": -2.0},
            "amount is -2",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_and_can_be_sifted(actions, wrong, words):
    table = actions(SPLIT, wrong)
    with pytest.raises(InvalidInput, match=words):
        store_actions(MemoryLake(), "x", table, NOW)
    good, bad = sift_actions(table)
    assert good.num_rows == 1
    assert words in bad["reason"].to_pylist()[0]


def test_columns_that_are_not_known_or_missing(actions):
    with pytest.raises(InvalidInput, match="price"):
        sift_actions(actions(SPLIT).append_column("price", pa.array([1.0])))
    with pytest.raises(InvalidInput, match="kind"):
        sift_actions(actions(SPLIT).drop_columns(["kind"]))


def test_a_delisting_without_an_amount_is_unknown_and_no_mistake(actions):
    good, _ = sift_actions(actions({"symbol": "A", "time": "2024-03-01", "kind": "delisting"}))
    assert good["amount"].to_pylist() == [None]


def test_a_vendors_pages_come_under_the_own_symbols(actions):
    class Vendor:
        def actions(self, symbols, start, end):
            assert (symbols, start, end) == (["BRK-B", "FB"], at("2020-01-01"), NOW)
            yield actions({**DIVIDEND, "symbol": "BRK-B"}, {**SPLIT, "ratio": -1.0})
            yield actions({"symbol": "FB", "time": "2022-06-09", "kind": "rename", "into": "META"})

    names = {"BRK-B": "BRK.B", "FB": "FB"}
    pages = list(gather_actions(Vendor(), names, at("2020-01-01"), NOW))
    assert [good["symbol"].to_pylist() for good, _ in pages] == [["BRK.B"], ["FB"]]
    assert [bad.num_rows for _, bad in pages] == [1, 0]
