"""What the journal keeps of hold-outs: which bars they are, and every look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.ports import Holdout, Opening
from workbench.store.ledger.tables import holdouts, openings
from workbench.store.sql import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

__all__ = ["keep", "kept", "open_once", "openings_of", "overlapping", "still_closed", "tell"]


def keep(connection: sa.Connection, holdout: Holdout) -> Holdout:
    """Write what is kept out, unless an earlier one on the same bars is still closed."""
    _alone(connection)
    opened = overlapping(connection, holdout.symbols)
    standing = still_closed(kept(connection, holdout.symbols), holdout, opened)
    if standing is not None:
        return standing
    row = {
        "symbols": to_json(holdout.symbols),
        "timeframe": holdout.timeframe,
        "start_at": holdout.start,
        "dataset": holdout.dataset,
        "caller": holdout.caller,
        "at": holdout.at,
    }
    connection.execute(sa.insert(holdouts).values(row))
    return holdout


def kept(connection: sa.Connection, symbols: Sequence[str]) -> list[Holdout]:
    """What is kept of any of these symbols, the one kept last first."""
    rows = connection.execute(sa.select(holdouts).order_by(holdouts.c.id.desc())).all()
    told = [
        Holdout(
            tuple(from_json(row.symbols)),
            row.timeframe,
            row.start_at,
            row.dataset,
            row.caller,
            row.at,
        )
        for row in rows
    ]
    return [one for one in told if set(one.symbols) & set(symbols)]


def still_closed(
    standing: Iterable[Holdout], asked: Holdout, opened: Iterable[Opening]
) -> Holdout | None:
    """The hold-out of the same symbols and timeframe that nobody has opened yet.

    Parameters
    ----------
    standing : iterable of Holdout
        What is kept, the last one first.
    asked : Holdout
        What somebody wants to keep out.
    opened : iterable of Opening
        Those on these symbols.

    Returns
    -------
    Holdout or None
        None when there is none, or all were opened.
    """
    looked = list(opened)
    for one in standing:
        same = (one.symbols, one.timeframe) == (asked.symbols, asked.timeframe)
        if same and not any(look.end >= one.start for look in looked):
            return one
    return None


def open_once(connection: sa.Connection, opening: Opening) -> Opening:
    """Write the opening, unless its bars were opened before and it is not made again."""
    _alone(connection)
    earlier = overlapping(connection, opening.symbols, opening.start, opening.end)
    if earlier and not opening.again:
        return earlier[0]
    row = {
        "question": opening.question,
        "holdout": opening.holdout,
        "symbols": to_json(opening.symbols),
        "start_at": opening.start,
        "end_at": opening.end,
        "subject": opening.subject,
        "parameters": to_json(opening.parameters),
        "caller": opening.caller,
        "at": opening.at,
        "trials": opening.trials,
        "outcome": to_json(opening.outcome),
        "assumptions": to_json(opening.assumptions),
        "again": opening.again,
    }
    connection.execute(sa.insert(openings).values(row))
    return opening


def tell(connection: sa.Connection, opening: Opening, outcome: dict[str, Any]) -> Opening:
    """Write what the last opening with the same look has shown."""
    last = (
        sa.select(sa.func.max(openings.c.id))
        .where(
            openings.c.question == opening.question,
            openings.c.holdout == opening.holdout,
            openings.c.symbols == to_json(opening.symbols),
            openings.c.subject == opening.subject,
            openings.c.parameters == to_json(opening.parameters),
            openings.c.assumptions == to_json(opening.assumptions),
        )
        .scalar_subquery()
    )
    written = sa.update(openings).where(openings.c.id == last).values(outcome=to_json(outcome))
    connection.execute(written)
    return _opening(connection.execute(sa.select(openings).where(openings.c.id == last)).one())


def openings_of(connection: sa.Connection, question: str) -> tuple[Opening, ...]:
    """Of the hold-out of a question, or of the hold-out that it is; the first one first."""
    either = sa.or_(openings.c.question == question, openings.c.holdout == question)
    rows = connection.execute(sa.select(openings).where(either).order_by(openings.c.id)).all()
    return tuple(_opening(row) for row in rows)


def overlapping(
    connection: sa.Connection,
    symbols: Sequence[str],
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Opening]:
    """Openings on any of these symbols whose bars overlap these dates, the first one first."""
    found = sa.select(openings).order_by(openings.c.id)
    if start is not None and end is not None:
        found = found.where(openings.c.end_at >= start, openings.c.start_at <= end)
    every = map(_opening, connection.execute(found).all())
    return [one for one in every if set(one.symbols) & set(symbols)]


def _alone(connection: sa.Connection) -> None:
    """Let nobody else open or keep until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE holdouts, openings IN SHARE ROW EXCLUSIVE MODE"))


def _opening(row: sa.Row[Any]) -> Opening:
    return Opening(
        question=row.question,
        symbols=tuple(from_json(row.symbols)),
        start=row.start_at,
        end=row.end_at,
        subject=row.subject,
        parameters=from_json(row.parameters),
        caller=row.caller,
        at=row.at,
        trials=row.trials,
        outcome=from_json(row.outcome),
        holdout=row.holdout,
        assumptions=from_json(row.assumptions),
        again=bool(row.again),
    )
