"""How a command ends: its exit code, and its error with the cure."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from workbench.errors import Cancelled, WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ended"]

FAILED, STOPPED = 1, 130


def ended(command: click.Command, arguments: Sequence[str] | None) -> None:
    """Run a command and leave the process: 0 done, 1 failed, 2 wrong usage, 130 stopped.

    A `WorkbenchError` is written to stderr whole; anything else is a defect and
    keeps its traceback.
    """
    try:
        command.main(args=arguments, prog_name="workbench", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (Cancelled, click.Abort, KeyboardInterrupt):
        click.secho("Stopped.", fg="yellow", err=True)
        sys.exit(STOPPED)
    except WorkbenchError as error:
        _show(error)
        sys.exit(FAILED)


def _show(error: WorkbenchError) -> None:
    click.secho("Error: ", fg="red", bold=True, err=True, nl=False)
    whole = error.sentence().replace("``", "`")
    cure = error.cure.replace("``", "`").rstrip(".")
    head = whole.removesuffix(f"{cure}.").rstrip() if cure else whole
    click.echo(head, err=True)
    if cure:
        click.secho("Cure:  ", fg="green", bold=True, err=True, nl=False)
        click.echo(f"{cure}.", err=True)
