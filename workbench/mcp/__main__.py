"""``python -m workbench.mcp``: serve over standard input and output, without the right to write."""

from workbench.mcp.stdio import serve_stdio

if __name__ == "__main__":
    serve_stdio()
