from .duckdb import connect as connect
from .operations import query_data as query_data
from .results import QueryResult as QueryResult

__all__ = ["QueryResult", "connect", "query_data"]
