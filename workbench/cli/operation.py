"""An operation of the registry as a command with typed flags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from workbench.errors import InvalidInput
from workbench.registry import call, schema
from workbench.registry.fields import field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.registry import Entry, ParameterSchema

__all__ = ["command_of"]

LIMIT, ROWS = "limit", 40
"""The parameter that says how many rows are wanted, and how many a terminal wants."""

PLAIN = {"string", "integer", "number", "null"}
"""What can be given as one word without its flag."""

_FLAG_TYPES = {"integer": "INTEGER", "number": "NUMBER", "string": "TEXT"}


def command_of(entry: Entry) -> click.Command:
    """Build the command of an operation.

    What Python takes in order may be given in order, without its flag. Values are checked by
    the registry, so every door gives the same message.

    Parameters
    ----------
    entry : Entry
        From the index.

    Returns
    -------
    click.Command
        Runs the operation and prints its result, as JSON with ``--json``.
    """
    described = schema(entry.tool)
    ordered = _ordered(described.parameters)

    def run(words: tuple[str, ...], as_json: bool, **flags: Any) -> None:  # noqa: FBT001
        given = {name: value for name, value in flags.items() if value is not None}
        arguments = {**_in_order(words, ordered, given), **given}
        readers = {parameter.name: parameter for parameter in described.parameters}
        values = {name: _value(readers[name], text) for name, text in arguments.items()}
        if LIMIT in readers and not as_json:
            values.setdefault(LIMIT, min(ROWS, readers[LIMIT].default))
        _run(entry, values, as_json=as_json)

    options = [_option(parameter) for parameter in described.parameters]
    json_flag = click.Option(
        ["--json", "as_json"], is_flag=True, help="Print the result as JSON, nothing else."
    )
    in_order = click.Argument(["words"], nargs=-1, metavar=" ".join(map(_word, ordered)))
    return click.Command(
        entry.command.split()[-1],
        params=[in_order, *options, json_flag] if ordered else [*options, json_flag],
        callback=run if ordered else lambda **flags: run((), **flags),
        help=_plain("\n\n".join(part for part in (described.summary, described.text) if part)),
        short_help=described.summary,
    )


def _run(entry: Entry, values: dict[str, Any], *, as_json: bool) -> None:
    from workbench.cli.progress import watched  # noqa: PLC0415  heavy: rich
    from workbench.cli.showing import show  # noqa: PLC0415  heavy: rich, pandas

    with watched(entry.tool) as context:
        result = call(entry.tool, values, context)
    show(result, as_json=as_json, rows=int(values.get(LIMIT, ROWS)))


def _ordered(parameters: Sequence[ParameterSchema]) -> list[ParameterSchema]:
    """What may be given without its flag; after a list that must be given, nothing more."""
    required = [parameter for parameter in parameters if parameter.required]
    if required and "array" in _kinds(required[-1].json_schema):
        return required
    plain = [one for one in parameters if one.in_order and _kinds(one.json_schema) <= PLAIN]
    return required + [one for one in plain if not one.required]


def _in_order(
    words: tuple[str, ...], ordered: list[ParameterSchema], given: dict[str, Any]
) -> dict[str, Any]:
    """Words without a flag, each for the next open parameter; a list at the end takes the rest."""
    missing = [parameter for parameter in ordered if parameter.name not in given]
    filled: dict[str, Any] = {one.name: word for one, word in zip(missing, words, strict=False)}
    left = words[len(missing) :]
    if missing and "array" in _kinds(missing[-1].json_schema):
        filled |= {missing[-1].name: words[len(missing) - 1 :]} if left else {}
    elif left:
        raise click.UsageError(f"Unexpected argument: {left[0]}")
    return filled


def _option(parameter: ParameterSchema) -> click.Option:
    flag = f"--{parameter.name.replace('_', '-')}"
    kinds = _kinds(parameter.json_schema)
    told = (_plain(parameter.description), _note(parameter))
    help_text = " ".join(part for part in told if part)
    if kinds == {"boolean"}:
        names = [f"{flag}/--no-{flag.removeprefix('--')}", parameter.name]
        return click.Option(names, default=None, help=help_text)
    several = bool(kinds & {"array", "object"})
    return click.Option(
        [flag, parameter.name],
        multiple=several,
        default=None,
        callback=(lambda _ctx, _option, value: value or None) if several else None,
        metavar=_metavar(parameter, kinds),
        help=help_text,
    )


def _kinds(json_schema: dict[str, Any]) -> set[str]:
    branches = json_schema.get("anyOf", [json_schema])
    kinds = {str(branch.get("type", "object")) for branch in branches}
    return kinds - {"null"} or {"null"}


def _metavar(parameter: ParameterSchema, kinds: set[str]) -> str:
    field = field_of(parameter)
    if field.kind == "choice":
        return "|".join(str(choice) for choice in field.choices)
    if field.kind == "reference":
        return field.reference.upper()
    if field.kind == "date":
        return "YYYY-MM-DD"
    if "object" in kinds:
        return "NAME=VALUE or JSON"
    if "array" in kinds:
        return "VALUE[,VALUE]" if field.kind == "list" else "JSON"
    return "|".join(sorted(_FLAG_TYPES.get(kind, kind.upper()) for kind in kinds))


def _word(parameter: ParameterSchema) -> str:
    word = parameter.name.upper()
    if not parameter.required:
        return f"[{word}]"
    return f"{word}..." if "array" in _kinds(parameter.json_schema) else word


def _note(parameter: ParameterSchema) -> str:
    if parameter.required:
        return "[required]"
    if parameter.name == LIMIT and parameter.default > ROWS:
        return f"[default: {ROWS}; with --json {parameter.default}]"
    return "" if parameter.default in (None, "") else f"[default: {parameter.default}]"


def _plain(text: str) -> str:
    """Text of a docstring as a terminal shows it."""
    return text.replace("``", "`")


def _value(parameter: ParameterSchema, given: Any) -> Any:
    """The text of a flag as the JSON value that the registry checks."""
    kinds = _kinds(parameter.json_schema)
    texts = [given] if isinstance(given, str) else given
    if isinstance(texts, bool) or not kinds & {"array", "object"}:
        return given
    if len(texts) == 1 and texts[0].lstrip()[:1] in ("[", "{"):
        return _json(parameter.name, texts[0])
    if "array" in kinds:
        return [part.strip() for text in texts for part in text.split(",") if part.strip()]
    return dict(_pair(parameter.name, text) for text in texts)


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"--{name.replace('_', '-')} is no JSON: {error.msg} at {error.pos}", seen=text
        ) from None


def _pair(name: str, text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        flag = f"--{name.replace('_', '-')}"
        raise InvalidInput(
            f"{flag} needs a name and a value", seen=text, cure=f"Write {flag} {text}=VALUE"
        )
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value
