"""A download asks for what is missing, keeps what came whole, and never flatters what came late."""

from __future__ import annotations

import numpy as np
import pytest
from vendors.changing import Clock, Splitting, Vendor, moment

from workbench.context import Context, Resources
from workbench.data import load_bars
from workbench.data.catalogue import manifest
from workbench.data.downloads import download_data
from workbench.data.quality import list_quarantine
from workbench.errors import (
    Cancelled,
    InvalidInput,
    NoData,
    QuotaExhausted,
    ServiceUnavailable,
    UnknownName,
)
from workbench.store import MemoryLake


@pytest.fixture
def clock():
    return Clock("2024-01-12T22:00:00")


@pytest.fixture
def context(own_home, clock):
    return Context(resources=Resources(lake=MemoryLake()), clock=clock)


@pytest.fixture
def vendor():
    made = Vendor()
    made.put("AAA", "2024-01-02", *range(10, 19))
    made.put("BBB", "2024-01-02", *range(20, 29))
    return made


def get(vendor, context, *symbols, start="2024-01-02", **how):
    return download_data(vendor, list(symbols or ("AAA", "BBB")), start, context=context, **how)


def closes(context, symbol="AAA", **how):
    return (
        load_bars(f"vendor-1d:{symbol}", context=context, **how)["close"].to_numpy()[:, 0].tolist()
    )


def test_a_second_download_asks_nothing(vendor, context):
    first = get(vendor, context)
    assert (first.dataset, first.new, first.pieces) == ("vendor-1d", 18, 2)
    count = len(vendor.asked)
    again = get(vendor, context)
    assert (again.new, again.pieces, len(vendor.asked)) == (0, 0, count)
    assert closes(context) == list(range(10, 19))


def test_the_next_day_asks_for_the_next_day_only(vendor, context, clock):
    get(vendor, context)
    vendor.put("AAA", "2024-01-16", 99)  # the fifteenth is a holiday
    clock.pass_to("2024-01-16T22:00:00")
    made = get(vendor, context, "AAA")
    assert made.new == 1
    assert vendor.asked[-1][1] >= moment("2024-01-13")
    assert closes(context)[-1] == 99
    assert str(manifest("vendor-1d").universe["AAA"].end) == "2024-01-16"


def test_a_longer_past_is_added_before(vendor, context):
    get(vendor, context, "AAA", start="2024-01-08")
    made = get(vendor, context, "AAA")
    assert made.new == 4
    assert closes(context) == list(range(10, 19))


def test_the_bar_of_a_session_that_is_open_is_not_kept(vendor, context, clock):
    clock.pass_to("2024-01-12T15:00:00")
    get(vendor, context)
    assert closes(context) == list(range(10, 18))


def test_nothing_is_complete_yet(vendor, context):
    with pytest.raises(NoData, match="complete"):
        get(vendor, context, start="2024-01-16")


def test_a_dry_run_asks_nobody(vendor, context):
    made = get(vendor, context, dry_run=True)
    assert (made.pieces, made.expected, made.new, vendor.asked) == (2, 18, 0, [])
    assert context.lake.tables() == []


def test_a_revision_and_a_late_bar_are_known_from_the_refresh_on(vendor, context, clock):
    del vendor.closes["AAA", np.datetime64("2024-01-04")]
    get(vendor, context, "AAA")
    vendor.put("AAA", "2024-01-03", 11.5, 12)
    clock.pass_to("2024-02-01T12:00:00")
    made = get(vendor, context, "AAA", refresh=True)
    assert (made.new, made.revised, made.unchanged) == (1, 1, 7)
    assert closes(context)[:3] == [10, 11.5, 12]
    assert closes(context, as_of="2024-01-31")[:3] == [10, 11, 13]
    assert closes(context, as_of="2024-01-03") == [10, 11]
    assert closes(context, as_of="2024-01-03T20:59") == [10]
    made = load_bars("vendor-1d:AAA", context=context)
    assert made.attrs["revised"] == 2


def test_unknown_symbols_are_told_beside_the_others(vendor, context):
    vendor = Vendor(together=3)
    vendor.put("AAA", "2024-01-02", 10, 11)
    vendor.unknown = {"NOPE"}
    made = get(vendor, context, "AAA", "NOPE", "BBB")
    assert made.new == 2
    assert list(made.failed) == ["NOPE"]
    assert "NOPE" in repr(made)
    assert made.to_frame().loc["AAA", "problem"] == ""


def test_only_unknown_symbols_are_an_error(vendor, context):
    vendor.unknown = {"NOPE"}
    with pytest.raises(UnknownName, match="NOPE"):
        get(vendor, context, "NOPE")


