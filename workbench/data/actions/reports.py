"""Corporate actions and their factors as results."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.actions.adjustment import adjust_bars, factors
from workbench.data.actions.results import (
    ActionFacts,
    ActionList,
    ActionsAdded,
    Factor,
    FactorsReport,
)
from workbench.data.catalogue import dataset_names, holder, manifest
from workbench.domain import Adjust
from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import xarray as xr

    from workbench.data.actions.adjustment import DividendBase
    from workbench.data.knowledge import Upserted
    from workbench.domain import Period
    from workbench.ports import Lake

__all__ = [
    "action_list",
    "actions_added",
    "actions_within",
    "factors_report",
    "holding",
    "only_dataset",
]

SHOWN = tuple(Factor.model_fields)


def action_list(
    dataset: str,
    symbols: Sequence[str],
    table: pa.Table,
    *,
    limit: int,
    rejected: Sequence[str] = (),
) -> ActionList:
    """Actions as a result whose records are the newest `limit` of them."""
    newest = table.sort_by([("time", "ascending"), ("symbol", "ascending")])
    shown = newest.slice(max(0, newest.num_rows - limit)).to_pylist()
    first, last = _days(table)
    return ActionList(
        dataset=dataset,
        symbols=list(symbols),
        actions=table.num_rows,
        start=first,
        end=last,
        left_out=table.num_rows - len(shown),
        rejected=list(rejected),
        records=[_facts(row) for row in shown],
        table=table,
    )


def actions_added(dataset: str, table: pa.Table, wrote: Upserted) -> ActionsAdded:
    """What became of actions that were brought."""
    first, last = _days(table)
    if first is None or last is None:
        raise NoData("The file has no corporate action", seen=dataset, cure="Give at least one row")
    kinds = table["kind"].value_counts().to_pylist()
    return ActionsAdded(
        dataset=dataset,
        symbols=sorted(table["symbol"].unique().to_pylist()),
        kinds={one["values"]: one["counts"] for one in kinds},
        new=wrote.new,
        changed=wrote.revised,
        unchanged=wrote.unchanged,
        start=first,
        end=last,
        lake_version=wrote.version,
    )


def actions_within(
    table: pa.Table, period: Period, kinds: Collection[str] | None = None
) -> pa.Table:
    """The actions of some kinds whose ex-date lies in a period."""
    first, last = period.first or dt.date.min, period.last or dt.date.max
    days = table["time"].cast("date32").to_pylist()
    named = table["kind"].to_pylist()
    keep = [
        first <= day <= last and (not kinds or kind in kinds)
        for day, kind in zip(days, named, strict=True)
    ]
    return table.filter(pa.array(keep, pa.bool_()))


def factors_report(
    bars: xr.Dataset, actions: pa.Table, adjust: Any, base: DividendBase, limit: int
) -> FactorsReport:
    """The factors of bars as a result whose records are the newest `limit` of them."""
    bars = bars.assign_attrs(adjust=Adjust.NONE.value)
    table = factors(bars, actions, adjust, dividend_base=base).rename(columns={"time": "ex_date"})
    table = table.assign(ex_date=table["ex_date"].dt.date)[list(SHOWN)]
    newest = table.sort_values("ex_date", kind="stable").tail(limit)
    days = pd.DatetimeIndex(bars["time"].to_numpy())
    adjusted = adjust_bars(bars, actions, adjust, dividend_base=base)
    return FactorsReport(
        dataset=str(bars.attrs["dataset"]),
        symbols=[str(symbol) for symbol in bars["symbol"].to_numpy()],
        adjust=adjust,
        dividend_base=base,
        start=days[0].date(),
        end=days[-1].date(),
        actions=len(table),
        not_applied=int((~table["applied"]).sum()),
        left_out=len(table) - len(newest),
        records=[Factor(**row) for row in newest.to_dict("records")],
        table=table,
        paths=(adjusted["close"] / bars["close"]).to_pandas(),
    )


def holding(name: str) -> str:
    """Under which name actions are kept: of a universe, that of the dataset of its bars."""
    return holder(manifest(name)).name if name in dataset_names() else name


def only_dataset(lake: Lake, symbols: Sequence[str]) -> str:
    """The one dataset that has actions of these symbols.

    Parameters
    ----------
    lake : Lake
        Where they lie.
    symbols : sequence of str
        What is asked for.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    NoData
        If there is none.
    InvalidInput
        If there are several.
    """
    found: list[str] = []
    if lake.version("actions") is not None:
        chosen: list[tuple[str, str, Any]] = [("symbol", "in", list(symbols))]
        rows = lake.read("actions", filters=chosen, columns=["dataset"])
        found = sorted(rows["dataset"].unique().to_pylist())
    if not found:
        raise NoData(
            "There are no corporate actions of these symbols",
            seen=list(symbols),
            cure="Add them (workbench data actions add FILE), or say source='polygon' to ask it",
        )
    if len(found) > 1:
        raise InvalidInput(
            "Several datasets have corporate actions of these symbols",
            seen=found,
            cure=f"Say which: dataset={found[0]!r}",
        )
    return found[0]


def _facts(row: dict[str, Any]) -> ActionFacts:
    return ActionFacts(
        symbol=row["symbol"],
        ex_date=row["time"].date(),
        kind=row["kind"],
        ratio=row["ratio"],
        amount=row["amount"],
        currency=row["currency"],
        into=row["into"],
        declared=row["declared_at"] and row["declared_at"].date(),
        paid=row["paid_at"] and row["paid_at"].date(),
        known_at=row["known_at"],
    )


def _days(table: pa.Table) -> tuple[dt.date | None, dt.date | None]:
    bounds = pc.min_max(table["time"].cast("date32")).as_py()
    return bounds["min"], bounds["max"]
