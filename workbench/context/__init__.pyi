from .context import Context as Context
from .context import current as current
from .progress import Progress as Progress
from .resources import Resources as Resources

__all__ = ["Context", "Progress", "Resources", "current"]
