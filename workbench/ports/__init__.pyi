from .adapters import adapter as adapter
from .adapters import adapter_names as adapter_names
from .forecaster import Forecaster as Forecaster
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
from .stores import Trial as Trial
from .stores import TrialLedger as TrialLedger

__all__ = [
    "BarSource",
    "Commit",
    "Experiments",
    "Forecaster",
    "Lake",
    "LakeUpkeep",
    "MarketSource",
    "MarketStatus",
    "ReferenceSource",
    "RunRecord",
    "RunRecords",
    "SourceFacts",
    "TickSource",
    "Trial",
    "TrialLedger",
    "adapter",
    "adapter_names",
]
