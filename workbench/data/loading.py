"""A dataset by its name, or a frame, as bars in the hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from workbench.context import current
from workbench.data.canonical import FACTOR
from workbench.data.catalogue import manifests, resolve
from workbench.data.frames import bars
from workbench.data.ingest import ensure
from workbench.data.knowledge import latest
from workbench.data.manifest import Manifest, UniverseManifest
from workbench.data.panel import Panel, panel_of_arrays, panel_of_parts
from workbench.domain import OHLCV, Adjust
from workbench.errors import InvalidInput, NoData, OutOfRange, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.context import Context
    from workbench.domain import DatasetRef
    from workbench.ports import Lake

__all__ = ["load_bars"]

DAY = timedelta(days=1)
GRACE = timedelta(days=7)
"""A period may reach this far beyond the data: weekends and holidays lie there."""

When = date | datetime | str | None


def load_bars(
    dataset: DatasetRef,
    start: When = None,
    end: When = None,
    *,
    fields: Sequence[str] | None = None,
    adjust: str | None = None,
    as_of: When = None,
    currency: str | None = None,
    context: Context | None = None,
) -> xr.Dataset:
    """Bars of a dataset by name, or of a frame that is given.

    Parameters
    ----------
    dataset : str or frame
        ``sp500-20``, ``sp500-20:AAPL,MSFT``, ``sp500`` or ``AAPL``; or a pandas, polars or
        xarray object, which passes through `bars`. Of a universe it is the bars of those that
        are members within the period, with a boolean coordinate ``member``.
    start, end : date, datetime or str, optional
        The period ``[start, end)`` in UTC; all there is by default. The symbols may begin
        and end at different dates within it: NaN where one has no bar.
    fields : sequence of str, optional
        Some of open, high, low, close and volume; all that the source has by default.
    adjust : {"none", "splits", "all", "vendor"}, optional
        How prices account for splits and dividends; as the manifest says by default. The
        factor is 1 at the last bar of the period: what comes later changes nothing.
    as_of : date, datetime or str, optional
        What was known then: bars that were complete and in their vendor's hands, before any
        later revision, adjusted by the actions that were announced. A date means its end in
        UTC. The newest knowledge by default; ``attrs["revised"]`` counts the bars whose value
        became known after their own time.
    currency : str, optional
        Prices in this currency, by the newest rates that were known at each bar's
        ``known_at``: bars of pairs such as ``EUR/USD`` in any dataset. As they are by default.
    context : Context, optional
        Whose lake to read; the process's own by default.

    Returns
    -------
    xarray.Dataset
        Dims (time, symbol), float64; coordinates calendar and currency along symbol and
        ``known_at`` along time; attrs dataset, adjust, timeframe, survivorship,
        lake_version, as_of, revised.

    Raises
    ------
    UnknownName
        If the dataset, a symbol or a field does not exist.
    OutOfRange
        If the period lies outside the data.
    InvalidInput
        If `end` is not after `start`, or the prices cannot be adjusted like this.
    """
    context = context or current()
    made = _loaded(dataset, start, end, fields=fields, adjust=adjust, as_of=as_of, context=context)
    return made if currency is None else _converted(made, currency, as_of, context)


def _loaded(
    dataset: DatasetRef,
    start: When,
    end: When,
    *,
    fields: Sequence[str] | None,
    adjust: str | None,
    as_of: When,
    context: Context,
) -> xr.Dataset:
    """Bars in their own currency."""
    since, until = _period(start, end)
    known = _as_of(as_of)
    if not isinstance(dataset, str):
        return _of_frame(bars(dataset), since, until, fields, known)
    manifest, symbols = resolve(dataset)
    if isinstance(manifest, UniverseManifest):
        how = {"fields": fields, "adjust": adjust, "as_of": as_of}
        return _of_universe(manifest, symbols, start, end, **how, context=context)
    chosen = _fields(fields, list(manifest.fields))
    served = _adjusted_as(manifest, adjust)
    _check_period(manifest, symbols, since, until)
    wanted = [*chosen, FACTOR] if _by_factor(manifest, served) else chosen
    if _by_actions(manifest, served):  # a dividend is measured by the close before it
        wanted = list(dict.fromkeys([*chosen, "close"]))
    asked = _Asked(manifest, symbols, since, until, known)
    panel, version = _panel(asked, wanted, context.lake)
    if FACTOR in wanted:
        _adjust(panel.values, chosen)
    made = panel_of_arrays(
        times=panel.times,
        symbols=panel.symbols,
        values=panel.values,
        calendar=manifest.calendar,
        currency=manifest.currency,
        delay_seconds=manifest.delay_seconds,
        attrs={
            "dataset": _name(manifest, symbols),
            "adjust": (served if _by_factor(manifest, served) else manifest.stored).value,
            "timeframe": manifest.timeframe,
            "survivorship": manifest.survivorship,
            "lake_version": version,
            "as_of": None if known is None else known.isoformat(),
            "revised": panel.revised,
            **({"synthetic": True} if manifest.vendor == "synthetic" else {}),
        },
    )
    made = _until_known(made, known)
    if _by_actions(manifest, served):
        made = _adjusted(made, manifest, served, known, context.lake)[chosen]
    return made


def _converted(made: xr.Dataset, into: str, as_of: When, context: Context) -> xr.Dataset:
    """The bars by the rates of every dataset that has pairs."""
    from workbench.data.fx import convert_currency, pairs_between  # noqa: PLC0415  only here

    there = {symbol for one in manifests() for symbol in one.series if "/" in symbol}
    pairs = pairs_between(made["currency"].to_numpy().tolist(), into, sorted(there))
    if not pairs:
        return made
    rates = [load_bars(pair, fields=["close"], as_of=as_of, context=context) for pair in pairs]
    together = xr.concat(rates, dim="symbol", join="outer", combine_attrs="override")
    return convert_currency(made, together, into)


def _of_universe(
    universe: UniverseManifest,
    symbols: tuple[str, ...],
    start: When,
    end: When,
    *,
    context: Context,
    **how: Any,
) -> xr.Dataset:
    """The bars of the members of the period, with the mask that says when they are members."""
    from workbench.data.universes import load_membership, universe_bars  # noqa: PLC0415  only here

    since, until = _period(start, end)
    _check_period(universe, symbols, since, until)
    members = load_membership(context.lake, universe.name)
    first, last = since and since.date() - DAY, until and until.date() + DAY  # of any zone
    held = [symbol for symbol in members.between(first, last) if symbol in symbols]
    if not held:
        raise NoData(
            f"{universe.name} has no member in this period",
            seen=f"{start} to {end}",
            cure="Ask for a later or longer period",
        )
    made = load_bars(f"{universe.of}:{','.join(held)}", start, end, **how, context=context)
    asked = None if symbols == tuple(universe.universe) else symbols
    return universe_bars(made, members, name=_name(universe, symbols), symbols=asked)


@dataclass(frozen=True)
class _Asked:
    """What is looked for in the lake."""

    manifest: Manifest
    symbols: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    known: datetime | None

    def filters(self) -> list[tuple[str, str, Any]]:
        manifest = self.manifest
        found: list[tuple[str, str, Any]] = [("dataset", "==", manifest.name)]
        found += [("content", "==", manifest.content)] if manifest.content else []
        if set(self.symbols) != set(manifest.series):
            found += [("symbol", "in", list(self.symbols))]
        found += [("time", ">=", self.since)] if self.since else []
        found += [("time", "<", self.until)] if self.until else []
        return found


def _panel(asked: _Asked, fields: list[str], lake: Lake) -> tuple[Panel, int]:
    """The numbers and the version of the table; brings the dataset into the lake if need be."""
    manifest = asked.manifest
    known_last = partial(latest, keys=("symbol", "time"), as_of=asked.known, in_order=True)
    columns = ["symbol", "time", *fields, "known_at"]
    for _ in range(2):
        version = lake.version(manifest.table)
        if version is not None:
            parts = lake.scan(
                manifest.table, filters=asked.filters(), columns=columns, version=version
            )
            panel = panel_of_parts(map(known_last, parts), asked.symbols, fields)
            if panel is not None:
                return panel, version
        ensure(manifest, lake)
    raise _nothing(asked)


def _nothing(asked: _Asked) -> NoData:
    first, last = asked.manifest.span(asked.symbols)
    known = f", known at {asked.known}" if asked.known else ""
    return NoData(
        f"{_name(asked.manifest, asked.symbols)} has no bar in this period",
        seen=f"{asked.since} to {asked.until}{known}",
        cure=f"Its data run from {first} to {last}",
    )


def _until_known(made: xr.Dataset, known: datetime | None) -> xr.Dataset:
    """Without the bars that were not complete at that moment."""
    if known is None:
        return made
    complete = made["known_at"].to_numpy() <= np.datetime64(known)
    if not complete.any():
        raise OutOfRange(
            "as_of", str(known), str(made["known_at"].to_numpy()[0]), cure="No bar was known then"
        )
    return made.isel(time=complete).dropna("symbol", how="all")


def _adjusted(
    made: xr.Dataset, manifest: Manifest, served: Adjust, known: datetime | None, lake: Lake
) -> xr.Dataset:
    from workbench.data.actions import adjust_bars, load_actions  # noqa: PLC0415  only with actions

    symbols = [str(symbol) for symbol in made["symbol"].to_numpy()]
    actions = load_actions(lake, manifest.name, symbols, known)
    return adjust_bars(made, actions, served)


def _adjust(values: dict[str, Any], fields: Sequence[str]) -> None:
    """Multiply prices by the factor relative to the last bar of each symbol.

    Rounded, as the vendor's division leaves noise in the fourteenth digit.
    """
    factor = values.pop(FACTOR)
    relative = np.round(factor / pd.DataFrame(factor).ffill().to_numpy()[-1], 12)
    for name in fields:
        if name != "volume":
            values[name] = values[name] * relative


def _by_factor(manifest: Manifest, served: Adjust) -> bool:
    """Whether the vendor's own factor lies beside the prices."""
    return served is Adjust.ALL and manifest.stored is Adjust.NONE and not manifest.actions


