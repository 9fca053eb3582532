"""A position as a caller writes it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Holding"]


class Holding(BaseModel):
    """A long position: its value, or quantity and price. Other keys are let through."""

    model_config = ConfigDict(frozen=True, extra="allow")

    symbol: str = Field(min_length=1, max_length=64, examples=["AAPL"])
    value: float | None = Field(default=None, description="Money; positive.", examples=[10_000])
    quantity: float | None = Field(default=None, description="Used when there is no value.")
    price: float | None = Field(default=None, description="Used when there is no value.")
