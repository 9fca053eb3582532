"""One series out of many contracts: un-adjusted, by difference or by ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from workbench.data.futures.chains import contract_chain
from workbench.data.futures.rolls import find_rolls, sessions_left
from workbench.data.instruments.vendors import OWN
from workbench.domain import AssetClass
from workbench.errors import InvalidInput, UnknownName

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    from workbench.data.futures.rolls import Roll, RollRule

    Numbers = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

__all__ = ["ContinuousSeries", "continuous"]

PRICES = ("open", "high", "low", "close")
ROLL_COLUMNS = {
    "date": "datetime64[ns]",
    "from": "object",
    "to": "object",
    "gap": "float64",
    "ratio": "float64",
    "rule": "object",
    "decided": "datetime64[ns]",
}
Splice = Literal["ratio", "difference", "none"]
Anchor = Literal["last", "first"]


@dataclass(frozen=True, repr=False)
class ContinuousSeries:
    """A continuous series and the rolls that it is made of.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol) with one symbol, as other bars are; the coordinate ``contract`` along
        time names the contract that was held into each close.
    rolls : pandas.DataFrame
        One row for each roll: ``date`` (the bar at whose close it was carried out), ``from``,
        ``to``, ``gap`` (new close less old close), ``ratio`` (new over old), ``rule``, ``decided``
        (the bar after whose close it was decided).
    """

    bars: xr.Dataset
    rolls: pd.DataFrame

    def __repr__(self) -> str:
        attrs, times = self.bars.attrs, self.bars["time"].to_numpy().astype("datetime64[D]")
        return (
            f"ContinuousSeries({self.bars['symbol'].item()!r}, {len(times)} bars {times[0]} to"
            f" {times[-1]}, {len(self.rolls)} rolls by {attrs['roll']}, {attrs['splice']},"
            f" anchored at the {attrs['anchor']} contract)"
        )


def continuous(
    chain: xr.Dataset,
    expiries: Any,
    *,
    roll: RollRule = "volume",
    adjust: Splice = "ratio",
    anchor: Anchor = "last",
    sessions_before: int | None = None,
    lag: int | None = None,
    name: str = "",
) -> ContinuousSeries:
    """Splice the contracts of a future into one series.

    At the close of a roll the old contract is sold and the new one bought, so that the return from
    there to the next bar is the new contract's. With ``ratio`` the returns of the series are those
    of holding and rolling; with ``difference`` its changes are the changes in price, and levels
    can be negative; with ``none`` the gaps are left in.

    Parameters
    ----------
    chain : xarray.Dataset
        Bars of the contracts, dims (time, symbol), prices as traded; ``volume`` and
        ``open_interest`` where a rule asks for them.
    expiries : frame, table, mapping or iterable of Instrument
        Their last days and first notices, as `contract_chain` takes them.
    roll : {"volume", "open_interest", "calendar"}
        What decides on a roll; see `find_rolls`.
    adjust : {"ratio", "difference", "none"}
        How the prices of different contracts are joined. Volumes are never changed.
    anchor : {"last", "first"}
        The contract whose prices stay as traded. ``last`` is the usual back-adjustment: each new
        roll moves all earlier levels, so they may not be looked at by what trades. ``first`` moves
        the later ones: what is past never changes.
    sessions_before, lag : int, optional
        As `find_rolls` takes them.
    name : str
        The symbol of the series; by default the root that all contracts share and ``=F``.

    Returns
    -------
    ContinuousSeries
        The bars from the first contract's to the last one's, and the rolls.

    Raises
    ------
    UnknownName
        If the last day of a contract of `chain` is not given.
    InvalidInput
        If the rule or the ratio asks for what the prices do not have.
    NoData
        If there is nothing to splice, or the chain breaks off in the middle.
    """
    contracts = _ordered(chain, expiries)
    bars = chain.sel(symbol=contracts.index.to_list())
    _one(bars, "currency")
    left = sessions_left(bars["time"].to_numpy(), contracts, _one(bars, "calendar"))
    held, found = find_rolls(bars, left, rule=roll, sessions_before=sessions_before, lag=lag)
    table = _roll_table(bars, found)
    # A roll at the close of the last bar has no bar of its contract yet: it moves nothing so far.
    reached = int((table["date"] < bars["time"].to_numpy()[np.flatnonzero(held >= 0)[-1]]).sum())
    factor, offset = _adjustment(table, adjust, anchor, reached)
    spliced = _spliced(bars, held, found, factor, offset)
    spliced = spliced.assign_coords(symbol=[name or _root(contracts.index.to_list())])
    spliced.attrs = {
        **chain.attrs,
        "roll": roll,
        "splice": adjust,
        "anchor": anchor,
        "anchored_at": "" if adjust == "none" else _anchored_at(bars, held, anchor),
    }
    return ContinuousSeries(spliced, table)


def _ordered(chain: xr.Dataset, expiries: Any) -> pd.DataFrame:
    symbols = [str(symbol) for symbol in chain["symbol"].to_numpy()]
    known = contract_chain(expiries)
    for symbol in symbols:
        if symbol not in known.index:
            raise UnknownName("contract with a last day", symbol, known.index)
    return contract_chain(known, symbols=symbols)


def _one(bars: xr.Dataset, coordinate: str) -> str:
    """The value that all contracts share."""
    values = sorted({str(value) for value in np.atleast_1d(bars[coordinate].to_numpy())})
    if len(values) > 1:
        raise InvalidInput(
            f"The contracts do not share one {coordinate}",
            seen=values,
            cure="Splice contracts of one exchange and currency",
        )
    return values[0]


def _root(symbols: list[str]) -> str:
    """The root that all contracts share, marked as the series of the nearest."""
    read = [OWN.readings(symbol, asset_class=AssetClass.FUTURE) for symbol in symbols]
    roots = {one[0].parts.get("root") if one else None for one in read}
    root = roots.pop() if len(roots) == 1 else None
    return f"{root}=F" if root else "continuous"


def _roll_table(bars: xr.Dataset, rolls: list[Roll]) -> pd.DataFrame:
    times = pd.DatetimeIndex(bars["time"].to_numpy())
    symbols = bars["symbol"].to_numpy()
    closes = bars["close"].to_numpy()
    rows = [
        {
            "date": times[roll.done],
            "from": str(symbols[roll.old]),
            "to": str(symbols[roll.new]),
            "gap": closes[roll.done, roll.new] - closes[roll.done, roll.old],
            "ratio": closes[roll.done, roll.new] / closes[roll.done, roll.old],
            "rule": roll.rule,
            "decided": times[roll.decided],
        }
        for roll in rolls
    ]
    return pd.DataFrame(rows, columns=list(ROLL_COLUMNS)).astype(ROLL_COLUMNS)


def _adjustment(
    table: pd.DataFrame, adjust: Splice, anchor: Anchor, reached: int
) -> tuple[Numbers, Numbers]:
    """What the prices between two rolls are multiplied by, and what is added to them.

    ``reached`` rolls lie before the last bar.
    """
    factor: Numbers = np.ones(len(table) + 1)
    offset: Numbers = np.zeros(len(table) + 1)
    if adjust == "ratio":
        ratio = table["ratio"].to_numpy(dtype=np.float64)
        if not (ratio > 0).all() or not np.isfinite(ratio).all():
            raise InvalidInput(
                "A contract was rolled at a price that is not positive",
                seen=str(table["date"][~(ratio > 0)].iloc[0]),
                cure="Use adjust='difference'",
            )
        done = np.append(1.0, np.cumprod(ratio))
        factor = done[reached] / done if anchor == "last" else 1.0 / done
    elif adjust == "difference":
        done = np.append(0.0, np.cumsum(table["gap"].to_numpy(dtype=np.float64)))
        offset = done[reached] - done if anchor == "last" else -done
    return factor, offset


def _spliced(
    bars: xr.Dataset, held: Counts, rolls: list[Roll], factor: Numbers, offset: Numbers
) -> xr.Dataset:
    """The bars of the contract held into each close, adjusted."""
    inside = np.flatnonzero(held >= 0)
    ends = np.array([roll.done for roll in rolls], dtype=np.int64)
    leg = np.searchsorted(ends, inside, side="left")  # a bar of a roll belongs to the old leg
    columns = held[inside]
    spliced = bars.isel(time=inside, symbol=[0]).copy()
    for field in bars.data_vars:
        values = bars[field].to_numpy()[inside, columns]
        if field in PRICES:
            values = values * factor[leg] + offset[leg]
        spliced[field] = (("time", "symbol"), values[:, None])
    contract = bars["symbol"].to_numpy()[columns].astype(str)
    return spliced.assign_coords(contract=("time", contract))


def _anchored_at(bars: xr.Dataset, held: Counts, anchor: Anchor) -> str:
    inside = held[held >= 0]
    symbol = bars["symbol"].to_numpy()[inside[-1] if anchor == "last" else inside[0]]
    moves = "earlier levels change with each new roll" if anchor == "last" else "the past is fixed"
    return f"{symbol}: {moves}"
