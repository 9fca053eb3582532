from .http import http_client as http_client
from .loop import call as call
from .retrying import Retry as Retry
from .tokens import TokenBucket as TokenBucket

__all__ = [
    "Retry",
    "TokenBucket",
    "call",
    "http_client",
]
