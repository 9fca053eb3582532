"""What the original's tools put around every answer: when, whether it worked, and how.

The envelope lies flat beside the fields of a result that is an object; any other
result stands under the key ``result``. What a result says itself wins.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["envelope", "enveloped_schema", "failed", "on_the_wire", "succeeded"]

RESULT = "result"

ENVELOPE: dict[str, Any] = {
    "timestamp": {
        "type": "string",
        "format": "date-time",
        "description": "When the answer was ready, in UTC.",
    },
    "status": {"type": "string", "description": "How it ended."},
    "processing": {
        "type": "object",
        "description": "How it was computed.",
        "properties": {
            "method": {"type": "string", "description": "The device: cpu or cuda."},
            "time_seconds": {"type": "number", "minimum": 0},
            "gpu_used": {"type": "boolean"},
            "left_out": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Tables and arrays of the result that do not cross the wire.",
            },
        },
        "required": ["method", "time_seconds", "gpu_used"],
    },
}


def enveloped_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a result, with the envelope and with a null wherever a number is undefined.

    Parameters
    ----------
    schema : dict
        JSON schema of what an operation returns.

    Returns
    -------
    dict
        A schema whose root is an object, as the protocol asks.
    """
    schema = _nullable_numbers(schema)
    forms = _object_forms(schema)
    if len(forms) == 1:
        whole = _one_object(forms[0])
    elif forms:
        whole = _one_of_several(forms)
    else:
        bare = {key: value for key, value in schema.items() if key != "$defs"}
        whole = _one_object({"type": "object", "properties": {RESULT: bare}, "required": [RESULT]})
    return {**whole, "$defs": schema["$defs"]} if "$defs" in schema else whole


def on_the_wire(result: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """The result as a JSON object; NaN and infinities are null.

    Parameters
    ----------
    result : object
        What the operation returned.
    schema : dict
        JSON schema of what it returns, without the envelope.

    Returns
    -------
    dict
        The result itself when it is always an object, otherwise under ``result``.
    """
    dumped = json.loads(to_json(result, inf_nan_mode="null"))
    return dumped if _object_forms(schema) and isinstance(dumped, dict) else {RESULT: dumped}


def envelope(result: Any, *, now: datetime, seconds: float) -> dict[str, Any]:
    """The envelope of an answer.

    Parameters
    ----------
    result : object
        What the operation returned; its ``device`` says where it was computed.
    now : datetime
        When the answer was ready.
    seconds : float
        How long it took.

    Returns
    -------
    dict
        ``timestamp``, ``status`` and ``processing``, without the result.
    """
    device = str(getattr(result, "device", None) or "cpu")
    processing: dict[str, Any] = {
        "method": device,
        "time_seconds": round(seconds, 6),
        "gpu_used": device.startswith("cuda"),
    }
    if left_out := list(_left_out(result)):
        processing["left_out"] = left_out
    return {"timestamp": now.isoformat(), "status": "success", "processing": processing}


def succeeded(
    result: Any, schema: dict[str, Any], *, now: datetime, seconds: float
) -> dict[str, Any]:
    """The whole answer: the envelope and what the result says."""
    return {**envelope(result, now=now, seconds=seconds), **on_the_wire(result, schema)}


def failed(facts: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The envelope around the facts of an error."""
    return {"timestamp": now.isoformat(), "status": "failed", **facts}


def _left_out(result: Any) -> Iterator[str]:
    if isinstance(result, BaseModel):
        for name, field in type(result).model_fields.items():
            if field.exclude and getattr(result, name) is not None:
                yield name


def _one_object(form: dict[str, Any]) -> dict[str, Any]:
    return {
        **form,
        "properties": {**ENVELOPE, **form.get("properties", {})},
        "required": [*ENVELOPE, *(key for key in form.get("required", ()) if key not in ENVELOPE)],
    }


def _one_of_several(forms: list[dict[str, Any]]) -> dict[str, Any]:
    """A union of objects; they may not forbid further keys, or the envelope would not fit."""
    own = {key for form in forms for key in form.get("properties", {})}
    opened = [
        {key: value for key, value in form.items() if key != "additionalProperties"}
        for form in forms
    ]
    return {
        "type": "object",
        "properties": {key: value for key, value in ENVELOPE.items() if key not in own},
        "required": list(ENVELOPE),
        "anyOf": opened,
    }


def _object_forms(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects that a result can be; none if it can be anything else."""
    defined = schema.get("$defs", {})
    root = {key: value for key, value in _resolved(schema, defined).items() if key != "$defs"}
    parts = root.get("anyOf") or root.get("oneOf") or [root]
    forms = [_resolved(part, defined) for part in parts]
    return forms if all(form.get("type") == "object" for form in forms) else []


def _resolved(schema: dict[str, Any], defined: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    found: dict[str, Any] = defined.get(reference.removeprefix("#/$defs/"), schema)
    return found


def _nullable_numbers(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_nullable_numbers(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    widened = {key: _nullable_numbers(value) for key, value in schema.items()}
    if schema.get("type") == "number":
        widened["type"] = ["number", "null"]
    return widened
