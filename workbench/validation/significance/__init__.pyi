from .deflated import deflated_sharpe as deflated_sharpe
from .deflated import expected_best as expected_best
from .maxima import Maxima as Maxima
from .results import Verdict as Verdict
from .sharpe import SharpeMoments as SharpeMoments
from .sharpe import minimum_track_record as minimum_track_record
from .sharpe import probabilistic_sharpe as probabilistic_sharpe
from .sharpe import sharpe_moments as sharpe_moments
from .sharpe import standard_error_hac as standard_error_hac
from .sharpe import standard_error_iid as standard_error_iid
from .studentised import studentised_mean as studentised_mean
from .weights import block_edges as block_edges
from .weights import multipliers as multipliers

__all__ = [
    "Maxima",
    "SharpeMoments",
    "Verdict",
    "block_edges",
    "deflated_sharpe",
    "expected_best",
    "minimum_track_record",
    "multipliers",
    "probabilistic_sharpe",
    "sharpe_moments",
    "standard_error_hac",
    "standard_error_iid",
    "studentised_mean",
]
