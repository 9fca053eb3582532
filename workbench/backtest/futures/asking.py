"""From the names in a request to contracts, a backtest of them, and a line in the ledger."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from workbench.backtest.futures.trading import simulate_futures
from workbench.backtest.recording import record_failure, recorded
from workbench.data.futures.reports import last_days, load_contracts
from workbench.data.instruments import open_master
from workbench.errors import InvalidInput, StoreError, UnknownName
from workbench.registry import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from workbench.backtest.futures.results import FuturesBacktest
    from workbench.context import Context
    from workbench.domain import Period

__all__ = ["future_of"]


def future_of(
    strategy: Any,
    data: Any,
    period: Period,
    *,
    ends: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
    terms: dict[str, Any],
    context: Context,
) -> FuturesBacktest:
    """Resolve the names, load the contracts, simulate, and record the trial.

    Parameters
    ----------
    strategy, data
        Names or things.
    period : Period
        First and last day.
    ends : tuple of mapping
        Last days and first notices, or None.
    terms : dict
        Of `simulate_futures`; ``multiplier`` and ``margin`` may be None.
    context : Context
        Whose lake, ledger and progress.

    Returns
    -------
    FuturesBacktest
        With its trial number and what may be claimed.
    """
    found = lookup("strategy", strategy) if isinstance(strategy, str) else strategy
    context.progress(0, 3, "loading contracts")
    chain = load_contracts(data, period, context)
    days = last_days(chain, context.lake, *ends)
    given = {name: value for name, value in terms.items() if value is not None}
    given.setdefault("multiplier", _multiplier(chain, given, context))
    context.progress(1, 3, "trading")
    try:
        made = simulate_futures(found, chain, days, **given)
    except Exception as error:
        with suppress(StoreError):  # what failed first is what the caller has to know
            record_failure(error, found, chain, terms["parameters"], context=context)
        raise
    context.progress(2, 3, "recording the trial")
    report = recorded(made.backtest, found, chain, context=context)
    context.progress(3, 3, "done")
    return made.model_copy(
        update={"backtest": report, "trial": report.trial, "claim": report.claim}
    )


def _multiplier(chain: xr.Dataset, given: Mapping[str, Any], context: Context) -> float:
    """What all contracts share, as the instruments of the lake tell."""
    if "multiplier" in given:
        return float(given["multiplier"])
    master, known = open_master(context.lake), set()
    for symbol in map(str, chain["symbol"].to_numpy()):
        with suppress(UnknownName):
            known.add(master.find(symbol).multiplier)
    shared = known.pop() if len(known) == 1 else None
    if shared is None:
        raise InvalidInput(
            "The value of one point of this future is not known",
            seen=sorted(map(str, known)) or None,
            cure="Give multiplier, 50 for the E-mini S&P 500; or add the contracts as instruments",
        )
    return float(shared)
