from .operations import optimize_parameters as optimize_parameters
from .operations import optimize_strategy as optimize_strategy
from .operations import sweep as sweep
from .results import Optimum as Optimum
from .results import StrategyOptimization as StrategyOptimization
from .results import SweepResult as SweepResult
from .run import sweep_strategy as sweep_strategy

__all__ = [
    "Optimum",
    "StrategyOptimization",
    "SweepResult",
    "optimize_parameters",
    "optimize_strategy",
    "sweep",
    "sweep_strategy",
]
