from .accounting import Account as Account
from .accounting import Terms as Terms
from .brackets import Bracket as Bracket
from .costs import Costs as Costs
from .fills import buy as buy
from .fills import rebalance as rebalance
from .fills import sell as sell
from .impact import pressure as pressure
from .margin import Margin as Margin
from .rounding import round_limit as round_limit
from .rounding import round_quantity as round_quantity
from .rounding import round_stop as round_stop

__all__ = [
    "Account",
    "Bracket",
    "Costs",
    "Margin",
    "Terms",
    "buy",
    "pressure",
    "rebalance",
    "round_limit",
    "round_quantity",
    "round_stop",
    "sell",
]
