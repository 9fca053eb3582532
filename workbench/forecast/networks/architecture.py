"""The shapes of the networks that can be trained: facts, one paragraph a type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput, OutOfRange, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "MODEL_TYPES",
    "PRESETS",
    "QUANTILES",
    "Architecture",
    "Preset",
    "checked_option",
    "known_type",
    "preset_of",
    "shape_of",
    "title_of",
]

QUANTILES = (0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.995)
"""The quantiles learned by default: intervals of 50, 80, 90, 95 and 99%."""

Option = int | float | tuple[int, ...]

_RECURRENT: dict[str, Option] = {"hidden": 64, "layers": 2, "dropout": 0.1, "decoder": 64}
_OPTIONS: dict[str, dict[str, Option]] = {
    "NHITS": {
        "hidden": 128,  # width of each hidden layer: plenty for one series
        "layers": 2,  # hidden layers of a block
        "blocks": (1, 1, 1),  # blocks of each stack
        "pooling": (2, 2, 1),  # for each stack, how many inputs are pooled into their maximum
        "downsample": (4, 2, 1),  # for each stack, how many steps one knot stands for
        "dropout": 0.0,
    },
    "NLinear": {},
    "DLinear": {"moving_average": 25},
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "GRU_Ensemble": {**_RECURRENT, "hidden": 48, "members": 5, "dropout": 0.15},
    "CNN_LSTM": {"filters": (32, 64), "kernel": 3, "hidden": 64, "layers": 1, "dropout": 0.1},
    "Transformer": {"hidden": 64, "heads": 4, "layers": 2, "dropout": 0.1},
    "PatchTST": {
        "hidden": 64,
        "heads": 4,
        "layers": 2,
        "patch": 16,
        "stride": 8,
        "dropout": 0.1,
    },
}
_PLACES = {"blocks": "pooling", "downsample": "pooling"}  # one number for each of the other's

MODEL_TYPES = tuple(_OPTIONS)
_TITLES = {"NHITS": "N-HiTS", "GRU_Ensemble": "GRU ensemble", "CNN_LSTM": "CNN-LSTM"}


@dataclass(frozen=True)
class Architecture:
    """The shape of a network.

    Parameters
    ----------
    kind : str
        One of `MODEL_TYPES`.
    input_size, horizon : int
        Values taken and values given.
    quantiles : tuple of float
        The probabilities that are learned, increasing and symmetric around 0.5.
    options : mapping
        What differs from the defaults of the type; complete afterwards. `hidden` is the width,
        `layers` the depth, `heads` those of attention, which must divide the width.

    Raises
    ------
    UnknownName
        If there is no such type, or the type has no such option.
    InvalidInput
        If the quantiles cannot be learned, or an option has no sense.
    OutOfRange
        If a size is not positive or a dropout is not in [0, 1).
    """

    kind: str
    input_size: int
    horizon: int
    quantiles: tuple[float, ...] = QUANTILES
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in _OPTIONS:
            raise UnknownName("model type", self.kind, MODEL_TYPES)
        _must_be_symmetric(self.quantiles)
        for name, least in (("input_size", 2), ("horizon", 1)):
            if getattr(self, name) < least:
                raise OutOfRange(name, getattr(self, name), least, None)
        given = {
            name: checked_option(self.kind, name, value) for name, value in self.options.items()
        }
        complete = {**_OPTIONS[self.kind], **given}
        _must_fit(complete, self.input_size)
        object.__setattr__(self, "options", complete)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Architecture:
        """The shape as JSON gives it back: lists become tuples."""
        return cls(**{**values, "quantiles": tuple(values["quantiles"])})

    def to_json(self) -> dict[str, Any]:
        """The shape as JSON values."""
        options = {k: list(v) if isinstance(v, tuple) else v for k, v in self.options.items()}
        return {
            "kind": self.kind,
            "input_size": self.input_size,
            "horizon": self.horizon,
            "quantiles": list(self.quantiles),
            "options": options,
        }


@dataclass(frozen=True)
class Preset:
    """A shape with a name: what `neural_train` uses where the caller gives no number."""

    kind: str
    input_size: int
    horizon: int
    options: Mapping[str, Any] = field(default_factory=dict)


PRESETS = {
    "base": Preset("NHITS", 24, 12),
    "optimised": Preset("NHITS", 168, 24, {"hidden": 512, "blocks": (2, 2, 1)}),
    "low-latency": Preset("NHITS", 24, 6, {"hidden": 64}),
}


def preset_of(name: str, kind: str) -> Preset:
    """A preset by its name.

    Parameters
    ----------
    name : str
        One of `PRESETS`.
    kind : str
        The model type that was asked for.

    Returns
    -------
    Preset

    Raises
    ------
    UnknownName
        If there is no such preset.
    InvalidInput
        If it is of another type.
    """
    if name not in PRESETS:
        raise UnknownName("preset", name, list(PRESETS))
    preset = PRESETS[name]
    if preset.kind != kind:
        raise InvalidInput(
            f"The preset {name} is of {preset.kind}",
            seen=kind,
            cure=f"Train {preset.kind}, or give input_size, horizon and options",
        )
    return preset


def shape_of(
    kind: str,
    preset: str | None = None,
    horizon: int | None = None,
    input_size: int | None = None,
    quantiles: Sequence[float] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Architecture:
    """A shape from what a caller gives: the rest is the preset's, or usual.

    Parameters
    ----------
    kind : str
        One of `MODEL_TYPES`.
    preset : str, optional
        One of `PRESETS`.
    horizon : int, optional
        12 by default.
    input_size : int, optional
        Five horizons by default, and at least 24.
    quantiles : sequence of float, optional
        `QUANTILES` by default.
    options : mapping, optional
        What differs from the preset, or from the defaults of the type.

    Returns
    -------
    Architecture
    """
    base = preset_of(preset, kind) if preset else Preset(kind, 0, 12)
    steps = horizon or base.horizon
    seen = input_size or base.input_size or max(24, 5 * steps)
    changes = {**base.options, **(options or {})}
    return Architecture(kind, seen, steps, tuple(quantiles or QUANTILES), changes)


def known_type(model_type: str) -> str:
    """The model type as it is written here.

    Parameters
    ----------
    model_type : str
        In any case, with or without hyphens and underscores.

    Returns
    -------
    str
        One of `MODEL_TYPES`.

    Raises
    ------
    UnknownName
        If it cannot be trained.
    """
    for known in MODEL_TYPES:
        if _plain(model_type) == _plain(known):
            return known
    raise UnknownName("model type", model_type, MODEL_TYPES)


def checked_option(kind: str, name: str, value: Any) -> Option:
    """The value of an option, of the kind that its default has.

    Parameters
    ----------
    kind : str
        One of `MODEL_TYPES`.
    name : str
        The option.
    value : object
        As a caller gives it.

    Returns
    -------
    int, float or tuple of int

    Raises
    ------
    UnknownName
        If the type has no such option.
    InvalidInput
        If it is no whole number, or no list, where one is wanted.
    OutOfRange
        If a size is not positive or a share is not in [0, 1).
    """
    defaults = _OPTIONS[kind]
    if name not in defaults:
        raise UnknownName(f"option of {kind}", name, list(defaults))
    return _checked(name, value, defaults[name])


def title_of(kind: str) -> str:
    """A model type as a report writes it."""
    return _TITLES.get(kind, kind)


def _plain(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "").replace(" ", "")


def _checked(name: str, value: Any, default: Option) -> Option:
    """A value of the kind that the default has."""
    if isinstance(default, tuple):
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise InvalidInput(f"{name} is a list", seen=value, cure=f"Such as {list(default)}")
        return tuple(_whole(name, one) for one in value)
    if isinstance(default, float):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
            raise OutOfRange(name, value, 0.0, 1.0)
        return float(value)
    return _whole(name, value)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise InvalidInput(f"{name} is a whole number", seen=value, cure="Give one, at least 1")
    if value < 1:
        raise OutOfRange(name, value, 1, None)
    return int(value)


def _must_fit(options: Mapping[str, Any], input_size: int) -> None:
    """Options that contradict one another, or the window."""
    for name, other in _PLACES.items():
        if name in options and len(options[name]) != len(options[other]):
            raise InvalidInput(
                f"{name} and {other} are of different stacks",
                seen=[list(options[name]), list(options[other])],
                cure="Give as many numbers in each as there are stacks",
            )
    if "heads" in options and options["hidden"] % options["heads"]:
        raise InvalidInput(
            "The heads do not divide the width",
            seen=f"{options['hidden']} by {options['heads']}",
            cure="Give a width (hidden) that is a multiple of heads",
        )
    if options.get("patch", 0) > input_size:
        raise OutOfRange("patch", options["patch"], 1, input_size)
    if options.get("moving_average", 1) % 2 == 0:
        raise InvalidInput(
            "A moving average around its middle has an odd length",
            seen=options["moving_average"],
            cure=f"Take {options['moving_average'] + 1}",
        )


def _must_be_symmetric(quantiles: tuple[float, ...]) -> None:
    mirrored = all(
        abs(low + high - 1) < 1e-9 for low, high in zip(quantiles, quantiles[::-1], strict=True)
    )
    ordered = sorted(set(quantiles)) == list(quantiles)
    if 0.5 not in quantiles or not mirrored or not ordered or quantiles[0] <= 0:
        raise InvalidInput(
            "These quantiles cannot be learned",
            seen=list(quantiles),
            cure="Give 0.5 and pairs that add up to 1, increasing, for example 0.1, 0.5, 0.9",
        )
