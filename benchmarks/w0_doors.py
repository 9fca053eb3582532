"""How long each door takes to open, beside a bare interpreter; warm, in new processes."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import in_turns

TITLE = "the doors open"
TARGET = "import < 0.3 s, --help < 0.5 s, MCP ready < 2 s"
LIBRARIES = ("click", "mcp", "pydantic")
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "benchmark", "version": "1"},
    },
}


def answers(*command: str) -> None:
    """Run a command to its end."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def greets(*command: str) -> None:
    """Run an MCP server until it has answered the handshake."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        if server.stdin is None or server.stdout is None:
            message = "the server has no pipes"
            raise RuntimeError(message)
        print(json.dumps(HELLO), file=server.stdin, flush=True)
        if "result" not in json.loads(server.stdout.readline()):
            message = "the server refused the handshake"
            raise RuntimeError(message)
        server.kill()


def run() -> dict[str, Any]:
    """Open every door in turns with `python -c pass`."""
    workbench = str(Path(sys.executable).with_name("workbench"))
    doors = {
        "import workbench": (partial(answers, sys.executable, "-c", "import workbench"), 0.3),
        "workbench --help": (partial(answers, workbench, "--help"), 0.5),
        "MCP ready": (partial(greets, workbench, "mcp"), 2.0),
    }
    floor = partial(answers, sys.executable, "-c", "pass")
    rows, met = [], True
    for door, (opens, allowed) in doors.items():
        ours, bare = in_turns(opens, floor)
        met = met and ours < allowed
        rows.append(
            {
                "size": door,
                "peer": "python -c pass",
                "ours_seconds": round(ours, 4),
                "peer_seconds": round(bare, 4),
                "ratio": round(bare / ours, 4),
                "equal": True,
                "peak_rss_mb": None,
            }
        )
    return {"rows": rows, "met": met}
