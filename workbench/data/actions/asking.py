"""Corporate actions straight from a vendor, without keeping them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pyarrow as pa

from workbench.data.actions.shaping import empty_actions
from workbench.data.actions.storing import gather_actions
from workbench.data.instruments import vendor_symbol
from workbench.ports import ReferenceSource, adapter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.context import Context
    from workbench.domain import Period

__all__ = ["actions_of_vendor"]

FIRST = dt.date(1970, 1, 1)
AHEAD = dt.timedelta(days=366)
"""An action is announced at most so long before its ex-date."""


def actions_of_vendor(
    source: str, symbols: Sequence[str], period: Period, context: Context
) -> tuple[pa.Table, list[str]]:
    """What a vendor says now.

    Parameters
    ----------
    source : str
        The vendor's name.
    symbols : sequence of str
        The workbench's own.
    period : Period
        Ex-dates; all by default.
    context : Context
        Its lake knows what the vendor calls them.

    Returns
    -------
    tuple of (pyarrow.Table, list of str)
        The actions, and why others cannot be used, as sentences.

    Raises
    ------
    UnknownName
        If there is no such vendor.
    WireError
        If it does not answer as it should.
    """
    vendor = adapter(ReferenceSource, source)
    names = {vendor_symbol(symbol, source, lake=context.lake): symbol for symbol in symbols}
    end = period.end or context.now().date() + AHEAD
    start = dt.datetime.combine(period.first or FIRST, dt.time.min)
    pages = list(gather_actions(vendor, names, start, dt.datetime.combine(end, dt.time.min)))
    good = pa.concat_tables([empty_actions(), *(page for page, _ in pages)])
    bad = [row for _, rows in pages for row in rows.to_pylist()]
    return good, [f"{row['symbol']} {row['kind']} {row['time']}: {row['reason']}" for row in bad]
