"""The verbs that start a door; each hands over to the room or surface that does it."""

from __future__ import annotations

import os
import sys

import click

__all__ = ["app", "config", "demo", "lab", "mcp", "run", "warm"]


@click.command()
@click.argument("notebook")
@click.option(
    "-p", "--parameter", "pairs", nargs=2, multiple=True, metavar="NAME VALUE", help="A parameter."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, nothing else.")
def run(notebook: str, pairs: tuple[tuple[str, str], ...], as_json: bool) -> None:  # noqa: FBT001
    """Run a notebook with parameters and keep its report.

    NOTEBOOK is a path, or the name of a notebook that is shipped or your own.
    """
    from workbench.cli.progress import watched  # noqa: PLC0415  heavy: rich
    from workbench.cli.showing import show  # noqa: PLC0415  heavy: rich
    from workbench.registry import call  # noqa: PLC0415

    with watched(notebook) as context:
        arguments = {"notebook": notebook, "parameters": dict(pairs)}
        result = call("run_notebook", arguments, context)
    show(result, as_json=as_json)


@click.command()
def demo() -> None:
    """Run the main job on the embedded data and say where everything is."""
    from workbench.cli.progress import watched  # noqa: PLC0415  heavy: rich
    from workbench.runs import demo as run_demo  # noqa: PLC0415  heavy: papermill

    with watched("demo") as context:
        report = run_demo(context)
    click.echo(repr(report))
    click.echo(
        "\nNext:\n"
        "  workbench app                    the dashboards, in a browser\n"
        "  workbench lab                    the notebooks, in JupyterLab\n"
        "  workbench mcp                    the tools, for an AI agent\n"
        "  workbench --help                 everything, on the command line"
    )


@click.command()
@click.option("--http", is_flag=True, help="Serve over HTTP instead of stdio.")
@click.option("--host", default=None, help="Address, with --http.")
@click.option("--port", type=int, default=None, help="Port, with --http.")
@click.option("--allow-write", is_flag=True, help="Offer operations that change what is kept.")
def mcp(http: bool, host: str | None, port: int | None, allow_write: bool) -> None:  # noqa: FBT001
    """Serve every operation to AI agents, over stdio or HTTP."""
    from workbench import mcp as server  # noqa: PLC0415  heavy: mcp

    if http:
        server.serve_http(host=host, port=port, allow_write=allow_write)
    else:
        server.serve_stdio(allow_write=allow_write)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=int, default=None, help="Port to serve on; 5006 by default.")
def app(host: str, port: int | None) -> None:
    """Serve the dashboards and the MCP server in one process."""
    from workbench import pages  # noqa: PLC0415  heavy: panel

    pages.serve(host=host, port=port)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on the notebooks; ARGUMENTS are passed on to it."""
    from importlib.util import find_spec  # noqa: PLC0415

    from workbench.errors import MissingExtra  # noqa: PLC0415
    from workbench.settings import shipped_folders  # noqa: PLC0415

    if find_spec("jupyterlab") is None:
        raise MissingExtra("jupyterlab", "to open the notebooks", "lab")
    folder = str(shipped_folders("notebooks")[0])
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", *arguments]
    os.execv(sys.executable, command)  # noqa: S606  Jupyter takes over this process


@click.group()
def config() -> None:
    """Show each setting and where it came from."""


@config.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, nothing else.")
def config_show(as_json: bool) -> None:  # noqa: FBT001
    """Show each setting and where it came from; secrets are masked."""
    import json  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    from workbench.settings import show_settings  # noqa: PLC0415  heavy: pydantic-settings

    rows = [asdict(setting) for setting in show_settings()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    import pandas as pd  # noqa: PLC0415  heavy: pandas
    from rich.console import Console  # noqa: PLC0415  heavy: rich

    from workbench.cli.tables import drawn  # noqa: PLC0415

    console = Console()
    console.print(drawn(pd.DataFrame(rows), console, len(rows)))


@click.command()
def warm() -> None:
    """Compile the kernels and fetch the embedded data ahead of time."""
    from workbench.cli.progress import watched  # noqa: PLC0415  heavy: rich
    from workbench.cli.warming import warmed  # noqa: PLC0415  heavy: pandas, numba

    with watched("warm") as context:
        click.echo(warmed(context))
