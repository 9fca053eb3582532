from .evaluation import evaluate as evaluate
from .evaluation import score as score
from .learning import Schedule as Schedule
from .models import TrainedModel as TrainedModel
from .models import load_model as load_model
from .models import model_names as model_names
from .naive import Naive as Naive
from .naive import fit_drift as fit_drift
from .naive import fit_repeat_last as fit_repeat_last
from .nhits import Architecture as Architecture
from .nhits import Nhits as Nhits
from .operations import neural_forecast as neural_forecast
from .operations import neural_model_status as neural_model_status
from .operations import neural_train as neural_train
from .results import Evaluation as Evaluation
from .results import ForecastReport as ForecastReport
from .results import ModelStatus as ModelStatus
from .results import TrainingReport as TrainingReport
from .training import Training as Training
from .training import train as train

__all__ = [
    "Architecture",
    "Evaluation",
    "ForecastReport",
    "ModelStatus",
    "Naive",
    "Nhits",
    "Schedule",
    "TrainedModel",
    "Training",
    "TrainingReport",
    "evaluate",
    "fit_drift",
    "fit_repeat_last",
    "load_model",
    "model_names",
    "neural_forecast",
    "neural_model_status",
    "neural_train",
    "score",
    "train",
]
