from .compare import compare as compare
from .operations import compare_runs as compare_runs
from .results import RunComparison as RunComparison
from .runs import Run as Run
from .runs import run_of as run_of

__all__ = ["Run", "RunComparison", "compare", "compare_runs", "run_of"]
