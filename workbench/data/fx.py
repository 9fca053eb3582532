"""Prices in another currency, by the exchange rates that were known at each bar.

A rate is a bar of a pair such as ``EUR/USD``, what one euro costs in dollars. It is used as it
stands, inverted, or crossed through the dollar or the euro. A bar is converted with the last close
of the pair whose ``known_at`` is not after its own, its open, high and low too, so that it stays
one bar; volumes count units and stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.data.currencies import whole_currency
from workbench.domain import OHLCV
from workbench.errors import InvalidInput, OutOfRange, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import xarray as xr

    Floats = npt.NDArray[np.float64]
    Instants = npt.NDArray[np.datetime64]

__all__ = ["convert_currency", "pairs_between", "rates_known"]

HUBS = ("USD", "EUR")
"""Through these a rate is crossed, in this order."""
OLDEST_DAYS = 7
"""A rate that is older than the longest run of holidays is missing, not current."""


def convert_currency(
    bars: xr.Dataset, rates: xr.Dataset, into: str, *, oldest_days: float = OLDEST_DAYS
) -> xr.Dataset:
    """Bars with all prices in one currency.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol), with the coordinates ``currency`` along symbol, which may differ, and
        ``known_at`` along time. Pence and cents are quotations of `whole_currency`.
    rates : xarray.Dataset
        Bars of pairs, as ``EUR/USD``.
    into : str
        The currency wanted, or a quotation such as ``GBX``.
    oldest_days : float
        How long a rate is used; a longer time is right for weekly or monthly rates.

    Returns
    -------
    xarray.Dataset
        Prices times rates; NaN where no rate was known, and then ``attrs["unconverted"]`` tells of
        which symbol how many bars, as sentences. The coordinate ``currency`` is `into`.

    Raises
    ------
    InvalidInput
        If the currency of a symbol is not known.
    UnknownName
        If no pairs lead from one currency to the other.
    OutOfRange
        If `oldest_days` is not positive.
    """
    quoted = [str(currency) for currency in bars["currency"].to_numpy()]
    _refuse_unknown(bars, quoted)
    if oldest_days <= 0:
        raise OutOfRange("oldest_days", oldest_days, cure="Give a number of days above zero")
    if set(quoted) <= {into}:
        return bars
    moments = bars["known_at"].to_numpy()
    by_currency = {
        currency: _price_of_unit(rates, currency, into, moments, oldest_days)
        for currency in sorted(set(quoted))
    }
    factors = np.column_stack([by_currency[currency] for currency in quoted])
    prices = [name for name in OHLCV if name in bars.data_vars and name != "volume"]
    made = bars.assign({name: bars[name] * factors for name in prices})
    made = made.assign_coords(currency=("symbol", np.full(len(quoted), into)))
    return made.assign_attrs(unconverted=_unconverted(bars, factors, quoted, into))


def rates_known(
    rates: xr.Dataset,
    base: str,
    quote: str,
    moments: Instants,
    *,
    oldest_days: float = OLDEST_DAYS,
) -> Floats:
    """What one unit of a currency was known to cost in another at some moments.

    Parameters
    ----------
    rates : xarray.Dataset
        Bars of pairs, as ``EUR/USD``.
    base, quote : str
        ISO 4217: the price of one `base` in `quote`.
    moments : numpy.ndarray of datetime64[ns], shape (n,)
        Naive UTC.
    oldest_days : float
        How long a rate is used.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        NaN where none was known.

    Raises
    ------
    UnknownName
        If no pairs lead from one to the other.
    """
    made = np.ones(len(moments))
    for pair, direction in _path(base, quote, _pairs(rates)):
        made *= _last_known(rates, pair, moments, oldest_days) ** direction
    return made


def pairs_between(currencies: Iterable[str], into: str, pairs: Iterable[str]) -> list[str]:
    """The pairs that a conversion needs.

    Parameters
    ----------
    currencies : iterable of str
        In which prices are quoted.
    into : str
        The currency wanted.
    pairs : iterable of str
        Those that there are.

    Returns
    -------
    list of str
        Some of `pairs`, sorted; empty when nothing has to be converted.

    Raises
    ------
    UnknownName
        If no pairs lead from one currency to the other.
    """
    there, wanted = list(pairs), whole_currency(into)[0]
    paths = [_path(whole_currency(one)[0], wanted, there) for one in currencies]
    return sorted({pair for path in paths for pair, _ in path})


def _price_of_unit(
    rates: xr.Dataset, quoted: str, into: str, moments: Instants, oldest_days: float
) -> Floats:
    """What one unit of a quotation costs in another, pence and cents included."""
    (base, parts), (quote, parts_wanted) = whole_currency(quoted), whole_currency(into)
    known = rates_known(rates, base, quote, moments, oldest_days=oldest_days)
    return known * (parts_wanted / parts)


def _pairs(rates: xr.Dataset) -> list[str]:
    return [str(symbol) for symbol in rates["symbol"].to_numpy()]


def _path(base: str, quote: str, pairs: list[str]) -> list[tuple[str, int]]:
    """The pairs from one currency to another, each with 1 as it stands or −1 inverted."""
    if base == quote:
        return []
    direct = _leg(base, quote, pairs)
    if direct:
        return [direct]
    for hub in HUBS:
        first, second = _leg(base, hub, pairs), _leg(hub, quote, pairs)
        if first and second:
            return [first, second]
    raise UnknownName(
        "exchange rate",
        f"{base}/{quote}",
        pairs,
        cure=f"Give {base}/{quote}, or pairs of both with USD or EUR; there are: "
        + (", ".join(sorted(pairs)[:12]) or "none"),
    )


def _leg(base: str, quote: str, pairs: list[str]) -> tuple[str, int] | None:
    if f"{base}/{quote}" in pairs:
        return f"{base}/{quote}", 1
    return (f"{quote}/{base}", -1) if f"{quote}/{base}" in pairs else None


def _last_known(rates: xr.Dataset, pair: str, moments: Instants, oldest_days: float) -> Floats:
    """The last close of a pair at each moment, NaN where there is none or it is too old."""
    closes = rates["close"].sel(symbol=pair).to_numpy()
    known_at = rates["known_at"].to_numpy()
    there = closes > 0
    order = np.argsort(known_at[there], kind="stable")
    closes, known_at = closes[there][order], known_at[there][order]
    at = np.searchsorted(known_at, moments, side="right") - 1
    if not len(closes):
        return np.full(len(moments), np.nan)
    current = (at >= 0) & (moments - known_at[at] <= np.timedelta64(int(oldest_days * 86_400), "s"))
    return np.where(current, closes[at], np.nan)


def _refuse_unknown(bars: xr.Dataset, quoted: list[str]) -> None:
    unknown = [
        str(symbol)
        for symbol, currency in zip(bars["symbol"].to_numpy(), quoted, strict=True)
        if not currency
    ]
    if unknown:
        raise InvalidInput(
            "The currency of some prices is not known",
            seen=unknown[:5],
            cure="Say it where they are read, bars(frame, currency='EUR'), or in the manifest",
        )


def _unconverted(bars: xr.Dataset, factors: Floats, quoted: list[str], into: str) -> list[str]:
    had = bars["close"].notnull().to_numpy()
    lost = (had & np.isnan(factors)).sum(axis=0)
    symbols = bars["symbol"].to_numpy()
    return [
        f"{symbol}: no rate from {currency} to {into} was known at {count} of {all_of_them} bars"
        for symbol, currency, count, all_of_them in zip(
            symbols, quoted, lost, had.sum(axis=0), strict=True
        )
        if count
    ]
