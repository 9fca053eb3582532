"""Where numbers are computed: compiled kernels, the device, the cluster. It knows no finance."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
