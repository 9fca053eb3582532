"""A function that is declared in a notebook is an operation at once."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from workbench import registry
from workbench.context import Context
from workbench.domain import DatasetRef, Number, Result, Scope
from workbench.errors import ConfigurationError, InvalidInput, NotAllowed, OutOfRange, UnknownName
from workbench.registry import index, operation


class Leg(BaseModel):
    symbol: str
    value: float


class Answer(Result):
    value: Number


@pytest.fixture
def greet(monkeypatch):
    import sys

    from workbench.registry import operation as _  # noqa: F401

    monkeypatch.setattr(sys.modules["workbench.registry.operation"], "_added", {})

    @operation(effect="compute", tool="say_hello")
    def greet(
        name: str,
        times: Annotated[int, Field(ge=1, le=3)] = 1,
        *,
        tones: list[Literal["warm", "cool"]] | None = None,
        day: dt.date | None = None,
        legs: list[Leg] | None = None,
        data: DatasetRef = "sp500-20",
        context: Context | None = None,
    ) -> Answer:
        """Greet somebody.

        Slowly.

        Parameters
        ----------
        name : str
            Who is greeted.
        times : int
            How often.
        """
        greet.seen = (name, times, day, legs, data, context)
        return Answer(value=math.nan)

    return greet


def test_an_operation_declares_where_its_answer_is_read(greet):
    @operation(effect="read", resources="greetings://all greetings://{name}?times=2")
    def greeted(name: str = "you") -> str:
        """Say who was greeted."""
        return name

    assert registry.find("greeted").resources == ("greetings://all", "greetings://{name}?times=2")
    assert registry.find("say_hello").resources == ()
    assert registry.find("neural_model_status").resources == (
        "neural://models",
        "neural://performance/{model_id}",
    )


def test_the_function_is_returned_unchanged(greet):
    assert greet("you").value != 0
    assert greet.__name__ == "greet"


def test_it_is_listed_and_found_by_each_of_its_names(greet):
    entry = registry.find("say_hello")
    assert entry in registry.operations()
    assert entry == registry.find("greet") == registry.find("notebook greet")
    assert (entry.room, entry.effect.value, entry.summary) == (
        "notebook",
        "compute",
        "Greet somebody.",
    )


def test_its_schema_is_read_from_signature_and_docstring(greet):
    schema = registry.schema("say_hello")
    name, times, tones, day, legs, data = schema.parameters
    assert [one.name for one in schema.parameters if one.in_order] == ["name", "times"]
    assert tones.json_schema["anyOf"][0]["items"]["enum"] == ["warm", "cool"]
    assert (name.required, name.description) == (True, "Who is greeted.")
    assert times.json_schema["maximum"] == 3
    assert (times.default, times.description) == (1, "How often.")
    assert day.json_schema["anyOf"][0]["format"] == "date"
    assert "$defs" in legs.json_schema
    assert data.json_schema["x-ref"] == "dataset"
    assert "context" not in schema.input_schema["properties"]
    assert schema.input_schema["additionalProperties"] is False
    assert schema.output_schema["properties"]["value"]["anyOf"][1] == {"type": "null"}
    assert schema.text == "Slowly."
    assert schema in registry.catalogue()


def test_values_arrive_in_the_types_of_the_signature(greet):
    arguments = {
        "name": "you",
        "times": "2",
        "day": "2020-01-31",
        "legs": [{"symbol": "A", "value": "3"}],
    }
    context = Context()
    registry.call("say_hello", arguments, context)
    expected = ("you", 2, dt.date(2020, 1, 31), [Leg(symbol="A", value=3.0)], "sp500-20", context)
    assert greet.seen == expected


def test_the_process_has_a_context_of_its_own(greet):
    registry.call("say_hello", {"name": "you"})
    assert isinstance(greet.seen[-1], Context)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, InvalidInput, "needs the parameter 'name'.*Who is greeted"),
        ({"nme": "x"}, UnknownName, "Did you mean 'name'"),
        ({"name": 3}, InvalidInput, "got 3.*Who is greeted"),
        ({"name": "x", "times": 9}, OutOfRange, "times.*got 9.*from 1 to 3"),
        ({"name": "x", "times": 0}, OutOfRange, "times.*got 0.*from 1 to 3"),
        ({"name": "x", "day": "31.1.2020"}, InvalidInput, "day.*no date.*31.1.2020.*2020-01-31"),
        ({"name": "x", "tones": ["wram"]}, UnknownName, "for 'tones' of say_hello.*mean 'warm'"),
        ({"name": "x", "legs": [{"symbol": "A"}]}, InvalidInput, r"legs\.0\.value"),
    ],
)
def test_bad_arguments_say_what_to_do(greet, arguments, error, words):
    with pytest.raises(error, match=words):
        registry.call("say_hello", arguments)
    assert not hasattr(greet, "seen")


def test_a_caller_without_the_right_is_refused(greet):
    reader = Context(scopes=frozenset({Scope.READ}))
    with pytest.raises(NotAllowed, match="compute"):
        registry.call("say_hello", {"name": "x"}, reader)


def test_an_unknown_operation_lists_what_there_is(greet):
    with pytest.raises(UnknownName, match="say_hello"):
        registry.find("say_helo")


def test_a_parameter_without_annotation_is_refused(greet):
    @operation(effect="read")
    def bare(name) -> str:
        """Say nothing."""
        return name

    with pytest.raises(ConfigurationError, match="'name' of bare has no annotation"):
        registry.schema("bare")


def test_an_annotation_that_cannot_be_resolved_is_refused(greet):
    @operation(effect="read")
    def lost(name: Missing) -> str:  # noqa: F821
        """Say nothing."""
        return name

    with pytest.raises(ConfigurationError, match="Missing"):
        registry.schema("lost")


@pytest.mark.parametrize("field", ["tool", "command"])
def test_two_operations_of_one_name_are_refused(greet, field):
    @operation(effect="read", **{field: getattr(registry.find("say_hello"), field)})
    def other() -> str:
        """Say nothing."""
        return ""

    with pytest.raises(ConfigurationError, match=rf"same {field}.*notebook\.greet"):
        registry.operations()


def test_every_room_and_every_part_of_one_is_found_by_reading_its_operations():
    there = {
        ".".join(path.relative_to(index.PACKAGE.parent).with_suffix("").parts)
        for path in index.PACKAGE.rglob("operations.py")
    }
    assert {entry.module for entry in registry.operations() if entry.module} == there
    assert {"workbench.risk.operations", "workbench.data.quality.operations"} <= there