@pytest.mark.parametrize(
    "error", [ServiceUnavailable("Vendor", "dropped"), QuotaExhausted("The day's are used up")]
)
def test_what_came_whole_before_a_failure_is_kept(vendor, context, error):
    vendor.failing = {2: error}
    with pytest.raises(type(error)):
        get(vendor, context)
    assert closes(context, "AAA") == list(range(10, 19))
    vendor.failing = {}
    assert get(vendor, context).pieces == 1
    assert closes(context, "BBB") == list(range(20, 29))


def test_a_caller_stops_it_and_what_came_whole_is_kept(vendor, context):
    def stop_after_one(done, _total, _message):
        if done == 1:
            context.stop.set()

    with pytest.raises(Cancelled):
        get(vendor, context.replace(on_progress=stop_after_one))
    context.stop.clear()
    assert get(vendor, context).pieces == 1


def test_a_vendor_that_asks_to_wait_can_be_left_meanwhile(vendor, context):
    from workbench.wire import pause

    def slow(*_):
        context.stop.set()
        pause(3_600)
        yield

    vendor.bars = slow
    with pytest.raises(Cancelled):
        get(vendor, context)


def test_rows_that_cannot_be_right_are_quarantined_with_the_reason(vendor, context):
    vendor.put("AAA", "2024-01-04", -3)
    made = get(vendor, context)
    assert (made.new, made.quarantined) == (17, 1)
    assert list(made.reasons.values()) == [1]
    assert closes(context)[:3] == [10, 11, 13]
    (kept,) = list_quarantine("vendor-1d", context=context).to_frame().to_dict("records")
    assert kept["symbol"] == "AAA"
    assert kept["close"] == -3


def test_a_dataset_is_filled_from_one_source(vendor, context):
    get(vendor, context, dataset="mine")
    with pytest.raises(InvalidInput, match="vendor"):
        get(Vendor("another"), context, dataset="mine")
    with pytest.raises(InvalidInput, match="1d"):
        get(vendor, context, dataset="mine", timeframe="5m")


def test_symbols_of_several_calendars_are_refused(vendor, context):
    with pytest.raises(InvalidInput, match="24/7"):
        get(vendor, context, "AAA", "BTC/USDT")
    get(vendor, context, "AAA")
    with pytest.raises(InvalidInput, match="24/5"):
        get(vendor, context, "EUR/USD")
    assert manifest("vendor-1d").calendar == "XNYS"


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"timeframe": "1h"}, UnknownName),
        ({"timeframe": "1x"}, InvalidInput),
        ({"calendar": "XXXX"}, UnknownName),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is(vendor, context, how, error):
    with pytest.raises(error):
        get(vendor, context, **how)
    assert vendor.asked == []


def test_an_unknown_source_lists_what_there_is(context):
    with pytest.raises(UnknownName, match="polygon"):
        download_data("poligon", ["AAPL"], context=context)
    with pytest.raises(InvalidInput, match="source"):
        download_data(42, ["AAPL"], context=context)


def test_a_vendor_that_adjusts_for_splits_is_kept_as_traded(context, clock):
    """What it sent before the split and after it fit together, and are what was traded."""
    vendor = Splitting()
    vendor.put("AAA", "2024-01-02", 400, 404, 408)
    clock.pass_to("2024-01-04T22:00:00")
    get(vendor, context, "AAA")
    vendor.put("AAA", "2024-01-02", 100, 101, 102, 103, 104)  # four for one on the fifth
    vendor.splits = [{"symbol": "AAA", "time": moment("2024-01-05"), "kind": "split", "ratio": 4.0}]
    clock.pass_to("2024-01-08T22:00:00")
    get(vendor, context, "AAA")
    assert closes(context, adjust="none") == [400, 404, 408, 103, 104]
    assert closes(context, adjust="splits") == [100, 101, 102, 103, 104]
    assert closes(context, adjust="splits", as_of="2024-01-04") == [400, 404, 408]
    again = get(vendor, context, "AAA", refresh=True)
    assert (again.new, again.revised, again.unchanged) == (0, 0, 5)


def test_actions_are_asked_for_once_and_a_bad_one_is_set_aside(context, clock):
    vendor = Splitting()
    vendor.put("AAA", "2024-01-02", 10, 11)
    vendor.splits = [
        {"symbol": "AAA", "time": moment("2024-01-03"), "kind": "split", "ratio": -1.0}
    ]
    first = get(vendor, context, "AAA")
    assert (first.actions, first.quarantined) == (0, 1)
    assert "corporate action" in repr(first)
    spans = []
    ask = vendor.actions
    vendor.actions = lambda symbols, *span: (spans.append(span), ask(symbols, *span))[1]
    get(vendor, context, "AAA")
    assert spans == []
    clock.pass_to("2024-01-16T22:00:00")
    get(vendor, context, "AAA")
    assert spans == [(moment("2024-01-12"), moment("2024-01-17"))]


