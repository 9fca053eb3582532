"""What share of outcomes intervals have held, beside what they promised."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.charts import coverage_by_level
from workbench.errors import NoData


def test_each_forecaster_is_a_line_beside_the_diagonal():
    held = pd.DataFrame(
        {"repeat-last": [0.6, 0.95], "N-HiTS": [0.48, 0.9]}, pd.Index([0.5, 0.9], name="level")
    )
    made = coverage_by_level(held, title="Coverage")
    lines = {one.name: one for one in made.renderers if one.name}
    assert set(lines) == {"as promised", "repeat-last", "N-HiTS"}
    assert list(lines["N-HiTS"].data_source.data["x"]) == [0.5, 0.9]
    assert list(lines["N-HiTS"].data_source.data["y"]) == [0.48, 0.9]
    assert made.yaxis.axis_label == "outcomes inside it"


def test_nothing_to_draw_is_said():
    with pytest.raises(NoData):
        coverage_by_level(pd.DataFrame({"N-HiTS": [float("nan")]}, [0.5]))
