from .deciding import decide as decide
from .default import Abstaining as Abstaining
from .default import Default as Default
from .default import fit_default as fit_default
from .results import Decision as Decision

__all__ = [
    "Abstaining",
    "Decision",
    "Default",
    "decide",
    "fit_default",
]
