from .companyfacts import facts_of_companyfacts as facts_of_companyfacts
from .items import ITEMS as ITEMS
from .joining import facts_asof as facts_asof
from .joining import figures as figures
from .keeping import load_facts as load_facts
from .keeping import store_facts as store_facts
from .macro import macro_asof as macro_asof
from .macro import vintages as vintages
from .macro_keeping import load_macro as load_macro
from .macro_keeping import store_macro as store_macro
from .macro_tables import macro_of_frame as macro_of_frame
from .operations import add_fundamentals as add_fundamentals
from .operations import add_macro as add_macro
from .operations import download_fundamentals as download_fundamentals
from .operations import get_fundamentals as get_fundamentals
from .operations import get_macro as get_macro
from .periods import Span as Span
from .polygon_financials import facts_of_polygon as facts_of_polygon
from .publication import published_at as published_at
from .results import FactsAdded as FactsAdded
from .results import FundamentalsReport as FundamentalsReport
from .results import MacroAdded as MacroAdded
from .results import MacroReport as MacroReport
from .tables import facts_of_frame as facts_of_frame

__all__ = [
    "ITEMS",
    "FactsAdded",
    "FundamentalsReport",
    "MacroAdded",
    "MacroReport",
    "Span",
    "add_fundamentals",
    "add_macro",
    "download_fundamentals",
    "facts_asof",
    "facts_of_companyfacts",
    "facts_of_frame",
    "facts_of_polygon",
    "figures",
    "get_fundamentals",
    "get_macro",
    "load_facts",
    "load_macro",
    "macro_asof",
    "macro_of_frame",
    "published_at",
    "store_facts",
    "store_macro",
    "vintages",
]
