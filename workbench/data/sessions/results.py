"""What the operations on sessions return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MarketReport", "SessionHours", "SessionList"]


class MarketReport(Result):
    """Whether a market is open, and when that changes."""

    headline: ClassVar[tuple[str, ...]] = (
        "calendar", "status", "session", "at", "next_open", "next_close", "half_day", "source",
    )  # fmt: skip

    status: Literal["open", "closed", "pre_market", "after_hours"] = Field(
        description="Open in regular hours; closed in a break."
    )
    session: str = Field(description="The phase: regular, break, opening_auction and so on.")
    next_open: dt.datetime | None = Field(description="UTC; null for a market that never closes.")
    next_close: dt.datetime | None = Field(description="UTC; null for a market that never closes.")
    calendar: str
    venue: str = Field(description="The name of the exchange; empty where it is not known.")
    at: dt.datetime = Field(description="The moment that this is about, UTC.")
    session_date: dt.date = Field(description="The session that is under way, or the next one.")
    half_day: bool = Field(description="Whether that session is shorter than usual.")
    source: str = Field(description="The calendar, or the vendor that was asked.")
    venues: dict[str, str] = Field(
        default_factory=dict, description="What the vendor says of each of its exchanges."
    )


class SessionHours(BaseModel):
    """The hours of one session, UTC."""

    model_config = ConfigDict(frozen=True)

    session: dt.date
    opens: dt.datetime
    closes: dt.datetime
    break_start: dt.datetime | None
    break_end: dt.datetime | None
    pre_market: dt.datetime | None = Field(description="When trading before the open begins.")
    after_hours: dt.datetime | None = Field(description="When trading after the close ends.")
    half_day: bool = Field(description="Whether it closes earlier or opens later than usual.")


class SessionList(Result):
    """The sessions of a calendar."""

    headline: ClassVar[tuple[str, ...]] = (
        "calendar", "venue", "zone", "start", "end", "sessions", "half_days", "left_out",
    )  # fmt: skip

    calendar: str
    venue: str = Field(description="The name of the exchange; empty where it is not known.")
    zone: str = Field(description="The time zone of the exchange.")
    start: dt.date
    end: dt.date = Field(description="The last day, included.")
    sessions: int = Field(description="Sessions in this period.")
    half_days: int = Field(description="How many of them are shorter than usual.")
    left_out: int = Field(description="Later sessions that the records do not show.")
    opens_by_auction: bool | None = Field(description="Null where it is not known.")
    closes_by_auction: bool | None = Field(description="Null where it is not known.")
    hours_source: str = Field(description="Who states the hours around the regular ones.")
    records: list[SessionHours] = Field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """One row per session of the records.

        Returns
        -------
        pandas.DataFrame
            Index ``session``; columns opens, closes, half_day and, where the exchange has them,
            break_start, break_end, pre_market and after_hours (UTC).
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [one.model_dump() for one in self.records]
        frame = pd.DataFrame(rows, columns=list(SessionHours.model_fields)).set_index("session")
        return frame.dropna(axis="columns", how="all")
