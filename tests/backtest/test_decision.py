"""A trial that was counted is never called uncounted, and the other way round."""

from workbench.backtest import run_backtest, simulate
from workbench.backtest.tear_sheet.decision import UNCOUNTED, decision_words


def test_the_sheet_begins_with_the_verdict(prices, context):
    report = run_backtest("mean_reversion", prices, use_gpu=False, context=context)
    assert decision_words(report)[0] == report.verdict.sentence
    page = report.tear_sheet()
    assert report.verdict.sentence in page
    assert "Nobody has counted" not in page


def test_without_a_verdict_it_says_what_the_ledger_claims(prices, context):
    report = run_backtest("mean_reversion", prices, use_gpu=False, context=context)
    words = decision_words(report.model_copy(update={"verdict": None}))
    assert report.claim
    assert report.claim[1:] in words[0]
    assert UNCOUNTED not in words


def test_what_the_ledger_has_not_seen_is_called_uncounted(prices):
    assert decision_words(simulate(prices * 0 + 0.25, prices)) == [UNCOUNTED]
