from __future__ import annotations

import datetime as dt
import math
from typing import Any, ClassVar

import jsonschema
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from workbench.domain import DatasetRef, Number, Result


class Sample(Result):
    name: str
    sharpe: Number
    trades: int
    table: Any = Field(default=None, exclude=True, repr=False)


class Short(Sample):
    headline: ClassVar[tuple[str, ...]] = ("sharpe",)


def test_an_undefined_number_is_nan_in_python_and_null_on_the_wire():
    for undefined in (math.nan, math.inf, -math.inf):
        sample = Sample(name="a", sharpe=undefined, trades=0)
        assert not math.isfinite(sample.sharpe)
        dumped = sample.model_dump(mode="json")
        assert dumped["sharpe"] is None
        jsonschema.validate(dumped, Sample.model_json_schema(mode="serialization"))


def test_what_stays_in_memory_is_not_dumped():
    sample = Sample(name="a", sharpe=1.0, trades=0, table=object())
    assert "table" not in sample.model_dump(mode="json")
    assert "table" not in Sample.model_json_schema(mode="serialization")["properties"]


def test_a_result_is_frozen_and_knows_its_fields():
    sample = Sample(name="a", sharpe=1.0, trades=0)
    with pytest.raises(ValidationError):
        sample.trades = 3
    with pytest.raises(ValidationError):
        Sample(name="a", sharpe=1.0, trades=0, typo=1)


def test_repr_shows_a_line_per_scalar():
    shown = repr(Sample(name="a", sharpe=1.25, trades=12_345, table=[1]))
    assert shown.splitlines() == ["Sample", "  name    a", "  sharpe  1.2500", "  trades  12345"]


def test_repr_shows_the_headline_only():
    assert repr(Short(name="a", sharpe=1234.5, trades=1)) == "Short\n  sharpe  1,234.50"


def test_a_list_is_shown_where_the_headline_names_it():
    class Members(Result):
        headline: ClassVar[tuple[str, ...]] = ("members",)

        members: list[str]

    assert repr(Members(members=["A", "B"])) == "Members\n  members  A, B"
    many = repr(Members(members=[f"S{n}" for n in range(23)]))
    assert many.endswith("S18, S19 and 3 more")


def test_repr_shows_dates():
    class Day(Result):
        day: dt.date

    assert repr(Day(day=dt.date(2020, 1, 31))) == "Day\n  day  2020-01-31"


def test_repr_shows_none_as_a_dash():
    class Maybe(Result):
        value: float | None

    assert repr(Maybe(value=None)) == "Maybe\n  value  –"


def test_to_frame_has_a_row_per_scalar():
    frame = Sample(name="a", sharpe=1.25, trades=3).to_frame()
    assert frame.loc["trades", "value"] == 3
    assert list(frame.index) == ["name", "sharpe", "trades"]


def test_a_reference_is_a_name_on_the_wire():
    adapter = TypeAdapter(DatasetRef)
    assert adapter.validate_python("sp500-20") == "sp500-20"
    schema = adapter.json_schema()
    assert schema["type"] == "string"
    assert schema["x-ref"] == "dataset"
    for wrong in (3, "", {"a": 1}):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)
