"""Prices of several currencies in the currency of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data import bars as read_bars
from workbench.errors import InvalidInput

if TYPE_CHECKING:
    from typing import Any

    import xarray as xr

__all__ = ["in_one_currency"]


def in_one_currency(bars: xr.Dataset, currency: str | None, rates: Any = None) -> xr.Dataset:
    """Bars whose prices are all in the currency of the account.

    A price is converted at the rate that was known at its bar, so that profits, dividends and
    fees are of that bar's rate and a holding gains and loses with its currency.

    Parameters
    ----------
    bars : xarray.Dataset
        With the coordinate ``currency`` along symbol.
    currency : str, optional
        Of the account, as ``USD``; None where all prices are in one.
    rates : Dataset or frame, optional
        Bars of pairs, as ``EUR/USD``.

    Returns
    -------
    xarray.Dataset
        The same bars, or converted ones.

    Raises
    ------
    InvalidInput
        If prices are in several currencies, or in another than the account's, and there
        are no rates; or no currency of the account is given.
    UnknownName
        If no pair leads from one currency to the other.
    """
    found = sorted({str(one) for one in bars["currency"].to_numpy()} if "currency" in bars.coords
                   else set())  # fmt: skip
    quoted = [one for one in found if one]
    wanted = currency or (quoted[0] if len(quoted) == 1 else None)
    if not quoted or (quoted == [wanted] and "" not in found):
        return bars
    if wanted is None:
        raise InvalidInput(
            "The prices are in several currencies, and an account has one",
            seen=", ".join(quoted),
            cure="Choose symbols of one currency; run_backtest and simulate take currency='USD' "
            "and rates, bars of pairs such as EUR/USD",
        )
    if rates is None and quoted != [wanted]:
        raise InvalidInput(
            f"Prices in {', '.join(quoted)} cannot be held in {wanted} without exchange rates",
            seen=", ".join(quoted),
            cure="Choose other symbols; run_backtest and simulate take rates, bars of pairs such "
            "as EUR/USD",
        )
    return _converted(bars, wanted, rates) if rates is not None else bars


def _converted(bars: xr.Dataset, currency: str, rates: Any) -> xr.Dataset:
    from workbench.data.fx import convert_currency  # noqa: PLC0415  only with rates

    return convert_currency(bars, read_bars(rates), currency)
