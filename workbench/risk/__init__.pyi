from .composition import beta as beta
from .composition import concentration as concentration
from .composition import contributions as contributions
from .composition import diversification_ratio as diversification_ratio
from .composition import r_squared as r_squared
from .correlation import correlation_report as correlation_report
from .holding import Holding as Holding
from .measures import MEASURES as MEASURES
from .measures import RiskMeasure as RiskMeasure
from .measures import measure as measure
from .operations import correlation_analysis as correlation_analysis
from .operations import risk_analysis as risk_analysis
from .report import portfolio_risk as portfolio_risk
from .simulation import FittedReturns as FittedReturns
from .simulation import ReturnModel as ReturnModel
from .simulation import fit as fit
from .simulation import simulate as simulate
from .tail import TailRisk as TailRisk
from .tail import empirical_tail as empirical_tail
from .tail import normal_tail as normal_tail

__all__ = [
    "MEASURES",
    "FittedReturns",
    "Holding",
    "ReturnModel",
    "RiskMeasure",
    "TailRisk",
    "beta",
    "concentration",
    "contributions",
    "correlation_analysis",
    "correlation_report",
    "diversification_ratio",
    "empirical_tail",
    "fit",
    "measure",
    "normal_tail",
    "portfolio_risk",
    "r_squared",
    "risk_analysis",
    "simulate",
]
