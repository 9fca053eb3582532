from .kernels import kernel as kernel

__all__ = [
    "kernel",
]
