"""Leaks of the data are read from knowledge times; without them nothing is called clean."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.validation.leaks import LeakKind, data_checks, find_leaks

BARS = 90


def panel(prices):
    close = prices.iloc[:BARS]
    return xr.Dataset(
        {"close": (("time", "symbol"), close.to_numpy())},
        {"time": close.index, "symbol": list(close.columns)},
        {"timeframe": "1d"},
    )


@pytest.fixture
def told(prices):
    """Bars that say of themselves all that can be asked."""
    bars = panel(prices)
    time = bars["time"].to_numpy()
    member = np.ones((BARS, 3), dtype=bool)
    member[60:, 2] = False  # C left
    return bars.assign_coords(
        known_at=("time", time + np.timedelta64(21, "h")),
        member=(("time", "symbol"), member),
        listed=("symbol", np.repeat(np.datetime64("2019-01-01", "ns"), 3)),
    )


def verdicts(bars):
    return {said.check.name: said.check.verdict for said in data_checks(bars)}


def found(bars):
    """The one leak of the data, with what a report says of it."""
    report = find_leaks(lambda bars: bars["close"].shift(time=1), bars)
    assert report.function == "clean"
    assert report.data == report.verdict == "leak"
    [finding] = report.findings
    assert finding.evidence in repr(report)
    assert finding.cure
    return finding


def test_what_tells_all_is_clean(told):
    assert set(verdicts(told).values()) == {"clean"}
    assert find_leaks(lambda bars: bars["close"], told).verdict == "clean"


@pytest.mark.parametrize("frame", ["panel", "table", "array"])
def test_without_knowledge_times_it_cannot_tell(prices, frame):
    given = {"panel": panel, "table": lambda p: p, "array": lambda p: p.to_numpy()}[frame](prices)
    said = data_checks(given)
    names = {one.check.name for one in said if one.check.verdict == "cannot tell"}
    assert names >= {"universe", "stamps", "history"}
    assert all(one.check.needs for one in said if one.check.verdict == "cannot tell")
    report = find_leaks(lambda frame: frame * 1.0, given)
    assert (report.function, report.data, report.verdict) == ("clean", "cannot tell", "cannot tell")


@pytest.mark.parametrize("name", ["known_at", "member", "listed"])
def test_each_check_needs_its_own_evidence(told, name):
    missing = {"known_at": "stamps", "member": "universe", "listed": "history"}[name]
    assert verdicts(told.drop_vars(name))[missing] == "cannot tell"


def test_survivors_are_found(told):
    chosen = told.isel(symbol=[0, 1]).assign_attrs(survivorship="Survivors only: those of today.")
    finding = found(chosen)
    assert finding.kind is LeakKind.SURVIVORS
    assert (finding.bar, finding.column) == (0, "A, B")


def test_a_membership_that_was_decided_later_is_found(told):
    decided = np.repeat(told["known_at"].to_numpy()[:, None], 3, axis=1)
    assert verdicts(told.assign_coords(member_known_at=(("time", "symbol"), decided)))[
        "universe"
    ] == "clean"  # fmt: skip
    decided[40:50, 1] = np.datetime64("2021-12-31", "ns")
    finding = found(told.assign_coords(member_known_at=(("time", "symbol"), decided)))
    assert finding.kind is LeakKind.SURVIVORS
    assert (finding.bar, finding.column) == (40, "member of B")
    assert "10 memberships" in finding.evidence


def test_members_of_whom_none_ever_left_cannot_tell(told):
    assert verdicts(told.isel(symbol=[0, 1]))["universe"] == "cannot tell"


def test_a_restated_figure_is_found(told):
    time = told["time"].to_numpy()
    shape = ("time", "symbol")
    earnings = told.assign(earnings=(shape, np.ones((BARS, 3))))
    assert verdicts(earnings)["figures"] == "cannot tell"
    known = np.repeat(time[:, None], 3, axis=1)
    in_time = earnings.assign_coords(earnings_known_at=(shape, known))
    assert verdicts(in_time)["figures"] == "clean"
    known[33:, 2] = np.datetime64("2021-11-01", "ns")
    finding = found(earnings.assign_coords(earnings_known_at=(shape, known)))
    assert finding.kind is LeakKind.RESTATED
    assert (finding.bar, finding.column) == (33, "earnings of C")
    assert finding.where == pd.Timestamp(time[33])


def test_a_missing_figure_is_known_to_nobody(told):
    shape = ("time", "symbol")
    late = np.full((BARS, 3), np.datetime64("2030-01-01", "ns"))
    empty = told.assign(earnings=(shape, np.full((BARS, 3), np.nan)))
    assert verdicts(empty.assign_coords(earnings_known_at=(shape, late)))["figures"] == "clean"


def test_a_history_that_was_filled_in_later_is_found(told):
    listed = told["listed"].to_numpy().copy()
    listed[1] = told["time"].to_numpy()[25]
    finding = found(told.assign_coords(listed=("symbol", listed)))
    assert finding.kind is LeakKind.BACKFILLED
    assert (finding.bar, finding.column) == (0, "close of B")
    assert "25 bars" in finding.evidence
    unlisted = told["close"].where(told["time"] >= listed[1])
    honest = told.assign(close=told["close"].where(told["symbol"] != "B", unlisted))
    assert verdicts(honest.assign_coords(listed=("symbol", listed)))["history"] == "clean"


def test_bars_that_became_known_long_after_are_found(told):
    known = np.repeat(told["known_at"].to_numpy()[:, None], 3, axis=1)
    known[10:20, 0] += np.timedelta64(300, "D")
    late = told.drop_vars("known_at").assign_coords(known_at=(("time", "symbol"), known))
    [finding] = [said.finding for said in data_checks(late) if said.finding]
    assert finding.kind is LeakKind.BACKFILLED
    assert (finding.bar, finding.column) == (10, "close of A")


def test_a_bar_that_is_complete_after_the_next_has_opened(told):
    hours = told.assign_coords(time=pd.date_range("2024-01-01", periods=BARS, freq="h"))
    known = hours["time"].to_numpy() + np.timedelta64(90, "m")
    finding = found(hours.assign_coords(known_at=("time", known)))
    assert finding.kind is LeakKind.STAMPED_AT_START
    assert finding.bar == 0
