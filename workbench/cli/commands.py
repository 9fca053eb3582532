"""The tree of commands: every operation of the index, and the verbs that start a door."""

from __future__ import annotations

import ast
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from workbench.registry.index import Entry, operations, room_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["main"]

VERBS = {
    "app": "Serve the dashboards and the MCP server in one process.",
    "config": "Show each setting and where it came from.",
    "demo": "Run the main job on the embedded data and say where everything is.",
    "lab": "Open JupyterLab on the notebooks.",
    "mcp": "Serve every operation to AI agents.",
    "run": "Run a notebook with parameters and keep its report.",
    "warm": "Compile the kernels and fetch the embedded data ahead of time.",
}
"""The verbs that are no operation, with their help; each is a function of `verbs`."""


class Tree(click.Group):
    """A group whose commands are found in the index when they are asked for.

    Parameters
    ----------
    words : tuple of str
        The words that lead to this group; empty at the root.
    **settings : object
        Passed to `click.Group`.
    """

    def __init__(self, words: tuple[str, ...] = (), **settings: Any) -> None:
        super().__init__(**settings)
        self.words = words

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The next words below this group, sorted."""
        depth = len(self.words)
        following = {words[depth] for words in _below(self.words)}
        return sorted({*following, *(VERBS if not self.words else ())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command or group of the next word; a command also answers to its operation's name."""
        if not self.words and cmd_name in VERBS:
            from workbench.cli import verbs  # noqa: PLC0415  only when a verb is called

            command: click.Command = getattr(verbs, cmd_name)
            return command
        words = (*self.words, cmd_name)
        found = _below(words)
        entry = found.get(words) if found else _named(cmd_name, self.words)
        if entry is not None:
            from workbench.cli.operation import command_of  # noqa: PLC0415  builds the schema

            return command_of(entry)
        return Tree(words, name=cmd_name, help=_group_help(words)) if found else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the next word names; a misspelt one is told the closest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not close:
                raise
            said = f"{error.message} Did you mean {close[0]!r}?"
            raise click.UsageError(said, error.ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without building them: a summary stands in the index."""
        rows = [(name, self._summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _summary(self, name: str) -> str:
        words = (*self.words, name)
        found = _below(words)
        if words in found:
            return found[words].summary
        return VERBS[name] if not self.words and name in VERBS else _group_help(words)


def _below(words: tuple[str, ...]) -> dict[tuple[str, ...], Entry]:
    """Words → operation, for every command that begins with `words`."""
    pairs = [(tuple(entry.command.split()), entry) for entry in operations()]
    return {key: entry for key, entry in pairs if key[: len(words)] == words}


def _named(name: str, words: tuple[str, ...]) -> Entry | None:
    """The operation below `words` whose function or tool has this name: ``data get-bars``."""
    wanted = name.replace("-", "_")
    found = (entry for entry in _below(words).values() if wanted in {entry.name, entry.tool})
    return next(found, None)


def _group_help(words: tuple[str, ...]) -> str:
    """What the folder of a group says of itself; the next words where it has none."""
    found = _below(words)
    *folders, _ = next(iter(found.values())).module.split(".")
    if folders:
        above = folders[::-1].index(words[-1]) if words[-1] in folders else 0
        operations_file = room_files()[".".join([*folders, "operations"])]
        return _docstring(operations_file.parents[above] / "__init__.py")
    names = sorted({key[len(words)] for key in found})
    return f"{words[-1].capitalize()}: {', '.join(names)}."


def _docstring(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_bytes()))
    return (text or "").partition("\n")[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``workbench``; None means the process's own.
    """
    from workbench.cli.ending import ended  # noqa: PLC0415  keeps the module's top light

    tree = Tree(
        name="workbench",
        help="A quant research workbench: one function, many doors.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        no_args_is_help=True,
    )
    tree = click.version_option(package_name="neural-trader-workbench")(tree)
    ended(tree, arguments)
