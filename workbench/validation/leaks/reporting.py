"""From what was found out to a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.validation.leaks.finding import CUTS, Examined, examine
from workbench.validation.leaks.knowledge import Said, data_checks
from workbench.validation.leaks.results import LeakFinding, LeakReport
from workbench.validation.leaks.wording import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.validation.leaks.kinds import LeakVerdict

__all__ = ["assert_causal", "find_leaks", "report_of"]


def find_leaks(
    function: Callable[[Any], Any],
    bars: Any,
    *,
    cuts: int = CUTS,
    seed: int = 0,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> LeakReport:
    """Whether a function of bars, or the bars themselves, know what nobody knew yet.

    After each of at least 20 bars the future is changed in several ways: other prices by a
    random walk, no bars at all, and by turns rises as falls, three times the price, another
    order, holes. A value at or before that bar may not move. Where one does, bisection finds
    the first such value, the nearest row that moves it, and its column.

    Parameters
    ----------
    function : callable
        Takes a frame like `bars`; returns values along time (DataArray, Dataset, DataFrame,
        Series, array, or several of these). Tables, generators and containers that it holds are
        copied for every call; tables with times are changed too.
    bars : Dataset, DataArray, DataFrame, Series or ndarray
        Rows along time; the function gets the same kind.
    cuts : int
        After how many bars the future is changed, at least 20; of fewer bars after each.
    seed : int
        Decides the cuts and the other futures; the same seed gives the same report.
    told : callable
        ``told(done, total)``, after each call; what it raises ends the check.

    Returns
    -------
    LeakReport
        The first leak of the function, those of the data, and what each check says.

    Raises
    ------
    OutOfRange
        If `cuts` is below 20.
    TooLittleHistory
        If there are fewer than three bars.
    UnusableFrame
        If the bars or the answer are no table along time.
    InvalidInput
        If the function raises on the bars as they are.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from workbench.validation.leaks import find_leaks
    >>> close = pd.Series(np.arange(100.0) % 7 + 50, pd.bdate_range("2024-01-01", periods=100))
    >>> find_leaks(lambda close: close.shift(-2) > close, close).function
    'leak'
    >>> find_leaks(lambda close: close > close.rolling(5).mean(), close).function
    'clean'
    """
    found = examine(function, bars, cuts=cuts, seed=seed, told=told)
    subject = getattr(function, "__name__", type(function).__name__)
    return report_of(found, data_checks(bars), subject=subject, bars=bars, seed=seed)


def assert_causal(
    function: Callable[[Any], Any], bars: Any, *, cuts: int = CUTS, seed: int = 0
) -> None:
    """Fail a test if a function of bars looks ahead.

    Parameters
    ----------
    function, bars, cuts, seed
        As `find_leaks` takes them.

    Raises
    ------
    AssertionError
        If a future moves the past, or if it cannot be told; with the first bar and column.
    """
    found = examine(function, bars, cuts=cuts, seed=seed)
    if found.check.verdict != "clean":
        title = getattr(function, "__name__", type(function).__name__)
        kind = f"{found.finding.kind}: " if found.finding else ""
        needs = f" Needed: {found.check.needs}" if found.check.needs else ""
        raise AssertionError(f"{title} is not causal: {kind}{found.check.why}{needs}")


def report_of(
    found: Examined,
    said: Sequence[Said],
    *,
    subject: str,
    bars: Any,
    seed: int,
    fills: Said | None = None,
    notes: Sequence[str] = (),
) -> LeakReport:
    """Put what was found out into a report.

    Parameters
    ----------
    found : Examined
        About the function.
    said : sequence of Said
        About the data.
    subject : str
        What the function is called.
    bars : frame
        For the name of the dataset.
    seed : int
        What the futures were drawn from.
    fills : Said, optional
        About the prices at which it trades.
    notes : sequence of str
        What else the reader should know.

    Returns
    -------
    LeakReport
        Findings of the function first.
    """
    own = [Said(found.check, found.finding), *([fills] if fills else [])]
    return LeakReport(
        subject=subject,
        dataset=str(getattr(bars, "attrs", {}).get("dataset") or "your frame"),
        start=stamp(found.span[0]),
        end=stamp(found.span[1]),
        bars=found.span[2],
        cuts=len(found.cuts),
        calls=found.calls,
        seed=seed,
        tolerance=found.tolerance,
        verdict=_worst([*own, *said]),
        function=_worst(own),
        data=_worst(said),
        findings=_findings([*own, *said]),
        checks=[one.check for one in (*own, *said)],
        notes=[*found.notes, *notes],
        dependence=found.dependence,
    )


def _findings(said: Sequence[Said]) -> list[LeakFinding]:
    return [one.finding for one in said if one.finding]


def _worst(said: Sequence[Said]) -> LeakVerdict:
    verdicts = {one.check.verdict for one in said}
    if "leak" in verdicts:
        return "leak"
    return "cannot tell" if "cannot tell" in verdicts else "clean"
