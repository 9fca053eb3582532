"""The door for AI agents: every operation as a tool of the Model Context Protocol."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
