from .source import AlphaVantage as AlphaVantage

__all__ = ["AlphaVantage"]
