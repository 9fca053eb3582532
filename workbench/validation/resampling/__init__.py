"""What else could have happened: block bootstraps, permutations, and the wealth they lead to."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
