from .extension import load_ipython_extension as load_ipython_extension
from .extension import unload_ipython_extension as unload_ipython_extension
from .progress import CellProgress as CellProgress
from .tables import result_html as result_html

__all__ = [
    "CellProgress",
    "load_ipython_extension",
    "result_html",
    "unload_ipython_extension",
]
