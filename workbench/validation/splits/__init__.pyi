from .combinatorial import CombinatorialSplits as CombinatorialSplits
from .combinatorial import combinatorial_purged as combinatorial_purged
from .folds import purged_k_fold as purged_k_fold
from .randomised import multiple_randomised as multiple_randomised
from .spans import label_ends as label_ends
from .split import Split as Split
from .split import Splits as Splits
from .walking import walk_forward_splits as walk_forward_splits

__all__ = [
    "CombinatorialSplits",
    "Split",
    "Splits",
    "combinatorial_purged",
    "label_ends",
    "multiple_randomised",
    "purged_k_fold",
    "walk_forward_splits",
]
