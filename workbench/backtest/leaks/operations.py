"""The public verb of leak detection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, Period, Session, StrategyRef
from workbench.registry import operation
from workbench.validation.leaks.results import LeakReport

__all__ = ["check_leaks"]


@operation(effect="compute", command="backtest leaks")
def check_leaks(
    thing: StrategyRef,
    bars: DatasetRef | None = None,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    parameters: dict[str, float | int | str | bool] | None = None,
    fills_at: Literal["next open", "next close", "same close"] = "next open",
    fills: DatasetRef | None = None,
    cuts: Annotated[int, Field(ge=20, le=2_000)] = 40,
    seed: Annotated[int, Field(ge=0)] = 0,
    context: Context | None = None,
) -> LeakReport:
    """Whether a strategy, feature, pipeline or notebook knows what nobody knew yet.

    After each of at least 20 bars the future is changed in several ways: other prices, no bars
    at all, and by turns rises as falls, three times the price, another order, holes. Some of these
    bars lie where a hole of the data ends, a price leaps or a month is over. Nothing at or before
    such a bar may move; where something does, the report names the first bar and the column that
    moves it. What the data know too early is read from their knowledge times, and without these
    the answer is "cannot tell".

    Parameters
    ----------
    thing : str, callable, pair, list, pipeline or table
        A strategy, a feature (``feature:momentum`` where both have the name) or a notebook
        (``research.ipynb``) by name. In Python also the thing: a Strategy, a Feature, a list of
        features, any function of bars, a pair of functions ``(entries, exits)``, the steps of a
        pipeline ``[("returns", f), ("signal", g)]`` (each takes what the one before makes; the
        report names the first that looks ahead), an object with ``fit`` and ``transform`` or
        ``predict``, in a pipeline too (fitted on the first third of the bars), a path of a
        notebook, or a table of fills.
    bars : str or frame, optional
        A dataset, some of its symbols or one symbol; in Python also a frame, which a function
        gets as it is. ``sp500-20`` by default; of a notebook its own ``bars``.
    start_date, end_date : date, optional
        The first and the last session looked at; all there are by default.
    parameters : dict, optional
        Parameter → value of a strategy, feature or function; its defaults for the others.
    fills_at : {"next open", "next close", "same close"}
        At which price the signals trade; the close that a signal is made of counts as a leak.
    fills : frame, optional
        In Python, a table of fills that follow the signals: time, symbol and price.
    cuts : int
        After how many bars the future is changed.
    seed : int
        Decides the cuts and the other futures.
    context : Context, optional
        Whose data and progress; the process's own by default.

    Returns
    -------
    LeakReport
        A verdict for each check (leak, clean, cannot tell), the findings, and a map of which bars
        move which.

    Raises
    ------
    UnknownName
        If no strategy, feature, notebook or dataset has this name.
    InvalidInput
        If the thing cannot be checked, raises on the bars as they are, or is a notebook without
        a cell tagged ``signal``.
    TooLittleHistory
        If there are fewer than three bars.
    NotAllowed
        If an agent or a schedule names a notebook by its path.
    """
    from workbench.backtest.leaks.checking import checked_for_leaks  # heavy: xarray

    return checked_for_leaks(
        thing,
        bars,
        Period.of(start_date, end_date),
        parameters=parameters or {},
        trading=(fills_at, fills),
        how=(cuts, seed),
        context=context or current(),
    )
