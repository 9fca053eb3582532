"""What the lake knows beside the bars of a dataset: actions, and when rows came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.data.actions import load_actions
from workbench.data.catalogue import holder, resolve
from workbench.data.quality.repairing import knowledge_of, stored_rows

if TYPE_CHECKING:
    from workbench.domain import DatasetRef, Period
    from workbench.ports import Lake

__all__ = ["what_is_known"]


def what_is_known(dataset: DatasetRef, period: Period, lake: Lake) -> dict[str, Any]:
    """The actions of a dataset, and when each of its bars became known and was written.

    Parameters
    ----------
    dataset : str or frame
        Of a frame nothing is known.
    period : Period
        From when to when.
    lake : Lake
        Where the dataset lies.

    Returns
    -------
    dict
        ``actions`` and ``known``, as `check_bars` takes them.
    """
    if not isinstance(dataset, str):
        return {}
    manifest, symbols = resolve(dataset)
    held = holder(manifest)
    rows = stored_rows(lake, held, symbols, period)
    return {
        "actions": load_actions(lake, held.name, symbols),
        "known": knowledge_of(rows),
    }
