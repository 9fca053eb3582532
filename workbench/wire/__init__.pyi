from .http import http_client as http_client
from .loop import call as call
from .pausing import pause as pause
from .pausing import pausing as pausing
from .retrying import Retry as Retry
from .tokens import TokenBucket as TokenBucket
from .tokens import shared_bucket as shared_bucket
from .waiting import asked_to_wait as asked_to_wait

__all__ = [
    "Retry",
    "TokenBucket",
    "asked_to_wait",
    "call",
    "http_client",
    "pause",
    "pausing",
    "shared_bucket",
]
