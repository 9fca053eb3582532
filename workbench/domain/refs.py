"""A name or the thing itself.

In Python an operation takes the object (a frame, a strategy, a trained model) or
its name; on the wire only the name. The annotation says both: to a type checker it
is the union, to pydantic and to the schemas it is a string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["DatasetRef", "FeatureRef", "ModelRef", "Ref", "SourceRef", "StrategyRef"]


@dataclass(frozen=True)
class Ref:
    """Marks a parameter that takes a registered name on the wire.

    Parameters
    ----------
    kind : str
        What the name names: ``dataset``, ``source``, ``strategy``, ``model`` or ``feature``.
        A form offers the registered names of this kind.
    example : str
        A name that exists in every installation.
    """

    kind: str
    example: str

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.str_schema(min_length=1, max_length=200)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "x-ref": self.kind, "examples": [self.example]}


if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    DatasetRef = str | pd.DataFrame | xr.Dataset | Any
    StrategyRef = str | Callable[..., Any] | Any
    ModelRef = str | Any
    FeatureRef = str | Callable[..., Any] | Any
    SourceRef = str | Any
else:
    DatasetRef = Annotated[Any, Ref("dataset", "sp500-20:AAPL")]
    StrategyRef = Annotated[Any, Ref("strategy", "momentum")]
    ModelRef = Annotated[Any, Ref("model", "naive")]
    FeatureRef = Annotated[Any, Ref("feature", "momentum")]
    SourceRef = Annotated[Any, Ref("source", "synthetic")]
