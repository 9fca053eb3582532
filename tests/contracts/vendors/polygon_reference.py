"""The instruments, actions and reports that Polygon's server knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

TODAY = dt.date(2024, 12, 5)

TICKERS: list[dict[str, Any]] = [
    {
        "ticker": "AAPL", "name": "Apple Inc.", "market": "stocks", "locale": "us", "type": "CS",
        "primary_exchange": "XNAS", "active": True, "currency_name": "usd", "cik": "0000320193",
        "composite_figi": "BBG000B9XRY4", "share_class_figi": "BBG001S5N8V8",
        "last_updated_utc": "2024-12-05T00:00:00Z",
    },
    {
        "ticker": "NVDA", "name": "Nvidia Corp", "market": "stocks", "locale": "us", "type": "CS",
        "primary_exchange": "XNAS", "active": True, "currency_name": "usd", "cik": "0001045810",
        "composite_figi": "BBG000BBJQV0", "share_class_figi": "BBG001S5TZJ6",
        "last_updated_utc": "2024-12-05T00:00:00Z",
    },
    {
        "ticker": "META", "name": "Meta Platforms, Inc.", "market": "stocks", "locale": "us",
        "type": "CS", "primary_exchange": "XNAS", "active": True, "currency_name": "usd",
        "cik": "0001326801", "composite_figi": "BBG000MM2P62",
        "last_updated_utc": "2024-12-05T00:00:00Z",
    },
    {
        "ticker": "SPY", "name": "SPDR S&P 500 ETF Trust", "market": "stocks", "locale": "us",
        "type": "ETF", "primary_exchange": "ARCX", "active": True, "currency_name": "usd",
        "cik": "0000884394", "composite_figi": "BBG000BDTBL9",
        "last_updated_utc": "2024-12-05T00:00:00Z",
    },
    {
        "ticker": "LATER", "name": "Listed yesterday", "market": "stocks", "locale": "us",
        "type": "CS", "primary_exchange": "XNYS", "active": True, "currency_name": "usd",
        "last_updated_utc": "2024-12-05T00:00:00Z",
    },
    {
        "ticker": "TWTR", "name": "Twitter, Inc.", "market": "stocks", "locale": "us",
        "type": "CS", "primary_exchange": "XNYS", "active": False, "currency_name": "usd",
        "cik": "0001418091", "composite_figi": "BBG000H6HNW3",
        "delisted_utc": "2022-10-28T04:00:00Z", "last_updated_utc": "2022-10-28T00:00:00Z",
    },
    {
        "ticker": "NSRGY", "name": "Nestle SA", "market": "otc", "locale": "us", "type": "ADRC",
        "primary_exchange": "OTCM", "active": True, "currency_name": "usd",
        "composite_figi": "BBG000CV6BG4", "last_updated_utc": "2024-12-05T00:00:00Z",
    },
    {
        "ticker": "I:SPX", "name": "S&P 500 Index", "market": "indices", "locale": "us",
        "active": True,
    },
    {
        "ticker": "C:EURUSD", "name": "Euro - United States dollar", "market": "fx",
        "locale": "global", "active": True, "currency_symbol": "USD",
        "currency_name": "United States dollar", "base_currency_symbol": "EUR",
        "base_currency_name": "Euro", "last_updated_utc": "2017-01-01T00:00:00Z",
    },
    {
        "ticker": "X:BTCUSD", "name": "Bitcoin - United States dollar", "market": "crypto",
        "locale": "global", "active": True, "currency_symbol": "USD",
        "currency_name": "United States dollar", "base_currency_symbol": "BTC",
        "base_currency_name": "Bitcoin", "last_updated_utc": "2017-01-01T00:00:00Z",
    },
]  # fmt: skip

LISTED = {"AAPL": "1980-12-12", "NVDA": "1999-01-22", "META": "2012-05-18", "TWTR": "2013-11-07"}
"""Only the details of one ticker say it."""

EVENTS = {
    "AAPL": [("2003-09-10", "AAPL")],
    "META": [("2022-06-09", "META"), ("2012-05-18", "FB")],
    "TWTR": [("2013-11-07", "TWTR")],
}
"""Symbol → since when it is called what, the newest first; as in the specification's example."""


def split(ticker: str, day: str, old: int, new: int) -> dict[str, Any]:
    return {
        "id": f"E{ticker}{day}", "ticker": ticker, "execution_date": day, "split_from": old,
        "split_to": new,
    }  # fmt: skip


SPLITS = [
    split("AAPL", "2005-02-28", 1, 2),
    split("AAPL", "2014-06-09", 1, 7),
    split("AAPL", "2020-08-31", 1, 4),
    split("NVDA", "2021-07-20", 1, 4),
    split("NVDA", "2024-06-10", 1, 10),
]


def dividend(ticker: str, days: str, cash: float, kind: str = "CD") -> dict[str, Any]:
    names = ("declaration_date", "ex_dividend_date", "record_date", "pay_date")
    dates = dict(zip(names, days.split(), strict=True))
    return {
        "id": f"D{ticker}{dates['ex_dividend_date']}{kind}", "ticker": ticker, "cash_amount": cash,
        "currency": "USD", "dividend_type": kind, "frequency": 0 if kind == "SC" else 4, **dates,
    }  # fmt: skip


