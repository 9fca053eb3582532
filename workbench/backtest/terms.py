"""What an account was told beyond its costs, as values that are written down."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    import xarray as xr

    from workbench.market.margin import Margin

__all__ = ["told"]


def told(
    lot: float,
    margin: Margin | None,
    actions: pa.Table | None,
    delisting_returns: Mapping[str, float] | None,
    converted: xr.Dataset | None,
) -> dict[str, Any]:
    """The terms that were asked for; two accounts with the same terms give the same answer.

    Parameters
    ----------
    lot, margin, actions, delisting_returns
        As `simulate` takes them.
    converted : xarray.Dataset, optional
        The bars in the currency of the account, where one was asked for.

    Returns
    -------
    dict
        JSON values; of the actions how many there are and a hash. Empty when nothing was asked.
    """
    made: dict[str, Any] = {}
    if lot:
        made["lot"] = lot
    if margin is not None:
        made["margin"] = margin.model_dump(mode="json")
    if actions is not None:
        digest = hashlib.sha256(repr(actions.to_pylist()).encode()).hexdigest()
        made["actions"] = f"{actions.num_rows} actions {digest[:12]}"
    if delisting_returns:
        made["delisting_returns"] = {name: float(one) for name, one in delisting_returns.items()}
    if converted is not None and (unit := str(np.atleast_1d(converted["currency"])[0])):
        made["currency"] = unit
    return made
