"""Figures of quality show what they were given: shares, marks and counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bokeh.models import HBar, Line, LogScale, LogTicker, Scatter, Segment

from workbench import charts
from workbench.errors import NoData, UnusableFrame

MONTHS = pd.date_range("2024-01-01", periods=3, freq="MS")
DAYS = pd.date_range("2024-01-02", periods=5, freq="D")


def drawn(figure, glyph):
    return [one.data_source.data for one in figure.renderers if isinstance(one.glyph, glyph)]


@pytest.fixture
def marks():
    rows = [
        (DAYS[1], DAYS[1], "error", "crossed", "close 11, high 10"),
        (DAYS[2], DAYS[4], "warning", "stale", "close 12 for 3 bars"),
    ]
    return pd.DataFrame(rows, columns=["time", "until", "severity", "check", "seen"])


def test_coverage_is_a_cell_for_each_period_that_expects_a_bar():
    coverage = pd.DataFrame({"A": [1.0, 0.5, 1.0], "B": [np.nan, 0.0, 1.0]}, index=MONTHS)
    figure = charts.coverage_heatmap(coverage)
    (cells,) = drawn(figure, HBar)
    shown = list(
        zip(cells["symbol"], pd.DatetimeIndex(cells["time"]).month, cells["share"], strict=True)
    )
    assert shown == [("A", 1, 1.0), ("A", 2, 0.5), ("A", 3, 1.0), ("B", 2, 0.0), ("B", 3, 1.0)]
    assert figure.y_range.factors == ["B", "A"]  # the first symbol is on top


def test_of_many_symbols_the_least_complete_are_shown():
    coverage = pd.DataFrame(1.0, index=MONTHS, columns=[f"S{number:03}" for number in range(100)])
    coverage["S099"] = 0.2
    figure = charts.coverage_heatmap(coverage)
    assert len(figure.y_range.factors) == 60
    assert "S099" in figure.y_range.factors
    assert "40 complete symbols not shown" in figure.title.text


def test_prices_over_decades_are_marked_at_round_numbers(marks):
    wide = charts.marked_prices(pd.Series([2.0, 9, 30, 80, 700], index=DAYS), marks)
    inside = [price for price in wide.yaxis[0].ticker.ticks if 2 <= price <= 700]
    assert inside == [2, 5, 10, 20, 50, 100, 200, 500]
    narrow = charts.marked_prices(pd.Series([1.05, 1.1, 1.2, 1.1, 1.08], index=DAYS), marks)
    assert isinstance(narrow.yaxis[0].ticker, LogTicker)  # has marks between 1 and 2


def test_marks_stand_on_the_price_of_their_first_bar(marks):
    prices = pd.Series([10.0, 11, 12, 12, 12], index=DAYS)
    figure = charts.marked_prices(prices, marks, title="A")
    errors, warnings = drawn(figure, Scatter)
    assert (list(errors["price"]), list(warnings["price"])) == ([11.0], [12.0])
    (span,) = drawn(figure, Segment)
    assert (span["time"][0], span["until"][0]) == (DAYS[2], DAYS[4])
    assert isinstance(figure.y_scale, LogScale)
    labels = [item.label.value for item in figure.legend[0].items]
    assert labels == ["error (1)", "warning (1)"]


def test_a_mark_where_no_price_is_takes_the_one_before(marks):
    prices = pd.Series([10.0, np.nan, 12, -1, 12], index=DAYS)
    figure = charts.marked_prices(prices, marks)
    assert list(drawn(figure, Scatter)[0]["price"]) == [10.0]
    line = drawn(figure, Line)[0]["price"]
    np.testing.assert_array_equal(line, [10, np.nan, 12, np.nan, 12])
    with pytest.raises(NoData, match="positive prices"):
        charts.marked_prices(-prices.abs(), marks)


def test_prices_without_findings_are_a_line(marks):
    figure = charts.marked_prices(pd.Series(1.0, index=DAYS), marks.iloc[:0])
    assert not drawn(figure, Scatter)


def test_counts_are_stacked_by_severity_with_the_most_on_top():
    counts = pd.DataFrame({"error": [0, 2], "warning": [1, 3]}, index=["stale", "crossed"])
    figure = charts.counted_findings(counts)
    assert figure.y_range.factors == ["stale", "crossed"]
    data = drawn(figure, HBar)[0]
    assert (list(data["error"]), list(data["warning"])) == ([0, 2], [1, 3])
    with pytest.raises(NoData, match="Nothing was found"):
        charts.counted_findings(counts * 0)
    with pytest.raises(UnusableFrame, match="no severity"):
        charts.counted_findings(counts.rename(columns={"error": "fatal"}))
