from .maxima import Maxima as Maxima
from .results import Verdict as Verdict
from .studentised import studentised_mean as studentised_mean
from .weights import block_edges as block_edges
from .weights import multipliers as multipliers

__all__ = [
    "Maxima",
    "Verdict",
    "block_edges",
    "multipliers",
    "studentised_mean",
]
