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
    verdict = getattr(report, "verdict", None)
    if verdict is None:
        return cards
    return {"p-value, all trials counted": _p(verdict.p_value), **cards}


def decision_words(report: BacktestReport) -> list[Any]:
    """The sentence, then the numbers behind it as a table."""
    verdict = getattr(report, "verdict", None)
    if verdict is None:
        return [UNCOUNTED]
    return [verdict.sentence, verdict.to_frame()]


def _p(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"  # noqa: PLR0124  NaN
