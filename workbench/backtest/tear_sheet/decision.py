"""What may be claimed of a backtest, in a sentence and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.backtest.results import BacktestReport

__all__ = ["decision_cards", "decision_words"]

UNCOUNTED = (
    "Nobody has counted how often this question was asked of the data, so nothing is claimed:"
    " run_backtest writes the ledger, simulate does not."
)


def decision_cards(report: BacktestReport) -> dict[str, str]:
    """The number of the trial and the p-value of the best of all of them."""
    cards = {} if report.trial is None else {"Trial on these data": f"{report.trial:,}"}
    if report.verdict is None:
        return cards
    return {"p-value, all trials counted": _p(report.verdict.p_value), **cards}


def decision_words(report: BacktestReport) -> list[Any]:
    """The sentence, then the numbers behind it as a table."""
    if report.verdict is not None:
        return [report.verdict.sentence, *report.verdict.notes, report.verdict.to_frame()]
    if not report.claim:
        return [UNCOUNTED]
    beside = [] if report.all_trials is None else [report.all_trials.sentence]
    return [f"{report.claim[:1].upper()}{report.claim[1:]}.", *beside]


def _p(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"  # noqa: PLR0124  NaN
