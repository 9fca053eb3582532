"""Runs side by side: what differs in parameters, data, code and equity, and whether it is luck."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
