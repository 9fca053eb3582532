"""What it would have earned to follow a trained model, on sessions it has not learned from."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
