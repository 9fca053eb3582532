from .brackets import Bracket as Bracket
from .costs import Costs as Costs
from .fills import buy as buy
from .fills import rebalance as rebalance
from .fills import sell as sell

__all__ = ["Bracket", "Costs", "buy", "rebalance", "sell"]
