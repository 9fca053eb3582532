"""Who has looked at bars that are kept out of every choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from workbench.ports import DataScope, Opening, QuestionRecord, TrialLedger

__all__ = ["HOLDOUT", "holdout_note", "looks_at", "opened_words"]

HOLDOUT = "holdout"
"""The verb of the trial that opens a hold-out."""


def looks_at(ledger: TrialLedger, symbols: Sequence[str], start: datetime, end: datetime) -> int:
    """How many trials have seen bars of a hold-out, those that opened one left out.

    Parameters
    ----------
    ledger : TrialLedger
        Where trials are counted.
    symbols : sequence of str
        What is traded; a trial on any of them has seen it.
    start, end : datetime
        The first and the last bar of the hold-out, in UTC.

    Returns
    -------
    int
        Different trials whose bars overlap these dates.
    """
    found = ledger.related(symbols, start, end)
    return sum(record.count - record.verbs.get(HOLDOUT, 0) for record in found)


def holdout_note(ledger: TrialLedger, scope: DataScope) -> str:
    """What to say of a trial whose bars reach into a hold-out that nobody has opened.

    Parameters
    ----------
    ledger : TrialLedger
        Where hold-outs are kept.
    scope : DataScope
        The data of the trial.

    Returns
    -------
    str
        A sentence; empty where no hold-out is touched.
    """
    for kept in ledger.holdouts(scope.symbols):
        if kept.start <= scope.end and not ledger.openings(kept.symbols, kept.start, scope.end):
            return (
                f"These bars reach into the hold-out that was kept from {kept.start:%Y-%m-%d} on:"
                " with this trial it is no longer blind."
            )
    return ""


def opened_words(record: QuestionRecord) -> str:
    """What every later claim has to say of the openings of a question's hold-out.

    Parameters
    ----------
    record : QuestionRecord
        Of the question that the trial belongs to.

    Returns
    -------
    str
        Empty when nobody looked, or when the trial is itself the first look.
    """
    looks: tuple[Opening, ...] = record.openings
    if len(looks) > 1:
        days = ", ".join(f"{one.at:%Y-%m-%d}" for one in looks)
        return f"its hold-out was opened {len(looks)} times ({days})"
    if looks and looks[0].question == record.question:
        return f"its hold-out was opened on {looks[0].at:%Y-%m-%d}"
    return ""
