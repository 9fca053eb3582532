"""From a dataset and a rule, or a list of constituents, to a universe in the lake."""

from __future__ import annotations

import contextlib
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from workbench.data.actions import load_actions
from workbench.data.adding import read_file
from workbench.data.catalogue import manifest
from workbench.data.instruments import open_master
from workbench.data.loading import load_bars
from workbench.data.universes.keeping import store_membership
from workbench.data.universes.listing import constituents
from workbench.data.universes.manifests import check_universe_name
from workbench.data.universes.members import Membership
from workbench.data.universes.rules import UniverseRule
from workbench.data.universes.selection import membership
from workbench.data.universes.survivorship import survivorship_of_file, without_bars
from workbench.domain import Adjust
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.data.manifest import Manifest, UniverseManifest
    from workbench.domain import DatasetRef
    from workbench.ports import Lake

__all__ = ["made_universe"]


def made_universe(
    name: str,
    dataset: DatasetRef,
    *,
    rule: str,
    constituents_file: str,
    title: str,
    replace: bool,
    context: Context,
) -> tuple[UniverseManifest, Membership]:
    """Choose or read the members, and keep them.

    Parameters
    ----------
    name : str
        How the universe is called.
    dataset : str
        The dataset of its bars.
    rule, constituents_file : str
        One of them; the other is empty.
    title : str
        What it is in a line.
    replace : bool
        Whether it may take the place of a universe of this name.
    context : Context
        Whose lake and clock.

    Returns
    -------
    tuple of (UniverseManifest, Membership)
        As they were kept.

    Raises
    ------
    InvalidInput
        If a name, the dataset or the rule cannot be used.
    NoData
        If nothing is ever a member, or there is no such file.
    """
    check_universe_name(name, replace=replace)
    if bool(rule) == bool(constituents_file):
        raise InvalidInput(
            "A universe is made by a rule or by a list of constituents",
            seen={"rule": rule, "constituents": constituents_file},
            cure="Give one of the two",
        )
    if not isinstance(dataset, str):
        raise InvalidInput(
            "A universe is kept beside the dataset of its bars, which needs a name",
            seen=type(dataset).__name__,
            cure="Call workbench.data.universes.membership(bars, rule) on a frame of your own",
        )
    source = manifest(dataset)
    if rule:
        parsed = UniverseRule.parse(rule)
        members = _by_rule(source, parsed, context)
        said = {"rule": str(parsed)}
    else:
        members = _listed(source, constituents_file, context)
        said = {"listed_in": Path(constituents_file).name}
    now = context.now().astimezone(UTC).replace(tzinfo=None)
    kept = store_membership(
        context.lake, name, members, source, title=title, recorded_at=now, **said
    )
    return kept, members


def _by_rule(source: Manifest, rule: UniverseRule, context: Context) -> Membership:
    """Members chosen from the prices as traded, where the dataset has them."""
    adjust = Adjust.NONE.value if source.stored is Adjust.NONE else None
    bars = load_bars(source.name, adjust=adjust, context=context)
    names = [_instrument(symbol, context.lake) for symbol in bars["symbol"].to_numpy().tolist()]
    bars = bars.assign_coords(instrument=("symbol", names))
    return membership(bars, rule, delistings=load_actions(context.lake, source.name))


def _listed(source: Manifest, file: str, context: Context) -> Membership:
    spells = constituents(read_file(file))
    symbols = pc.unique(spells["symbol"]).to_pylist()
    still = set(spells.filter(pc.is_null(spells["until"]))["symbol"].to_pylist())
    missing = [symbol for symbol in symbols if symbol not in source.series]
    told = survivorship_of_file(Path(file).name, len(symbols), len(set(symbols) - still))
    told += without_bars(missing, source.name)
    known = [symbol for symbol in symbols if symbol in source.series]
    bars = load_bars(f"{source.name}:{','.join(known)}" if known else source.name, context=context)
    return Membership.of_spells(spells, bars["time"].to_numpy(), told)


def _instrument(symbol: str, lake: Lake) -> str:
    """What survives a change of symbol; the symbol itself where nothing else is known."""
    with contextlib.suppress(InvalidInput):  # several instruments have had it
        return open_master(lake).whose(symbol, "symbol") or symbol
    return symbol
