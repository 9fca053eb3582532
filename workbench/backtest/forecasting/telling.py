"""What a backtest of a model says, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.backtest.forecasting.results import Earned, NeuralBacktest
    from workbench.market.costs import Costs

__all__ = ["LEVEL", "rule_sentence", "statement"]

LEVEL = 0.05
"""The error that is allowed before skill is claimed."""

_WHEN = {
    "daily": "each day",
    "weekly": "on the first bar of each week",
    "monthly": "on the first bar of each month",
}


def rule_sentence(told: Mapping[str, Any], costs: Costs) -> str:
    """The rule in one sentence.

    Parameters
    ----------
    told : mapping
        The parameters of `workbench.backtest.forecasting.forecast_strategy`.
    costs : Costs
        What an order costs.

    Returns
    -------
    str
        When it decides, what it holds, and at what costs.
    """
    ahead = f"{told['horizon']} bars ahead" if told["horizon"] > 1 else "of the next bar"
    short = ", short where it lies as far below" if told["allow_short"] else ""
    return (
        f"Decided {_WHEN[told['rebalance_frequency']]}: long where the median close {ahead} lies"
        f" more than {told['threshold_bps']:g} bps above the last{short}, else flat; orders cost"
        f" {costs}."
    )


def statement(made: NeuralBacktest) -> str:
    """What may be believed: the sessions that prove nothing first, then what the others say.

    Parameters
    ----------
    made : NeuralBacktest
        All but its statement.

    Returns
    -------
    str
        A few sentences.
    """
    return " ".join([*_in_sample(made), *_out_of_sample(made), *_luck(made), _naive(made)])


def _in_sample(made: NeuralBacktest) -> Iterator[str]:
    part = made.in_sample
    if part is None:
        return
    own, held = part.performance.neural_model, part.performance.buy_and_hold
    yield (
        f"The {part.bars:,} bars from {part.start:%Y-%m-%d} to {part.end:%Y-%m-%d} are in sample:"
        f" the model has learned from them, and what it earned there, {own.total_return:.1%}"
        f" against {held.total_return:.1%} for holding, proves nothing."
    )


def _out_of_sample(made: NeuralBacktest) -> Iterator[str]:
    part, period = made.performance, made.backtest_period
    if part is None:
        yield "No bar of this period is out of sample: nothing can be said of the model."
        return
    yield (
        f"Out of sample, {period.out_of_sample_from:%Y-%m-%d} to {period.end:%Y-%m-%d}"
        f" ({period.out_of_sample_bars:,} bars), it earned {_earned(part.neural_model)} after"
        f" costs. {made.symbol}, bought and held at the same costs, earned"
        f" {_earned(part.buy_and_hold)}: the model"
        f" {'earned more' if made.beats_buy_and_hold else 'did not beat holding'}."
    )


def _earned(part: Earned) -> str:
    known = not math.isnan(part.sharpe_ratio)
    return f"{part.total_return:.1%}" + (f" (Sharpe {part.sharpe_ratio:.2f})" if known else "")


def _luck(made: NeuralBacktest) -> Iterator[str]:
    if made.performance is None or made.trading_statistics is None:
        return
    if not made.trading_statistics.total_trades:
        yield "It never traded: no median was beyond the threshold."
        return
    if math.isnan(made.p_value):
        yield f"Whether that is luck cannot be told: {made.claim}."
        return
    yield _chances(made)


def _chances(made: NeuralBacktest) -> str:
    trials = made.all_trials.trials if made.all_trials else made.trial or 1
    counted = f"over {trials:,} trials on these data" if trials > 1 else "for this one trial"
    earned, lead = (
        f"{_p(made.p_value)} {counted}",
        f"{_p(made.p_over_holding)}, equal Sharpe ratios",
    )
    if made.has_skill:
        return (
            f"Luck explains neither what it earned ({earned}) nor its lead over holding ({lead})."
        )
    if made.p_value > LEVEL:
        return f"Luck alone may have earned that ({earned}): no skill is claimed."
    return (
        f"That it earned is more than luck ({earned}), which holding a market that rises is too;"
        f" {_behind(made, lead)}: no skill is claimed."
    )


def _behind(made: NeuralBacktest, lead: str) -> str:
    part = made.performance
    if part is None or math.isnan(made.p_over_holding):
        return "a lead over holding cannot be tested"
    if part.neural_model.sharpe_ratio <= part.buy_and_hold.sharpe_ratio:
        return "holding had the higher Sharpe ratio"
    return f"its lead over holding may be luck ({lead})"


def _p(p_value: float) -> str:
    return "p < 0.002" if p_value < 0.002 else f"p = {p_value:.2g}"


def _naive(made: NeuralBacktest) -> str:
    part = made.performance or (made.in_sample.performance if made.in_sample else None)
    earned = 0.0 if part is None else part.repeat_last.total_return
    return (
        "Repeat-last under the same rule is always flat, as its median is the last close, and"
        f" earned {earned:.1%}."
    )
