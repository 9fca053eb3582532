"""Pictures of trades hold every trade, its colour and its numbers."""

import numpy as np
import pandas as pd
import pytest
from bokeh.models import Quad, Scatter

from workbench import charts
from workbench.errors import NoData

DAYS = pd.bdate_range("2024-01-01", periods=4)


@pytest.fixture
def trades():
    return pd.DataFrame(
        {
            "symbol": ["A", "B", "A", "B"],
            "entry_time": DAYS,
            "return": [0.10, -0.05, np.nan, 0.02],
            "mae": [-0.01, -0.08, -0.02, 0.0],
            "mfe": [0.12, 0.01, 0.03, 0.05],
        }
    )


def sources(figure, glyph):
    return [r.data_source.data for r in figure.renderers if isinstance(r.glyph, glyph)]


def test_each_known_trade_is_a_dot_in_the_colour_of_its_end(trades):
    (dots,) = sources(charts.excursions(trades), Scatter)
    assert list(dots["ended"]) == [0.10, -0.05, 0.02]
    assert list(dots["mae"]) == [-0.01, -0.08, 0.0]
    assert dots["colour"][0] == dots["colour"][2] != dots["colour"][1]


def test_trades_without_excursions_cannot_be_drawn(trades):
    with pytest.raises(NoData):
        charts.excursions(trades.drop(columns="mae"))


def test_the_histogram_counts_every_trade_and_parts_gains_from_losses(trades):
    (bars,) = sources(charts.trade_returns(trades), Quad)
    assert sum(bars["count"]) == 3
    left = np.asarray(bars["left"])
    assert np.isclose(left, 0).any()
    gains = {c for c, edge in zip(bars["color"], left, strict=True) if edge > -1e-9}
    losses = {c for c, edge in zip(bars["color"], left, strict=True) if edge < -1e-9}
    assert len(gains) == len(losses) == 1
    assert gains != losses


def test_trades_that_all_return_nothing_are_drawn():
    flat = pd.DataFrame({"return": [0.0, 0.0]})
    (bars,) = sources(charts.trade_returns(flat), Quad)
    assert sum(bars["count"]) == 2


def test_exposure_is_gross_and_net():
    weights = pd.DataFrame({"A": [0.5, 0.5, np.nan, 1], "B": [0.5, -0.5, -0.25, 0]}, DAYS)
    figure = charts.exposure(weights)
    data = figure.select(name="gross")[0].data_source.data
    assert list(data["gross"]) == [1.0, 1.0, 0.25, 1.0]
    assert list(data["net"]) == [1.0, 0.0, -0.25, 1.0]


def test_costs_are_summed():
    paid = pd.DataFrame({"fees": [1.0, np.nan, 2.0, 0.0]}, DAYS)
    figure = charts.cumulative_costs(paid)
    assert list(figure.renderers[0].data_source.data["fees"]) == [1.0, 1.0, 3.0, 3.0]
