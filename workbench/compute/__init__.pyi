from .clusters import cluster as cluster
from .devices import cuda_is_available as cuda_is_available
from .devices import device as device
from .kernels import fingerprint as fingerprint
from .kernels import kernel as kernel
from .threads import single_threaded_products as single_threaded_products

__all__ = [
    "cluster",
    "cuda_is_available",
    "device",
    "fingerprint",
    "kernel",
    "single_threaded_products",
]