def _by_actions(manifest: Manifest, served: Adjust) -> bool:
    return manifest.actions and served is not manifest.stored


def _adjusted_as(manifest: Manifest, adjust: str | None) -> Adjust:
    if adjust is None:
        return manifest.adjust
    able = {manifest.stored, manifest.adjust}
    able |= {Adjust.SPLITS, Adjust.ALL} if manifest.actions else set()
    if adjust not in {one.value for one in able}:
        raise InvalidInput(
            f"The prices of {manifest.name} cannot be served with this adjustment",
            seen=adjust,
            cure=f"Choose one of: {', '.join(sorted(one.value for one in able))}",
        )
    return Adjust(adjust)


def _fields(asked: Sequence[str] | None, present: list[str]) -> list[str]:
    if asked is None:
        return [name for name in OHLCV if name in present]
    for name in asked:
        if name not in present:
            raise UnknownName("field", name, present)
    return list(dict.fromkeys(asked))


def _period(start: When, end: When) -> tuple[datetime | None, datetime | None]:
    since, until = _instant("start", start), _instant("end", end)
    if since and until and until <= since:
        raise InvalidInput(
            "The period is empty: the end is not after the start",
            seen=f"{start} to {end}",
            cure="Give a later end or an earlier start",
        )
    return since, until


