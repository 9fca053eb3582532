from .chance import monte_carlo as monte_carlo
from .chance import permutation_test as permutation_test
from .costs import cost_sensitivity as cost_sensitivity
from .crossing import cross_validate as cross_validate
from .points import grid_points as grid_points
from .points import neighbours as neighbours
from .regimes import regime_breakdown as regime_breakdown
from .regimes import regimes_of as regimes_of
from .results import CostSensitivity as CostSensitivity
from .results import CrossValidation as CrossValidation
from .results import RegimeBreakdown as RegimeBreakdown
from .results import WalkForward as WalkForward
from .study import Study as Study
from .walking import walk_forward as walk_forward

__all__ = [
    "CostSensitivity",
    "CrossValidation",
    "RegimeBreakdown",
    "Study",
    "WalkForward",
    "cost_sensitivity",
    "cross_validate",
    "grid_points",
    "monte_carlo",
    "neighbours",
    "permutation_test",
    "regime_breakdown",
    "regimes_of",
    "walk_forward",
]
