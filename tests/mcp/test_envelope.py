"""The schema that is announced and the answer that is sent belong together."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, TypeAdapter

from workbench.domain import Number, Result
from workbench.mcp.envelope import enveloped_schema, failed, succeeded

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Row(BaseModel):
    price: float
    note: str | None = None


class Report(Result):
    rows: list[Row]
    sharpe: Number
    device: str = "cpu"
    equity: Any = Field(default=None, exclude=True, repr=False)


class Trained(Result):
    status: str = "training_completed"
    processing: dict[str, str] = Field(default_factory=dict)


class Node(BaseModel):
    name: str
    children: list[Node] = []


CASES = [
    (Report, Report(rows=[Row(price=math.nan)], sharpe=math.inf, equity=[1])),
    (Trained, Trained()),
    (Node, Node(name="a", children=[Node(name="b")])),
    (Report | Trained, Trained()),
    (Report | Trained, Report(rows=[], sharpe=1.0)),
    (Report | None, None),
    (list[Row], [Row(price=1.0)]),
    (dict[str, float], {"a": math.nan}),
    (float, math.nan),
    (str, "pong"),
    (None, None),
    (Any, [1]),
]


@pytest.mark.parametrize(("annotation", "result"), CASES)
def test_the_answer_fits_the_announced_schema(annotation, result):
    schema = TypeAdapter(annotation).json_schema(mode="serialization")
    announced = enveloped_schema(schema)
    assert announced["type"] == "object"
    Draft202012Validator.check_schema(announced)
    answer = succeeded(result, schema, now=NOW, seconds=0.5)
    Draft202012Validator(announced).validate(answer)
    assert answer["timestamp"] == "2026-01-02T00:00:00+00:00"


def test_a_wrong_answer_does_not_fit():
    announced = enveloped_schema(TypeAdapter(Report).json_schema(mode="serialization"))
    good = succeeded(
        Report(rows=[], sharpe=1.0),
        TypeAdapter(Report).json_schema(mode="serialization"),
        now=NOW,
        seconds=0,
    )
    fits = Draft202012Validator(announced)
    assert fits.is_valid(good)
    assert not fits.is_valid({**good, "rows": 3})
    assert not fits.is_valid({key: good[key] for key in good if key != "timestamp"})
    assert not fits.is_valid({**good, "surprise": 1})


def test_what_stays_behind_is_named():
    report = Report(rows=[], sharpe=1.0, device="cuda:0", equity=[1])
    answer = succeeded(report, {"type": "object"}, now=NOW, seconds=0.25)
    assert answer["processing"] == {
        "method": "cuda:0",
        "time_seconds": 0.25,
        "gpu_used": True,
        "left_out": ["equity"],
    }


def test_what_a_result_says_itself_wins():
    schema = TypeAdapter(Trained).json_schema(mode="serialization")
    assert succeeded(Trained(), schema, now=NOW, seconds=0)["status"] == "training_completed"


def test_a_failure_keeps_the_facts():
    assert failed({"error": "NoData"}, now=NOW) == {
        "timestamp": "2026-01-02T00:00:00+00:00",
        "status": "failed",
        "error": "NoData",
    }
