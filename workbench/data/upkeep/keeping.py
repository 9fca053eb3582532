"""The upkeep of the lake, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workbench.data.canonical import content_hash
from workbench.data.catalogue import manifests
from workbench.data.ingest import is_ingested
from workbench.data.upkeep.results import CommitFacts, LakeHistory, LakeReport, TableFacts
from workbench.errors import NoData, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.context import Context
    from workbench.ports import Lake, LakeUpkeep, RunRecords

__all__ = ["compacted", "history", "vacuumed", "verified"]

EVERY_RUN = 1_000_000


def history(context: Context, table: str, limit: int) -> LakeHistory:
    """The newest commits of a table, or of all."""
    upkeep = _upkeep(context)
    found = [
        CommitFacts(table=name, **commit.__dict__)
        for name in _chosen(context.lake, table)
        for commit in upkeep.history(name, limit)
    ]
    newest = sorted(found, key=lambda one: (one.at, one.version), reverse=True)
    return LakeHistory(commits=newest[:limit])


def compacted(context: Context, table: str) -> LakeReport:
    """Compact a table, or all."""
    upkeep, lake, made = _upkeep(context), context.lake, []
    names = _chosen(lake, table)
    for number, name in enumerate(names):
        context.progress(number, len(names), name)
        before = lake.version(name)
        version = upkeep.compact(name)
        done = "as it was" if version == before else f"rewritten since version {before}"
        made.append(TableFacts(table=name, version=version, done=done))
    return LakeReport(tables=made)


def vacuumed(context: Context, table: str, hours: float, *, dry_run: bool) -> LakeReport:
    """Delete what no version needs that is kept, of a table or of all.

    Parameters
    ----------
    context : Context
        Its run records tell which versions are cited.
    table : str
        Empty means all.
    hours : float
        Younger files stay.
    dry_run : bool
        Only tell.

    Returns
    -------
    LakeReport
        How many files each table lost, or would lose.
    """
    upkeep, lake, made = _upkeep(context), context.lake, []
    for name in _chosen(lake, table):
        keep = cited_versions(context.runs, name)
        files = upkeep.vacuum(name, keep=keep, hours=hours, dry_run=dry_run)
        kept = f"; {len(keep)} cited versions kept" if keep else ""
        done = f"{len(files)} files {'would go' if dry_run else 'deleted'}{kept}"
        made.append(TableFacts(table=name, version=lake.version(name) or 0, done=done))
    return LakeReport(tables=made)


def verified(context: Context, table: str) -> LakeReport:
    """Read the end of every file, and compare embedded and added datasets with their manifests."""
    upkeep, lake, made = _upkeep(context), context.lake, []
    names = _chosen(lake, table)
    for number, name in enumerate(names):
        context.progress(number, len(names), name)
        problems = upkeep.verify(name)
        checked = 0
        for facts in manifests():
            if not problems and facts.table == name and facts.sha256 and is_ingested(facts, lake):
                checked += 1
                rows = lake.read(name, filters=[("dataset", "==", facts.name)])
                if content_hash(rows) != facts.sha256:
                    problems.append(f"the rows of {facts.name} are not those of its manifest")
        done = f"{len(problems)} problems, {checked} datasets compared with their manifests"
        version = lake.version(name) or 0
        made.append(TableFacts(table=name, version=version, done=done, problems=problems))
    return LakeReport(tables=made)


def cited_versions(runs: RunRecords, table: str) -> list[int]:
    """The versions of a table that a recorded run has read."""
    found = {record.provenance.get("tables", {}).get(table) for record in runs.latest(EVERY_RUN)}
    return sorted(int(version) for version in found if version is not None)


def _upkeep(context: Context) -> LakeUpkeep:
    return cast("LakeUpkeep", context.lake)


def _chosen(lake: Lake, table: str) -> Sequence[str]:
    names = lake.tables()
    if table and table not in names:
        raise UnknownName("table in the lake", table, names)
    if not names:
        raise NoData("The lake is empty", cure="Load a dataset first: workbench data show sp500-20")
    return [table] if table else names
