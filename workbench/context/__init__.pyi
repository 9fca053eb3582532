from .context import Context as Context
from .context import current as current
from .progress import Progress as Progress
from .progress import Throttled as Throttled
from .progress import show_progress as show_progress
from .progress import silent as silent
from .resources import Resources as Resources

__all__ = [
    "Context",
    "Progress",
    "Resources",
    "Throttled",
    "current",
    "show_progress",
    "silent",
]
