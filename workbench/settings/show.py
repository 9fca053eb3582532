"""Each setting, its value and where it came from."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from typing import Any

from workbench.settings.model import Settings, load_settings
from workbench.settings.places import home
from workbench.settings.secrets import is_secret, masked

__all__ = ["ShownSetting", "show_settings"]


@dataclass(frozen=True)
class ShownSetting:
    """One setting as it may be shown.

    Parameters
    ----------
    name : str
        The setting.
    value : str
        Its value, secrets masked.
    source : str
        ``environment``, ``config.toml``, ``keyring`` or ``default``.
    description : str
        What it sets.
    """

    name: str
    value: str
    source: str
    description: str


def show_settings() -> list[ShownSetting]:
    """List every setting with its value and where it came from, secrets masked.

    Returns
    -------
    list of ShownSetting
        The home folder first, then the order of `Settings`.

    Raises
    ------
    ConfigurationError
        If a value cannot be used.
    """
    settings = load_settings()
    in_file = _file_values()
    shown = [
        ShownSetting(
            name,
            masked(_effective(settings, name)),
            _source(name, settings, in_file, secret=is_secret(field)),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    where = "environment" if os.environ.get("WORKBENCH_HOME") else "default"
    return [ShownSetting("home", str(home()), where, "The folder of all that you make."), *shown]


def _file_values() -> dict[str, Any]:
    path = home() / "config.toml"
    return tomllib.loads(path.read_text()) if path.is_file() else {}


def _effective(settings: Settings, name: str) -> Any:
    resolve = getattr(settings, f"resolved_{name}", None)
    return resolve() if resolve else getattr(settings, name)


def _source(name: str, settings: Settings, in_file: dict[str, Any], *, secret: bool) -> str:
    if any(os.environ.get(variable) for variable in _variables(name)):
        return "environment"
    if name in in_file:
        return "config.toml"
    if secret and getattr(settings, name) is not None:
        return "keyring"
    return "default"


def _variables(name: str) -> list[str]:
    """The environment variables that a setting is read from."""
    alias = Settings.model_fields[name].validation_alias
    usual = [str(choice) for choice in getattr(alias, "choices", [])]
    return [f"WORKBENCH_{name.upper()}", *(choice.upper() for choice in usual)]
