"""Bars, trades and quotes of the past, page by page, and which symbols there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.adapters.alpaca.refusals import unknown_symbol
from workbench.adapters.alpaca.tables import bar_table, quote_table, trade_table
from workbench.errors import BadAnswer, InvalidInput, NotEntitled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

    from workbench.adapters.alpaca.client import Client
    from workbench.adapters.alpaca.markets import Market

    Found = dict[str, list[dict[str, Any]]]

__all__ = ["History"]

TABLES: dict[str, Callable[[Found], pa.Table]] = {
    "bars": bar_table,
    "trades": trade_table,
    "quotes": quote_table,
}
RECENT = "recent"
"""The free plan's word for the last 15 minutes, which it does not include."""


class History:
    """What happened, and which symbols are known to exist.

    Parameters
    ----------
    client : Client
        Of the host with the data.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: set[str] = set()

    def rows(
        self, market: Market, kind: str, symbols: Sequence[str], parameters: dict[str, str]
    ) -> Iterator[pa.Table]:
        """The pages of ``bars``, ``trades`` or ``quotes`` as tables.

        Parameters
        ----------
        market : Market
            Where the symbols are served.
        kind : str
            Of the rows.
        symbols : sequence of str
            As many as one request takes.
        parameters : dict
            The period, and what else the kind needs.

        Yields
        ------
        pyarrow.Table
            In the columns of the port.

        Raises
        ------
        UnknownName
            If a symbol does not exist; after the rows of the others.
        """
        for found in self._permitted(market, kind, symbols, parameters):
            self._known |= set(found)
            yield TABLES[kind](found)
        self.require(market, symbols)

    def require(self, market: Market, symbols: Sequence[str], named: Iterable[str] = ()) -> None:
        """Refuse symbols that do not exist: who was never named and never had a bar.

        Parameters
        ----------
        market : Market
            Where they are served.
        symbols : sequence of str
            All that were asked for.
        named : iterable of str
            Those that another answer has named.

        Raises
        ------
        UnknownName
            For the first that does not exist.
        """
        self._known |= set(named)
        silent = [symbol for symbol in symbols if symbol not in self._known]
        if silent:
            always = {"timeframe": "12Month", "start": "1970-01-01"}
            for found in self._permitted(market, "bars", silent, always):
                self._known |= set(found)
        for symbol in silent:
            if symbol not in self._known:
                raise unknown_symbol(symbol)

    def _permitted(
        self, market: Market, kind: str, symbols: Sequence[str], parameters: dict[str, str]
    ) -> Iterator[Found]:
        """Symbol → rows, page by page, up to what the subscription permits."""
        asked = {"symbols": ",".join(symbols), **parameters}
        try:
            yield from self._pages(market, kind, asked)
        except NotEntitled as refusal:
            if RECENT not in str(refusal.seen) or "end" not in asked:
                raise
            del asked["end"]  # it is then as late as may be
            try:
                yield from self._pages(market, kind, asked)
            except InvalidInput:  # all of the period is later
                raise refusal from None

    def _pages(self, market: Market, kind: str, asked: dict[str, str]) -> Iterator[Found]:
        for page in self._client.pages(f"{market.path}/{kind}", asked, **market.how()):
            if kind not in page:
                raise BadAnswer(f"Alpaca answered no {kind}", seen=sorted(page))
            yield page[kind] or {}
