"""The picture of a continuous future."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.charts import spliced_prices
from workbench.errors import NoData

DAYS = pd.bdate_range("2024-01-01", periods=4)
PRICES = pd.DataFrame({"as traded": [10.0, 11, 21, 22], "adjusted": [20.0, 21, 21, 22]}, DAYS)
ROLLS = pd.DataFrame(
    {"date": DAYS[[1]], "from": ["XYF2024"], "to": ["XYG2024"], "gap": [10.0], "rule": ["volume"]}
)


def test_each_roll_is_marked_on_the_price_as_traded():
    figure = spliced_prices(PRICES, ROLLS, title="XY=F")
    lines = {one.name: one for one in figure.renderers if one.name}
    assert list(lines) == ["adjusted", "as traded"]
    assert lines["adjusted"].data_source.data["adjusted"].tolist() == [20, 21, 21, 22]
    (marks,) = {
        one.data_source for one in figure.renderers if "from" in one.data_source.column_names
    }
    assert marks.data["price"].tolist() == [11]
    assert pd.DatetimeIndex(marks.data["time"]).equals(DAYS[[1]])
    assert len([one for one in figure.renderers if one.data_source is marks]) == 2


def test_a_series_without_rolls_is_drawn_and_one_without_prices_is_not():
    assert len(spliced_prices(PRICES, ROLLS[:0]).renderers) == 2
    with pytest.raises(NoData):
        spliced_prices(PRICES * np.nan, ROLLS)
