from .page import Html as Html
from .page import page as page
from .page import sections as sections
from .pictures import figures as figures

__all__ = ["Html", "figures", "page", "sections"]
