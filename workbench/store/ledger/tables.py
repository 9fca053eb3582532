"""The tables of the trial ledger, and what makes two trials one."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.ports import Moments
from workbench.store.ledger.points import written
from workbench.store.sql import UtcTime

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "TRAINING",
    "columns_of",
    "family_of",
    "holdouts",
    "moments_of",
    "openings",
    "questions",
    "sweeps",
    "symbols",
    "trials",
]

TRAINING = "train"
"""A trial with this verb has no returns that anybody waits for."""
_SHOWN = 32

trials = sa.table(
    "trials",
    sa.column("id", sa.Integer),
    sa.column("question", sa.Text),
    sa.column("subject", sa.Text),
    sa.column("parameters", sa.Text),
    sa.column("verb", sa.Text),
    sa.column("outcome", sa.Text),
    sa.column("at", UtcTime),
    sa.column("assumptions", sa.Text),
    sa.column("family", sa.Text),
    sa.column("point", sa.BigInteger),
    sa.column("caller", sa.Text),
    sa.column("reason", sa.Text),
    sa.column("sharpe", sa.Double),
    sa.column("first", sa.Boolean),
    sa.column("measured", sa.Boolean),
    sa.column("returns", sa.LargeBinary),
)
"""One row a look; the first of equal ones that count is marked."""

sweeps = sa.table(
    "sweeps",
    sa.column("id", sa.Integer),
    sa.column("question", sa.Text),
    sa.column("subject", sa.Text),
    sa.column("family", sa.Text),
    sa.column("assumptions", sa.Text),
    sa.column("axes", sa.Text),
    sa.column("skipped", sa.LargeBinary),
    sa.column("hashes", sa.LargeBinary),
    sa.column("tried", sa.BigInteger),
    sa.column("fresh", sa.BigInteger),
    sa.column("measured", sa.Boolean),
    sa.column("verb", sa.Text),
    sa.column("outcome", sa.Text),
    sa.column("at", UtcTime),
    sa.column("caller", sa.Text),
    sa.column("reason", sa.Text),
)
"""One row for many looks: a grid by its axes and what it skipped, or hashes of points."""

questions = sa.table(
    "questions",
    sa.column("question", sa.Text),
    sa.column("dataset", sa.Text),
    sa.column("symbols", sa.Text),
    sa.column("timeframe", sa.Text),
    sa.column("bars", sa.Integer),
    sa.column("start_at", UtcTime),
    sa.column("end_at", UtcTime),
    sa.column("counted", sa.BigInteger),
    sa.column("unmeasured", sa.BigInteger),
    sa.column("sharpes", sa.Double),
    sa.column("sharpe_mean", sa.Double),
    sa.column("sharpe_m2", sa.Double),
    sa.column("sharpe_low", sa.Double),
    sa.column("sharpe_high", sa.Double),
    sa.column("maxima", sa.LargeBinary),
    sa.column("best", sa.Text),
    sa.column("series", sa.Text),
    sa.column("first_at", UtcTime),
    sa.column("last_at", UtcTime),
)
"""What all trials of a question come to."""

symbols = sa.table("question_symbols", sa.column("question", sa.Text), sa.column("symbol", sa.Text))

holdouts = sa.table(
    "holdouts",
    sa.column("id", sa.Integer),
    sa.column("symbols", sa.Text),
    sa.column("timeframe", sa.Text),
    sa.column("start_at", UtcTime),
    sa.column("dataset", sa.Text),
    sa.column("caller", sa.Text),
    sa.column("at", UtcTime),
)
"""Bars that are kept out, from a date on."""

openings = sa.table(
    "openings",
    sa.column("id", sa.Integer),
    sa.column("question", sa.Text),
    sa.column("holdout", sa.Text),
    sa.column("symbols", sa.Text),
    sa.column("start_at", UtcTime),
    sa.column("end_at", UtcTime),
    sa.column("subject", sa.Text),
    sa.column("parameters", sa.Text),
    sa.column("caller", sa.Text),
    sa.column("at", UtcTime),
    sa.column("trials", sa.BigInteger),
    sa.column("outcome", sa.Text),
    sa.column("assumptions", sa.Text),
    sa.column("again", sa.Boolean),
)
"""Hold-outs that were opened, a row each time."""


def family_of(subject: str, assumptions: Mapping[str, Any]) -> str:
    """What trials share that differ only in parameters: the code and what is assumed.

    Parameters
    ----------
    subject : str
        Strategy or model with its source hash.
    assumptions : mapping
        Costs and the like. What is zero, empty or absent is the same, so that a new kind of cost,
        absent in old trials, makes no trial another.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    [text] = written([_said(assumptions)])
    return hashlib.sha256(f"{subject}\0{text}".encode()).hexdigest()[:_SHOWN]


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        items = ((key, _said(item)) for key, item in value.items())
        return {key: item for key, item in items if item not in (None, 0, "", {})}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def moments_of(row: Any) -> Moments:
    """The moments in a row of `questions`."""
    if not row.sharpes:
        return Moments()
    return Moments(row.sharpes, row.sharpe_mean, row.sharpe_m2, row.sharpe_low, row.sharpe_high)


def columns_of(moments: Moments) -> dict[str, float | None]:
    """Moments as columns of `questions`."""
    known = math.isfinite(moments.low)
    return {
        "sharpes": moments.count,
        "sharpe_mean": moments.mean,
        "sharpe_m2": moments.m2,
        "sharpe_low": moments.low if known else None,
        "sharpe_high": moments.high if known else None,
    }
