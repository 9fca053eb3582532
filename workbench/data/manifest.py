"""What is known about a dataset, checked: one YAML file each."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from workbench.domain.enums import Adjust, AssetClass
from workbench.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Manifest", "Series", "UniverseManifest", "read_manifest", "write_manifest"]

NAME = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times faster where libyaml is: a manifest of 5,000 symbols takes a tenth of a second."""
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Series(BaseModel):
    """One symbol of a dataset.

    Attributes
    ----------
    start, end : datetime.date
        First and last session that it has, both included.
    rows : int
        Bars that it has.
    title : str
        What it is, where the symbol does not say it.
    asset_class : AssetClass
        What kind of thing it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date
    end: date
    rows: int = Field(ge=1)
    title: str = ""
    asset_class: AssetClass = AssetClass.EQUITY


class Manifest(BaseModel):
    """The facts of a dataset.

    Attributes
    ----------
    name, title : str
        How it is called and what it is.
    carrier : str
        The library whose files hold it, ``lake`` when it was added by the user, ``download``
        when a vendor's source fills it.
    timeframe, calendar, currency : str
        The length of a bar; the exchange calendar; ISO 4217, empty when unknown.
    fields : dict
        Column → unit, among open, high, low, close and volume.
    adjust : Adjust
        How prices are served by default.
    stored : Adjust
        How prices lie in the lake; ``none`` beside a factor can be served as ``all``.
    delay_seconds : int
        The vendor's delay: a bar is known this long after its session's close.
    survivorship, source, licence : str
        Which names are missing; where it comes from; what may be done with it.
    universe, companions : dict
        Symbol → facts. The universe is what the bare name means; companions are
        benchmarks and factors, reached by their symbol.
    aliases : dict
        Further names → the symbol that they mean.
    sha256 : str
        Of the canonical content; what is read must have it. Empty for what keeps growing.
    actions : bool
        Whether the lake holds splits and dividends under the same name.
    vendor : str
        The source that fills it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=NAME)]
    title: Text
    carrier: Literal["skfolio", "arch", "bokeh_sampledata", "lake", "download"]
    timeframe: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}[smhdwM]$")] = "1d"
    calendar: Text
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")]
    fields: dict[Literal["open", "high", "low", "close", "volume"], Text]
    adjust: Adjust
    stored: Adjust
    delay_seconds: int = Field(default=0, ge=0)
    survivorship: Text
    source: Text
    licence: Text
    universe: dict[str, Series] = Field(min_length=1)
    companions: dict[str, Series] = Field(default_factory=dict)
    aliases: dict[str, str] = Field(default_factory=dict)
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    actions: bool = False
    vendor: str = ""

    @property
    def series(self) -> dict[str, Series]:
        """Every symbol, of the universe and of the companions."""
        return {**self.universe, **self.companions}

    @property
    def rows(self) -> int:
        """Bars of all symbols."""
        return sum(one.rows for one in self.series.values())

    @property
    def table(self) -> str:
        """The table of the lake that holds it."""
        return f"bars_{self.timeframe}"

    @property
    def content(self) -> str:
        """The short hash that marks its rows in the lake."""
        return self.sha256[:12]

    def span(self, symbols: tuple[str, ...]) -> tuple[date, date]:
        """First and last session of these symbols taken together."""
        chosen = [self.series[symbol] for symbol in symbols]
        return min(one.start for one in chosen), max(one.end for one in chosen)


class UniverseManifest(Manifest):
    """The facts of a universe: those of its bars, for the symbols that have ever been a member.

    Attributes
    ----------
    kind : str
        ``universe``.
    of : str
        The dataset of its bars.
    rule : str
        The sentence that `UniverseRule.parse` reads; empty when the members were listed.
    listed_in : str
        The file that listed the members; empty when they were chosen by rule.
    spells : int
        Rows that it has in the lake's table ``universes``; ``sha256`` is their hash.
    """

    kind: Literal["universe"]
    of: Annotated[str, StringConstraints(pattern=NAME)]
    rule: str = ""
    listed_in: str = ""
    spells: int = Field(ge=1)


def read_manifest(path: Path) -> Manifest:
    """Read and check a manifest.

    Parameters
    ----------
    path : pathlib.Path
        The YAML file.

    Returns
    -------
    Manifest
        Read anew when the file has changed.

    Raises
    ------
    ConfigurationError
        If it is no YAML or a fact is missing or wrong; names the file and the fact.
    """
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


def write_manifest(manifest: Manifest, folder: Path) -> Path:
    """Write a manifest to a folder, whole or not at all; returns its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{manifest.name}.yaml"
    facts = manifest.model_dump(mode="json", exclude_defaults=True)
    half_done = path.with_suffix(".yaml.part")
    half_done.write_text(yaml.safe_dump(facts, sort_keys=False, allow_unicode=True))
    return half_done.replace(path)


@lru_cache(maxsize=512)
def _read(path: Path, _modified_ns: int, _size: int) -> Manifest:
    try:
        facts: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  it is the safe one
        manifest = _model(facts).model_validate(facts)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = re.sub(r"\s+", " ", str(error))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        problem = f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"
    else:
        if manifest.name == path.stem:
            return manifest
        problem = f"name: it must be {path.stem!r}, as the file is called"
    raise ConfigurationError(
        f"The manifest of a dataset cannot be used: {problem}",
        seen=str(path),
        cure="Correct this line of the file, or delete the file",
    )


def _model(facts: Any) -> type[Manifest]:
    is_universe = isinstance(facts, dict) and facts.get("kind") == "universe"
    return UniverseManifest if is_universe else Manifest
