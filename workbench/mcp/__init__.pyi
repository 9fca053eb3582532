from .http import http_app as http_app
from .http import serve_http as serve_http
from .server import build_server as build_server
from .server import scopes_of_agents as scopes_of_agents
from .stdio import serve_stdio as serve_stdio

__all__ = ["build_server", "http_app", "scopes_of_agents", "serve_http", "serve_stdio"]
