"""What each vendor writes: one paragraph of facts for each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.data.instruments.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOTATIONS", "OWN"]

_ROOTS = {
    "CME": "ES NQ RTY MES MNQ M2K 6A 6B 6C 6E 6J 6M 6N 6S SR1 SR3 BTC MBT ETH MET HE LE GF",
    "CBT": "YM MYM ZB UB ZN TN ZF ZT ZQ ZC ZS ZM ZL ZW KE ZO ZR",
    "NYM": "CL MCL QM NG QG HO RB BZ PL PA",
    "CMX": "GC MGC SI SIL HG MHG",
    "NYB": "CC KC CT SB OJ DX",
}
_FLOORS = {root: floor for floor, roots in _ROOTS.items() for root in roots.split()}

OWN = Notation(
    vendor="symbol",
    about=(
        "The workbench's own. US shares as their exchange writes them, the class after a dot:"
        " BRK.B, preferred BAC.PRL, warrants ACHR.WS, units .U; elsewhere with the market"
        " identifier code: VOD@XLON. Pairs with a slash: BTC/USDT, EUR/USD; a perpetual names what"
        " it settles in: BTC/USDT:USDT. Indices ^SPX. Options SPY261218C00650000 (OCC without"
        " blanks). Futures by root, month code and four digits of the year: ESZ2026; ES=F is the"
        " nearest of them."
    ),
    forms={
        "option": "{option}{day}{right}{strike}",
        "coin option": "{base}/{quote}:{settle}-{day}-{plain}-{right}",
        "coin future": "{base}/{quote}:{settle}-{day}",
        "perpetual": "{base}/{quote}:{quote}",
        "inverse perpetual": "{base}/{quote}:{base}",
        "future": "{root}{month}{year}",
        "front": "{root}=F",
        "index": "^{name}",
        "fx": "{from}/{to}",
        "crypto": "{base}/{quote}",
        "preferred": "{ticker}.PR",
        "preferred series": "{ticker}.PR{series}",
        "warrant": "{ticker}.WS",
        "unit": "{ticker}.U",
        "class": "{ticker}.{letter}",
        "class abroad": "{ticker}.{letter}@{venue}",
        "share abroad": "{ticker}@{venue}",
        "share": "{ticker}",
    },
    also={"future": "{root}{month}{year2}"},
)

_ALL = (
    OWN,
    Notation(
        vendor="polygon",
        about=(
            "Shares plain, the class after a dot: BRK.B; preferred shares with a small p: KIMpL;"
            " warrants .WS, units .U (the consolidated tape's suffixes). A prefix tells the other"
            " markets: X:BTCUSD, C:EURUSD, I:SPX, O:SPY261218C00650000. Futures have one digit of"
            " the year, ESZ6, so that their decade needs a date. Base and quote stand together."
            " (Reference of the ticker parameter in its OpenAPI.)"
        ),
        forms={
            "option": "O:{option}{day}{right}{strike}",
            "future": "{root}{month}{year1}",
            "index": "I:{name}",
            "fx": "C:{from}{to}",
            "crypto": "X:{base}{quote}",
            "preferred": "{ticker}p",
            "preferred series": "{ticker}p{series}",
            "warrant": "{ticker}.WS",
            "unit": "{ticker}.U",
            "class": "{ticker}.{letter}",
            "share": "{ticker}",
        },
    ),
    Notation(
        vendor="alpaca",
        about=(
            "Shares with a dot: BRK.B, BAC.PRL, .WS, .U. Crypto pairs with a slash: BTC/USD;"
            " perpetuals BTCUSDT.P; currency pairs together: USDJPY. Options in OCC form without"
            " blanks. Indices are plain (SPX) and asked for at an address of their own, so that"
            " reading one needs the asset class. (Its Market Data OpenAPI.)"
        ),
        forms={
            "option": "{option}{day}{right}{strike}",
            "perpetual": "{base}{quote}.P",
            "index": "{name}",
            "fx": "{from}{to}",
            "crypto": "{base}/{quote}",
            "preferred": "{ticker}.PR",
            "preferred series": "{ticker}.PR{series}",
            "warrant": "{ticker}.WS",
            "unit": "{ticker}.U",
            "class": "{ticker}.{letter}",
            "share": "{ticker}",
        },
    ),
    Notation(
        vendor="yahoo",
        about=(
            "The class after a hyphen: BRK-B, preferred BAC-PL, warrants -WT, units -UN; a dot"
            " comes before the exchange: VOD.L, BBD-B.TO. Crypto pairs with a hyphen too, BTC-USD:"
            " a quote has three letters or more. Currencies EURUSD=X (JPY=X is USDJPY=X), indices"
            " ^GSPC (a few under names of their own), options in OCC form without blanks, futures"
            " ESZ26.CME, the nearest ES=F. (Its help page SLN2310 and the table of exchanges in"
            " yfinance.)"
        ),
        forms={
            "option": "{option}{day}{right}{strike}",
            "future": "{root}{month}{year2}.{floor}",
            "front": "{root}=F",
            "index": "^{name}",
            "fx": "{from}{to}=X",
            "crypto": "{base}-{quote}",
            "preferred": "{ticker}-P",
            "preferred series": "{ticker}-P{series}",
            "warrant": "{ticker}-WT",
            "unit": "{ticker}-UN",
            "class": "{ticker}-{letter}",
            "class abroad": "{ticker}-{letter}.{venue}",
            "share abroad": "{ticker}.{venue}",
            "share": "{ticker}",
        },
        also={"fx": "{to}=X"},
        venues={
            "XLON": "L", "XETR": "DE", "XFRA": "F", "XPAR": "PA", "XAMS": "AS", "XBRU": "BR",
            "XLIS": "LS", "XDUB": "IR", "XSWX": "SW", "XWBO": "VI", "MTAA": "MI", "BMEX": "MC",
            "XSTO": "ST", "XHEL": "HE", "XCSE": "CO", "XOSL": "OL", "XICE": "IC", "XWAR": "WA",
            "XPRA": "PR", "XBUD": "BD", "XATH": "AT", "XIST": "IS", "XTAE": "TA", "XJSE": "JO",
            "XTSE": "TO", "XTSX": "V", "BVMF": "SA", "XMEX": "MX", "XSGO": "SN",
            "XTKS": "T", "XHKG": "HK", "XSHG": "SS", "XSHE": "SZ", "XTAI": "TW", "ROCO": "TWO",
            "XKRX": "KS", "KQKS": "KQ", "XNSE": "NS", "XBOM": "BO", "XSES": "SI", "XIDX": "JK",
            "XKLS": "KL", "XBKK": "BK", "XPHS": "PS", "XASX": "AX", "XNZE": "NZ", "XSAU": "SR",
        },
        names={"SPX": "GSPC", "COMP": "IXIC"},
        floors=_FLOORS,
    ),
    Notation(
        vendor="alpha_vantage",
        about=(
            "The class after a hyphen: BRK-B, preferred BAC-P-L, warrants -WS, units -U; exchanges"
            " outside the US after a dot: TSCO.LON. Options in OCC form without blanks. Pairs are"
            " two parameters and no symbol; they are written with a slash here. No indices and no"
            " futures. (Its documentation and listing file.)"
        ),
        forms={
            "option": "{option}{day}{right}{strike}",
            "fx": "{from}/{to}",
            "crypto": "{base}/{quote}",
            "preferred series": "{ticker}-P-{series}",
            "warrant": "{ticker}-WS",
            "unit": "{ticker}-U",
            "class": "{ticker}-{letter}",
            "class abroad": "{ticker}-{letter}.{venue}",
            "share abroad": "{ticker}.{venue}",
            "share": "{ticker}",
        },
        venues={
            "XLON": "LON", "XTSE": "TRT", "XTSX": "TRV", "XETR": "DEX", "XFRA": "FRK",
            "XPAR": "PAR", "XAMS": "AMS", "XLIS": "LIS", "XBRU": "BRU", "XBOM": "BSE",
            "XSHG": "SHH", "XSHE": "SHZ",
        },
    ),
    Notation(
        vendor="ib",
        about=(
            "The local symbol of a contract. The class after a blank: BRK B, preferred BAC PRL,"
            " warrants WS, units U. Pairs with a dot, crypto and currencies alike: BTC.USD,"
            " EUR.USD. Options are the 21 characters of the OCC, blanks included. Futures have one"
            " digit of the year, ESZ6, so that their decade needs a date. An index looks like a"
            " share (SPX): reading one needs the asset class, which a contract carries beside it."
            " (Contract reference of the TWS API.)"
        ),
        forms={
            "option": "{option6}{day}{right}{strike}",
            "future": "{root}{month}{year1}",
            "index": "{name}",
            "fx": "{from}.{to}",
            "crypto": "{base}.{quote}",
            "preferred": "{ticker} PR",
            "preferred series": "{ticker} PR{series}",
            "warrant": "{ticker} WS",
            "unit": "{ticker} U",
            "class": "{ticker} {letter}",
            "share": "{ticker}",
        },
        names={"DJI": "INDU"},
    ),
    Notation(
        vendor="ccxt",
        about=(
            "Its unified symbols: BTC/USDT; after a colon what a derivative settles in, then its"
            " day, strike and right: BTC/USDT:USDT, BTC/USD:BTC-261225,"
            " BTC/USD:BTC-261225-50000-C. (Manual, contract naming conventions.)"
        ),
        forms={
            kind: OWN.forms[kind]
            for kind in ("coin option", "coin future", "perpetual", "inverse perpetual", "fx",
                         "crypto")
        },
    ),
)  # fmt: skip

NOTATIONS: Mapping[str, Notation] = MappingProxyType({one.vendor: one for one in _ALL})
"""Vendor → how it writes symbols."""
