from .following import LiveForecast as LiveForecast
from .results import LiveFan as LiveFan
from .streams import completed as completed
from .streams import replayed as replayed

__all__ = ["LiveFan", "LiveForecast", "completed", "replayed"]
