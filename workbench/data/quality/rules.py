"""Rules that repair what a check has found; each change is told, none is made silently.

A rule takes the rows of a finding and returns them as they should be. What no rule can mend
without inventing numbers (a gap, a volume that is missing, a split that nobody recorded) has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.quality.findings import Check, Finding
from workbench.data.quality.history import PRICES
from workbench.data.quality.results import Change
from workbench.domain import OHLCV
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Rule = Callable[[pd.DataFrame, Finding], pd.DataFrame]

__all__ = ["RULES", "repair"]

WITHOUT_RULE = {
    Check.DUPLICATE: "The last row of a symbol and time counts already",
    Check.MISSING_SESSIONS: "Download the period again",
    Check.MISSING_BARS: "Download the period again",
    Check.SPLIT_SHAPED: "Store the split as an action: adjusted prices follow from it",
    Check.ADJUSTMENT: "Download the whole series with one adjustment",
    Check.NO_VOLUME: "Download the bars again",
    Check.BACK_FILL: "Nothing is wrong with the values; load them as of the time that is studied",
}


def repair(
    rows: pd.DataFrame, found: Sequence[Finding]
) -> tuple[pd.DataFrame, list[Change], list[str]]:
    """Rows as their findings' rules would have them.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns symbol, time and fields of bars; others are kept.
    found : sequence of Finding
        What is to be repaired.

    Returns
    -------
    tuple of (pandas.DataFrame, list of Change, list of str)
        The rows that change, new values in them; each value that changes; and, as sentences,
        the findings that their rule leaves as they are.

    Raises
    ------
    InvalidInput
        If there is no rule for a check; says what to do instead.
    """
    parts, changes, left = [], [], []
    for finding in found:
        rule, apply = rule_of(finding.check)
        own = rows[
            (rows["symbol"] == finding.symbol) & rows["time"].between(finding.start, finding.end)
        ]
        new = apply(own.copy(), finding)
        made = _changes(own, new, finding, rule)
        if made:
            changed = {(one.symbol, one.time) for one in made}
            keys = pd.MultiIndex.from_frame(new[["symbol", "time"]])
            parts.append(new[keys.isin(list(changed))])
            changes += made
        else:
            left.append(str(finding))
    together = pd.concat(parts) if parts else rows.iloc[:0]
    return together.drop_duplicates(["symbol", "time"], keep="last"), changes, left


def rule_of(check: Check) -> tuple[str, Rule]:
    """The name of the rule for a check, and the rule.

    Parameters
    ----------
    check : Check
        What was found.

    Returns
    -------
    tuple of (str, callable)
        For example ``"rescale"``.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    if check not in RULES:
        raise InvalidInput(
            "There is no rule that repairs this", seen=check.value, cure=WITHOUT_RULE[check]
        )
    return RULES[check]


def _rescale(rows: pd.DataFrame, finding: Finding) -> pd.DataFrame:
    """Divide by the factor; by multiplying where that is exact."""
    factor = finding.factor or 1.0
    names = [finding.field] if finding.field else [name for name in PRICES if name in rows]
    for name in names:
        rows[name] = rows[name] / factor if factor > 1 else rows[name] * round(1 / factor)
    return rows


def _exchange(rows: pd.DataFrame, _finding: Finding) -> pd.DataFrame:
    """Let high and low change places."""
    rows[["high", "low"]] = rows[["low", "high"]].to_numpy()
    return rows


def _widen(rows: pd.DataFrame, _finding: Finding) -> pd.DataFrame:
    """Let high and low include the open and the close."""
    there = [name for name in PRICES if name in rows]
    for name, choose in (("high", np.fmax), ("low", np.fmin)):
        if name in there:
            rows[name] = choose.reduce([rows[one].to_numpy() for one in there])
    return rows


def _withdraw(rows: pd.DataFrame, _finding: Finding) -> pd.DataFrame:
    """Leave no value: what is not known is missing."""
    rows[[name for name in OHLCV if name in rows]] = np.nan
    return rows


def _move(rows: pd.DataFrame, finding: Finding) -> pd.DataFrame:
    """Set the clock right: the values move, and times that have none any more are empty."""
    moved = rows.assign(time=rows["time"] - pd.Timedelta(seconds=finding.factor or 0.0))
    empty = _withdraw(rows[~rows["time"].isin(moved["time"])].copy(), finding)
    return pd.concat([moved, empty]).sort_values("time")


RULES: dict[Check, tuple[str, Rule]] = {
    Check.SLIP: ("rescale", _rescale),
    Check.CURRENCY_UNIT: ("rescale", _rescale),
    Check.VOLUME_UNIT: ("rescale", _rescale),
    Check.HIGH_BELOW_LOW: ("exchange", _exchange),
    Check.CROSSED: ("widen", _widen),
    Check.NO_CLOSE: ("withdraw", _withdraw),
    Check.NON_POSITIVE: ("withdraw", _withdraw),
    Check.CLOSED_DAY: ("withdraw", _withdraw),
    Check.OUTSIDE_SESSION: ("withdraw", _withdraw),
    Check.STALE: ("withdraw", _withdraw),
    Check.SPIKE: ("withdraw", _withdraw),
    Check.CLOCK_SHIFT: ("move", _move),
}
"""Check → what its rule is called and does."""


def _changes(old: pd.DataFrame, new: pd.DataFrame, finding: Finding, rule: str) -> list[Change]:
    """Each value that the rule changes."""
    names = [name for name in OHLCV if name in new]
    before = old.set_index("time")[names]
    after = new.set_index("time")[names]
    before = before.reindex(after.index)
    differ = ~((before == after) | (before.isna() & after.isna()))
    rows, columns = np.nonzero(differ.to_numpy())
    return [
        Change(
            symbol=finding.symbol,
            time=time.to_pydatetime(),
            field=str(name),
            old=_number(before.loc[time, name]),
            new=_number(after.loc[time, name]),
            check=finding.check,
            rule=rule,
            why=finding.why,
        )
        for time, name in zip(after.index[rows], np.array(names)[columns], strict=True)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
