"""What is listed: shares, indices, currencies and contracts, those of the past too."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from workbench.adapters.polygon.notation import escaped, last_day_of
from workbench.adapters.polygon.refusals import NotFound
from workbench.adapters.polygon.tables import as_documented, midnight, table_of
from workbench.domain import INSTRUMENT_COLUMNS, AssetClass
from workbench.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.adapters.polygon.client import Client

    Row = dict[str, Any]

__all__ = ["instrument_table", "instruments_of", "listings_of", "require_known", "unknown"]

MOST_PER_PAGE = 1000
MARKETS = {
    AssetClass.EQUITY: ("stocks", "otc"),
    AssetClass.ETF: ("stocks", "otc"),
    AssetClass.INDEX: ("indices",),
    AssetClass.CRYPTO: ("crypto",),
    AssetClass.FX: ("fx",),
}
CLASS_OF_MARKET = {"indices": AssetClass.INDEX, "crypto": AssetClass.CRYPTO, "fx": AssetClass.FX}
FUNDS = {"ETF", "ETN", "ETS", "ETV"}
NO_SHARES = {"BASKET", "BOND", "OTHER"}
DAY = timedelta(days=1)


def require_known(client: Client, symbol: str) -> None:
    """Refuse a symbol that Polygon has never listed.

    Parameters
    ----------
    client : Client
        Asked once or twice.
    symbol : str
        One for which an answer was empty, which may have had nothing to say.

    Raises
    ------
    UnknownName
        If there is no such symbol.
    """
    if next(listings_of(client, symbol), None) is None:
        raise unknown(symbol)


def unknown(symbol: str) -> UnknownName:
    """The error for a symbol that Polygon does not have."""
    return UnknownName(
        "symbol at Polygon",
        symbol,
        cure="Write it as Polygon does: AAPL, I:SPX, C:EURUSD, X:BTCUSD, O:AAPL261218C00200000",
    )


def listings_of(client: Client, symbol: str) -> Iterator[Row]:
    """What Polygon says of a symbol: once as listed now, and once for each time in the past."""
    if symbol.startswith("O:"):
        yield from _contract(client, symbol)
        return
    for is_active in (True, False):
        for rows in client.pages(
            client.rest.list_tickers, ticker=symbol, active=is_active, limit=MOST_PER_PAGE
        ):
            yield from rows


def instruments_of(
    client: Client, symbols: Sequence[str] | None, asset_class: str | None
) -> Iterator[pa.Table]:
    """Instruments by symbol with all details, or all there are of a class, or all but contracts.

    With the class ``option`` the symbols are contracts or what they are written on.
    """
    if symbols is None:
        yield from _all(client, asset_class)
    elif asset_class == AssetClass.OPTION:
        for symbol in symbols:
            own = symbol.startswith("O:")
            yield from _named(client, symbol) if own else _contracts(client, symbol)
    else:
        for symbol in symbols:
            yield from _of_class(_named(client, symbol), asset_class)


def instrument_table(rows: list[Row]) -> pa.Table:
    """Tickers, their details and contracts in `INSTRUMENT_COLUMNS`."""
    with as_documented():
        read = [_of_contract(row) if "expiration_date" in row else _of_ticker(row) for row in rows]
        return table_of(INSTRUMENT_COLUMNS, read)


def _of_ticker(row: Row) -> Row:
    delisted = midnight(row.get("delisted_utc"))
    return {
        "instrument": row.get("composite_figi") or _own_name(row),
        "symbol": row["ticker"],
        "name": row["name"],
        "asset_class": _asset_class(row),
        "venue": row.get("primary_exchange"),
        "currency": _currency(row),
        "lot": row.get("round_lot"),
        "listed": midnight(row.get("list_date")),
        "delisted": delisted + DAY if delisted else None,
        "figi": row.get("composite_figi"),
        "cik": row.get("cik"),
    }


def _of_contract(row: Row) -> Row:
    return {
        "instrument": row["ticker"],
        "symbol": row["ticker"],
        "name": f"{row['underlying_ticker']} {row['contract_type']} {row['strike_price']:g}"
        f" {row['expiration_date']}",
        "asset_class": str(AssetClass.OPTION),
        "venue": row.get("primary_exchange"),
        "currency": "USD",
        "multiplier": row.get("shares_per_contract"),
        "underlying": row["underlying_ticker"],
        "expires": midnight(row["expiration_date"]),
    }


def _own_name(row: Row) -> str:
    """The symbol, and when it ended, since symbols are used again."""
    ended = row.get("delisted_utc")
    return f"{row['ticker']}@{ended[:10]}" if ended else str(row["ticker"])


def _asset_class(row: Row) -> str:
    kind = row.get("type")
    if row["market"] in CLASS_OF_MARKET:
        return str(CLASS_OF_MARKET[row["market"]])
    if kind in FUNDS:
        return str(AssetClass.ETF)
    return str(AssetClass.UNKNOWN if kind in NO_SHARES else AssetClass.EQUITY)


def _currency(row: Row) -> str | None:
    """The code; of pairs it is a symbol beside the currency's name in words."""
    code: str = row.get("currency_symbol") or row.get("currency_name") or ""
    return code.upper() if len(code) == 3 else None


def _all(client: Client, asset_class: str | None) -> Iterator[pa.Table]:
    if asset_class == AssetClass.OPTION:
        yield from _contracts(client)
        return
    if asset_class is not None and asset_class not in MARKETS:
        raise UnknownName("asset class at Polygon", asset_class, [*MARKETS, AssetClass.OPTION])
    markets = MARKETS[AssetClass(asset_class)] if asset_class else (None,)
    for market, is_active in product(markets, (True, False)):
        pages = client.pages(
            client.rest.list_tickers, market=market, active=is_active, limit=MOST_PER_PAGE
        )
        yield from _of_class(map(instrument_table, pages), asset_class)


def _of_class(tables: Iterator[pa.Table], asset_class: str | None) -> Iterator[pa.Table]:
    for rows in tables:
        wanted = [asset_class in (None, name) for name in rows["asset_class"].to_pylist()]
        if any(wanted):
            yield rows.filter(pa.array(wanted))


def _named(client: Client, symbol: str) -> Iterator[pa.Table]:
    rows = [_detailed(client, symbol, row) for row in listings_of(client, symbol)]
    if not rows:
        raise unknown(symbol)
    yield instrument_table(rows)


def _detailed(client: Client, symbol: str, row: Row) -> Row:
    """The row with what only the page of the ticker says, such as when it was listed."""
    if "expiration_date" in row:
        return row
    last_day = str(row["delisted_utc"])[:10] if row.get("delisted_utc") else None
    try:
        more = client.result(client.rest.get_ticker_details, escaped(symbol), date=last_day)
    except NotFound:
        return row
    return {**more, **row}


def _contract(client: Client, symbol: str) -> Iterator[Row]:
    """A contract is looked up as of its last day: later it is not found."""
    last_day = last_day_of(symbol)
    if last_day is None:
        return
    try:
        yield client.result(client.rest.get_options_contract, escaped(symbol), as_of=str(last_day))
    except NotFound:
        return


def _contracts(client: Client, underlying: str | None = None) -> Iterator[pa.Table]:
    is_known = False
    for is_expired in (False, True):
        for rows in client.pages(
            client.rest.list_options_contracts,
            underlying_ticker=underlying,
            expired=is_expired,
            limit=MOST_PER_PAGE,
        ):
            if rows:
                is_known = True
                yield instrument_table(rows)
    if underlying and not is_known:
        require_known(client, underlying)
