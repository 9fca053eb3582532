"""How a trial is described and counted.

A question is the data: symbols, period, timeframe and the prices themselves, whatever name
they came under. A trial is a subject (a strategy and its source) with parameters and costs.
Asking the same again counts once; that is the ledger's to see.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.ports import Trial

if TYPE_CHECKING:
    import xarray as xr

    from workbench.context import Context

__all__ = ["Attempt", "question_of", "record_trial"]

_SHOWN = 16


def question_of(bars: xr.Dataset) -> str:
    """The hash of what is asked: symbols, times, timeframe and closes.

    Parameters
    ----------
    bars : xarray.Dataset
        The bars that are traded.

    Returns
    -------
    str
        16 hexadecimal digits, equal for equal data whatever its name or type.
    """
    digest = hashlib.sha256()
    digest.update("|".join(str(symbol) for symbol in bars["symbol"].to_numpy()).encode())
    digest.update(str(bars.attrs.get("timeframe", "")).encode())
    for values in (bars["time"].to_numpy().astype("datetime64[ns]"), bars["close"].to_numpy()):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:_SHOWN]


@dataclass(frozen=True)
class Attempt:
    """What was tried on a question, before it is written down.

    Parameters
    ----------
    question : str
        As `question_of` gives it.
    subject : str
        The strategy's or model's name.
    source : str
        The hash of its source.
    parameters : dict
        Its parameters and, for a backtest, its costs; JSON values.
    outcome : dict
        The numbers seen; JSON values.
    """

    question: str
    subject: str
    source: str
    parameters: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)


def record_trial(attempt: Attempt, verb: str, *, context: Context) -> int:
    """Write a trial into the ledger.

    Parameters
    ----------
    attempt : Attempt
        What was tried.
    verb : str
        ``backtest``, ``sweep`` or ``train``.
    context : Context
        Whose ledger and clock.

    Returns
    -------
    int
        How many different trials the question has had, this one included.
    """
    trial = Trial(
        question=attempt.question,
        subject=f"{attempt.subject}@{attempt.source[:_SHOWN]}",
        parameters=attempt.parameters,
        verb=verb,
        outcome=attempt.outcome,
        at=context.now(),
    )
    return context.ledger.record(trial)
