"""Every figure holds the data it was given, keeps gaps, and refuses what cannot be drawn."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from bokeh.models import HoverTool, Line, LogScale, Quad, Rect, Span, Text, VArea

from workbench import charts
from workbench.errors import NoData, UnusableFrame

DAYS = pd.date_range("2024-01-30", periods=6, freq="D")


def drawn(figure, glyph):
    """The renderers of one kind of glyph."""
    return [renderer for renderer in figure.renderers if isinstance(renderer.glyph, glyph)]


def column(figure, name):
    """The data of a named line."""
    (renderer,) = figure.select(name=name)
    return np.asarray(renderer.data_source.data[renderer.glyph.y], float)


@pytest.fixture
def equity():
    return pd.DataFrame(
        {
            "strategy": [100, 110, np.nan, 99, 120, 126],
            "benchmark": [100, 101, 102, 103, 104, 105.0],
        },
        index=DAYS,
    )


def test_equity_is_one_line_for_each_column_with_its_gap(equity):
    figure = charts.equity_curve(equity)
    np.testing.assert_array_equal(column(figure, "strategy"), equity["strategy"])
    np.testing.assert_array_equal(column(figure, "benchmark"), equity["benchmark"])
    assert figure.sizing_mode == "stretch_width"
    assert len(figure.select(HoverTool)) == 1


def test_log_scale_leaves_out_what_is_not_positive(equity):
    equity.iloc[3, 0] = -5
    figure = charts.equity_curve(equity, log=True)
    assert isinstance(figure.y_scale, LogScale)
    np.testing.assert_array_equal(column(figure, "strategy"), [100, 110, np.nan, np.nan, 120, 126])
    with pytest.raises(NoData, match="positive equity"):
        charts.equity_curve(-equity[["benchmark"]], log=True)


def test_times_are_sorted_and_zones_become_utc(equity):
    zoned = equity.tz_localize("America/New_York").iloc[::-1]
    source = charts.equity_curve(zoned).select(name="strategy")[0].data_source
    assert pd.Timestamp(source.data["time"][0]) == pd.Timestamp("2024-01-30 05:00")


def test_drawdown_is_the_loss_from_the_peak_and_a_gap_does_not_reset_it(equity):
    figure = charts.drawdown(equity)
    expected = [0.0, 0.0, np.nan, 99 / 110 - 1, 0.0, 0.0]  # by hand
    np.testing.assert_allclose(column(figure, "strategy"), expected)
    assert len(drawn(figure, VArea)) == 1


def test_figures_zoom_together(equity):
    above = charts.equity_curve(equity)
    below = charts.drawdown(equity, x_range=above.x_range)
    assert below.x_range is above.x_range


def test_months_are_compounded():
    returns = pd.Series([0.1, 0.1, np.nan, -0.5, 0.0, 0.2], index=DAYS)
    (cells,) = drawn(charts.monthly_returns(returns), Rect)
    values = dict(
        zip(cells.data_source.data["month"], cells.data_source.data["value"], strict=True)
    )
    assert values == {"Jan": pytest.approx(0.21), "Feb": pytest.approx(-0.4)}


def test_fan_pairs_its_bands_and_begins_at_the_last_value():
    history = pd.Series([10.0, 11.0, 12.0], index=DAYS[:3])
    quantiles = pd.DataFrame(
        {0.9: [14, 15, 16], 0.1: [10, 9, 8], 0.5: [12.5, 13, 13.5]}, index=DAYS[3:], dtype=float
    )
    naive = pd.Series(12.0, index=DAYS[3:])
    figure = charts.forecast_fan(history, quantiles, naive=naive)
    (band,) = drawn(figure, VArea)
    assert (band.glyph.y1, band.glyph.y2) == ("q0.1", "q0.9")
    np.testing.assert_array_equal(band.data_source.data["q0.9"], [12, 14, 15, 16])
    np.testing.assert_array_equal(column(figure, "median"), [12, 12.5, 13, 13.5])
    np.testing.assert_array_equal(column(figure, "naive"), [12, 12, 12])
    assert len(drawn(figure, Line)) == 3


def test_a_fan_of_values_without_times_counts_steps():
    fan = pd.DataFrame({0.1: [9.0, 8.0], 0.5: [12.5, 13.0], 0.9: [14.0, 15.0]}, index=[1, 2])
    figure = charts.step_fan([10.0, 11.0, 12.0], fan, shown=2)
    (band,) = drawn(figure, VArea)
    np.testing.assert_array_equal(band.data_source.data["step"], [0, 1, 2])
    np.testing.assert_array_equal(band.data_source.data["q0.9"], [12, 14, 15])
    np.testing.assert_array_equal(column(figure, "history"), [11, 12])
    with pytest.raises(UnusableFrame, match="no probability"):
        charts.step_fan([10.0, 11.0], pd.DataFrame({"mean": [1.0]}))


def test_fan_refuses_columns_that_are_no_probabilities():
    history = pd.Series([1.0, 2.0], index=DAYS[:2])
    with pytest.raises(UnusableFrame, match="no probability"):
        charts.forecast_fan(history, pd.DataFrame({"mean": [1.0]}, index=DAYS[2:3]))
    with pytest.raises(UnusableFrame, match="no probability"):
        charts.forecast_fan(history, pd.DataFrame({5: [1.0]}, index=DAYS[2:3]))


def test_histogram_counts_every_finite_return_and_marks_losses_on_the_left():
    returns = np.array([-0.04, -0.02, 0.0, 0.01, 0.02, np.nan, np.inf])
    figure = charts.var_histogram(returns, var=0.02, es=-0.03, bins=6)
    (bars,) = drawn(figure, Quad)
    assert sum(bars.data_source.data["count"]) == 5
    spans = {span.name: span.location for span in figure.select(Span)}
    assert spans == {"VaR": -0.02, "ES": -0.03}
    assert not charts.var_histogram(returns, var=np.nan).select(Span)


def test_correlation_shows_finite_pairs_in_the_given_order():
    corr = pd.DataFrame([[1, 0.5], [np.nan, 1]], index=["A", "B"], columns=["A", "B"])
    figure = charts.correlation_heatmap(corr)
    (cells,) = drawn(figure, Rect)
    data = cells.data_source.data
    assert list(zip(data["down"], data["across"], data["value"], strict=True)) == [
        ("A", "A", 1.0),
        ("A", "B", 0.5),
        ("B", "B", 1.0),
    ]
    assert list(drawn(figure, Text)[0].data_source.data["text"]) == ["1.00", "0.50", "1.00"]
    assert figure.x_range.factors == ["A", "B"]
    assert figure.y_range.factors == ["B", "A"]
    with pytest.raises(UnusableFrame, match="not square"):
        charts.correlation_heatmap(corr.iloc[:1])


def test_weights_keep_the_largest_and_sum_the_rest():
    weights = xr.DataArray(
        [[0.5, 0.1, -0.2, 0.1]] * 3,
        dims=("time", "symbol"),
        coords={"time": DAYS[:3], "symbol": list("ABCD")},
    )
    figure = charts.weights_area(weights, most=2)
    stacks = [stack.data_source.data for stack in drawn(figure, VArea)]
    assert {"A", "C", "others"} <= set(stacks[0])
    np.testing.assert_allclose(stacks[0]["others"], 0.2)
    np.testing.assert_allclose(stacks[-1]["C"], -0.2)


def test_a_loss_measured_now_and_then_stays_one_line():
    losses = pd.DataFrame({"train": [3.0, 2, 1], "validation": [4, np.nan, 2.0]})
    figure = charts.loss_curve(losses)
    np.testing.assert_array_equal(column(figure, "train"), [3, 2, 1])
    np.testing.assert_array_equal(column(figure, "validation"), [4, 2])


def test_lines_mark_a_level(equity):
    figure = charts.lines(equity, level=100.0)
    assert [span.location for span in figure.select(Span)] == [100.0]


def test_long_histories_are_thinned_and_keep_their_extremes():
    index = pd.date_range("2000-01-01", periods=100_000, freq="min")
    values = pd.DataFrame({"strategy": np.ones(100_000)}, index=index)
    values.iloc[[31_234, 77_777], 0] = [0.2, 5.0]
    kept = column(charts.equity_curve(values), "strategy")
    assert len(kept) <= 20_002
    assert (kept.min(), kept.max()) == (0.2, 5.0)


@pytest.mark.parametrize(
    "draw",
    [
        charts.equity_curve,
        charts.drawdown,
        charts.lines,
        charts.weights_area,
        charts.loss_curve,
        charts.correlation_heatmap,
        charts.monthly_returns,
        lambda frame: charts.var_histogram(frame, 0.1),
        lambda frame: charts.forecast_fan(frame, frame),
    ],
)
@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (pd.DataFrame({"a": []}, index=pd.DatetimeIndex([]), dtype=float), NoData),
        (pd.DataFrame({"a": [np.nan]}, index=DAYS[:1]), NoData),
        (pd.DataFrame({"a": ["x"]}, index=DAYS[:1]), UnusableFrame),
    ],
)
def test_nothing_to_draw_is_refused_with_a_cure(draw, frame, error):
    with pytest.raises(error) as caught:
        draw(frame)
    assert caught.value.cure


def test_a_table_over_numbers_is_no_equity():
    with pytest.raises(UnusableFrame, match="no time index"):
        charts.equity_curve(pd.DataFrame({"a": [1.0, 2.0]}))
    with pytest.raises(UnusableFrame, match="no table"):
        charts.equity_curve("prices.csv")
