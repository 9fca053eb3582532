from .accounts import simulate_signals as simulate_signals
from .results import SignalAccounts as SignalAccounts
from .tables import Stops as Stops

__all__ = ["SignalAccounts", "Stops", "simulate_signals"]
