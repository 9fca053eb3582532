"""The public verb of the ledger."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workbench.context import Context, current
from workbench.registry import operation
from workbench.validation.trials.results import TrialLedgerReport


@operation(effect="read", command="backtest ledger")
def get_trial_ledger(
    question: str = "",
    *,
    dataset: str = "",
    strategy: str = "",
    symbol: str = "",
    limit: Annotated[int, Field(ge=1, le=1_000)] = 20,
    context: Context | None = None,
) -> TrialLedgerReport:
    """Tell how often each question was asked of the data, and what its best trial comes to.

    A person's and an agent's trials count alike; what failed, was made on synthetic data or on
    fewer than 60 bars is listed and does not count.

    Parameters
    ----------
    question : str
        The hash of a question, or how it begins; empty takes all.
    dataset, strategy, symbol : str
        Only questions on this dataset, that tried this strategy, with this symbol.
    limit : int
        The most questions, the one asked last first.
    context : Context, optional
        Whose ledger; the process's own by default.

    Returns
    -------
    TrialLedgerReport
        Counts, the best trial, its p-value among all, who asked, and the hold-out.
    """
    from workbench.validation.trials.listing import ledger_report  # heavy: numpy

    return ledger_report(
        (context or current()).ledger,
        question=question,
        dataset=dataset,
        strategy=strategy,
        symbol=symbol,
        limit=limit,
    )
