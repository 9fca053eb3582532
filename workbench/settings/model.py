"""What can be set, by environment, by file or in a keyring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from workbench.errors import ConfigurationError
from workbench.settings.places import home
from workbench.settings.secrets import KeyringSource, is_secret

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Settings", "load_settings"]


def _key_of(name: str, usual: str, description: str) -> Any:
    """A vendor's key: also under the name that the vendor's own library reads."""
    names = AliasChoices(f"workbench_{name}", name, usual)
    return Field(default=None, validation_alias=names, description=f"{description} ({usual})")


class Settings(BaseSettings):
    """Every setting of the workbench.

    Each is read from the environment (``WORKBENCH_<NAME>``), else from
    ``WORKBENCH_HOME/config.toml``, else (secrets only) from the system keyring
    under the service ``workbench``, else it has its default.
    """

    model_config = SettingsConfigDict(
        env_prefix="WORKBENCH_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    lake_url: str = Field(
        default="", description="Where the Delta tables lie: a folder or an object-store URL."
    )
    journal_url: str = Field(
        default="", description="SQLAlchemy URL of the journal; SQLite by default."
    )
    experiments_url: str = Field(
        default="", description="MLflow tracking URL; local SQLite by default."
    )
    dask_address: str = Field(
        default="", description="Address of a Dask scheduler; empty means threads of this process."
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="Where kernels and models run; auto takes CUDA where it is."
    )
    seed: int = Field(default=0, ge=0, description="The seed of everything random.")
    trading: Literal["paper", "live"] = Field(
        default="paper", description="Paper unless a person has set live."
    )
    mcp_host: str = Field(default="127.0.0.1", description="Address of the MCP HTTP server.")
    mcp_port: int = Field(default=8765, ge=1, le=65535, description="Port of the MCP HTTP server.")
    mcp_token: SecretStr | None = Field(
        default=None, description="Bearer token asked of MCP clients over HTTP."
    )
    app_port: int = Field(default=5006, ge=1, le=65535, description="Port of the dashboards.")
    polygon_api_key: SecretStr | None = _key_of(
        "polygon_api_key", "POLYGON_API_KEY", "Key of Polygon, now Massive."
    )
    polygon_url: str = Field(
        default="https://api.polygon.io", description="Where Polygon's REST service is."
    )
    polygon_requests_per_minute: int = Field(
        default=6000, ge=1, description="How often Polygon is asked; 5 on its free plan."
    )
    alpaca_api_key: SecretStr | None = _key_of(
        "alpaca_api_key", "APCA_API_KEY_ID", "Key of Alpaca."
    )
    alpaca_secret_key: SecretStr | None = _key_of(
        "alpaca_secret_key", "APCA_API_SECRET_KEY", "Secret of Alpaca."
    )
    alpaca_data_url: str = Field(
        default="https://data.alpaca.markets", description="Where Alpaca's market data are."
    )
    alpaca_trading_url: str = Field(
        default="https://paper-api.alpaca.markets",
        description="Where Alpaca tells whether the market is open; the paper account by default.",
    )
    alpaca_requests_per_minute: int = Field(
        default=200, ge=1, description="How often Alpaca is asked; the basic plan's by default."
    )
    alpha_vantage_api_key: SecretStr | None = _key_of(
        "alpha_vantage_api_key", "ALPHAVANTAGE_API_KEY", "Key of Alpha Vantage."
    )
    alpha_vantage_url: str = Field(
        default="https://www.alphavantage.co", description="Where Alpha Vantage is."
    )
    alpha_vantage_requests_per_minute: int = Field(
        default=5, ge=1, description="How often Alpha Vantage is asked; the free key's by default."
    )
    yahoo_url: str = Field(
        default="https://query2.finance.yahoo.com", description="Where Yahoo's charts are."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: call, environment, file, keyring."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=home() / "config.toml")
        return init_settings, env_settings, file, KeyringSource(settings_cls)

    def resolved_lake_url(self) -> str:
        """The lake's URL or folder with the default filled in."""
        return self.lake_url or str(home() / "lake")

    def resolved_journal_url(self) -> str:
        """The journal's URL with the default filled in."""
        return self.journal_url or _sqlite_url(home() / "journal.db")

    def resolved_experiments_url(self) -> str:
        """The experiment store's URL with the default filled in."""
        return self.experiments_url or _sqlite_url(home() / "experiments.db")


def load_settings(**given: Any) -> Settings:
    """Read the settings from all their sources.

    Parameters
    ----------
    **given : object
        Values that win over every source.

    Returns
    -------
    Settings
        Frozen.

    Raises
    ------
    ConfigurationError
        If a value cannot be used; names the setting and, unless it is a secret, the value.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        raise _configuration_error(error) from None
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise ConfigurationError(
            f"config.toml cannot be read: {error}", cure=f"Correct {home() / 'config.toml'}"
        ) from None


def _configuration_error(error: ValidationError) -> ConfigurationError:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]).lower().removeprefix("workbench_")
    field = Settings.model_fields.get(name)
    secret = field is None or is_secret(field)  # not known: it may be one
    return ConfigurationError(
        f"The setting {name!r} cannot be used: {first['msg']}",
        seen="********" if secret else first["input"],
        cure=f"Correct WORKBENCH_{name.upper()} or {name} in config.toml",
    )


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"
