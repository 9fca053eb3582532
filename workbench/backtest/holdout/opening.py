"""One look at the bars that were kept out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.backtest.holdout.keeping import divided, told
from workbench.backtest.recording import (
    USUAL_FILL,
    assumptions_of,
    record_failure,
    recorded,
    source_of,
)
from workbench.backtest.simulate import refuse_request, simulate
from workbench.data import load_bars
from workbench.domain import Caller
from workbench.errors import InvalidInput, NotAllowed
from workbench.ports import Opening
from workbench.registry import lookup
from workbench.strategies.declaration import as_strategy
from workbench.validation.trials import HOLDOUT, question_of, scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.holdout.results import HoldoutReport
    from workbench.backtest.results import BacktestReport
    from workbench.context import Context
    from workbench.ports import Holdout

__all__ = ["opened"]

_SHOWN = 16


def opened(
    strategy: Any,
    data: Any,
    *,
    parameters: Mapping[str, Any] | None,
    options: dict[str, Any],
    again: bool,
    context: Context,
) -> HoldoutReport:
    """As `open_holdout`."""
    if again and context.caller is not Caller.PERSON:
        raise NotAllowed(
            "Only a person may open a hold-out again",
            seen=context.caller.value,
            cure="Ask one; or keep later bars with keep_holdout",
        )
    found = lookup("strategy", strategy) if isinstance(strategy, str) else strategy
    context.progress(0, 2, "loading bars")
    bars = load_bars(data, context=context)
    holdout = _standing(bars, context)
    refuse_request(found, bars, parameters, **options)  # a wrong request spends no hold-out
    asked = _asked(found, parameters, holdout, bars, options, context)
    asked = _opened_once(asked, again=again, context=context)
    context.progress(1, 2, "the one look")
    report = _looked(
        found, bars, parameters, {**options, "start": asked.start.date()}, asked, context
    )
    context.progress(2, 2, "done")
    return _judged(report, told(holdout, bars, context))


def _standing(bars: xr.Dataset, context: Context) -> Holdout:
    scope = scope_of(bars)
    symbols = tuple(sorted(scope.symbols))
    for one in context.ledger.holdouts(symbols):
        if (one.symbols, one.timeframe) == (symbols, scope.timeframe):
            return one
    raise InvalidInput(
        "No hold-out is kept of these symbols",
        seen=", ".join(symbols[:5]),
        cure="Call keep_holdout before the first trial, then choose on the bars before it",
    )


def _asked(
    found: Any,
    parameters: Mapping[str, Any] | None,
    holdout: Holdout,
    bars: xr.Dataset,
    options: dict[str, Any],
    context: Context,
) -> Opening:
    before, held = divided(holdout, bars)
    strategy = as_strategy(found) if callable(found) else None
    chosen = strategy.checked(parameters).model_dump(mode="json") if strategy else {}
    question, scope = question_of(before), scope_of(held)
    return Opening(
        question=question,
        symbols=holdout.symbols,
        start=scope.start,
        end=scope.end,
        subject=f"{strategy.name if strategy else 'weights'}@{source_of(found)[:_SHOWN]}",
        parameters=chosen,
        caller=context.caller.value,
        at=context.now(),
        trials=context.ledger.count(question),
        holdout=question_of(held),
        assumptions=assumptions_of(options["costs"], USUAL_FILL, options["initial_cash"]),
    )


def _opened_once(asked: Opening, *, again: bool, context: Context) -> Opening:
    """The opening that is recorded for this look; the same look may be taken any number of times.

    Raises
    ------
    NotAllowed
        If another look was taken at these bars.
    """
    known = context.ledger.openings(asked.symbols, asked.start, asked.end)
    for one in known:
        if one.look == asked.look:
            return one
    stands = context.ledger.open_holdout(replace(asked, again=again and bool(known)))
    if stands.look != asked.look:
        raise _spent(stands)
    return stands


def _spent(stands: Opening) -> NotAllowed:
    name = stands.subject.partition("@")[0]
    chosen = ", ".join(f"{key}={value}" for key, value in stands.parameters.items())
    shown = stands.outcome.get("claim") or stands.outcome.get("error") or "not known"
    return NotAllowed(
        f"These bars were opened on {stands.at:%Y-%m-%d} by the {stands.caller} with"
        f" {name}({chosen}); result: {shown}",
        seen=f"{stands.start:%Y-%m-%d} to {stands.end:%Y-%m-%d}",
        cure="A hold-out judges once: keep_holdout keeps the bars that come. A person may say"
        " again=True, and every later claim tells",
    )


def _looked(
    found: Any,
    bars: xr.Dataset,
    parameters: Mapping[str, Any] | None,
    options: dict[str, Any],
    asked: Opening,
    context: Context,
) -> BacktestReport:
    try:
        report = simulate(found, bars, parameters=parameters, **options)
        report = recorded(report, found, bars, context=context, verb=HOLDOUT)
    except Exception as error:
        context.ledger.tell_opening(asked, {"error": f"{type(error).__name__}: {error}"})
        held = bars.sel(time=slice(asked.start.replace(tzinfo=None), None))
        record_failure(error, found, held, parameters, context=context)
        raise
    outcome = {
        "sharpe_per_bar": _finite(report.results.sharpe_per_bar),
        "total_return": _finite(report.results.total_return),
        "p_value": _finite(report.verdict.p_value) if report.verdict else None,
        "claim": report.claim,
    }
    context.ledger.tell_opening(asked, outcome)
    return report


def _judged(report: BacktestReport, holdout: HoldoutReport) -> HoldoutReport:
    verdict = report.verdict
    return holdout.model_copy(
        update={
            "sentence": verdict.sentence if verdict else holdout.sentence,
            "claim": report.claim,
            "p_value": verdict.p_value if verdict else float("nan"),
            "notes": [*holdout.notes, *(verdict.notes if verdict else [])],
            "backtest": report,
        }
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
