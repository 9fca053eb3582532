from .counts import cluster_count as cluster_count
from .counts import correlations as correlations
from .counts import participation_ratio as participation_ratio
from .deflated import deflated_sharpe as deflated_sharpe
from .deflated import expected_best as expected_best
from .honesty import measured_corrections as measured_corrections
from .honesty import which_corrections_lie as which_corrections_lie
from .maxima import Maxima as Maxima
from .pbo import backtest_overfitting as backtest_overfitting
from .results import CorrectionRow as CorrectionRow
from .results import Corrections as Corrections
from .results import Overfitting as Overfitting
from .results import SimulatedDesign as SimulatedDesign
from .results import Survivor as Survivor
from .results import Survivors as Survivors
from .results import Verdict as Verdict
from .sharpe import SharpeMoments as SharpeMoments
from .sharpe import minimum_track_record as minimum_track_record
from .sharpe import probabilistic_sharpe as probabilistic_sharpe
from .sharpe import sharpe_moments as sharpe_moments
from .sharpe import standard_error_hac as standard_error_hac
from .sharpe import standard_error_iid as standard_error_iid
from .stepdown import step_down as step_down
from .studentised import studentised_mean as studentised_mean
from .verdicts import verdict as verdict
from .weights import block_edges as block_edges
from .weights import multipliers as multipliers

__all__ = [
    "CorrectionRow",
    "Corrections",
    "Maxima",
    "Overfitting",
    "SharpeMoments",
    "SimulatedDesign",
    "Survivor",
    "Survivors",
    "Verdict",
    "backtest_overfitting",
    "block_edges",
    "cluster_count",
    "correlations",
    "deflated_sharpe",
    "expected_best",
    "measured_corrections",
    "minimum_track_record",
    "multipliers",
    "participation_ratio",
    "probabilistic_sharpe",
    "sharpe_moments",
    "standard_error_hac",
    "standard_error_iid",
    "step_down",
    "studentised_mean",
    "verdict",
    "which_corrections_lie",
]
