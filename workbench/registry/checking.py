"""Check values against a pydantic model, with errors that say what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from workbench.errors import InvalidInput, OutOfRange, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

__all__ = ["checked"]

DATE = "Write it as 2020-01-31"

Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], given: Mapping[str, Any] | BaseModel, owner: str) -> Model:
    """Check parameter values against their model, defaults filled in.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        One field for each parameter.
    given : mapping or pydantic.BaseModel
        Parameter → value; an instance of `model` is returned as it is.
    owner : str
        Who the parameters belong to, as a message names it: ``"feature 'sma'"``.

    Returns
    -------
    pydantic.BaseModel
        An instance of `model`.

    Raises
    ------
    UnknownName
        If a parameter does not exist.
    OutOfRange
        If a number lies outside its bounds.
    InvalidInput
        If a value is missing or of the wrong kind.
    """
    if isinstance(given, model):
        return given
    values = given.model_dump() if isinstance(given, BaseModel) else dict(given)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = sorted(error.errors(include_url=False), key=_unknown_first)
        raise _translated(details[0], model, owner) from None


def _unknown_first(detail: ErrorDetails) -> bool:
    """A misspelt name explains the missing one."""
    return detail["type"] != "extra_forbidden"


def _translated(detail: ErrorDetails, model: type[BaseModel], owner: str) -> InvalidInput:
    place = ".".join(str(part) for part in detail["loc"])
    field = model.model_fields.get(place.partition(".")[0])
    if detail["type"] == "extra_forbidden" and field is None:
        return UnknownName(f"parameter of {owner}", place, model.model_fields)
    if detail["type"] == "missing":
        return InvalidInput(f"{owner} needs the parameter {place!r}", cure=_cure(field, "Give it"))
    if field is not None and {"ge", "gt", "le", "lt"} & detail.get("ctx", {}).keys():
        return OutOfRange(f"{place} of {owner}", detail["input"], *_bounds(field, detail))
    if detail["type"] == "literal_error":
        kind = f"value for {re.sub(r'[.][0-9]+$', '', place)!r} of {owner}"
        return UnknownName(kind, str(detail["input"]), _choices(detail))
    if detail["type"].startswith("date"):
        return InvalidInput(f"{place} of {owner} is no date", seen=detail["input"], cure=DATE)
    return InvalidInput(
        f"The parameter {place!r} of {owner} cannot be used: {detail['msg']}",
        seen=detail["input"],
        cure=_cure(field, "Correct it"),
    )


def _choices(detail: ErrorDetails) -> list[str]:
    """The values of a Literal, read from pydantic's ``'a', 'b' or 'c'``."""
    return re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))


def _cure(field: FieldInfo | None, otherwise: str) -> str:
    return f"It is: {field.description}" if field and field.description else otherwise


def _bounds(field: FieldInfo, detail: ErrorDetails) -> tuple[Any, Any]:
    """Both bounds of a field; of a value inside it, the one that was passed."""
    rules = [] if len(detail["loc"]) > 1 else field.metadata

    def bound(*names: str) -> Any:
        found = [getattr(rule, name, None) for rule in rules for name in names]
        found += [detail["ctx"].get(name) for name in names]
        return next((value for value in found if value is not None), None)

    return bound("ge", "gt"), bound("le", "lt")
