from .measuring import METRICS as METRICS
from .operations import neural_optimize as neural_optimize
from .results import NeuralOptimization as NeuralOptimization

__all__ = ["METRICS", "NeuralOptimization", "neural_optimize"]
