"""Read what a form or a tool needs from a numpydoc docstring."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Documentation", "documentation"]

_UNDERLINE = re.compile(r"^-{3,}\s*$")
_ENTRY = re.compile(r"^(?P<names>\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$")


@dataclass(frozen=True)
class Documentation:
    """A docstring in its parts.

    Parameters
    ----------
    summary : str
        The first paragraph, on one line.
    text : str
        What stands between the summary and the first section.
    parameters : dict
        Parameter → its description, on one line.
    """

    summary: str
    text: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def documentation(function: Callable[..., Any]) -> Documentation:
    """Read a function's docstring.

    Parameters
    ----------
    function : callable
        Its docstring follows numpydoc; a missing one gives empty parts.

    Returns
    -------
    Documentation
        Its summary, text and parameters; other sections are left out.
    """
    lines = (inspect.getdoc(function) or "").splitlines()
    sections = _sections(lines)
    paragraphs = "\n".join(sections.pop("", [])).strip().split("\n\n")
    return Documentation(
        summary=_joined(paragraphs[0].splitlines()),
        text="\n\n".join(paragraphs[1:]).strip(),
        parameters=_entries(sections.get("Parameters", [])),
    )


def _sections(lines: list[str]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {"": []}
    title = ""
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line.strip() and _UNDERLINE.match(following):
            title = line.strip()
            sections[title] = []
        elif not _UNDERLINE.match(line):
            sections[title].append(line)
    return sections


def _entries(lines: list[str]) -> dict[str, str]:
    described: dict[str, list[str]] = {}
    names: list[str] = []
    for line in lines:
        match = _ENTRY.match(line)
        if match and not line.startswith(" "):
            names = [name.strip(" *") for name in match["names"].split(",")]
            described.update({name: [] for name in names})
        else:
            for name in names:
                described[name].append(line)
    return {name: _joined(text) for name, text in described.items()}


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
