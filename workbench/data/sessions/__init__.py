"""What an exchange does at which time: sessions, half days, breaks, auctions, extended hours."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
