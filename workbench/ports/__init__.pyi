from .adapters import adapter as adapter
from .adapters import adapter_names as adapter_names
from .forecaster import Forecaster as Forecaster
from .forecaster import Learner as Learner
from .holdouts import Holdout as Holdout
from .holdouts import HoldoutBook as HoldoutBook
from .holdouts import Opening as Opening
from .sizing import Sizer as Sizer
from .sources import BarSource as BarSource
from .sources import MarketSource as MarketSource
from .sources import MarketStatus as MarketStatus
from .sources import ReferenceSource as ReferenceSource
from .sources import SourceFacts as SourceFacts
from .sources import TickSource as TickSource
from .stores import Commit as Commit
from .stores import Experiments as Experiments
from .stores import Lake as Lake
from .stores import LakeUpkeep as LakeUpkeep
from .stores import RunRecord as RunRecord
from .stores import RunRecords as RunRecords
from .trials import BestTrial as BestTrial
from .trials import DataScope as DataScope
from .trials import Grid as Grid
from .trials import KeptSeries as KeptSeries
from .trials import Moments as Moments
from .trials import Points as Points
from .trials import QuestionRecord as QuestionRecord
from .trials import SweepTrials as SweepTrials
from .trials import Trial as Trial
from .trials import TrialHistory as TrialHistory
from .trials import TrialLedger as TrialLedger

__all__ = [
    "BarSource",
    "BestTrial",
    "Commit",
    "DataScope",
    "Experiments",
    "Forecaster",
    "Grid",
    "Holdout",
    "HoldoutBook",
    "KeptSeries",
    "Lake",
    "LakeUpkeep",
    "Learner",
    "MarketSource",
    "MarketStatus",
    "Moments",
    "Opening",
    "Points",
    "QuestionRecord",
    "ReferenceSource",
    "RunRecord",
    "RunRecords",
    "Sizer",
    "SourceFacts",
    "SweepTrials",
    "TickSource",
    "Trial",
    "TrialHistory",
    "TrialLedger",
    "adapter",
    "adapter_names",
]
