"""What every operation returns: a frozen, shaped result that is good to look at."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, PlainSerializer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Number", "Result"]


NAMES = 20
"""The most names of a list that a repr shows."""


def _finite_or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


if TYPE_CHECKING:
    Number = float
else:
    Number = Annotated[
        float, PlainSerializer(_finite_or_none, return_type=float | None, when_used="json")
    ]
"""A float that may be NaN or infinite in Python and is ``None`` on the wire."""


class Result(BaseModel):
    """A frozen answer.

    Fields are the part that crosses a wire. Arrays and frames that should stay in
    memory are declared ``Field(exclude=True, repr=False)`` on a field typed ``Any``:
    they are left out of the dump, and a door that cannot carry them saves them
    and sends a link. Floats that may be undefined are typed `Number`.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, protected_namespaces=()
    )

    headline: ClassVar[tuple[str, ...]] = ()
    """The fields that the repr shows, in order; empty means all that are scalars."""

    repr_has_every_row: ClassVar[bool] = False
    """Whether the repr has a line for each row of the table, so that a door shows one of both."""

    def to_frame(self) -> pd.DataFrame:
        """The result as a table: by default one row per scalar field.

        Returns
        -------
        pandas.DataFrame
            Index ``field``, one column ``value``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = dict(self._scalars())
        return pd.DataFrame({"value": rows.values()}, index=pd.Index(rows, name="field"))

    def _scalars(self) -> list[tuple[str, Any]]:
        names = self.headline or tuple(
            name for name, field in type(self).model_fields.items() if field.repr
        )
        pairs = [(name, getattr(self, name)) for name in names]
        if self.headline:  # a list is shown where the headline asks for it
            pairs = [(name, _listed(of) if isinstance(of, list) else of) for name, of in pairs]
        return [(name, value) for name, value in pairs if _is_scalar(value)]

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        pairs = self._scalars()
        width = max((len(name) for name, _ in pairs), default=0)
        lines += [f"  {name:<{width}}  {_shown(value)}" for name, value in pairs]
        return "\n".join(lines)

    __str__ = __repr__


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | dt.date)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:NAMES])
    return f"{shown} and {len(names) - NAMES} more" if len(names) > NAMES else shown


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 1_000 else f"{value:,.2f}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00").replace("+00:00", "Z")
    return "–" if value is None else str(value)
