"""A leak of each kind is found, under its name, at the bar and the column where it was planted."""

import functools

import numpy as np
import pandas as pd
import pytest

from workbench.validation.leaks import LeakKind, assert_causal, find_leaks


def joined_forward(prices, figures):
    left = pd.DataFrame({"time": prices.index})
    made = pd.merge_asof(left, figures, on="time", direction="forward")
    return prices.mul(made["value"].to_numpy(), axis=0)


def figures_of(prices):
    rows = prices.index[::5]
    return pd.DataFrame({"time": rows, "value": np.random.default_rng(12).normal(size=len(rows))})


def weekly_by_its_start(prices):
    weeks = prices.resample("W-MON", label="left", closed="left").last()
    return weeks.reindex(prices.index, method="ffill")


def detrended(prices):
    x = np.arange(len(prices))
    return prices.apply(lambda column: column - np.polyval(np.polyfit(x, column, 1), x))


def weeks_from_their_start(prices, weeks):
    """Weeks that are known on Friday, used from Monday on."""
    left = pd.DataFrame({"time": prices.index})
    made = pd.merge_asof(left, weeks, on="time")
    return prices.mul(made["close"].to_numpy(), axis=0)


def weeks_of(prices):
    weeks = prices["A"].resample("W-MON", label="left", closed="left").last()
    known = weeks.index + pd.Timedelta(days=4)
    return pd.DataFrame({"time": weeks.index, "known_at": known, "close": weeks.to_numpy()})


def trained_on_labels_ahead(prices):
    """Labels of the ten bars ahead, of a training that ends with bar 80; used from bar 75 on."""
    label = prices["A"].shift(-10) / prices["A"] - 1
    rate = label.iloc[:80].mean()
    return prices["A"].pct_change().where(np.arange(len(prices)) < 75, rate)


FIGURES = "figures"
PLANTED = {  # kind: function, first bar that moves, bars from it to the first one that moves it
    LeakKind.FUTURE_WINDOW: (lambda prices: prices.shift(-3) / prices - 1, 0, 3),
    LeakKind.CENTRED_WINDOW: (lambda prices: prices.rolling(11, center=True).mean(), 5, 1),
    LeakKind.FULL_SAMPLE_SCALING: (lambda p: (p - p.mean()) / p.std(), 0, 1),
    LeakKind.FULL_SAMPLE_FIT: (detrended, 0, 1),
    LeakKind.SAMPLE_LENGTH: (lambda prices: prices * 0 + len(prices), 0, None),
    LeakKind.RESAMPLE_LABEL: (weekly_by_its_start, 1, 4),  # Monday the 4th takes Friday's price
    LeakKind.LABEL_OVERLAP: (trained_on_labels_ahead, 75, 1),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_it_is_found_under_its_name(prices, kind):
    function, bar, ahead = PLANTED[kind]
    report = find_leaks(function, prices)
    assert report.function == "leak", report
    [finding] = report.function_findings
    assert finding.kind is kind, report
    assert finding.bar == bar
    assert finding.where == prices.index[bar]
    assert finding.cure
    assert finding.offset == ahead
    if ahead is not None:
        assert finding.moved_by == prices.index[bar + ahead]
        assert finding.column == (finding.output or "A")


def test_a_forward_join_names_the_table(prices):
    function = functools.partial(joined_forward, figures=figures_of(prices))
    report = find_leaks(function, prices)
    [finding] = report.function_findings
    assert finding.kind is LeakKind.FORWARD_JOIN
    assert (finding.table, finding.column) == ("figures", "value")
    assert finding.bar == 1
    assert finding.moved_by == prices.index[5]


def test_a_longer_bar_used_from_its_start(prices):
    function = functools.partial(weeks_from_their_start, weeks=weeks_of(prices))
    [finding] = find_leaks(function, prices).function_findings
    assert finding.kind is LeakKind.STAMPED_AT_START
    assert not finding.probably  # it follows from the knowledge times
    assert finding.table == "weeks"


def test_a_figure_before_it_was_published(prices):
    def scored(prices, figures):
        left = pd.DataFrame({"time": prices.index})
        return pd.merge_asof(left, figures, on="time").set_index("time")["value"]

    figures = figures_of(prices)
    late = figures.assign(known_at=figures["time"] + pd.Timedelta(days=40))
    [finding] = find_leaks(functools.partial(scored, figures=late), prices).function_findings
    assert finding.kind is LeakKind.RESTATED
    assert finding.bar == 0


SYMMETRIC = {
    "mean": lambda p: p.rolling(9, center=True).mean(),
    "median": lambda p: p.rolling(9, center=True).median(),
    "highest": lambda p: p.rolling(9, center=True, min_periods=1).max(),
    "even": lambda p: p.rolling(8, center=True).mean(),
    "weighted": lambda p: p.apply(lambda c: np.convolve(c, [0.1, 0.2, 0.4, 0.2, 0.1], "same")),
    "both ways": lambda p: p.ewm(span=5).mean()[::-1].ewm(span=5).mean()[::-1],
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_what_weighs_both_sides_alike_is_a_centred_window(prices, name):
    [finding] = find_leaks(SYMMETRIC[name], prices).function_findings
    assert finding.kind is LeakKind.CENTRED_WINDOW, finding
    assert finding.others == []


AHEAD = {
    "next bar": lambda p: p.shift(-1),
    "next return": lambda p: p.pct_change().shift(-1),
    "window ahead": lambda p: p[::-1].rolling(7).mean()[::-1],
    "a long window, one bar early": lambda p: p.rolling(20).mean().shift(-1),
    "fading ahead": lambda p: p[::-1].ewm(span=10).mean()[::-1],
}


@pytest.mark.parametrize("name", AHEAD)
def test_what_looks_one_way_is_a_future_window(prices, name):
    [finding] = find_leaks(AHEAD[name], prices).function_findings
    assert finding.kind is LeakKind.FUTURE_WINDOW, finding
    assert finding.others == []


def test_where_two_kinds_look_alike_both_are_said(prices):
    slope = find_leaks(lambda p: p.apply(lambda c: np.gradient(c.to_numpy())), prices)
    assert "probably centred window or future window:" in repr(slope)


@pytest.mark.parametrize("at", [0, 1, 57, 150])
def test_the_first_bar_and_column_are_the_planted_ones(prices, at):
    def planted(prices):
        made = prices.rolling(3, min_periods=1).mean()
        made.iloc[at:, 1] = prices["C"].shift(-2).iloc[at:]
        return made

    [finding] = find_leaks(planted, prices).function_findings
    assert (finding.bar, finding.output, finding.column) == (at, "B", "C")
    assert finding.moved_by == prices.index[at + 2]
    assert finding.offset == 2
    with pytest.raises(AssertionError, match=r"C at .*moves B at"):
        assert_causal(planted, prices)
