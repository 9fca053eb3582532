from .accuracy import clark_west as clark_west
from .accuracy import compare as compare
from .accuracy import diebold_mariano as diebold_mariano
from .accuracy import holm as holm
from .accuracy import losses_per_origin as losses_per_origin
from .arch import model_confidence_set as model_confidence_set
from .direction import direction_of as direction_of
from .evaluating import evaluate as evaluate
from .evaluating import evaluation_of as evaluation_of
from .judging import METRICS as METRICS
from .judging import judge as judge
from .losses import LOSSES as LOSSES
from .losses import crps as crps
from .losses import interval_score as interval_score
from .losses import pinball_loss as pinball_loss
from .means import MeanTest as MeanTest
from .means import mean_test as mean_test
from .operations import neural_evaluate as neural_evaluate
from .origins import RollingOrigins as RollingOrigins
from .origins import rolling_origins as rolling_origins
from .results import Comparison as Comparison
from .results import ConfidenceSet as ConfidenceSet
from .results import Direction as Direction
from .results import Evaluation as Evaluation
from .results import EvaluationReport as EvaluationReport
from .results import RuleResult as RuleResult
from .results import Scores as Scores
from .results import StepScores as StepScores
from .rivals import plain_rivals as plain_rivals
from .rivals import season_of as season_of
from .scoring import score as score
from .scoring import scores_by_step as scores_by_step
from .scoring import scores_of as scores_of
from .scoring import shares_below as shares_below
from .trading import trade_the_sign as trade_the_sign

__all__ = [
    "LOSSES",
    "METRICS",
    "Comparison",
    "ConfidenceSet",
    "Direction",
    "Evaluation",
    "EvaluationReport",
    "MeanTest",
    "RollingOrigins",
    "RuleResult",
    "Scores",
    "StepScores",
    "clark_west",
    "compare",
    "crps",
    "diebold_mariano",
    "direction_of",
    "evaluate",
    "evaluation_of",
    "holm",
    "interval_score",
    "judge",
    "losses_per_origin",
    "mean_test",
    "model_confidence_set",
    "neural_evaluate",
    "pinball_loss",
    "plain_rivals",
    "rolling_origins",
    "score",
    "scores_by_step",
    "scores_of",
    "season_of",
    "shares_below",
    "trade_the_sign",
]
