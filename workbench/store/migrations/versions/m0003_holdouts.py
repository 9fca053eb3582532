"""Hold-outs that are kept, and every opening of one instead of the first alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = "question, symbols, start_at, end_at, subject, parameters, caller, at, trials, outcome"


def upgrade() -> None:
    """Make the tables and take over the openings that are there."""
    op.create_table(
        "holdouts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("symbols", sa.Text, nullable=False),
        sa.Column("timeframe", sa.Text, nullable=False),
        sa.Column("start_at", sa.DateTime, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "openings",
        sa.Column("id", sa.Integer, primary_key=True),
        *_columns(),
        sa.Column("holdout", sa.Text, nullable=False, server_default=""),
        sa.Column("assumptions", sa.Text, nullable=False, server_default="{}"),
        sa.Column("again", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("openings_by_question", "openings", ["question"])
    op.create_index("openings_by_holdout", "openings", ["holdout"])
    _move("holdout_openings", "openings")


def downgrade() -> None:
    """Keep the first opening of each question."""
    op.create_table("holdout_openings", *_columns(), sa.PrimaryKeyConstraint("question"))
    op.execute(
        "DELETE FROM openings WHERE id NOT IN (SELECT MIN(id) FROM openings GROUP BY question)"
    )
    _move("openings", "holdout_openings")
    op.drop_table("holdouts")


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("symbols", sa.Text, nullable=False),
        sa.Column("start_at", sa.DateTime, nullable=False),
        sa.Column("end_at", sa.DateTime, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("trials", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    ]


def _move(old: str, new: str) -> None:
    op.execute(f"INSERT INTO {new} ({_COLUMNS}) SELECT {_COLUMNS} FROM {old}")  # noqa: S608  ours
    op.drop_table(old)
