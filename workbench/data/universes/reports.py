"""A universe as a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.universes.results import Spell, UniverseReport
from workbench.errors import OutOfRange

if TYPE_CHECKING:
    import datetime as dt

    import numpy.typing as npt

    from workbench.data.manifest import UniverseManifest
    from workbench.data.universes.members import Membership

__all__ = ["universe_report"]


def universe_report(
    manifest: UniverseManifest, members: Membership, on: dt.date | None, limit: int
) -> UniverseReport:
    """Members on a day, and the spells with the newest entries.

    Parameters
    ----------
    manifest : UniverseManifest
        The facts.
    members : Membership
        All of it.
    on : date or None
        A day; its session or the last one before it counts. The last of all by default.
    limit : int
        The most spells to send.

    Returns
    -------
    UniverseReport
        With the membership in memory.

    Raises
    ------
    OutOfRange
        If the day lies before the first session or after the last.
    """
    days = members.mask["time"].to_numpy().astype("datetime64[D]")
    row = len(days) - 1 if on is None else _row(days, np.datetime64(on))
    chosen = members.mask["symbol"].to_numpy()[members.mask.to_numpy()[row]]
    spells = members.table.sort_by([("time", "ascending"), ("symbol", "ascending")]).to_pylist()
    return UniverseReport(
        **manifest.model_dump(include={"name", "title", "of", "rule", "survivorship"}),
        start=days[0].item(),
        end=days[-1].item(),
        on=days[row].item(),
        members=sorted(chosen.tolist()),
        count=len(chosen),
        ever=len(members.symbols),
        yearly_turnover=_turnover(members.counts()),
        left_out=max(0, len(spells) - limit),
        spells=[_spell(one) for one in spells[-limit:]],
        membership=members,
    )


def _row(days: npt.NDArray[np.datetime64], on: np.datetime64) -> int:
    if not days[0] <= on <= days[-1]:
        raise OutOfRange("on", str(on), days[0], days[-1])
    return int(np.searchsorted(days, on, side="right")) - 1


def _turnover(counts: pd.DataFrame) -> float:
    """Exits in a year of those sessions that have members, over their mean count."""
    held = counts[counts["members"] > 0]
    if held.empty:
        return float("nan")
    years = (held.index[-1] - held.index[0]) / pd.Timedelta(days=365.25)
    return float(counts["exits"].sum() / held["members"].mean() / years) if years else float("nan")


def _spell(row: dict[str, object]) -> Spell:
    stamps = {"entry": row["time"], "exit": row["until"]}
    days = {name: None if at is None else pd.Timestamp(at).date() for name, at in stamps.items()}
    return Spell.model_validate({**row, **days})
