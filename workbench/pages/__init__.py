"""The workbench in a browser: dashboards, and the catalogue of operations as forms.

Derived from the registry; no operation and no formula lives here.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
