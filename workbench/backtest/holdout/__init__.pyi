from .operations import keep_holdout as keep_holdout
from .operations import open_holdout as open_holdout
from .results import HoldoutReport as HoldoutReport

__all__ = ["HoldoutReport", "keep_holdout", "open_holdout"]
