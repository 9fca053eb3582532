from .adjustment import adjust_bars as adjust_bars
from .adjustment import factors as factors
from .adjustment import unadjust_bars as unadjust_bars
from .operations import add_corporate_actions as add_corporate_actions
from .operations import adjustment_factors as adjustment_factors
from .operations import get_corporate_actions as get_corporate_actions
from .reading import actions_of_frame as actions_of_frame
from .renames import aliases_of_renames as aliases_of_renames
from .results import ActionList as ActionList
from .results import ActionsAdded as ActionsAdded
from .results import FactorsReport as FactorsReport
from .returns import delisting_returns as delisting_returns
from .returns import total_returns as total_returns
from .shaping import sift_actions as sift_actions
from .storing import gather_actions as gather_actions
from .storing import load_actions as load_actions
from .storing import store_actions as store_actions

__all__ = [
    "ActionList",
    "ActionsAdded",
    "FactorsReport",
    "actions_of_frame",
    "add_corporate_actions",
    "adjust_bars",
    "adjustment_factors",
    "aliases_of_renames",
    "delisting_returns",
    "factors",
    "gather_actions",
    "get_corporate_actions",
    "load_actions",
    "sift_actions",
    "store_actions",
    "total_returns",
    "unadjust_bars",
]
