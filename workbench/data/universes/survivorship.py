"""What a universe says about the names that are missing from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.universes.rules import Measure
from workbench.domain import Adjust

if TYPE_CHECKING:
    import xarray as xr

    from workbench.data.universes.departures import Departures
    from workbench.data.universes.rules import UniverseRule

__all__ = ["survivorship_of_file", "survivorship_of_rule", "without_bars"]

ENDED = 5
"""Sessions without a bar at the end of the data, after which a symbol counts as ended."""
SHOWN = 5


def survivorship_of_rule(bars: xr.Dataset, rule: UniverseRule, departures: Departures) -> str:
    """What is honest to say about members chosen by a rule from these bars.

    Parameters
    ----------
    bars : xarray.Dataset
        All symbols that could be chosen; its attrs name the dataset and its own survivorship.
    rule : UniverseRule
        How they are chosen.
    departures : Departures
        The delistings and mergers that are known.

    Returns
    -------
    str
        How many symbols there are, how many of them have ended, how many of these with a known
        delisting return; what prices tell about the future; what the dataset says of itself.
    """
    source = bars.attrs.get("dataset", "a frame")
    closes = bars["close"].to_numpy()
    ended = {*departures.of, *bars["symbol"].to_numpy()[np.isnan(closes[-ENDED:]).all(axis=0)]}
    chosen = f"Chosen by rule over {closes.shape[1]} symbols of {source}"
    if ended:
        paid = [one for one in departures.of.values() if one.delisting_return is not None]
        have = "has" if len(ended) == 1 else "have"
        held = f", {len(ended)} of which {have} ended, {len(paid)} with a known delisting return."
    else:
        held = ", none of which has ended: survivors only, as far as these bars show."
    own = str(bars.attrs.get("survivorship", "")).strip()
    inherited = f" The bars inherit: {own}" if own else ""
    return f"{chosen}{held}{_foresight(bars, rule)}{inherited}"


def survivorship_of_file(file: str, members: int, left: int) -> str:
    """What is honest to say about members that a file states.

    Parameters
    ----------
    file : str
        Its name.
    members, left : int
        How many symbols it lists, and how many of them have left.

    Returns
    -------
    str
        A sentence.
    """
    gone = f"{left} of which left again" if left else "none of which has ever left"
    return f"Members as {file} states them, unchecked: {members} symbols, {gone}."


def without_bars(missing: list[str], dataset: str) -> str:
    """A sentence on members that have no bars; empty when there are none."""
    if not missing:
        return ""
    shown = ", ".join(missing[:SHOWN]) + (" …" if len(missing) > SHOWN else "")
    return f" Without bars in {dataset} and missing from every result: {len(missing)}, {shown}."


def _foresight(bars: xr.Dataset, rule: UniverseRule) -> str:
    by_price = rule.min_price > 0 or rule.measure in {Measure.DOLLAR_VOLUME, Measure.PRICE}
    adjust = bars.attrs.get("adjust", Adjust.NONE.value)
    if adjust == Adjust.NONE.value or not by_price:
        return ""
    return (
        f" Its prices are adjusted ({adjust}): where they count, splits and dividends that came"
        " later are known in advance."
    )