def test_what_was_known_stays_known_after_compaction_and_vacuum(own_home, clock):
    """A revised and a split series, each as it was known at three moments."""
    pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")
    from workbench.data.upkeep import compact_lake, vacuum_lake, verify_lake
    from workbench.store import DeltaLake

    lake = DeltaLake(str(own_home / "lake"))
    context = Context(resources=Resources(lake=lake), clock=clock)
    vendor = Splitting()
    vendor.put("AAA", "2024-01-02", 400, 404, 408)
    clock.pass_to("2024-01-04T22:00:00")
    get(vendor, context, "AAA")
    vendor.put("AAA", "2024-01-02", 100, 101, 102, 103)  # four for one on the fifth
    vendor.splits = [{"symbol": "AAA", "time": moment("2024-01-05"), "kind": "split", "ratio": 4.0}]
    clock.pass_to("2024-01-05T22:00:00")
    get(vendor, context, "AAA")
    vendor.put("AAA", "2024-01-03", 101.5)
    clock.pass_to("2024-01-10T12:00:00")
    get(vendor, context, "AAA", refresh=True, end="2024-01-05")

    def seen():
        moments = ("2024-01-04T21:30", "2024-01-05T21:30", "2024-01-10T11:00", None)
        return [
            [closes(context, as_of=when, adjust=adjust) for when in moments]
            for adjust in ("none", "splits")
        ]

    raw = [[400, 404, 408], [400, 404, 408, 103], [400, 404, 408, 103], [400, 406, 408, 103]]
    split = [[400, 404, 408], [100, 101, 102, 103], [100, 101, 102, 103], [100, 101.5, 102, 103]]
    assert seen() == [raw, split]
    compact_lake(context=context)
    assert "deleted" in repr(vacuum_lake(hours=0, dry_run=False, context=context))
    assert len(lake.files("bars_1d")) == 1
    assert verify_lake(context=context).is_sound
    assert seen() == [raw, split]


def test_upkeep_is_told_in_words(vendor, context):
    from workbench.data.upkeep import compact_lake, lake_history, vacuum_lake, verify_lake

    with pytest.raises(NoData, match="empty"):
        lake_history(context=context)
    get(vendor, context)
    assert [one.action for one in lake_history("bars_1d", context=context).commits] == ["append"]
    assert compact_lake("bars_1d", context=context).tables[0].done == "as it was"
    assert verify_lake(context=context).is_sound
    assert "would go" in repr(vacuum_lake(context=context))
    assert lake_history(limit=1, context=context).to_frame().shape[0] == 1
    with pytest.raises(UnknownName, match="bars_1d"):
        verify_lake("bars_1x", context=context)


def test_vacuum_keeps_the_versions_that_a_run_has_cited(vendor, context, clock):
    from workbench.data.upkeep import vacuum_lake
    from workbench.ports import RunRecord
    from workbench.store import MemoryRuns

    runs = MemoryRuns()
    context = Context(resources=Resources(lake=context.lake, runs=runs), clock=clock)
    for symbol in ("AAA", "BBB"):
        get(vendor, context, symbol)
    cited = RunRecord(
        "1", "notebook", "x", "completed", "", clock(), provenance={"tables": {"bars_1d": 0}}
    )
    runs.save(cited)
    vacuum_lake(hours=0, dry_run=False, context=context)
    assert context.lake.read("bars_1d", version=0)["symbol"].unique().to_pylist() == ["AAA"]


def test_prices_are_converted_by_the_rates_that_were_known(vendor, context):
    """A rate of a day is known at midnight UTC, after New York's close: the day before counts."""
    vendor.put("EUR/USD", "2024-01-02", 1.25, 1.0, 2.0, 2.0, 2.0)
    vendor.put("GBP/USD", "2024-01-02", 1.5, 1.5, 1.5)
    get(vendor, context, "AAA")
    get(vendor, context, "EUR/USD", "GBP/USD", dataset="rates")
    made = load_bars("vendor-1d:AAA", context=context, currency="EUR")
    assert made["currency"].to_numpy().tolist() == ["EUR"]
    assert made["close"].to_numpy()[1:4, 0].tolist() == [11 / 1.25, 12 / 1.0, 13 / 2.0]
    assert load_bars("vendor-1d:AAA", context=context, currency="USD")["close"][0] == 10
    crossed = load_bars("vendor-1d:AAA", "2024-01-03", context=context, currency="GBP")
    assert crossed["close"][0] == pytest.approx(11 / 1.5)
    with pytest.raises(UnknownName, match="JPY"):
        load_bars("vendor-1d:AAA", context=context, currency="JPY")


def test_a_volume_alone_can_be_asked_for_beside_actions(context):
    vendor = Splitting()
    vendor.put("AAA", "2024-01-02", 400, 404)
    vendor.splits = [{"symbol": "AAA", "time": moment("2024-01-03"), "kind": "split", "ratio": 4.0}]
    get(vendor, context, "AAA")
    made = load_bars("vendor-1d:AAA", fields=["volume"], adjust="all", context=context)
    assert list(made.data_vars) == ["volume"]
    assert made.attrs["adjust"] == "all"
