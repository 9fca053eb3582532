from .abstaining import Abstaining as Abstaining
from .abstaining import Decision as Decision
from .abstaining import fit_default as fit_default
from .autoregression import Autoregression as Autoregression
from .autoregression import AutoregressionLearner as AutoregressionLearner
from .autoregression import fit_autoregression as fit_autoregression
from .calibration import adaptive_quantiles as adaptive_quantiles
from .calibration import calibrated_fan as calibrated_fan
from .calibration import check_calibration as check_calibration
from .calibration import split_interval as split_interval
from .calibration import watch as watch
from .evaluation import EvaluationReport as EvaluationReport
from .evaluation import RollingOrigins as RollingOrigins
from .evaluation import clark_west as clark_west
from .evaluation import compare as compare
from .evaluation import diebold_mariano as diebold_mariano
from .evaluation import evaluate as evaluate
from .evaluation import evaluation_of as evaluation_of
from .evaluation import model_confidence_set as model_confidence_set
from .evaluation import neural_evaluate as neural_evaluate
from .evaluation import rolling_origins as rolling_origins
from .evaluation import score as score
from .learning import Schedule as Schedule
from .linear import NLinear as NLinear
from .linear import NLinearLearner as NLinearLearner
from .linear import fit_nlinear as fit_nlinear
from .live import LiveFan as LiveFan
from .live import LiveForecast as LiveForecast
from .live import completed as completed
from .live import replayed as replayed
from .models import TrainedModel as TrainedModel
from .models import load_model as load_model
from .models import model_names as model_names
from .naive import Drift as Drift
from .naive import Naive as Naive
from .naive import RepeatLast as RepeatLast
from .naive import Seasonal as Seasonal
from .naive import SeasonalNaive as SeasonalNaive
from .naive import fit_drift as fit_drift
from .naive import fit_repeat_last as fit_repeat_last
from .naive import fit_seasonal as fit_seasonal
from .networks import MODEL_TYPES as MODEL_TYPES
from .networks import PRESETS as PRESETS
from .networks import Architecture as Architecture
from .networks import Network as Network
from .operations import list_model_types as list_model_types
from .operations import neural_forecast as neural_forecast
from .operations import neural_model_status as neural_model_status
from .operations import neural_train as neural_train
from .optimizing import NeuralOptimization as NeuralOptimization
from .optimizing import neural_optimize as neural_optimize
from .results import Evaluation as Evaluation
from .results import ForecastReport as ForecastReport
from .results import ModelStatus as ModelStatus
from .results import TrainingReport as TrainingReport
from .serving import ModelServer as ModelServer
from .serving import Prediction as Prediction
from .serving import neural_predict as neural_predict
from .serving import server_of as server_of
from .statsforecast import AutoArima as AutoArima
from .statsforecast import AutoEts as AutoEts
from .statsforecast import Theta as Theta
from .training import Training as Training
from .training import train as train
from .volatility import daily_variance as daily_variance
from .volatility import forecast_variance as forecast_variance
from .volatility import qlike as qlike

__all__ = [
    "MODEL_TYPES",
    "PRESETS",
    "Abstaining",
    "Architecture",
    "AutoArima",
    "AutoEts",
    "Autoregression",
    "AutoregressionLearner",
    "Decision",
    "Drift",
    "Evaluation",
    "EvaluationReport",
    "ForecastReport",
    "LiveFan",
    "LiveForecast",
    "ModelServer",
    "ModelStatus",
    "NLinear",
    "NLinearLearner",
    "Naive",
    "Network",
    "NeuralOptimization",
    "Prediction",
    "RepeatLast",
    "RollingOrigins",
    "Schedule",
    "Seasonal",
    "SeasonalNaive",
    "Theta",
    "TrainedModel",
    "Training",
    "TrainingReport",
    "adaptive_quantiles",
    "calibrated_fan",
    "check_calibration",
    "clark_west",
    "compare",
    "completed",
    "daily_variance",
    "diebold_mariano",
    "evaluate",
    "evaluation_of",
    "fit_autoregression",
    "fit_default",
    "fit_drift",
    "fit_nlinear",
    "fit_repeat_last",
    "fit_seasonal",
    "forecast_variance",
    "list_model_types",
    "load_model",
    "model_confidence_set",
    "model_names",
    "neural_evaluate",
    "neural_forecast",
    "neural_model_status",
    "neural_optimize",
    "neural_predict",
    "neural_train",
    "qlike",
    "replayed",
    "rolling_origins",
    "score",
    "server_of",
    "split_interval",
    "train",
    "watch",
]
