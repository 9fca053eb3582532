from .bars import permute_bars as permute_bars
from .blocks import BLOCKS as BLOCKS
from .blocks import block_lengths as block_lengths
from .blocks import resampled as resampled
from .differences import sharpe_difference as sharpe_difference
from .intervals import bootstrap_intervals as bootstrap_intervals
from .permutations import permutation_test_of as permutation_test_of
from .permutations import signal_permutation as signal_permutation
from .results import Interval as Interval
from .results import Intervals as Intervals
from .results import PermutationTest as PermutationTest
from .results import SharpeDifference as SharpeDifference
from .results import WealthPaths as WealthPaths
from .wealth import wealth_paths as wealth_paths

__all__ = [
    "BLOCKS",
    "Interval",
    "Intervals",
    "PermutationTest",
    "SharpeDifference",
    "WealthPaths",
    "block_lengths",
    "bootstrap_intervals",
    "permutation_test_of",
    "permute_bars",
    "resampled",
    "sharpe_difference",
    "signal_permutation",
    "wealth_paths",
]
