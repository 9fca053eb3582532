from .capacity import capacity_curve as capacity_curve
from .carrying import CapacityCurve as CapacityCurve
from .chance import monte_carlo as monte_carlo
from .chance import permutation_test as permutation_test
from .checklist import Check as Check
from .checklist import StrategyValidation as StrategyValidation
from .costs import cost_sensitivity as cost_sensitivity
from .crossing import cross_validate as cross_validate
from .operations import validate_strategy as validate_strategy
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
    "CapacityCurve",
    "Check",
    "CostSensitivity",
    "CrossValidation",
    "RegimeBreakdown",
    "StrategyValidation",
    "Study",
    "WalkForward",
    "capacity_curve",
    "cost_sensitivity",
    "cross_validate",
    "grid_points",
    "monte_carlo",
    "neighbours",
    "permutation_test",
    "regime_breakdown",
    "regimes_of",
    "validate_strategy",
    "walk_forward",
]
