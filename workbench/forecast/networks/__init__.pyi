from .architecture import MODEL_TYPES as MODEL_TYPES
from .architecture import PRESETS as PRESETS
from .architecture import QUANTILES as QUANTILES
from .architecture import Architecture as Architecture
from .architecture import checked_option as checked_option
from .architecture import known_type as known_type
from .architecture import preset_of as preset_of
from .architecture import shape_of as shape_of
from .architecture import title_of as title_of
from .fitting import device_for as device_for
from .fitting import fit_network as fit_network
from .fitting import has_cuda as has_cuda
from .graphs import Graphs as Graphs
from .network import Network as Network

__all__ = [
    "MODEL_TYPES",
    "PRESETS",
    "QUANTILES",
    "Architecture",
    "Graphs",
    "Network",
    "checked_option",
    "device_for",
    "fit_network",
    "has_cuda",
    "known_type",
    "preset_of",
    "shape_of",
    "title_of",
]
