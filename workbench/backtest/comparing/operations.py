"""The public verb of comparing runs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import WithJsonSchema

from workbench.backtest.comparing.results import RunComparison
from workbench.context import Context, current
from workbench.registry import operation


@operation(effect="read", command="backtest compare")
def compare_runs(
    runs: list[Annotated[Any, WithJsonSchema({"type": "string"})]],
    *,
    context: Context | None = None,
) -> RunComparison:
    """Tell what differs between runs, and whether the difference in earnings can be luck.

    Parameters
    ----------
    runs : list of str or BacktestReport
        At least two: in Python reports; elsewhere ``question#place``, the trial in this
        place among the best of a question, as `get_trial_ledger` lists them.
    context : Context, optional
        Whose ledger and randomness; the process's own by default.

    Returns
    -------
    RunComparison
        Parameters, data, code and costs that differ; measures; each run tested against
        the first (Ledoit and Wolf 2008).

    Raises
    ------
    InvalidInput
        If there are fewer than two, or one is no run.
    UnknownName
        If the ledger has no such question or place.
    NoData
        If the trials of a question kept no returns.
    """
    from workbench.backtest.comparing.compare import compare  # heavy: pandas
    from workbench.backtest.comparing.runs import run_of  # heavy: pandas

    context = context or current()
    read = [run_of(run, context.ledger) for run in runs]
    return compare(read, rng=context.rng(4, 12))
