"""A schema becomes the widget that asks for it, and its value is what crosses the wire."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

pmui = pytest.importorskip("panel_material_ui")

from workbench.domain import StrategyRef  # noqa: E402
from workbench.errors import InvalidInput  # noqa: E402
from workbench.pages import fields_of, given, model_fields  # noqa: E402
from workbench.registry import ParameterSchema  # noqa: E402


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Everything(BaseModel):
    strategy: StrategyRef = "momentum"
    how: Literal["fast", "slow"] = "slow"
    colour: Colour = Colour.RED
    flag: bool = False
    lookback: Annotated[int, Field(ge=2, le=504)] = 126
    count: Annotated[int, Field(gt=0)] | None = None
    fee: Annotated[float, Field(ge=0, le=0.01)] = 0.001
    day: dt.date | None = None
    symbols: list[str] | None = None
    colours: list[Literal["red", "blue"]] = []
    weights: dict[str, float] | None = None
    note: str = ""


@pytest.fixture
def fields():
    return {field.name: field for field in model_fields(Everything)}


@pytest.mark.parametrize(
    ("name", "widget"),
    [
        ("strategy", pmui.AutocompleteInput),
        ("how", pmui.Select),
        ("colour", pmui.Select),
        ("flag", pmui.Checkbox),
        ("lookback", pmui.IntInput),
        ("count", pmui.IntInput),
        ("fee", pmui.FloatInput),
        ("day", pmui.DatePicker),
        ("symbols", pmui.TextInput),
        ("colours", pmui.MultiChoice),
        ("weights", pmui.TextAreaInput),
        ("note", pmui.TextInput),
    ],
)
def test_each_kind_has_its_widget(fields, name, widget):
    assert type(fields[name].widget) is widget


def test_untouched_fields_are_not_sent(fields):
    assert given(fields.values()) == {}


def test_values_are_what_the_wire_takes(fields):
    fields["strategy"].widget.value = "mean_reversion"
    fields["lookback"].widget.value = 20
    fields["day"].widget.value = dt.date(2020, 1, 2)
    fields["symbols"].widget.value = " AAPL , MSFT,"
    fields["weights"].widget.value = '{"AAPL": 0.5}'
    sent = given(fields.values())
    assert sent == {
        "strategy": "mean_reversion",
        "lookback": 20,
        "day": "2020-01-02",
        "symbols": ["AAPL", "MSFT"],
        "weights": {"AAPL": 0.5},
    }
    Everything.model_validate(sent)


def test_what_is_emptied_is_sent_as_null_and_not_as_its_default():
    schema = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    benchmark = ParameterSchema(
        name="benchmark", json_schema=schema, required=False, default="sp500"
    )
    inputs = fields_of([benchmark])
    inputs[0].widget.value = ""
    assert given(inputs) == {"benchmark": None}


def test_ranges_bound_the_widget_and_stand_in_its_label(fields):
    widget = fields["lookback"].widget
    assert (widget.start, widget.end, widget.label) == (2, 504, "lookback, 2 to 504")
    assert fields["count"].widget.start == 1


def test_names_of_the_registry_are_offered(fields):
    assert {"momentum", "mean_reversion"} <= set(fields["strategy"].widget.options)


def asked(name, schema, *, required=False):
    return fields_of([ParameterSchema(name=name, json_schema=schema, required=required)])


def test_what_is_needed_is_sent_even_when_it_is_what_the_widget_shows():
    schema = {"type": "string", "x-ref": "strategy", "examples": ["momentum"]}
    assert given(asked("strategy", schema, required=True)) == {"strategy": "momentum"}
    assert given(asked("strategy", schema)) == {}


def test_what_is_needed_and_empty_is_left_to_the_registry_to_ask_for():
    assert given(asked("note", {"type": "string"}, required=True)) == {}


def test_text_that_is_no_json_says_so(fields):
    fields["weights"].widget.value = "AAPL=1"
    with pytest.raises(InvalidInput, match="not JSON") as caught:
        given(fields.values())
    assert "weights" in caught.value.what
