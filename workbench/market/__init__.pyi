from .costs import Costs as Costs
from .fills import buy as buy
from .fills import rebalance as rebalance
from .fills import sell as sell

__all__ = ["Costs", "buy", "rebalance", "sell"]