def _instant(parameter: str, value: When) -> datetime | None:
    """A date or an instant as naive UTC."""
    if value is None:
        return None
    try:
        stamp = pd.Timestamp(value)
    except (ValueError, TypeError):
        stamp = pd.NaT
    if stamp is pd.NaT:
        raise InvalidInput(f"{parameter} is no date", seen=value, cure="Write it like 2020-12-31")
    moment: datetime = (stamp.tz_convert(None) if stamp.tz else stamp).to_pydatetime(warn=False)
    return moment


def _as_of(value: When) -> datetime | None:
    """The moment of knowledge; of a day its end."""
    moment = _instant("as_of", value)
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    is_day |= isinstance(value, str) and len(value.strip()) == len("2020-12-31")
    return moment + timedelta(days=1) - timedelta(microseconds=1) if moment and is_day else moment


def _check_period(
    manifest: Manifest, symbols: tuple[str, ...], since: datetime | None, until: datetime | None
) -> None:
    first, last = manifest.span(symbols)
    name = _name(manifest, symbols)
    cure = f"The data of {name} run from {first} to {last}"
    if since and not first - GRACE <= since.date() <= last:
        raise OutOfRange("start", since.date().isoformat(), first, last, cure)
    if until and not first < until.date() <= last + timedelta(days=1) + GRACE:
        raise OutOfRange("end", until.date().isoformat(), first, last, cure)


def _of_frame(
    made: xr.Dataset,
    since: datetime | None,
    until: datetime | None,
    fields: Sequence[str] | None,
    known: datetime | None,
) -> xr.Dataset:
    made = made[_fields(fields, [str(name) for name in made.data_vars])]
    times = made["time"].to_numpy()
    inside = np.ones(len(times), dtype=bool)
    inside &= times >= np.datetime64(since) if since else True
    inside &= times < np.datetime64(until) if until else True
    if not inside.any():
        raise OutOfRange(
            "The period", f"{since} to {until}", cure=f"The data run from {times[0]} to {times[-1]}"
        )
    return _until_known(made.isel(time=inside), known)


def _name(manifest: Manifest, symbols: tuple[str, ...]) -> str:
    whole = symbols == tuple(manifest.universe)
    return manifest.name if whole else f"{manifest.name}:{','.join(symbols)}"
