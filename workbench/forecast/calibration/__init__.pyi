from .calibrating import adaptive_quantiles as adaptive_quantiles
from .calibrating import calibrated_fan as calibrated_fan
from .calibrating import supported_level as supported_level
from .checking import check_calibration as check_calibration
from .results import CalibrationReport as CalibrationReport
from .results import StepCalibration as StepCalibration
from .scales import move_scales as move_scales
from .split import fewest_scores as fewest_scores
from .split import split_interval as split_interval
from .tracking import tracked_quantiles as tracked_quantiles
from .watching import Watch as Watch
from .watching import watch as watch

__all__ = [
    "CalibrationReport",
    "StepCalibration",
    "Watch",
    "adaptive_quantiles",
    "calibrated_fan",
    "check_calibration",
    "fewest_scores",
    "move_scales",
    "split_interval",
    "supported_level",
    "tracked_quantiles",
    "watch",
]
