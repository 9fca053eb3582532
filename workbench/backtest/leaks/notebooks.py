"""A notebook whose cell tagged ``signal`` is run again on other bars."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain import Caller
from workbench.errors import InvalidInput, NotAllowed, UnknownName
from workbench.settings import shipped
from workbench.strategies.declaration import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["NotebookSubject", "find_notebook", "is_notebook"]

SUFFIX = ".ipynb"
TAG = "signal"
BARS = "bars"
RESULT = "__signal__"
MAGIC = ("%", "!", "?")


def is_notebook(thing: Any) -> bool:
    """Whether a thing names a notebook."""
    return isinstance(thing, str | Path) and str(thing).endswith(SUFFIX)


def find_notebook(name: str, caller: Caller) -> Path:
    """The file of a notebook, by path or by the name of a shipped one.

    Parameters
    ----------
    name : str
        ``research.ipynb``, or a path.
    caller : Caller
        Only a person may name a path, because the notebook's code is run.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    NotAllowed
        If an agent or a schedule names a path.
    UnknownName
        If there is no such notebook.
    """
    plain = Path(name).name == name
    path = Path(name).expanduser()
    if caller is Caller.PERSON and path.is_file():
        return path
    if plain:
        return shipped("notebooks", name)
    if caller is Caller.PERSON:
        raise UnknownName("notebook", name, cure="Give a path that exists")
    raise NotAllowed(
        "Only a person may check a notebook by its path",
        seen=name,
        cure="Give the name of a notebook, such as 'research.ipynb'",
    )


@dataclass(frozen=True)
class Cell:
    """A code cell up to the tagged one.

    Parameters
    ----------
    number : int
        Its place in the notebook, from 1, as a person counts cells.
    source : str
        Its code without magics.
    """

    number: int
    source: str


class NotebookSubject:
    """A notebook as a function of bars.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.
    code : code object
        Its cells up to the one tagged ``signal``.
    bars : frame
        What the notebook loads, or what was given instead.
    notes : tuple of str
        Which cell was run, and what was left out.
    """

    is_weights = False

    def __init__(self, path: Path, code: Any, bars: Any, notes: tuple[str, ...]) -> None:
        self.name = f"notebook {path.name}"
        self.bars = bars
        self.notes = notes
        self._code = code

    @classmethod
    def of(cls, path: Path, bars: Any = None) -> NotebookSubject:
        """Read a notebook and run it once.

        Parameters
        ----------
        path : pathlib.Path
            The notebook.
        bars : frame, optional
            What takes the place of its ``bars``; its own by default.

        Returns
        -------
        NotebookSubject
            With the bars.

        Raises
        ------
        InvalidInput
            If the file is no notebook, no cell or more than one is tagged ``signal``, no cell
            assigns ``bars``, the tagged cell makes no value, or a cell raises.
        """
        cells = _cells_until_signal(path)
        tagged = cells[-1]
        whole = _program(cells, path, replaced=False)
        space = _executed(whole, path, {})
        own = space.get(BARS)
        if own is None:
            raise InvalidInput(
                f"No cell up to the one tagged {TAG!r} assigns {BARS!r}",
                seen=str(path),
                cure="Load the prices into a variable called bars",
            )
        used = own if bars is None else bars
        notes = (
            (
                f"Cell {tagged.number}, tagged {TAG!r}, was run with the {len(cells) - 1} code"
                f" cells before it, each time in a fresh namespace with other {BARS!r}."
            ),
        )
        return cls(path, _program(cells, path, replaced=True), used, notes)

    def on(self, _frame: Any) -> NotebookSubject:
        """The function to ask: itself."""
        return self

    def __call__(self, bars: Any) -> Any:
        """The value of the tagged cell with these bars."""
        space = _executed(self._code, Path(self.name), {"__bars__": bars})
        made = space[RESULT]
        if isinstance(made, Strategy):
            return made.targets(bars)
        return made(bars) if callable(made) else made


def _cells_until_signal(path: Path) -> list[Cell]:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"The file is no notebook: {error}", seen=str(path), cure="Save it in JupyterLab"
        ) from None
    code = [(n, one) for n, one in enumerate(written, 1) if one.get("cell_type") == "code"]
    tagged = [n for n, one in code if TAG in one.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise InvalidInput(
            f"The notebook must have one cell tagged {TAG!r}",
            seen=f"{len(tagged)} in {path.name}",
            cure="Tag the cell whose last line is the signal (in JupyterLab: Property Inspector,"
            " Cell Tags)",
        )
    return [Cell(n, _without_magic(one["source"])) for n, one in code if n <= tagged[0]]


def _without_magic(source: str | Sequence[str]) -> str:
    text = source if isinstance(source, str) else "".join(source)
    if text.lstrip().startswith("%%"):
        return ""
    lines = ["" if line.lstrip().startswith(MAGIC) else line for line in text.splitlines()]
    return "\n".join(lines)


def _program(cells: Sequence[Cell], path: Path, *, replaced: bool) -> list[tuple[int, Any]]:
    """The cells, compiled; the last one leaves its value, the first ``bars`` are replaced."""
    made = []
    waiting = replaced
    for cell in cells:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            raise _broken(cell.number, path, error) from None
        if waiting:
            waiting = not _replace_bars(tree)
        if cell is cells[-1]:
            _keep_value(tree, cell.number, path)
        ast.fix_missing_locations(tree)
        made.append((cell.number, compile(tree, f"<{path.name} cell {cell.number}>", "exec")))
    return made


def _replace_bars(tree: ast.Module) -> bool:
    """Put the given bars where the first statement binds the name."""
    for at, statement in enumerate(tree.body):
        if BARS in _bound(statement):
            given = ast.parse(f"{BARS} = __bars__").body[0]
            alone = isinstance(statement, ast.Assign | ast.AnnAssign) and _bound(statement) == {
                BARS
            }
            tree.body[at : at + 1] = [given] if alone else [statement, given]
            return True
    return False


def _bound(statement: ast.stmt) -> set[str]:
    """Names that a statement at the top of a cell binds."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _keep_value(tree: ast.Module, number: int, path: Path) -> None:
    """Keep what the last line of the tagged cell makes: an expression, or what it binds."""
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        target = ast.Name(RESULT, ast.Store())
        tree.body[-1] = ast.Assign([target], last.value)
        return
    names = sorted(_bound(last)) if last else []
    if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Tuple):
        names = [one.id for one in last.targets[0].elts if isinstance(one, ast.Name)]
    if not names:
        raise InvalidInput(
            f"Cell {number}, tagged {TAG!r}, makes no value in its last line",
            seen=path.name,
            cure="End it with the signal: an expression or an assignment",
        )
    value = names[0] if len(names) == 1 else "(" + ", ".join(names) + ")"
    tree.body += ast.parse(f"{RESULT} = {value}").body


def _executed(program: list[tuple[int, Any]], path: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Run cells in a fresh namespace; what they print goes nowhere."""
    space: dict[str, Any] = {"__name__": "__main__", "display": _nothing, **given}
    with _quiet():
        for number, code in program:
            try:
                exec(code, space)  # noqa: S102  a person's own notebook
            except Exception as error:
                if given:
                    raise
                raise _broken(number, path, error) from error
    return space


def _broken(number: int, path: Path, error: Exception) -> InvalidInput:
    return InvalidInput(
        f"Cell {number} of the notebook raises {type(error).__name__}: {error}",
        seen=path.name,
        cure="Run the notebook from the top and mend it",
    )


def _nothing(*_shown: Any, **_options: Any) -> None:
    """What ``display`` does here."""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is printed and no figure stays."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
    plot = sys.modules.get("matplotlib.pyplot")
    if plot is not None:
        plot.close("all")
