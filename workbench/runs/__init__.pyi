from .demo import demo as demo
from .notebooks import find_notebook as find_notebook
from .notebooks import run as run
from .operations import get_run as get_run
from .operations import list_runs as list_runs
from .operations import run_notebook as run_notebook
from .parameters import coerced as coerced
from .parameters import declared as declared
from .report import notebook_report as notebook_report
from .results import RunList as RunList
from .results import RunReport as RunReport

__all__ = [
    "RunList",
    "RunReport",
    "coerced",
    "declared",
    "demo",
    "find_notebook",
    "get_run",
    "list_runs",
    "notebook_report",
    "run",
    "run_notebook",
]
