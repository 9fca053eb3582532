"""Secrets come from the environment or the system keyring and are never shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic_settings import PydanticBaseSettingsSource

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

__all__ = ["MASK", "KeyringSource", "is_secret", "masked"]

MASK = "********"
SERVICE = "workbench"

_URL_PASSWORD = re.compile(r"(?P<before>://[^:/@\s]*:)[^@\s]+(?=@)")


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting holds a secret."""
    return "SecretStr" in str(field.annotation)


def masked(value: Any) -> str:
    """A value as it may be shown: secrets hidden, also a password inside a URL."""
    if isinstance(value, SecretStr):
        return MASK
    return _URL_PASSWORD.sub(rf"\g<before>{MASK}", "" if value is None else str(value))


class KeyringSource(PydanticBaseSettingsSource):
    """Reads secret settings from the system keyring, where the package is installed."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The secret of one setting, or None."""
        return (_from_keyring(field_name) if is_secret(field) else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The secrets that the keyring holds, by setting."""
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _from_keyring(name: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415  optional: keyring
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, name)
    except KeyringError:
        return None  # no keyring runs on this machine; the environment is left
