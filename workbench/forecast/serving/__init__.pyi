from .operations import neural_predict as neural_predict
from .results import Prediction as Prediction
from .results import ServerStatus as ServerStatus
from .server import Answer as Answer
from .server import ModelServer as ModelServer
from .server import served_model as served_model
from .server import server_of as server_of

__all__ = [
    "Answer",
    "ModelServer",
    "Prediction",
    "ServerStatus",
    "neural_predict",
    "served_model",
    "server_of",
]
