"""What every talk to the outside needs: a loop, a limit, a second try, a client."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
