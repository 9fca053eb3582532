"""What a form needs to ask for one parameter."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from workbench.registry import ParameterSchema
from workbench.registry.fields import field_of


class Everything(BaseModel):
    only: Literal["one"] = "one"
    colours: list[Literal["red", "blue"]] = []
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    count: Annotated[int, Field(gt=0, lt=10)] | None = None


@pytest.fixture
def fields():
    schema = Everything.model_json_schema()
    return {
        name: field_of(ParameterSchema(name=name, json_schema=item, required=False))
        for name, item in schema["properties"].items()
    }


def test_a_single_value_is_a_choice_of_one(fields):
    assert (fields["only"].kind, fields["only"].choices) == ("choice", ("one",))


def test_a_list_of_choices_knows_them(fields):
    colours = fields["colours"]
    assert (colours.kind, colours.items, colours.choices) == ("list", "choice", ("red", "blue"))


def test_open_bounds_of_whole_numbers_are_closed(fields):
    share, count = fields["share"], fields["count"]
    assert (share.minimum, share.open_minimum, share.maximum, share.open_maximum) == (
        0,
        True,
        1,
        True,
    )
    assert (count.minimum, count.maximum, count.optional) == (1, 9, True)
    assert share.is_bounded
