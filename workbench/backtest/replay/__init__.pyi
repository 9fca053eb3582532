from .account import Replay as Replay
from .bars import fill_plan as fill_plan
from .events import Events as Events
from .latency import Latency as Latency
from .run import Venue as Venue
from .run import replay as replay
from .run import replay_compiled as replay_compiled
from .view import Orders as Orders
from .view import View as View

__all__ = [
    "Events",
    "Latency",
    "Orders",
    "Replay",
    "Venue",
    "View",
    "fill_plan",
    "replay",
    "replay_compiled",
]
