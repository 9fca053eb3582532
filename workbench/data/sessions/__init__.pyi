from .listing import sessions_between as sessions_between
from .operations import get_market_status as get_market_status
from .operations import list_sessions as list_sessions
from .phases import Phase as Phase
from .phases import phase_of as phase_of
from .results import MarketReport as MarketReport
from .results import SessionList as SessionList
from .status import market_status as market_status
from .venues import VENUES as VENUES
from .venues import Venue as Venue

__all__ = [
    "VENUES",
    "MarketReport",
    "Phase",
    "SessionList",
    "Venue",
    "get_market_status",
    "list_sessions",
    "market_status",
    "phase_of",
    "sessions_between",
]