DIVIDENDS = [
    dividend("AAPL", "2020-07-30 2020-08-07 2020-08-10 2020-08-13", 0.82),
    dividend("AAPL", "2024-02-01 2024-02-09 2024-02-12 2024-02-15", 0.24),
    dividend("AAPL", "2024-05-02 2024-05-10 2024-05-13 2024-05-16", 0.25),
    dividend("AAPL", "2024-08-01 2024-08-12 2024-08-12 2024-08-15", 0.25),
    dividend("AAPL", "2024-10-31 2024-11-08 2024-11-11 2024-11-14", 0.25),
    dividend("NVDA", "2024-05-22 2024-06-11 2024-06-11 2024-06-28", 0.01),
    dividend("NVDA", "2024-08-28 2024-09-12 2024-09-12 2024-10-03", 0.01),
    dividend("NVDA", "2024-08-28 2024-09-12 2024-09-12 2024-10-03", 0.5, "SC"),
]


def contract(ticker: str, underlying: str, expires: str, strike: float) -> dict[str, Any]:
    put = ticker[-9] == "P"
    return {
        "ticker": ticker, "underlying_ticker": underlying, "expiration_date": expires,
        "contract_type": "put" if put else "call", "cfi": "OPASPS" if put else "OCASPS",
        "exercise_style": "american", "primary_exchange": "BATO", "shares_per_contract": 100,
        "strike_price": strike,
    }  # fmt: skip


CONTRACTS = [
    contract("O:AAPL240621C00190000", "AAPL", "2024-06-21", 190),
    contract("O:AAPL240621C00195000", "AAPL", "2024-06-21", 195),
    contract("O:AAPL261218C00200000", "AAPL", "2026-12-18", 200),
    contract("O:SPY261218P00500000", "SPY", "2026-12-18", 500),
]


def report(
    period: str, dates: str, assets: float, revenues: float, net: float, **more: str
) -> dict[str, Any]:
    """A report of Apple: ``period`` is ``2023 Q4``, ``dates`` start, end and filing."""
    start, end, filed = dates.split()
    year, name = period.split()
    timeframe = "ttm" if name == "TTM" else "annual" if name == "FY" else "quarterly"
    number = f"0000320193-{filed[2:4]}-{int(end[5:7]):06d}"
    return {
        "cik": "0000320193",
        "company_name": "Apple Inc.",
        "start_date": start,
        "end_date": end,
        "filing_date": filed,
        "fiscal_year": year,
        "fiscal_period": name,
        "timeframe": timeframe,
        "tickers": ["AAPL"],
        "source_filing_url": f"https://api.massive.com/v1/reference/sec/filings/{number}",
        "source_filing_file_url": f"https://api.massive.com/v1/reference/sec/filings/{number}/f",
        "financials": {
            "balance_sheet": {"assets": point("Assets", 100, assets)},
            "income_statement": {
                "revenues": point("Revenues", 100, revenues),
                "net_income_loss": point("Net Income/Loss", 3200, net),
                "basic_earnings_per_share": point(
                    "Basic EPS", 4200, round(net / 15.4e9, 2), "USD / shares"
                ),
            },
            "cash_flow_statement": {},
        },
        **more,
    }


def point(label: str, order: int, value: float, unit: str = "USD") -> dict[str, Any]:
    return {"label": label, "order": order, "value": value, "unit": unit}


REPORTS = [
    report("2023 FY", "2022-09-25 2023-09-30 2023-11-03", 352.583e9, 383.285e9, 96.995e9),
    report(
        "2024 Q1", "2023-10-01 2023-12-30 2024-02-02", 353.514e9, 119.575e9, 33.916e9,
        acceptance_datetime="20240201180140",
    ),
    report(
        "2024 Q2", "2023-12-31 2024-03-30 2024-05-03", 337.411e9, 90.753e9, 23.636e9,
        acceptance_datetime="20240502180434",
    ),
    report("2024 TTM", "2023-04-02 2024-03-30 2024-05-03", 337.411e9, 381.623e9, 100.389e9),
    report("2024 Q3", "2024-03-31 2024-06-29 2024-08-02", 331.612e9, 85.777e9, 21.448e9),
    report("2024 FY", "2023-10-01 2024-09-28 2024-11-01", 364.980e9, 391.035e9, 93.736e9),
]  # fmt: skip
"""As the company filed them; the fourth is Polygon's own sum and no report."""

FILED = {
    "2023-11-03": "2023-11-03T00:00:00",
    "2024-02-02": "2024-02-02T11:00:00",
    "2024-05-03": "2024-05-03T10:00:00",
    "2024-08-02": "2024-08-02T00:00:00",
    "2024-11-01": "2024-11-01T00:00:00",
}
"""Day of filing → that day, or where the acceptance of the evening before is stated, 06:00 in New
York of the day of filing in UTC (UTC-5, from March to November UTC-4). By hand."""
