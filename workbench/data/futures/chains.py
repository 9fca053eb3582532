"""The contracts of one future in the order in which they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from workbench.errors import InvalidInput, NoData

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.data.instruments import Instrument

__all__ = ["contract_chain"]

COLUMNS = ["expires", "first_notice"]


def contract_chain(
    contracts: pd.DataFrame | pd.Series | pa.Table | Mapping[str, Any] | Iterable[Instrument],
    *,
    underlying: str | None = None,
    symbols: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The contracts of a future, sorted by their last day of trading.

    Parameters
    ----------
    contracts : frame, table, mapping or iterable of Instrument
        Symbol and ``expires`` of each, ``first_notice`` where there is one: a frame or table
        with these columns (the symbol may be the index), instruments, or symbol → last day.
    underlying : str, optional
        Only contracts on this, where `contracts` tells it.
    symbols : iterable of str, optional
        Only these, each of which must be there.

    Returns
    -------
    pandas.DataFrame
        Index ``symbol``; columns ``expires`` and ``first_notice`` (NaT: none, or not known) as
        datetime64[ns] dates.

    Raises
    ------
    NoData
        If there is no such contract, or it is not known when one ends.
    InvalidInput
        If a contract is there twice, or its first notice is after its end.
    """
    frame = _frame(contracts)
    if underlying is not None and "underlying" in frame:
        frame = frame[frame["underlying"] == underlying]
    if symbols is not None:
        frame = frame.reindex(pd.Index(list(symbols), name="symbol"))
    chain = frame.reindex(columns=COLUMNS).apply(pd.to_datetime).astype("datetime64[ns]")
    _check(chain, underlying)
    return chain.apply(lambda days: days.dt.normalize()).sort_values("expires", kind="stable")


def _frame(contracts: Any) -> pd.DataFrame:
    """One row for each contract, indexed by its symbol."""
    if isinstance(contracts, pa.Table):
        contracts = contracts.to_pandas()
    elif isinstance(contracts, pd.Series | Mapping):
        contracts = pd.DataFrame({"expires": pd.Series(contracts, dtype=object)})
    elif not isinstance(contracts, pd.DataFrame):
        contracts = pd.DataFrame([one.known() for one in contracts])
    frame = contracts.set_index("symbol") if "symbol" in contracts else contracts
    frame = frame.rename_axis(index="symbol")
    twice = sorted(set(frame.index[frame.index.duplicated()]))
    if twice:
        raise InvalidInput("A contract is there twice", seen=twice, cure="Keep one row of each")
    return frame


def _check(chain: pd.DataFrame, underlying: str | None) -> None:
    if chain.empty:
        raise NoData(
            "There is no contract of this future",
            seen=underlying,
            cure="Give contracts and their last days, or add them as instruments",
        )
    endless = chain.index[chain["expires"].isna()].tolist()
    if endless:
        raise NoData(
            "It is not known when a contract ends",
            seen=endless,
            cure="Give its last day of trading: {'ESZ2026': '2026-12-18'}, or add it as an"
            " instrument that expires",
        )
    late = chain.index[chain["first_notice"] > chain["expires"]].tolist()
    if late:
        raise InvalidInput(
            "The first notice is after the last day of trading", seen=late, cure="Exchange them"
        )
