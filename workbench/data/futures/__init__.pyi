from .chains import contract_chain as contract_chain
from .operations import continuous_future as continuous_future
from .results import ContinuousReport as ContinuousReport
from .results import RollFacts as RollFacts
from .rolls import Roll as Roll
from .rolls import find_rolls as find_rolls
from .rolls import sessions_left as sessions_left
from .splicing import ContinuousSeries as ContinuousSeries
from .splicing import continuous as continuous

__all__ = [
    "ContinuousReport",
    "ContinuousSeries",
    "Roll",
    "RollFacts",
    "continuous",
    "continuous_future",
    "contract_chain",
    "find_rolls",
    "sessions_left",
]
