"""What exchanges do before, between and after their regular hours: a paragraph of facts each.

The regular hours themselves, half days and breaks are the calendar's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

__all__ = ["VENUES", "Venue"]


@dataclass(frozen=True)
class Venue:
    """The hours of an exchange around its regular ones.

    Parameters
    ----------
    name : str
        What it is called.
    since : date
        These hours are known to hold from this session on; of others only the regular hours
        are told.
    until : date, optional
        And before this one.
    opens_by_auction, closes_by_auction : bool
        Whether the first and the last price of a session come from an auction.
    pre_market : time, optional
        When trading begins before the open, by the clock of the exchange.
    opening_auction : tuple of (int, int), optional
        From when to when orders for the opening auction are called, in minutes from the open.
    closing_auction : tuple of (int, int), optional
        The same of the closing auction, in minutes from the close.
    after_hours : int
        How many minutes after the close trading still goes on.
    source : str
        Who states it.
    """

    name: str
    since: date
    until: date | None = None
    opens_by_auction: bool = True
    closes_by_auction: bool = True
    pre_market: time | None = None
    opening_auction: tuple[int, int] | None = None
    closing_auction: tuple[int, int] | None = None
    after_hours: int = 0
    source: str = ""


NEW_YORK = Venue(
    "New York Stock Exchange, NYSE Arca and Nasdaq",
    since=date(2014, 1, 1),
    pre_market=time(4, 0),
    after_hours=240,  # to 20:00; to 17:00 on a day that closes at 13:00
    source="nyse.com/markets/hours-calendars; nasdaqtrader.com, trading hours",
)

LONDON = Venue(
    "London Stock Exchange",
    since=date(2014, 1, 1),
    opening_auction=(-10, 0),
    closing_auction=(0, 5),
    after_hours=10,  # trading at the closing price
    source="London Stock Exchange, Millennium Exchange business parameters, SETS",
)

XETRA = Venue(
    "Xetra",
    since=date(2014, 1, 1),
    opening_auction=(-10, 0),
    closing_auction=(0, 5),
    source="Deutsche Börse, Xetra trading hours",
)

EURONEXT = Venue(
    "Euronext",
    since=date(2019, 1, 1),
    opening_auction=(-105, 0),
    closing_auction=(0, 5),
    after_hours=10,  # trading at last
    source="Euronext cash markets, trading manual, appendix on trading hours",
)

MADRID = Venue(
    "Bolsa de Madrid (SIBE)",
    since=date(2014, 1, 1),
    opening_auction=(-30, 0),
    closing_auction=(0, 5),
    source="BME, SIBE market model",
)

ZURICH = Venue(
    "SIX Swiss Exchange",
    since=date(2021, 1, 1),
    closing_auction=(-10, 0),  # continuous trading ends at 17:20
    after_hours=10,  # trading at last
    source="SIX Swiss Exchange, trading guide",
)

NORDIC = Venue(
    "Nasdaq Nordic",
    since=date(2014, 1, 1),
    closing_auction=(-5, 0),
    source="Nasdaq Nordic market model",
)

TOKYO = Venue(
    "Tokyo Stock Exchange",
    since=date(2024, 11, 5),  # arrowhead 4.0: half an hour more, and a closing auction
    opening_auction=(-60, 0),
    closing_auction=(-5, 0),
    source="jpx.co.jp, trading hours of domestic stocks",
)

HONG_KONG = Venue(
    "Hong Kong Exchange",
    since=date(2020, 10, 19),  # the pre-opening session of today
    opening_auction=(-30, 0),
    closing_auction=(0, 10),  # ends at random in its last two minutes
    source="hkex.com.hk, trading hours of securities",
)

SHANGHAI = Venue(
    "Shanghai Stock Exchange",
    since=date(2018, 8, 20),  # the closing price is an auction's from here on
    opening_auction=(-15, -5),
    closing_auction=(-3, 0),
    source="Shanghai Stock Exchange, trading rules",
)

SEOUL = Venue(
    "Korea Exchange",
    since=date(2019, 4, 29),  # the opening call was shortened to half an hour
    until=date(2026, 6, 29),  # announced: trading from 7:00 and until 20:00
    opening_auction=(-30, 0),
    closing_auction=(-10, 0),
    after_hours=150,
    source="Korea Exchange, trading hours of the stock market",
)

TAIPEI = Venue(
    "Taiwan Stock Exchange",
    since=date(2014, 1, 1),
    opening_auction=(-30, 0),
    closing_auction=(-5, 0),
    source="twse.com.tw, trading mechanism",
)

SYDNEY = Venue(
    "Australian Securities Exchange",
    since=date(2014, 1, 1),
    opening_auction=(-180, 0),
    closing_auction=(0, 11),
    source="asx.com.au, trading hours",
)

JOHANNESBURG = Venue(
    "Johannesburg Stock Exchange",
    since=date(2014, 1, 1),
    opening_auction=(-30, 0),
    closing_auction=(-10, 0),
    source="Johannesburg Stock Exchange, equity market trading sessions",
)

VENUES: dict[str, Venue] = {
    "ARCX": NEW_YORK,
    "BATS": NEW_YORK,
    "NASDAQ": NEW_YORK,
    "NYSE": NEW_YORK,
    "XAMS": EURONEXT,
    "XASE": NEW_YORK,
    "XASX": SYDNEY,
    "XBRU": EURONEXT,
    "XCSE": NORDIC,
    "XETR": XETRA,
    "XHEL": NORDIC,
    "XHKG": HONG_KONG,
    "XJSE": JOHANNESBURG,
    "XKRX": SEOUL,
    "XLIS": EURONEXT,
    "XLON": LONDON,
    "XMAD": MADRID,
    "XNAS": NEW_YORK,
    "XNYS": NEW_YORK,
    "XPAR": EURONEXT,
    "XSHG": SHANGHAI,
    "XSTO": NORDIC,
    "XSWX": ZURICH,
    "XTAI": TAIPEI,
    "XTKS": TOKYO,
}
"""Calendar → facts. Of a calendar that is not here only the regular hours are known."""
