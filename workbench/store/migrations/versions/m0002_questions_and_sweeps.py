"""Questions with their moments and maxima, sweeps, and openings of hold-outs.

Trials that are there keep their rows. They count; their returns were never written, so no
maximum knows them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from workbench.ports import Moments
from workbench.store.ledger.points import hash_of
from workbench.store.ledger.tables import TRAINING, columns_of, family_of, questions, trials
from workbench.store.sql import from_json, to_json

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables and tell of the trials that are there."""
    for column in (
        sa.Column("assumptions", sa.Text, nullable=False, server_default="{}"),
        sa.Column("family", sa.Text, nullable=False, server_default=""),
        sa.Column("point", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("caller", sa.Text, nullable=False, server_default="person"),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("sharpe", sa.Double),
        sa.Column("first", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("measured", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("returns", sa.LargeBinary),
    ):
        op.add_column("trials", column)
    op.create_index("trials_by_point", "trials", ["question", "family", "point"])
    _make_questions()
    _make_sweeps()
    _make_openings()
    _tell_of_old_trials(op.get_bind())


def downgrade() -> None:
    """Remove what was made."""
    for table in ("holdout_openings", "sweeps", "question_symbols", "questions"):
        op.drop_table(table)
    op.drop_index("trials_by_point", "trials")
    added = "assumptions family point caller reason sharpe first measured returns"
    for column in added.split():
        op.drop_column("trials", column)


def _make_questions() -> None:
    op.create_table(
        "questions",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("dataset", sa.Text),
        sa.Column("symbols", sa.Text),
        sa.Column("timeframe", sa.Text),
        sa.Column("bars", sa.Integer),
        sa.Column("start_at", sa.DateTime),
        sa.Column("end_at", sa.DateTime),
        sa.Column("counted", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("unmeasured", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("sharpes", sa.Double, nullable=False, server_default="0"),
        sa.Column("sharpe_mean", sa.Double, nullable=False, server_default="0"),
        sa.Column("sharpe_m2", sa.Double, nullable=False, server_default="0"),
        sa.Column("sharpe_low", sa.Double),
        sa.Column("sharpe_high", sa.Double),
        sa.Column("maxima", sa.LargeBinary),
        sa.Column("best", sa.Text),
        sa.Column("series", sa.Text),
        sa.Column("first_at", sa.DateTime),
        sa.Column("last_at", sa.DateTime),
    )
    op.create_index("questions_by_last", "questions", ["last_at"])
    op.create_table(
        "question_symbols",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("symbol", sa.Text, primary_key=True),
    )
    op.create_index("questions_of_symbol", "question_symbols", ["symbol"])


def _make_sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("assumptions", sa.Text, nullable=False),
        sa.Column("axes", sa.Text),
        sa.Column("skipped", sa.LargeBinary),
        sa.Column("hashes", sa.LargeBinary),
        sa.Column("tried", sa.BigInteger, nullable=False),
        sa.Column("fresh", sa.BigInteger, nullable=False),
        sa.Column("measured", sa.Boolean, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("sweeps_of_family", "sweeps", ["question", "family"])


def _make_openings() -> None:
    op.create_table(
        "holdout_openings",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("symbols", sa.Text, nullable=False),
        sa.Column("start_at", sa.DateTime, nullable=False),
        sa.Column("end_at", sa.DateTime, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("trials", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )


def _tell_of_old_trials(connection: sa.Connection) -> None:
    """Name the equal ones among the rows, and sum up each question."""
    told: dict[str, dict[str, Any]] = {}
    seen: set[tuple[str, str, int]] = set()
    for row in connection.execute(sa.select(trials).order_by(trials.c.id)).all():
        marks = _marks(row)
        marks["first"] = (row.question, marks["family"], marks["point"]) not in seen
        seen.add((row.question, marks["family"], marks["point"]))
        connection.execute(sa.update(trials).where(trials.c.id == row.id).values(marks))
        question = told.setdefault(row.question, _unasked(row))
        question["last_at"] = row.at
        if marks["first"]:
            _count(question, row, marks)
    for question in told.values():
        moments = columns_of(question.pop("moments"))
        connection.execute(sa.insert(questions).values({**question, **moments}))


def _marks(row: sa.Row[Any]) -> dict[str, Any]:
    """What the new columns of an old trial hold."""
    parameters = from_json(row.parameters)
    assumptions = {"costs": parameters.pop("costs")} if "costs" in parameters else {}
    return {
        "parameters": to_json(parameters),
        "assumptions": to_json(assumptions),
        "family": family_of(row.subject, assumptions),
        "point": hash_of(parameters),
        "sharpe": from_json(row.outcome).get("sharpe_per_bar"),
        "measured": row.verb == TRAINING,
    }


def _unasked(row: sa.Row[Any]) -> dict[str, Any]:
    at = {"question": row.question, "first_at": row.at}
    return {**at, "counted": 0, "unmeasured": 0, "best": None, "moments": Moments()}


def _count(question: dict[str, Any], row: sa.Row[Any], marks: dict[str, Any]) -> None:
    question["counted"] += 1
    question["unmeasured"] += row.verb != TRAINING
    sharpe = marks["sharpe"]
    if sharpe is None:
        return
    if sharpe > question["moments"].high:
        best = {"subject": row.subject, "sharpe": sharpe}
        question["best"] = to_json({**best, "parameters": from_json(marks["parameters"])})
    question["moments"] = question["moments"].merged(Moments(1, sharpe, 0.0, sharpe, sharpe))
